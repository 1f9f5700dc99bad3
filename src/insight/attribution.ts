// attribution: drives a plan of its own for one method: eval mode, one example at a time, the score's gradient towards the
// input or a layer. Parameters and feeds are handed in; the methods (attribution-methods.ts) say what is made of gradients.
import { type Compilation, compile, type Registry } from '../compiler/compile.ts';
import { canonical, outputName, type TypedNetwork } from '../compiler/network.ts';
import type { GraphFile } from '../graph/schema.ts';
import type { KernelLibrary } from '../kernels/library.ts';
import { type BoundPlan, createWorkspace, type View } from '../runtime/workspace.ts';
import { type Diagnostic, error } from '../tensor/diagnostic.ts';
import { allocate } from '../tensor/dtype.ts';
import { formatShape, numel, type Shape } from '../tensor/shape.ts';
import type { Attributed, AttributionMethod, ExampleValue } from './attribution-method.ts';

export interface Attribution extends Attributed {
  readonly classIndex: number;
  /** The class's score, before softmax where the scores are. */
  readonly score: number;
  /** Of every class. */
  readonly scores: Float32Array;
  /** The layer that was looked at, of methods that look at one. */
  readonly layer: string | null;
}

/** Current numbers by value name, with their shape; null where there are none. */
export type ValueReader = (name: string) => { readonly shape: Shape; readonly data: View } | null;

export interface AttributionDriver {
  readonly classes: number;
  /** `read` gives parameters, states and feeds; the class defaults to the largest score. */
  attribute(read: ValueReader, example: number, classIndex: number | null): Attribution;
}

export interface AttributionOptions {
  readonly method: AttributionMethod;
  /** The method's options; what is left out has its default. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Value with the examples: `image.y`. */
  readonly input: string;
  /** Value with one score a class: `fc.y`. */
  readonly scores: string;
  readonly registry: Registry;
  readonly library: KernelLibrary;
  /** Of a graph that has faults, the part that runs. */
  readonly partial?: boolean;
}

type Failure = { readonly diagnostics: readonly Diagnostic[] };

/** Fails with diagnostics where the graph does not compile, the scores are not [N, classes] (or [N, classes, 1, 1]) or the options do not fit. */
export function createAttribution(graph: GraphFile, given: AttributionOptions): AttributionDriver | Failure {
  const { method, input, scores, registry, library, partial = false } = given;
  const fail = (message: string): Failure => ({ diagnostics: [error('E_ATTRIBUTION', message)] });
  const parsed = method.options.safeParse(given.options ?? {});
  if (!parsed.success) {
    return fail(
      `${method.id}: ${parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ')}`,
    );
  }
  const options = parsed.data;
  const plain = (batch: number | undefined) =>
    compile(graph, registry, {
      mode: 'eval',
      ...(batch === undefined ? {} : { batch }),
      retain: [input, scores],
      gradients: 'none',
      partial,
      workspaceBytes: library.workspaceBytes,
    });
  // One example is enough, unless the graph is drawn for a batch of its size.
  let batch: number | undefined = 1;
  let forward = plain(batch);
  if (!forward.plan) {
    batch = undefined;
    forward = plain(batch);
  }
  const { network } = forward;
  if (!forward.plan) return { diagnostics: forward.diagnostics };
  const typeOf = (name: string) => network.values.get(canonical(network, name));
  const [inputType, scoreType] = [typeOf(input), typeOf(scores)];
  if (inputType?.dtype !== 'float32')
    return fail(`\`${input}\` has no slope: it holds ${inputType?.dtype ?? 'nothing'}`);
  if (!scoreType || !areScores(scoreType.shape)) {
    return fail(`scores must be N×classes, \`${scores}\` is ${formatShape(scoreType?.shape ?? [])}`);
  }
  let target = input;
  if (method.target === 'layer') {
    const layer = layerOf(network, options['layer'] as string | undefined, scores);
    if (typeof layer !== 'string') return fail(layer.fault);
    target = layer;
  }
  const compiled = compile(graph, registry, {
    mode: 'eval',
    ...(batch === undefined ? {} : { batch }),
    retain: [...new Set([input, scores, target, `grad(${target})`])],
    gradients: { seeds: [{ value: scores, from: 'feed' }], towards: [target] },
    ...(method.rules ? { gradientRules: method.rules } : {}),
    partial,
    workspaceBytes: library.workspaceBytes,
  });
  if (!compiled.plan) return { diagnostics: compiled.diagnostics };
  if (method.moves && !compiled.plan.feeds.includes(canonical(network, input))) {
    return fail(`${method.title} moves the input: \`${input}\` is computed, name a value that is fed`);
  }
  const names = { input, scores, target };
  return driver(compiled, names, method, options, library);
}

