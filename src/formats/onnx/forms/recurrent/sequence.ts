// What RNN, LSTM and GRU of ONNX share: inputs in their places, directions, layouts, and the way to our whole-sequence
// operators where those compute the same. Anything else is unrolled step by step (unrolled.ts).
import { filled, type Literal, literalOf } from '../../reading/literal.ts';
import type { ReadContext, Source, Wire } from '../../reading/read-context.ts';

/** Direction as ONNX numbers it: 0 first, 1 the backward one of a bidirectional node. */
export interface Track {
  readonly index: number;
  readonly backwards: boolean;
}

export interface Sequence {
  readonly kind: Kind;
  readonly hidden: number;
  readonly directions: readonly Track[];
  /** 1: the batch comes first in x, the states and y. */
  readonly layout: number;
  /** [T, N, D] */
  readonly x: Wire;
  /** Steps; null where the graph tells only when it is compiled. */
  readonly steps: number | null;
  /** Lengths of the sequences; undefined: all as long as x. */
  readonly lengths: Wire | undefined;
  /** [directions, N, H] */
  readonly h0: Wire | undefined;
  readonly c0: Wire | undefined;
}

/** One of the three operators. */
export interface Kind {
  /** Our operator. */
  readonly operator: 'rnn' | 'lstm' | 'gru';
  /** Names of the activations that our operator has, one direction. */
  readonly activations: readonly string[];
  /** Our gates in the order of ONNX's: entry k says which of ONNX's stands at our place k. */
  readonly order: readonly number[];
  /** Place of P among the inputs. */
  readonly peepholes?: number;
  readonly cellState?: number;
}

export const kinds = {
  RNN: { operator: 'rnn', activations: ['Tanh'], order: [0] },
  /** i, o, f, c → i, f, g, o */
  LSTM: { operator: 'lstm', activations: ['Sigmoid', 'Tanh', 'Tanh'], order: [0, 2, 3, 1], peepholes: 7, cellState: 6 },
  /** z, r, h → r, z, n */
  GRU: { operator: 'gru', activations: ['Sigmoid', 'Tanh'], order: [1, 0, 2] },
} as const satisfies Readonly<Record<string, Kind>>;

/** Swaps time and batch, or batch and directions. */
function swapped(context: ReadContext, wire: Wire): Wire {
  return context.value('transpose', { x: wire }, { dims: [1, 0, 2] });
}

/** What RNN, GRU and LSTM say alike: direction, layout, sizes, first states; gives up where that is not ONNX's. */
export function sequenceOf(context: ReadContext, kind: Kind): Sequence {
  const direction = context.text('direction', 'forward');
  const layout = context.int('layout', 0);
  const [count, , hidden] = context.shape(2) as [number, number, number];
  if (count !== (direction === 'bidirectional' ? 2 : 1)) context.fail(`direction ${direction} with ${count} weights`);
  const state = (input: number | undefined) => {
    if (input === undefined || !context.given(input)) return undefined;
    return layout === 1 ? swapped(context, context.wire(input)) : context.wire(input);
  };
  const steps = context.sizes(0)[layout === 1 ? 1 : 0] ?? null;
  const lengths = context.given(4) ? context.known(4) : undefined;
  const whole = !context.given(4) || (steps !== null && lengths?.every((length) => length === steps));
  return {
    kind,
    hidden,
    layout,
    directions: Array.from({ length: count }, (_, index) => ({
      index,
      backwards: direction === 'reverse' || index === 1,
    })),
    x: layout === 1 ? swapped(context, context.wire(0)) : context.wire(0),
    steps,
    lengths: whole ? undefined : context.wire(4),
    h0: state(5),
    c0: state(kind.cellState),
  };
}

