// constant: fixed numbers.                       Formula  y = value
// Shapes  y as `shape`, or as the value's lists nest; one number fills the whole shape
// Errors  E_VALUE  E_DIMENSION                   Gradient  none
// Source  PyTorch tensor, ONNX Constant-13       Compilers may declare it by the trait `source`, from `reference`
import { z } from 'zod';
import type { Shape } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { say } from '../support/explain.ts';
import { type NestedValues, readValues, valuesSchema } from '../support/nested-values.ts';
import { checkSizes, sourceShapeSchema } from '../support/source-shape.ts';
import { oneOutput } from '../support/unary.ts';

export const constant = defineOperator({
  id: 'constant',
  family: 'data',
  title: 'Constant',
  summary: 'Fixed numbers that training does not change.',
  formula: 'y = c',
  gradientFormula: null,
  gradientNote: 'Nothing flows into a constant.',
  shapes: { y: '`shape`, or as the lists of the value nest' },
  source: 'PyTorch torch.tensor; ONNX Constant',
  keywords: ['number', 'literal', 'fixed', 'zeros', 'ones'],
  inputs: {},
  parameters: {},
  outputs: { y: { ...oneOutput.y, dtype: 'any' } },
  attributes: z.strictObject({
    value: valuesSchema.default(0).meta({ title: 'Value', description: 'One number, or nested lists' }),
    shape: sourceShapeSchema.optional().meta({ title: 'Shape', description: 'Left out: as the lists nest' }),
    dtype: z.enum(['float32', 'int32']).default('float32').meta({ title: 'Element type' }),
  }),
  traits: { source: 'constant' },
  infer({ attributes: { value, shape, dtype }, fail }) {
    const sizes = shape && checkSizes(shape, fail);
    if (sizes === null) return null;
    const read = readValues(value, sizes);
    if ('fault' in read) return fail('E_VALUE', { attribute: 'value' }, read.fault);
    const fraction = dtype === 'int32' && read.values.find((x) => !Number.isInteger(x));
    if (typeof fraction === 'number') {
      return fail('E_VALUE', { attribute: 'value' }, `holds ${fraction}, which is not a whole number (int32)`, {
        fixes: [{ kind: 'set_attribute', title: 'Make it float32', attribute: 'dtype', value: 'float32' }],
      });
    }
    return { outputs: { y: { dtype, shape: read.shape } } };
  },
  forward({ emit, attributes, outputs: { y } }) {
    return { outputs: { y: emit.constant(y.shape, numbers(attributes.value, y.shape), y.dtype) } };
  },
  gradient: null,
  reference: ({ attributes, outputs: { y } }) => ({ y: numbers(attributes.value, y.shape) }),
  explain({ attributes, outputs: { y }, index }) {
    const value = numbers(attributes.value, y.shape)[index] as number;
    return { by: 'function', terms: [], result: value, text: `constant ${say(value)}` };
  },
  flops: () => 0,
  onnx: { op: 'Constant' },
  pytorch: 'torch.tensor',
  samples: [
    { attributes: { value: 0.5 }, inputs: {} },
    { attributes: { value: 2, shape: [2, 3] }, inputs: {} },
    {
      attributes: {
        value: [
          [1, 2, 3],
          [4, 5, 6],
        ],
        dtype: 'int32',
      },
      inputs: {},
    },
    { attributes: { value: [0.25, 0.5, 0.75, 1], shape: [2, 2] }, inputs: {} },
  ],
});

function numbers(value: NestedValues, shape: Shape): Float64Array {
  const read = readValues(value, shape);
  return Float64Array.from('values' in read ? read.values : []);
}
