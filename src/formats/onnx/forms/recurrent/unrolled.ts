// Recurrent nodes step by step, for what our operators do not have: other activations, clipping, peepholes, coupled gates, a
// reset gate before the product, sequences of different lengths. Gates stay in ONNX's order. Beyond its length a sequence
// keeps its state and gives zeros, which also holds backwards: there the state waits at its start.
import type { ReadContext, Wire } from '../../reading/read-context.ts';
import { type Activation, activate } from './activations.ts';
import { giveOutputs, type Sequence, type Track } from './sequence.ts';

interface Parts {
  /** Products of the inputs with W, with their bias: one for each gate. */
  readonly fromX: readonly Wire[];
  readonly h: Wire | undefined;
  readonly c: Wire | undefined;
}

interface Weights {
  readonly hidden: number;
  /** [gates·H, H] */
  readonly recurrent: Wire;
  /** [gates·H] */
  readonly bias: Wire | undefined;
  /** One for each gate, from P; in ONNX's order i, o, f. */
  readonly peepholes: readonly Wire[] | undefined;
  readonly activations: readonly Activation[];
  readonly clip: number | undefined;
}

export type Step = (context: ReadContext, parts: Parts, weights: Weights) => { readonly h: Wire; readonly c?: Wire };

/** More steps would make a graph that nobody can look at. */
const mostSteps = 512;

/** Writes the layer step by step, for what no layer of ours does; gives up where the number of steps is not known. */
export function readUnrolled(
  context: ReadContext,
  sequence: Sequence,
  activations: readonly (readonly Activation[])[],
  step: Step,
): void {
  const { steps } = sequence;
  if (steps === null) context.fail('a number of steps that is only known when the graph is compiled is not supported');
  if (steps > mostSteps) context.fail(`${steps} steps: of what is unrolled at most ${mostSteps}`);
  const tracks = sequence.directions.map((track) =>
    runTrack(context, sequence, track, activations[track.index] as readonly Activation[], step, steps),
  );
  const together = (wires: readonly Wire[], op: string, dim: number) =>
    wires.length === 1 && op === 'concat' ? (wires[0] as Wire) : context.value(op, numbered(wires), { dim });
  const y = together(
    tracks.map(({ outputs }) => together(outputs, 'stack', 0)),
    'concat',
    2,
  );
  const states = [
    together(
      tracks.map(({ h }) => h),
      'stack',
      0,
    ),
  ];
  const cells = tracks.flatMap(({ c }) => (c === undefined ? [] : [c]));
  if (cells.length > 0) states.push(together(cells, 'stack', 0));
  giveOutputs(context, sequence, { y, states });
}

function numbered(wires: readonly Wire[]) {
  return Object.fromEntries(wires.map((wire, i) => [`x${i}`, wire]));
}

function runTrack(
  context: ReadContext,
  sequence: Sequence,
  { index, backwards }: Track,
  activations: readonly Activation[],
  step: Step,
  steps: number,
): { readonly outputs: readonly Wire[]; readonly h: Wire; readonly c: Wire | undefined } {
  const { hidden, kind, x, h0, c0 } = sequence;
  const rows = kind.order.length * hidden;
  const own = (input: number) => context.value('select', { x: context.wire(input) }, { dim: 0, index });
  const halves = context.given(3)
    ? context.node('split', { x: own(3) }, { split_size: [rows, rows], dim: 0 })
    : undefined;
  const bias = halves ? { bias: halves.port('y0') } : {};
  const products = context.value(
    'linear',
    { x, weight: own(1), ...bias },
    { out_features: rows, bias: halves !== undefined },
  );
  const slices = context.node('unbind', { x: products }, { dim: 0 });
  const peepholes =
    kind.peepholes !== undefined && context.given(kind.peepholes)
      ? pieces(context, own(kind.peepholes), hidden, 3)
      : undefined;
  const weights: Weights = {
    hidden,
    recurrent: own(2),
    bias: halves?.port('y1'),
    peepholes,
    activations,
    clip: context.float('clip'),
  };
  const state = (from: Wire | undefined) => from && context.value('select', { x: from }, { dim: 0, index });
  let [h, c] = [state(h0), state(c0)];
  const outputs = new Array<Wire>(steps);
  for (let k = 0; k < steps; k++) {
    const t = backwards ? steps - 1 - k : k;
    const fromX = pieces(context, slices.port(`y${t}`), hidden, kind.order.length);
    const next = step(context, { fromX, h, c }, weights);
    const runs = sequence.lengths && running(context, sequence.lengths, t);
    outputs[t] = runs ? context.value('mul', { a: next.h, b: runs }) : next.h;
    h = kept(context, runs, next.h, h);
    c = next.c && kept(context, runs, next.c, c);
  }
  return { outputs, h: h as Wire, c };
}