function driver(
  { plan }: Compilation,
  names: { readonly input: string; readonly scores: string; readonly target: string },
  method: AttributionMethod,
  options: Readonly<Record<string, unknown>>,
  library: KernelLibrary,
): AttributionDriver {
  const bound = createWorkspace([plan as BoundPlan['plan']], { library }).plans[0] as BoundPlan;
  const { values } = bound.plan;
  const shapeOf = (name: string): Shape => values[bound.find(name) as number]?.shape ?? [];
  const [rows = 1, classes = 1] = shapeOf(names.scores);
  // A plan may use the memory of a feed again once it is read: feeds are written before every run.
  const feeds = new Map<string, View>();
  for (const { kind, name, data, shape, dtype } of values) {
    if (kind === 'feed' && data === undefined) feeds.set(name, allocate(dtype, numel(shape)));
  }
  const feed = (name: string) => feeds.get(name) ?? bound.read(name);
  const seeds = feed(values.find(({ kind, name }) => kind === 'feed' && name.startsWith('grad('))?.name ?? '');
  const run = () => {
    for (const [name, numbers] of feeds) bound.read(name).set(numbers);
    bound.run(0, bound.plan.instructions.length);
  };
  return {
    classes,
    attribute(read, asked, wanted) {
      const example = Math.max(0, asked);
      for (const { kind, name, shape } of values) {
        const given = kind === 'feed' || kind === 'parameter' || kind === 'state' ? read(name) : null;
        if (given) take(feed(name), shape, given, example);
      }
      const row = Math.min(example, rows - 1);
      const one = (name: string, view: View): ExampleValue => slice(view as Float32Array, shapeOf(name), rows, row);
      const now = one(names.input, feed(names.input));
      seeds.fill(0);
      run();
      const input = { shape: now.shape, data: one(names.input, bound.read(names.input)).data.slice() };
      const scoresAt = bound.read(names.scores).subarray(row * classes, (row + 1) * classes) as Float32Array;
      const classIndex = wanted === null ? largest(scoresAt) : Math.min(Math.max(0, wanted), classes - 1);
      const score = scoresAt[classIndex] as number;
      const allScores = scoresAt.slice();
      seeds[row * classes + classIndex] = 1;
      const attributed = method.attribute(
        {
          input,
          target: one(names.target, bound.read(names.target)),
          gradientAt(at) {
            now.data.set(at);
            run();
            return one(names.target, bound.read(`grad(${names.target})`));
          },
        },
        options,
      );
      return {
        ...attributed,
        classIndex,
        score,
        scores: allScores,
        layer: method.target === 'layer' ? names.target : null,
      };
    },
  };
}

/** One number a class: N×classes, or as many feature maps of one pixel. */
export function areScores(shape: Shape): boolean {
  return shape.length >= 2 && shape.slice(2).every((size) => size === 1);
}

function largest(scores: ArrayLike<number>): number {
  let best = 0;
  for (let c = 1; c < scores.length; c++) if ((scores[c] as number) > (scores[best] as number)) best = c;
  return best;
}

/** The part of one example; all of it where the value is not a batch of `rows`. The data stays where it is. */
function slice(view: Float32Array, shape: Shape, rows: number, row: number): ExampleValue {
  if (shape[0] !== rows) return { shape, data: view };
  const count = numel(shape.slice(1));
  return { shape: shape.slice(1), data: view.subarray(row * count, (row + 1) * count) };
}

/** Copies what is given; where that is a batch and one example is wanted, the example's part, wherever N stands. */
function take(to: View, shape: Shape, given: { readonly shape: Shape; readonly data: View }, example: number): void {
  if (to.length === given.data.length) {
    to.set(given.data);
    return;
  }
  const axis = shape.findIndex((size, i) => size !== given.shape[i]);
  const count = given.shape[axis] ?? 0;
  const inner = numel(shape.slice(axis + 1));
  if (shape.length !== given.shape.length || shape[axis] !== 1 || to.length * count !== given.data.length) return;
  const at = Math.min(example, count - 1);
  for (let i = 0; i < to.length; i++) {
    to[i] = given.data[(Math.floor(i / inner) * count + at) * inner + (i % inner)] as number;
  }
}

/** The value that a layer's name means; by default the last feature maps on the way to the scores. */
function layerOf(
  network: TypedNetwork,
  asked: string | undefined,
  scores: string,
): string | { readonly fault: string } {
  if (asked !== undefined) {
    const name = asked.includes('.') ? asked : `${asked}.y`;
    const type = network.values.get(canonical(network, name));
    if (type === undefined) return { fault: `there is no layer \`${asked}\`` };
    if (type.dtype === 'float32' && type.shape.length >= 3) return name;
    return { fault: `\`${name}\` holds no feature maps: it is ${formatShape(type.shape)}` };
  }
  const needed = new Set([canonical(network, scores)]);
  for (const instance of network.instances.toReversed()) {
    const outputs = Object.entries(network.types.get(instance.path)?.outputs ?? {});
    const own = outputs.filter(([port]) => needed.has(outputName(instance, port)));
    if (own.length === 0 || instance.operator.traits.source !== undefined) continue;
    for (const [port, { dtype, shape }] of own) {
      const places = numel(shape.slice(2));
      if (dtype === 'float32' && shape.length >= 3 && places > 1) return outputName(instance, port);
    }
    for (const name of instance.inputs.values()) needed.add(canonical(network, name));
  }
  return { fault: 'no layer before the scores has feature maps' };
}
