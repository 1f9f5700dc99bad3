// Our recurrent layers as ONNX nodes, one a layer, with the gates in ONNX's order. y [T, dirs, N, H] of a layer becomes
// [T, N, dirs·H] for the next one.
import type { Tensor } from '../../../../tensor/tensor.ts';
import { reshape } from '../../writing/arithmetic.ts';
import {
  int,
  ints,
  type OnnxInput,
  type OnnxValue,
  text,
  texts,
  type WriteContext,
} from '../../writing/write-context.ts';
import type { Kind } from './sequence.ts';

interface Attributes {
  readonly hidden_size: number;
  readonly num_layers: number;
  readonly bidirectional: boolean;
  readonly bias: boolean;
  readonly nonlinearity?: string;
}

/** One node of `op` (RNN, LSTM, GRU) a layer, both directions in it. */
export function writeSequence(context: WriteContext, op: string, kind: Kind): void {
  const a = context.attributes as unknown as Attributes;
  const directions = a.bidirectional ? 2 : 1;
  const { x, h0, c0 } = context.inputs as { readonly x: OnnxValue; readonly h0?: OnnxValue; readonly c0?: OnnxValue };
  const [time, batch] = x.sizes as [OnnxValue['sizes'][number], OnnxValue['sizes'][number]];
  const states: string[][] = [[], []];
  let below: OnnxInput = x;
  for (let layer = 0; layer < a.num_layers; layer++) {
    const suffixes = [`l${layer}`, ...(a.bidirectional ? [`l${layer}_reverse`] : [])];
    const part = (name: string) => suffixes.map((suffix) => context.inputs[`${name}_${suffix}`] as OnnxValue);
    const own = (state: OnnxValue | undefined) =>
      state && (a.num_layers === 1 ? state : window(context, state, layer * directions, directions));
    const last = layer === a.num_layers - 1;
    const outputs = ['y', 'h', ...(kind.cellState === undefined ? [] : ['c'])].map(
      (each) => `${context.path}:${each}${layer}`,
    );
    const inputs = [
      below,
      joined(
        context,
        `W${layer}`,
        part('weight_ih').map((each) => [each]),
        kind,
        a.hidden_size,
      ),
      joined(
        context,
        `R${layer}`,
        part('weight_hh').map((each) => [each]),
        kind,
        a.hidden_size,
      ),
      a.bias ? joined(context, `B${layer}`, pairs(part('bias_ih'), part('bias_hh')), kind, a.hidden_size) : undefined,
      undefined,
      own(h0),
      own(c0),
    ];
    context.node(op, inputs, attributesOf(a, kind, directions), { outputs });
    for (const [i, list] of states.entries()) if (outputs[i + 1]) list.push(outputs[i + 1] as string);
    const merged = last ? (context.outputs['y'] as OnnxValue).name : `${context.path}:x${layer + 1}`;
    below = merge(context, outputs[0] as string, { directions, hidden: a.hidden_size, time, batch }, merged);
  }
  for (const [i, port] of ['h_n', 'c_n'].entries()) {
    const output = context.outputs[port];
    if (output) context.node('Concat', states[i] ?? [], { axis: int(0) }, { outputs: [output.name] });
  }
}

function attributesOf(a: Attributes, kind: Kind, directions: number) {
  const relu = a.nonlinearity === 'relu';
  return {
    hidden_size: int(a.hidden_size),
    direction: directions === 2 ? text('bidirectional') : undefined,
    activations: relu ? texts(new Array<string>(directions).fill('Relu')) : undefined,
    // Our reset gate acts on the product.
    linear_before_reset: kind.operator === 'gru' ? int(1) : undefined,
  };
}

function pairs(a: readonly OnnxValue[], b: readonly OnnxValue[]): OnnxValue[][] {
  return a.map((each, i) => [each, b[i] as OnnxValue]);
}

/** [T, dirs, N, H] → [T, N, dirs·H] */
function merge(
  context: WriteContext,
  y: string,
  {
    directions,
    hidden,
    time,
    batch,
  }: { directions: number; hidden: number; time: OnnxValue['sizes'][number]; batch: OnnxValue['sizes'][number] },
  output: string,
): string {
  if (directions === 1) return context.node('Squeeze', [y, context.int64([1])], {}, { outputs: [output] })[0] as string;
  const turned = context.value('Transpose', [y], { perm: ints([0, 2, 1, 3]) });
  return reshape(context, turned, [time, batch, directions, hidden], [time, batch, directions * hidden], output);
}

function window(context: WriteContext, state: OnnxValue, start: number, length: number): string {
  return context.value('Slice', [state, context.int64([start]), context.int64([start + length]), context.int64([0])]);
}

/** W, R or B of a layer: for each direction its parts one after the other, each with its gates in ONNX's order. */
function joined(
  context: WriteContext,
  name: string,
  parts: readonly (readonly OnnxValue[])[],
  { order }: Kind,
  hidden: number,
): string {
  /** ONNX's gate g stands with us at place `order.indexOf(g)`. */
  const places = order.map((_, gate) => order.indexOf(gate));
  const contents = parts.map((list) => list.map((each) => context.contents(each)));
  const flat = contents.flat();
  if (flat.every((tensor) => tensor !== null)) {
    const all = flat.flatMap((tensor) => places.map((place) => gateOf(tensor, place, hidden)));
    const data = new Float32Array(all.reduce((count, piece) => count + piece.length, 0));
    let at = 0;
    for (const piece of all) {
      data.set(piece, at);
      at += piece.length;
    }
    const rows = (parts[0]?.length ?? 1) * order.length * hidden;
    const columns = flat[0]?.shape.slice(1) ?? [];
    return context.initializer(name, { dtype: 'float32', shape: [parts.length, rows, ...columns], data });
  }
  const directions = parts.map((list) => {
    const gates = list.flatMap((each, part) => {
      const names = order.map((_, gate) => `${each.name}:${name}_${part}_${gate}`);
      const sizes = new Array<number>(order.length).fill(hidden);
      context.node('Split', [each, context.int64(sizes)], { axis: int(0) }, { outputs: names });
      return places.map((place) => names[place] as string);
    });
    return context.value('Unsqueeze', [context.value('Concat', gates, { axis: int(0) }), context.int64([0])]);
  });
  return context.value('Concat', directions, { axis: int(0) });
}

function gateOf({ data, shape }: Tensor, gate: number, hidden: number): Float32Array {
  const size = hidden * (shape[1] ?? 1);
  return (data as Float32Array).subarray(gate * size, (gate + 1) * size);
}