/** [N, 1] of 1 where the sequence is longer than t, else 0. */
function running(context: ReadContext, lengths: Wire, t: number): Wire {
  const longer = context.value('greater', { a: lengths, b: context.number(t, 'int32') });
  const column = context.value('unsqueeze', { x: longer }, { dim: [1] });
  return context.value('cast', { x: column }, { dtype: 'float32' });
}

/** The new state where the sequence still runs, the old one (zeros at first) elsewhere. */
function kept(context: ReadContext, runs: Wire | undefined, next: Wire, before: Wire | undefined): Wire {
  if (runs === undefined) return next;
  if (before === undefined) return context.value('mul', { a: next, b: runs });
  return context.value('where', { condition: runs, a: next, b: before });
}

function pieces(context: ReadContext, x: Wire, hidden: number, count: number): Wire[] {
  if (count === 1) return [x];
  const split = context.node('split', { x }, { split_size: new Array<number>(count).fill(hidden), dim: -1 });
  return Array.from({ length: count }, (_, i) => split.port(`y${i}`));
}

const add = (context: ReadContext, a: Wire, b: Wire | undefined) =>
  b === undefined ? a : context.value('add', { a, b });
const mul = (context: ReadContext, a: Wire, b: Wire) => context.value('mul', { a, b });
const rest = (context: ReadContext, gate: Wire) => context.value('sub', { a: context.number(1), b: gate });

/** Activation number `index` of a sum, cut off before if the node says so. */
function through(context: ReadContext, sum: Wire, { activations, clip }: Weights, index: number): Wire {
  const cut = clip === undefined ? sum : context.value('clamp', { x: sum }, { min: -clip, max: clip });
  return activate(context, cut, activations[index] as Activation);
}

/** h·Rᵀ + b of all gates; of no state the bias alone. */
function fromState(context: ReadContext, { recurrent, bias, hidden }: Weights, h: Wire | undefined, gates: number) {
  if (h === undefined) {
    if (bias === undefined) return [];
    return pieces(context, bias, hidden, gates);
  }
  const attributes = { out_features: gates * hidden, bias: bias !== undefined };
  const product = context.value('linear', { x: h, weight: recurrent, ...(bias ? { bias } : {}) }, attributes);
  return pieces(context, product, hidden, gates);
}

export const rnnStep: Step = (context, { fromX, h }, weights) => {
  const [state] = fromState(context, weights, h, 1);
  return { h: through(context, add(context, fromX[0] as Wire, state), weights, 0) };
};

/** i, o, f, c */
export function lstmStep(coupled: boolean): Step {
  return (context, { fromX, h, c }, weights) => {
    const state = fromState(context, weights, h, 4);
    const [i, o, f, g] = fromX.map((sum, gate) => add(context, sum, state[gate])) as [Wire, Wire, Wire, Wire];
    const [peekI, peekO, peekF] = weights.peepholes ?? [];
    const peeked = (sum: Wire, peephole: Wire | undefined, cell: Wire | undefined) =>
      peephole === undefined || cell === undefined ? sum : add(context, sum, mul(context, peephole, cell));
    const input = through(context, peeked(i, peekI, c), weights, 0);
    const forget = coupled ? rest(context, input) : through(context, peeked(f, peekF, c), weights, 0);
    const written = mul(context, input, through(context, g, weights, 1));
    const now = c === undefined ? written : add(context, mul(context, forget, c), written);
    const output = through(context, peeked(o, peekO, now), weights, 0);
    return { h: mul(context, output, activate(context, now, weights.activations[2] as Activation)), c: now };
  };
}

/** z, r, h; `linear`: the reset gate acts on the product, else on the state before it. */
export function gruStep(linear: boolean): Step {
  return (context, { fromX, h }, weights) => {
    const [z, r, n] = fromX as readonly [Wire, Wire, Wire];
    const { hidden, bias } = weights;
    const state = fromState(context, weights, h, 3);
    const update = through(context, add(context, z, state[0]), weights, 0);
    const reset = through(context, add(context, r, state[1]), weights, 0);
    const candidate = () => {
      if (h === undefined || linear) {
        const own = state[2];
        return own === undefined || !linear ? add(context, n, own) : add(context, n, mul(context, reset, own));
      }
      const part = (x: Wire) => context.value('slice', { x }, { starts: [2 * hidden], ends: [3 * hidden], dims: [0] });
      const bent = mul(context, reset, h);
      const inputs = { x: bent, weight: part(weights.recurrent), ...(bias ? { bias: part(bias) } : {}) };
      const product = context.value('linear', inputs, { out_features: hidden, bias: bias !== undefined });
      return add(context, n, product);
    };
    const now = mul(context, rest(context, update), through(context, candidate(), weights, 1));
    return { h: h === undefined ? now : add(context, now, mul(context, update, h)) };
  };
}
