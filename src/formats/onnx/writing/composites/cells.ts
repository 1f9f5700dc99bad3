// Recurrent cells as products, gates and states: what ONNX has for whole sequences only. Gates as PyTorch orders them.
import { arithmetic, reshape } from '../arithmetic.ts';
import { int, type OnnxInput, type OnnxValue, type WriteContext, type WriteForm } from '../write-context.ts';

/** [D] becomes one row [1, D]. */
function rows(context: WriteContext, value: OnnxValue | undefined): OnnxInput {
  if (value?.shape.length !== 1) return value;
  return reshape(context, value, value.sizes, [1, ...value.sizes]);
}

/** x·W_ihᵀ + b_ih */
function fromInput(context: WriteContext): string {
  const { x, weight_ih: weight, bias_ih: bias } = context.inputs;
  return context.value('Gemm', [rows(context, x), weight, bias], { transB: int(1) });
}

/** h·W_hhᵀ + b_hh; of an unwired state the bias alone, or nothing. */
function fromState(context: WriteContext): OnnxInput {
  const { h, weight_hh: weight, bias_hh: bias } = context.inputs;
  return h ? context.value('Gemm', [rows(context, h), weight, bias], { transB: int(1) }) : bias;
}

function sum(context: WriteContext, a: OnnxInput, b: OnnxInput): OnnxInput {
  return b === undefined ? a : context.value('Add', [a, b]);
}

function gates(context: WriteContext, sums: OnnxInput, count: number): string[] {
  const outputs = Array.from(
    { length: count },
    (_, gate) => `${context.path}:gate${gate}${typeof sums === 'string' ? `:${sums}` : ''}`,
  );
  const sizes = new Array<number>(count).fill(context.attributes['hidden_size'] as number);
  return context.node('Split', [sums, context.int64(sizes)], { axis: int(-1) }, { outputs });
}

/** One of ours from rows: the output itself, or reshaped to a vector. */
function give(context: WriteContext, port: string, op: string, inputs: readonly OnnxInput[]): void {
  const output = context.outputs[port] as OnnxValue;
  if (output.shape.length === 2) context.result(op, inputs, {}, port);
  else reshape(context, context.value(op, inputs), [1, ...output.sizes], output.sizes, output.name);
}

const rnnCell: WriteForm = (context) => {
  const total = sum(context, fromInput(context), fromState(context));
  give(context, 'h', context.attributes['nonlinearity'] === 'relu' ? 'Relu' : 'Tanh', [total]);
};

const lstmCell: WriteForm = (context) => {
  const a = arithmetic(context);
  const c = rows(context, context.inputs['c']);
  const [i, f, g, o] = gates(context, sum(context, fromInput(context), fromState(context)), 4);
  const sigmoid = (z: OnnxInput) => context.value('Sigmoid', [z]);
  const written = a.mul(sigmoid(i), context.value('Tanh', [g]));
  const now = c === undefined ? written : a.add(a.mul(sigmoid(f), c), written);
  give(context, 'c', 'Identity', [now]);
  give(context, 'h', 'Mul', [sigmoid(o), context.value('Tanh', [now])]);
};

const gruCell: WriteForm = (context) => {
  const a = arithmetic(context);
  const h = rows(context, context.inputs['h']);
  const [ar, az, an] = gates(context, fromInput(context), 3);
  const state = fromState(context);
  const [br, bz, bn] = state === undefined ? [] : gates(context, state, 3);
  const sigmoid = (z: OnnxInput) => context.value('Sigmoid', [z]);
  const reset = sigmoid(sum(context, ar, br));
  const keep = sigmoid(sum(context, az, bz));
  const candidate = context.value('Tanh', [bn === undefined ? an : a.add(an, a.mul(reset, bn))]);
  const written = a.mul(a.sub(a.number(1), keep), candidate);
  if (h === undefined) give(context, 'h', 'Identity', [written]);
  else give(context, 'h', 'Add', [written, a.mul(keep, h)]);
};

export const cells: Readonly<Record<string, WriteForm>> = {
  rnn_cell: rnnCell,
  lstm_cell: lstmCell,
  gru_cell: gruCell,
};
