// Written models against onnxruntime-web: the same graph, tensors and feeds run here and there, and the outputs compared.
import * as ort from 'onnxruntime-web';
import { compile } from '../../../src/compiler/compile.ts';
import { assignWeights } from '../../../src/engine/numbers/assign-weights.ts';
import { readOnnx } from '../../../src/formats/onnx/read-onnx.ts';
import { writeOnnx } from '../../../src/formats/onnx/write-onnx.ts';
import type { GraphFile } from '../../../src/graph/schema.ts';
import { type BoundPlan, createWorkspace } from '../../../src/runtime/workspace.ts';
import { formatDiagnostic, hasErrors } from '../../../src/tensor/diagnostic.ts';
import { createRandom } from '../../../src/tensor/random.ts';
import type { Tensor } from '../../../src/tensor/tensor.ts';
import { library, registry } from '../graphs.ts';

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

/** The model's outputs by name. Throws with onnxruntime's message. */
export async function runtimeOutputs(
  bytes: Uint8Array,
  feeds: ReadonlyMap<string, Tensor>,
): Promise<ReadonlyMap<string, Tensor>> {
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3 });
  try {
    const given = session.inputNames.map((name) => {
      const tensor = feeds.get(name);
      if (!tensor) throw new Error(`nothing to feed to ${name}`);
      return [name, new ort.Tensor(tensor.dtype, tensor.data, tensor.shape)] as const;
    });
    const results = await session.run(Object.fromEntries(given));
    return new Map(
      Object.entries(results).map(([name, { dims, data, type }]) => {
        if (type !== 'float32' && type !== 'int32') throw new Error(`${name} is ${type}`);
        return [name, { dtype: type, shape: dims, data: data as Float32Array | Int32Array }];
      }),
    );
  } finally {
    await session.release();
  }
}

export interface Setting {
  /** Parameters and state by name; the graph's own start where they are left out. */
  readonly tensors?: ReadonlyMap<string, Tensor>;
  /** Feeds by value name; random numbers where they are left out. */
  readonly feeds?: ReadonlyMap<string, Tensor>;
  readonly outputs?: readonly string[];
  /** Default: the training set-up's. */
  readonly batch?: number;
  /** Exclusive bound of random whole numbers. */
  readonly below?: number;
}

export interface Run {
  readonly feeds: ReadonlyMap<string, Tensor>;
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly outputs: ReadonlyMap<string, Tensor>;
}

/** The graph in inference mode on our kernels: what it was fed, what it owns and what came out. Throws with diagnostics. */
export function runHere(graph: GraphFile, names: readonly string[], setting: Setting = {}): Run {
  const { plan, diagnostics } = compile(graph, registry, {
    mode: 'eval',
    retain: names,
    gradients: 'none',
    update: false,
    ...(setting.batch === undefined ? {} : { batch: setting.batch }),
    workspaceBytes: library.workspaceBytes,
  });
  if (!plan) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  const workspace = createWorkspace([plan], { library });
  workspace.initialize(plan.seed);
  const bound = workspace.plans[0] as BoundPlan;
  if (setting.tensors) assignWeights(bound, setting.tensors);
  const [feeds, tensors] = [new Map(setting.feeds ?? []), new Map(setting.tensors ?? [])];
  plan.values.forEach(({ name, kind, dtype, shape, data }, index) => {
    const view = bound.view(index);
    if (kind === 'feed' && !data) {
      const given = setting.feeds?.get(name);
      if (given) view.set(given.data);
      else fillRandom(view, name, setting.below ?? 2);
      feeds.set(name, { dtype, shape, data: view.slice() });
    }
    if (kind === 'parameter' || kind === 'state') tensors.set(name, { dtype, shape, data: view.slice() });
  });
  bound.run(0, plan.instructions.length);
  const outputs = new Map<string, Tensor>();
  for (const name of names) {
    const index = bound.find(name);
    const value = index === undefined ? undefined : plan.values[index];
    if (index === undefined || !value) throw new Error(`there is no value ${name}`);
    outputs.set(name, { dtype: value.dtype, shape: value.shape, data: bound.view(index).slice() });
  }
  return { feeds, tensors, outputs };
}

function fillRandom(view: Float32Array | Int32Array, name: string, below: number): void {
  const random = createRandom(1, name);
  for (let i = 0; i < view.length; i++)
    view[i] = view instanceof Int32Array ? random.integer(below) : 2 * random.uniform() - 1;
}

/** Largest |a − b| over the larger of 1 and the largest |b|; infinite where shapes or element types differ. */
export function deviation(a: Tensor | undefined, b: Tensor): number {
  if (!a || a.dtype !== b.dtype || a.shape.join() !== b.shape.join()) return Number.POSITIVE_INFINITY;
  let [worst, scale] = [0, 1];
  for (let i = 0; i < b.data.length; i++) {
    const [x, y] = [a.data[i] as number, b.data[i] as number];
    if (Object.is(x, y) || x === y) continue;
    worst = Math.max(worst, Number.isNaN(x - y) ? Number.POSITIVE_INFINITY : Math.abs(x - y));
    scale = Math.max(scale, Math.abs(y));
  }
  return worst / scale;
}

/**
 * Writes the graph, runs it in onnxruntime and here: the largest deviation of any output, and what was written.
 * Throws with the diagnostics where it cannot be written.
 */
export async function compareWithRuntime(
  graph: GraphFile,
  setting: Setting = {},
): Promise<{ readonly worst: number; readonly bytes: Uint8Array; readonly run: Run }> {
  const initial = runHere(graph, [], setting);
  const written = writeOnnx(graph, {
    tensors: initial.tensors,
    operators: registry.operators,
    ...(setting.outputs ? { outputs: setting.outputs } : {}),
  });
  if (!written.bytes || hasErrors(written.diagnostics))
    throw new Error(written.diagnostics.map(formatDiagnostic).join('\n'));
  const run = runHere(graph, written.outputs, setting);
  const there = await runtimeOutputs(written.bytes, run.feeds);
  const worst = Math.max(...[...run.outputs].map(([name, tensor]) => deviation(there.get(name), tensor)));
  return { worst, bytes: written.bytes, run };
}

/** A written model read again and run here with the same feeds: its outputs by their ONNX names. */
export function readBack(
  bytes: Uint8Array,
  feeds: ReadonlyMap<string, Tensor>,
  batch: number,
): ReadonlyMap<string, Tensor> {
  const { graph, weights, inputs, outputs, diagnostics } = readOnnx(bytes);
  if (!graph || hasErrors(diagnostics)) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  const given = new Map<string, Tensor>();
  for (const [name, id] of inputs) {
    const tensor = feeds.get(name);
    if (tensor) given.set(`${id}.y`, tensor);
  }
  const run = runHere(graph, [...outputs.values()], { feeds: given, tensors: weights, batch });
  return new Map([...outputs].map(([name, value]) => [name, run.outputs.get(value) as Tensor]));
}
