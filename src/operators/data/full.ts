// full: one number everywhere.                   Formula  y = fill_value
// Shapes  y as `shape`, which may be computed from other sizes
// Errors  E_DIMENSION  E_VALUE                   Gradient  none: nothing here is computed from numbers
// Source  PyTorch full (zeros, ones), ONNX ConstantOfShape-9
import { z } from 'zod';
import { numel } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { say } from '../support/explain.ts';
import { knownNumbers } from '../support/known.ts';
import { checkSizes, sourceShapeSchema } from '../support/source-shape.ts';
import { anyOutput, flopsPerElement } from '../support/unary.ts';

export const full = defineOperator({
  id: 'full',
  family: 'data',
  title: 'Full',
  summary: 'A tensor of one number, of a size that may be computed.',
  formula: 'y_i = c',
  gradientFormula: null,
  gradientNote: 'Nothing flows into a fixed number.',
  shapes: { shape: '[rank of y]', y: '`shape`' },
  source: 'PyTorch torch.full; ONNX ConstantOfShape',
  keywords: ['zeros', 'ones', 'fill', 'constant of shape', 'zeros_like', 'ones_like'],
  inputs: { shape: knownNumbers('Shape') },
  parameters: {},
  outputs: anyOutput,
  attributes: z.strictObject({
    shape: sourceShapeSchema.default([]).meta({ title: 'Shape' }),
    fill_value: z.number().default(0).meta({ title: 'Value' }),
    dtype: z.enum(['float32', 'int32']).default('float32').meta({ title: 'Element type' }),
  }),
  traits: {},
  infer({ attributes: { shape, fill_value: value, dtype }, fail }) {
    const sizes = checkSizes(shape, fail);
    if (!sizes) return null;
    if (dtype === 'float32' || Number.isInteger(value)) return { outputs: { y: { dtype, shape: sizes } } };
    return fail('E_VALUE', { attribute: 'fill_value' }, `${value} is not a whole number (int32)`, {
      fixes: [{ kind: 'set_attribute', title: 'Make it float32', attribute: 'dtype', value: 'float32' }],
    });
  },
  forward: ({ emit, attributes: { fill_value: value }, outputs: { y } }) => ({
    outputs: { y: emit.fill(y.shape, value, y.dtype) },
  }),
  gradient: null,
  reference: ({ attributes: { fill_value: value }, outputs: { y } }) => ({
    y: new Float64Array(numel(y.shape)).fill(value),
  }),
  explain: ({ attributes: { fill_value: result } }) => ({
    by: 'function',
    terms: [],
    result,
    text: `value ${say(result)}`,
  }),
  flops: flopsPerElement,
  onnx: { op: 'Expand' },
  pytorch: 'torch.full',
  samples: [
    { attributes: { shape: [2, 3], fill_value: 0.5 }, inputs: {} },
    { attributes: { fill_value: -7, dtype: 'int32' }, inputs: {} },
  ],
});
