// parameter: a trainable tensor of its own.      Formula  y = value
// Shapes  y as `shape`                           Gradient  dvalue = dy
// Errors  E_VALUE  E_DIMENSION                   Starts as `value` says, else uniform in ±1/√fan, as PyTorch's layers (fan: the
//         product of all sizes but the first; of the only size for a vector). One parameter wired to several ports is shared.
// Source  PyTorch torch.nn.Parameter; He et al. 2015 with a = √5
import { z } from 'zod';
import { type Initializer, uniformFan } from '../../program/initializer.ts';
import { numel, type Shape } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { explainCopy, factorOf } from '../support/explain.ts';
import { readValues, valuesSchema } from '../support/nested-values.ts';
import { checkSizes, sourceShapeSchema } from '../support/source-shape.ts';
import { oneOutput } from '../support/unary.ts';

function fanOf(shape: Shape): number {
  return numel(shape.length > 1 ? shape.slice(1) : shape);
}

export const parameter = defineOperator({
  id: 'parameter',
  family: 'data',
  title: 'Parameter',
  summary: 'A trainable tensor; wired to several ports it is shared by them.',
  formula: 'y = \\theta',
  gradientFormula: 'd\\theta = dy',
  shapes: { value: '`shape`', y: '`shape`' },
  source: 'PyTorch torch.nn.Parameter',
  keywords: ['weight', 'trainable', 'variable', 'shared', 'theta'],
  inputs: {},
  parameters: { value: { title: 'Value' } },
  outputs: oneOutput,
  attributes: z.strictObject({
    shape: sourceShapeSchema
      .optional()
      .meta({ title: 'Shape', description: 'Left out: as the value says; a scalar without one' }),
    value: valuesSchema.optional().meta({ title: 'Start value', description: 'One number, or nested lists' }),
  }),
  traits: { source: 'parameter' },
  infer({ attributes: { shape, value }, fail }) {
    const sizes = shape && checkSizes(shape, fail);
    if (sizes === null) return null;
    const read = value === undefined ? { shape: sizes ?? [], values: null } : readValues(value, sizes);
    if ('fault' in read) return fail('E_VALUE', { attribute: 'value' }, read.fault);
    const fan = fanOf(read.shape);
    const init: Initializer = read.values ? { kind: 'values', values: read.values } : uniformFan(fan);
    return {
      outputs: { y: { dtype: 'float32', shape: read.shape } },
      parameters: { value: { shape: read.shape, init, fan: [fan, numel(read.shape) / (read.shape[1] ?? 1)] } },
    };
  },
  forward: ({ inputs }) => ({ outputs: { y: inputs.value } }),
  gradient: ({ cotangents }) => ({ value: cotangents.y }),
  reference: ({ inputs }) => ({ y: inputs.value.data }),
  explain: ({ inputs, index }) => explainCopy(factorOf('value', inputs.value, index)),
  flops: () => 0,
  onnx: null,
  pytorch: 'torch.nn.Parameter',
  samples: [
    { attributes: { shape: [3, 2] }, inputs: {} },
    { attributes: { value: 0.5 }, inputs: {} },
    { attributes: { value: [1, -2] }, inputs: {} },
  ],
});