/** Gives Y, Y_h and Y_c from y [T, N, directions·H] and states [directions, N, H]. */
export function giveOutputs(
  context: ReadContext,
  { layout, directions, hidden }: Sequence,
  { y, states }: { readonly y: Wire; readonly states: readonly Wire[] },
): void {
  if (context.wanted(0)) {
    const split = context.value('reshape', { x: y }, { shape: [0, 0, directions.length, hidden] });
    const dims = layout === 1 ? [1, 0, 2, 3] : [0, 2, 1, 3];
    context.give(0, context.value('transpose', { x: split }, { dims }));
  }
  states.forEach((wire, i) => {
    if (context.wanted(i + 1)) context.give(i + 1, layout === 1 ? swapped(context, wire) : wire);
  });
}

/** Reversed in time. */
export function flipped(context: ReadContext, x: Wire): Wire {
  const backwards = { starts: [-1], ends: [-0x7fff_ffff], dims: [0], steps: [-1] };
  return context.value('slice', { x }, backwards);
}

/** Our operator where it computes the same as the node. */
export function readNative(
  context: ReadContext,
  sequence: Sequence,
  attributes: Readonly<Record<string, unknown>>,
): void {
  const { kind, directions, hidden, h0, c0 } = sequence;
  const bidirectional = directions.length === 2;
  const backwards = !bidirectional && directions[0]?.backwards === true;
  const bias = context.given(3);
  const parameters: Record<string, Source> = {};
  for (const { index } of directions) {
    const suffix = index === 1 ? 'l0_reverse' : 'l0';
    parameters[`weight_ih_${suffix}`] = weight(context, 1, index, sequence);
    parameters[`weight_hh_${suffix}`] = weight(context, 2, index, sequence);
    if (!bias) continue;
    parameters[`bias_ih_${suffix}`] = weight(context, 3, index, sequence, 0);
    parameters[`bias_hh_${suffix}`] = weight(context, 3, index, sequence, 1);
  }
  const x = backwards ? flipped(context, sequence.x) : sequence.x;
  const inputs = { x, ...(h0 ? { h0 } : {}), ...(c0 ? { c0 } : {}), ...parameters };
  const settings = { hidden_size: hidden, bidirectional, bias, ...attributes };
  const node = context.result(kind.operator, inputs, settings);
  const y = backwards && context.wanted(0) ? flipped(context, node.port('y')) : node.port('y');
  const states = [node.port('h_n'), ...(kind.cellState === undefined ? [] : [node.port('c_n')])];
  giveOutputs(context, sequence, { y, states });
}

/** One direction of W, R or a half of B, with the gates in our order. */
function weight(
  context: ReadContext,
  input: number,
  direction: number,
  { kind, hidden }: Sequence,
  half?: 0 | 1,
): Source {
  const gates = kind.order.length;
  const literal = context.literal(input);
  if (literal) return { own: reordered(context, literal, direction, kind.order, hidden, half) };
  let own = context.value('select', { x: context.wire(input) }, { dim: 0, index: direction });
  if (half !== undefined) {
    const window = { starts: [half * gates * hidden], ends: [(half + 1) * gates * hidden], dims: [0] };
    own = context.value('slice', { x: own }, window);
  }
  if (gates === 1) return own;
  const pieces = context.node('split', { x: own }, { split_size: new Array<number>(gates).fill(hidden), dim: 0 });
  const wires = kind.order.map((gate, i) => [`x${i}`, pieces.port(`y${gate}`)]);
  return context.value('concat', Object.fromEntries(wires), { dim: 0 });
}

function reordered(
  context: ReadContext,
  literal: Literal,
  direction: number,
  order: readonly number[],
  hidden: number,
  half: 0 | 1 | undefined,
): Literal {
  const [, rows = 0, columns = 1] = literal.shape;
  const gate = hidden * columns;
  const first = direction * rows * columns + (half ?? 0) * order.length * gate;
  const shape = half === undefined ? [order.length * hidden, columns] : [order.length * hidden];
  if (literal.fill !== undefined) return filled('float32', shape, literal.fill);
  const all = literal.data();
  const data = new Float32Array(context.bounded(order.length * gate));
  order.forEach((from, to) => {
    data.set(all.subarray(first + from * gate, first + (from + 1) * gate), to * gate);
  });
  return literalOf({ dtype: 'float32', shape, data });
}
