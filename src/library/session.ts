// A plan being executed, for programs: feeds in, forward, backward and update, values out by name. What is read was computed
// from what was fed last, or reading throws: no number is stale. Mistakes of the caller throw; what files say is diagnosed.

import { fixedFeeds } from '../engine/feed-samples.ts';
import { assignWeights } from '../engine/numbers/assign-weights.ts';
import { readWeights } from '../formats/weights/read-weights.ts';
import type { Plan, PlanStep, PlanValue } from '../program/plan.ts';
import type { Phase } from '../program/program.ts';
import type { BoundPlan } from '../runtime/workspace.ts';
import { type Diagnostic, formatDiagnostic, hasErrors } from '../tensor/diagnostic.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { CompiledGraph } from './compile.ts';
import { standOnThreads } from './stand-on-threads.ts';
import { type Numbers, toNumbers } from './to-numbers.ts';
import { keeps, spellings, weightsOf } from './value-lookup.ts';

export interface SessionOptions {
  /** For first parameters and random masks; the graph's by default. */
  readonly seed?: number;
  /** Default: of a compiled graph what its training set-up says, of a plan 0. */
  readonly learningRate?: number;
  /** Threads that may share the work, default 1: the same bits, sooner where they win. They end with `dispose`, or the program. */
  readonly threads?: number;
}

export interface Session {
  readonly plan: Plan;
  /** For the next update. */
  learningRate: number;
  /** Updates done. */
  readonly iteration: number;
  /** Steps of this iteration that are done. */
  readonly position: number;
  /** Feeds that have no numbers yet. */
  readonly missing: readonly string[];
  /** Number of the loss that was computed last; NaN without one. */
  readonly loss: number;
  /**
   * Writes feeds, parameters and state, by input node (`x`) or by value name (`loss.target`, `conv1.weight`); the iteration
   * starts anew. RangeError: a name that the plan does not have or computes itself, or another shape.
   */
  feed(values: Readonly<Record<string, Numbers>> | ReadonlyMap<string, Numbers>): void;
  /** Weights by name, or the bytes of a .safetensors, .npz or .npy file; the iteration starts anew. */
  loadWeights(source: ReadonlyMap<string, Tensor> | Uint8Array): readonly Diagnostic[];
  /** Copies of all parameters and state, as `writeWeights` takes them. */
  weights(): ReadonlyMap<string, Tensor>;
  /** Executes one node in one phase; null at the end of the iteration, after which `forward` begins the next. */
  step(): PlanStep | null;
  /** Starts anew and computes all values. Error: a feed is missing. */
  forward(): void;
  /** Goes on to the gradients, from the start where nothing is computed yet. */
  backward(): void;
  /** Goes on to the end: the parameters are changed, the next iteration begins. */
  update(): void;
  /** Feeds, then forward, backward and update; answers the loss before the update. */
  train(values?: Readonly<Record<string, Numbers>>): number;
  /** Whether the plan has and keeps a value of this name. */
  has(name: string): boolean;
  /** A copy of a value: `fc.y`, `grad(conv1.weight)`. Error: unknown, not kept, or not computed yet. */
  read(name: string): Tensor;
  /** Gives the memory back; nothing can be asked afterwards. */
  dispose(): void;
}

const phases: readonly Phase[] = ['forward', 'backward', 'update'];

