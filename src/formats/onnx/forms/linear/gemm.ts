// Gemm: a layer of its own where it is one (weights of the file, no scaling), a matrix product with wires otherwise.
import { numel } from '../../../../tensor/shape.ts';
import type { OnnxForm } from '../../onnx-form.ts';
import type { Literal } from '../../reading/literal.ts';
import type { ReadContext, Source } from '../../reading/read-context.ts';
import { float, int, type WriteContext } from '../../writing/write-context.ts';
import { matrixTransposed, spread } from './matrices.ts';

export const gemmForm: OnnxForm = {
  op: 'Gemm',
  read(context) {
    context.ignore('broadcast');
    const [transA, transB] = [context.int('transA', 0) !== 0, context.int('transB', 0) !== 0];
    const [alpha, beta] = [context.float('alpha', 1), context.float('beta', 1)];
    const plain = !transA && alpha === 1 && (beta === 1 || !context.given(2));
    if (plain && readLayer(context, transB)) return;
    const c = context.given(2) ? context.wire(2) : undefined;
    const attributes = { trans_a: transA, trans_b: transB, alpha, beta };
    context.result('gemm', { a: context.wire(0), b: context.wire(1), c }, attributes);
  },
  write: {
    gemm({ inputs, attributes, result }) {
      const flag = (name: string) => int(attributes[name] === true ? 1 : 0);
      const number = (name: string) => float(Number(attributes[name]));
      result('Gemm', [inputs['a'], inputs['b'], inputs['c']], {
        transA: flag('trans_a'),
        transB: flag('trans_b'),
        alpha: number('alpha'),
        beta: number('beta'),
      });
    },
    linear: writeLinear,
  },
};

/** True where the node became a `linear` that owns its weight. */
function readLayer(context: ReadContext, transB: boolean): boolean {
  const weight = context.parameter(1);
  if (!weight || typeof weight === 'string' || weight.own.shape.length !== 2) return false;
  const own = transB ? weight.own : matrixTransposed(weight.own);
  const outputs = own.shape[0] as number;
  const bias = biasOf(context, outputs);
  if (bias === null) return false;
  const attributes = { out_features: outputs, bias: bias !== undefined };
  context.result('linear', { x: context.wire(0), weight: { own }, bias }, attributes);
  return true;
}

/** The bias of a layer: numbers for each output; undefined where there is none, null where it is no bias of a layer. */
function biasOf(context: ReadContext, outputs: number): Source | null {
  if (!context.given(2)) return undefined;
  const shape = context.shape(2);
  const count = numel(shape);
  const row = shape.slice(0, -1).every((size) => size === 1) && (count === 1 || count === outputs);
  if (!row) return null;
  const bias = context.parameter(2);
  if (typeof bias === 'string') return shape.length === 1 && count === outputs ? bias : null;
  return bias && { own: vector(bias.own, outputs) };
}

function vector(bias: Literal, outputs: number): Literal {
  return numel(bias.shape) === outputs ? { ...bias, shape: [outputs] } : spread(bias, outputs);
}

/** Gemm where x is a matrix; of other ranks a product and a sum. */
function writeLinear({ inputs, value, result }: WriteContext): void {
  const { x, weight, bias } = inputs;
  if (x?.shape.length === 2) {
    result('Gemm', [x, weight, bias], { transB: int(1) });
    return;
  }
  const turned = value('Transpose', [weight]);
  if (bias) result('Add', [value('MatMul', [x, turned]), bias]);
  else result('MatMul', [x, turned]);
}
