// cumsum: running sums.                          Formula  y[i] = Σ x[j] over j ≤ i (exclusive: j < i; reverse: j ≥ i) along `dim`
// Shapes  x any of rank ≥ 1  y as x              Gradient  dx[j] = Σ dy[i] over the i that count j: a running sum the other way
// Errors  E_DIM
// Source  PyTorch cumsum, ONNX CumSum-14         Cost  log₂ n flops an element: each pass adds what lies twice as far away
import { z } from 'zod';
import { type Operand, type Ref, sliceAxis } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import { integerAdd } from '../../tensor/integer.ts';
import type { Shape } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { alongAxis, aroundAxis, axisOf, checkAxis } from '../support/axes.ts';
import { explainSum, factorOf } from '../support/explain.ts';
import { anyInput, anyOutput, flopsPerElement } from '../support/unary.ts';

interface Attributes {
  readonly dim: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

/** `x` moved by `by` along the axis, zeros behind it; with `sum` added to what stands there. */
function moved(emit: Emitter, x: Ref, axis: number, by: number, reverse: boolean, sum: boolean): Ref {
  const size = x.shape[axis] as number;
  const at = (place: number) => x.shape.map((_, i) => (i === axis ? place : 0));
  const from = sliceAxis(x, axis, reverse ? by : 0, size - by);
  const onto = reverse ? 0 : by;
  if (!sum) return emit.assemble(x.shape, [{ operand: from, at: at(onto) }]);
  const added = emit.map([sliceAxis(x, axis, onto, size - by), from], (e, own, far) => e.add(own, far), {
    dtype: x.dtype,
  });
  const rest: Operand = sliceAxis(x, axis, reverse ? size - by : 0, by);
  return emit.assemble(x.shape, [
    { operand: added, at: at(onto) },
    { operand: rest, at: at(reverse ? size - by : 0) },
  ]);
}

function running(emit: Emitter, x: Ref, { dim, exclusive, reverse }: Attributes): Ref {
  const axis = axisOf(dim, x.shape.length);
  const size = x.shape[axis] as number;
  let y = x;
  if (exclusive) y = size === 1 ? emit.fill(x.shape, 0, x.dtype) : moved(emit, x, axis, 1, reverse, false);
  for (let by = 1; by < size; by *= 2) y = moved(emit, y, axis, by, reverse, true);
  return y.id === x.id ? emit.copy(x) : y;
}

/** Flat indices of the elements that element `index` sums up. */
function countedBy(x: Shape, { dim, exclusive, reverse }: Attributes, index: number): number[] {
  const axis = axisOf(dim, x.length);
  const { size, inner } = aroundAxis(x, axis);
  const own = Math.floor(index / inner) % size;
  const line = alongAxis(x, axis, index);
  if (reverse) return line.slice(exclusive ? own + 1 : own);
  return line.slice(0, exclusive ? own : own + 1);
}

export const cumsum = defineOperator({
  id: 'cumsum',
  family: 'reduction',
  title: 'Running sum',
  summary: 'Adds elements up one after the other, and keeps every total on the way.',
  formula: 'y_i = \\sum_{j \\le i} x_j',
  gradientFormula: 'dx_j = \\sum_{i \\ge j} dy_i',
  shapes: { x: 'any of rank 1 or more', y: 'as x' },
  source: 'PyTorch torch.cumsum; ONNX CumSum',
  keywords: ['cumulative sum', 'prefix sum', 'scan', 'integral', 'total'],
  inputs: { x: { ...anyInput.x, rank: [1, 8] } },
  parameters: {},
  outputs: anyOutput,
  attributes: z.strictObject({
    dim: z.int().default(-1).meta({ title: 'Dimension' }),
    exclusive: z.boolean().default(false).meta({ title: 'Exclusive', description: 'Without the element itself' }),
    reverse: z.boolean().default(false).meta({ title: 'Reverse', description: 'From the end' }),
  }),
  traits: {},
  infer: ({ inputs: { x }, attributes: { dim }, fail }) =>
    checkAxis(dim, x.shape, 'dim', fail) === null ? null : { outputs: { y: x } },
  forward: ({ emit, inputs: { x }, attributes: a }) => ({ outputs: { y: running(emit, x, a) } }),
  gradient: ({ emit, attributes: a, cotangents }) => ({
    x: running(emit, cotangents.y, { ...a, reverse: !a.reverse }),
  }),
  reference: ({ inputs: { x }, attributes: a, outputs: { y } }) => ({
    y: x.data.map((_, index) =>
      countedBy(x.shape, a, index).reduce(
        (sum, at) => (y.dtype === 'int32' ? integerAdd : (l: number, r: number) => l + r)(sum, x.data[at] as number),
        0,
      ),
    ),
  }),
  explain({ inputs: { x }, attributes: a, index }) {
    const terms = countedBy(x.shape, a, index).map((at) => {
      const factor = factorOf('x', x, at);
      return { value: factor.value, factors: [factor] };
    });
    return explainSum(terms, `Σ of ${terms.length} elements`);
  },
  flops: flopsPerElement,
  onnx: { op: 'CumSum', attributes: { dim: 'axis', exclusive: 'exclusive', reverse: 'reverse' } },
  pytorch: 'torch.cumsum',
  samples: [
    { inputs: { x: [2, 5] } },
    { attributes: { dim: 0, exclusive: true }, inputs: { x: [4, 3] } },
    { attributes: { dim: 1, reverse: true }, inputs: { x: [2, 3, 2] } },
    { attributes: { exclusive: true, reverse: true }, inputs: { x: [6] } },
  ],
});
