// flip: turns dimensions round.                  Formula  y[…, i, …] = x[…, n−1−i, …] along each dimension of `dims`
// Shapes  x any of rank ≥ 1  y as x              Gradient  dx = dy, turned round
// Errors  E_DIM
// Source  PyTorch flip; ONNX Slice-13 with steps of −1
import { z } from 'zod';
import { type Operand, type Ref, sliceAxis } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import type { Shape } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { axesOf, checkAxes, coordinatesOf, flatIndex } from '../support/axes.ts';
import { explainCopy, factorOf } from '../support/explain.ts';
import { reindexReference } from '../support/reindex.ts';
import { anyOutput } from '../support/unary.ts';

function flipped(emit: Emitter, x: Ref, dims: readonly number[]): Ref {
  const turn = (operand: Operand, axis: number) => {
    const size = x.shape[axis] as number;
    return sliceAxis(operand, axis, size - 1, size, -1);
  };
  return emit.copy(axesOf(dims, x.shape.length).reduce<Operand>(turn, x));
}

function sourceOf(shape: Shape, dims: readonly number[], index: number): number {
  const axes = axesOf(dims, shape.length);
  const at = coordinatesOf(index, shape).map((i, axis) => (axes.includes(axis) ? (shape[axis] as number) - 1 - i : i));
  return flatIndex(at, shape);
}

export const flip = defineOperator({
  id: 'flip',
  family: 'shape',
  title: 'Flip',
  summary: 'Turns dimensions round: a mirror image, a sequence backwards.',
  formula: 'y_i = x_{n - 1 - i}',
  gradientFormula: 'dx_i = dy_{n - 1 - i}',
  shapes: { x: 'any of rank 1 or more', y: 'as x' },
  source: 'PyTorch torch.flip',
  keywords: ['reverse', 'mirror', 'augmentation', 'backwards'],
  inputs: { x: { title: 'Input', dtype: 'any', rank: [1, 8] } },
  parameters: {},
  outputs: anyOutput,
  attributes: z.strictObject({
    dims: z.array(z.int()).max(8).default([-1]).meta({ title: 'Dimensions', description: 'None: all' }),
  }),
  traits: { view: true },
  infer: ({ inputs: { x }, attributes: { dims }, fail }) =>
    checkAxes(dims, x.shape, 'dims', fail) && { outputs: { y: x } },
  forward: ({ emit, inputs: { x }, attributes: { dims } }) => ({ outputs: { y: flipped(emit, x, dims) } }),
  gradient: ({ emit, attributes: { dims }, cotangents }) => ({ x: flipped(emit, cotangents.y, dims) }),
  reference: ({ inputs: { x }, attributes: { dims } }) => ({
    y: reindexReference(x, x.shape, (index) => sourceOf(x.shape, dims, index)),
  }),
  explain: ({ inputs: { x }, attributes: { dims }, index }) =>
    explainCopy(factorOf('x', x, sourceOf(x.shape, dims, index))),
  flops: () => 0,
  onnx: { op: 'Slice' },
  pytorch: 'torch.flip',
  samples: [
    { inputs: { x: [2, 3] } },
    { attributes: { dims: [0, -1] }, inputs: { x: [2, 3, 4] } },
    { attributes: { dims: [] }, inputs: { x: [2, 3] } },
  ],
});