/** Of what `compile` answered, or of a plan. Throws where errors left no plan, or where the memory cannot be had (RangeError). */
export function createSession(source: CompiledGraph | Plan, options: SessionOptions = {}): Session {
  const plan = planOf(source);
  const { workspace, dispose } = standOnThreads([plan], options.threads ?? 1);
  workspace.initialize(options.seed ?? plan.seed);
  let held: BoundPlan | null = workspace.plans[0] ?? null;
  const fed = fixedFeeds(plan);
  const ends = phases.map((_, last) => plan.steps.findLastIndex(({ phase }) => phases.indexOf(phase) <= last) + 1);
  const updates = plan.steps.some(({ phase }) => phase === 'update');
  const writers = firstWriters(plan);
  let position = 0;
  let iteration = 0;
  let learningRate = options.learningRate ?? ('format' in source ? 0 : source.learningRate);

  const bound = (): BoundPlan => {
    if (!held) throw new Error('the session was disposed');
    return held;
  };
  const missing = () => plan.feeds.filter((name) => !fed.has(name));
  const find = (...names: readonly string[]) => names.map(bound().find).find((index) => index !== undefined);

  /** Feeds whose memory the plan has used again must be given once more. */
  function restart(): void {
    if (position > 0)
      for (const { name, kind, data, live } of plan.values)
        if (kind === 'feed' && data === undefined && live[1] < plan.instructions.length) fed.delete(name);
    position = 0;
  }

  function runTo(end: number): void {
    if (position === plan.steps.length) restart();
    if (position === 0) begin();
    const from = plan.steps[position]?.from;
    const to = plan.steps[end - 1]?.to;
    if (from === undefined || to === undefined || end <= position) return;
    bound().run(from, to);
    position = end;
    if (updates && position === plan.steps.length) iteration++;
  }

  function begin(): void {
    const open = missing();
    if (open.length > 0) throw new Error(`nothing feeds ${open.map((name) => `\`${name}\``).join(', ')}`);
    const [counter, rate] = [find('iteration'), find('lr')];
    if (counter !== undefined) bound().view(counter)[0] = iteration;
    if (rate !== undefined) bound().view(rate)[0] = learningRate;
  }

  function feedOne(name: string, value: Numbers): void {
    // A seed that is not the whole gradient is called `grad(v):in` by the compiler.
    const index = find(`${name}:in`, ...spellings(name));
    const target = index === undefined ? undefined : plan.values[index];
    if (index === undefined || !target) throw new RangeError(`there is no value \`${name}\` to be fed`);
    if (target.kind === 'computed' || target.kind === 'constant')
      throw new RangeError(`\`${name}\` is computed by the graph: it cannot be fed`);
    bound()
      .view(index)
      .set(toNumbers(value, target.shape, name));
    fed.add(target.name);
  }

  function readable(name: string): number {
    const index = find(...spellings(name));
    if (index === undefined) throw new RangeError(`there is no value \`${name}\``);
    if (!keeps(plan, index)) throw new RangeError(`the plan does not keep \`${name}\`: compile with it in \`retain\``);
    const writer = writers.get(index);
    if (writer !== undefined && writer >= position) throw new Error(`\`${name}\` is not computed yet`);
    return index;
  }

  function feed(values: Readonly<Record<string, Numbers>> | ReadonlyMap<string, Numbers>): void {
    restart();
    for (const [name, value] of isMap(values) ? values : Object.entries(values)) feedOne(name, value);
  }

  function forward(): void {
    restart();
    runTo(ends[0] as number);
  }

  const update = () => runTo(ends[2] as number);
  const loss = () => (plan.loss === null ? Number.NaN : (bound().view(readable(plan.loss))[0] as number));

  return {
    plan,
    get learningRate() {
      return learningRate;
    },
    set learningRate(rate) {
      learningRate = rate;
    },
    get iteration() {
      return iteration;
    },
    get position() {
      return position;
    },
    get missing() {
      return missing();
    },
    get loss() {
      return loss();
    },
    feed,
    loadWeights(weights) {
      restart();
      if (!(weights instanceof Uint8Array)) return assignWeights(bound(), weights);
      const { tensors, diagnostics } = readWeights(weights, 'the file');
      return hasErrors(diagnostics) ? diagnostics : [...diagnostics, ...assignWeights(bound(), tensors)];
    },
    weights: () => weightsOf(bound()),
    step() {
      const next = plan.steps[position] ?? null;
      if (next) runTo(position + 1);
      return next;
    },
    forward,
    backward() {
      runTo(ends[1] as number);
    },
    update,
    train(values = {}) {
      feed(values);
      forward();
      const before = loss();
      update();
      return before;
    },
    has(name) {
      const index = find(...spellings(name));
      return index !== undefined && keeps(plan, index);
    },
    read(name) {
      const index = readable(name);
      const { dtype, shape } = plan.values[index] as PlanValue;
      return { dtype, shape, data: bound().view(index).slice() };
    },
    dispose() {
      dispose();
      held = null;
    },
  };
}

function planOf(source: CompiledGraph | Plan): Plan {
  if ('format' in source) return source;
  if (source.plan) return source.plan;
  const faults = source.diagnostics.filter(({ severity }) => severity === 'error');
  throw new Error(`nothing to run: ${faults.map(formatDiagnostic).join('; ')}`);
}

/** Value → the first step that computes it. */
function firstWriters(plan: Plan): ReadonlyMap<number, number> {
  const writers = new Map<number, number>();
  for (const { outputs, step } of plan.instructions)
    for (const index of outputs)
      if (plan.values[index]?.kind === 'computed' && !writers.has(index)) writers.set(index, step);
  return writers;
}

function isMap(values: object): values is ReadonlyMap<string, Numbers> {
  return values instanceof Map;
}
