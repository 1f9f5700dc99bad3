// shape: the sizes of a tensor.                  Formula  y[i] = size of dimension start + i
// Shapes  x any  y int32, one number for each dimension from `start` to `end` (not included); clipped, negative from the end
// Gradient  none: sizes do not change            Known when the graph is compiled: from the type alone, nothing runs
// Source  ONNX Shape-15; PyTorch Tensor.shape
import { z } from 'zod';
import { numel, type Shape } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { say } from '../support/explain.ts';

const attributes = z.strictObject({
  start: z.int().default(0).meta({ title: 'From', description: 'Negative counts from the end' }),
  end: z.int().optional().meta({ title: 'To', description: 'Not included; left out: to the end' }),
});

function sizesOf(shape: Shape, { start, end = shape.length }: z.output<typeof attributes>): readonly number[] {
  const place = (at: number) => Math.min(shape.length, Math.max(0, at < 0 ? at + shape.length : at));
  return shape.slice(place(start), place(end));
}

export const shape = defineOperator({
  id: 'shape',
  family: 'shape',
  title: 'Shape',
  summary: 'The sizes of a tensor as numbers, for computing other sizes.',
  formula: 'y = (n_0, n_1, \\dots)',
  gradientFormula: null,
  gradientNote: 'Sizes do not change.',
  shapes: { x: 'any', y: 'one number for each dimension from `start` to `end`' },
  source: 'ONNX Shape; PyTorch torch.Tensor.shape',
  keywords: ['size', 'dimensions', 'rank'],
  inputs: { x: { title: 'Input', dtype: 'any', typeOnly: true } },
  parameters: {},
  outputs: { y: { title: 'Sizes', dtype: 'int32' } },
  attributes,
  traits: { view: true },
  infer: ({ inputs: { x }, attributes: a }) => ({
    outputs: { y: { dtype: 'int32', shape: [sizesOf(x.shape, a).length] } },
  }),
  forward({ emit, inputs: { x }, attributes: a, outputs: { y } }) {
    return { outputs: { y: emit.constant(y.shape, sizesOf(x.shape, a), 'int32') } };
  },
  gradient: null,
  reference: ({ inputs: { x }, attributes: a }) => ({ y: Float64Array.from(sizesOf(x.shape, a)) }),
  explain({ inputs: { x }, attributes: a, index }) {
    const result = sizesOf(x.shape, a)[index] as number;
    return { by: 'function', terms: [], result, text: `size ${say(result)} of ${numel(x.shape)} elements` };
  },
  flops: () => 0,
  onnx: { op: 'Shape', attributes: { start: 'start', end: 'end' } },
  pytorch: 'torch.Tensor.size',
  samples: [
    { inputs: { x: [2, 3, 4] } },
    { attributes: { start: -2 }, inputs: { x: [2, 3, 4] } },
    { attributes: { start: 1, end: 2 }, inputs: { x: [2, 3, 4] } },
  ],
});
