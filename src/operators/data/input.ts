// input: where data enters.                      Formula  y = what is fed
// Shapes  y as `shape`; "N" in it is the batch   Gradient  none of its own: ∂loss/∂y is the gradient of the data
// Errors  E_DIMENSION                            The compiler declares the feed by the trait `source`; forward never runs
// Source  PyTorch: an argument of forward; ONNX: an input of the graph
import { z } from 'zod';
import { assert } from '../../tensor/assert.ts';
import { defineOperator } from '../define-operator.ts';
import { checkSizes, sourceShapeSchema } from '../support/source-shape.ts';

export const input = defineOperator({
  id: 'input',
  family: 'data',
  title: 'Input',
  summary: 'Where data enters: images, labels, numbers.',
  formula: 'y = \\text{data}',
  gradientFormula: null,
  gradientNote: 'Nothing lies before the data: ∂loss/∂y is the gradient of the data itself.',
  shapes: { y: '`shape`; "N" in it is the batch' },
  source: 'ONNX graph input',
  keywords: ['data', 'placeholder', 'feed', 'image', 'label', 'variable'],
  inputs: {},
  parameters: {},
  outputs: { y: { title: 'Data', dtype: 'any' } },
  attributes: z.strictObject({
    shape: sourceShapeSchema
      .default([])
      .meta({ title: 'Shape', description: 'Sizes, or N for the batch; empty is a scalar' }),
    dtype: z
      .enum(['float32', 'int32'])
      .default('float32')
      .meta({ title: 'Element type', description: 'int32 for labels and indices' }),
  }),
  traits: { source: 'feed' },
  infer({ attributes, fail }) {
    const shape = checkSizes(attributes.shape, fail);
    return shape && { outputs: { y: { dtype: attributes.dtype, shape } } };
  },
  forward: () => fed(),
  gradient: null,
  reference: () => fed(),
  explain: () => fed(),
  flops: () => 0,
  onnx: null,
  pytorch: null,
  samples: [],
});

/** What is fed has no program, no formula and no terms. */
function fed(): never {
  assert(false, 'the contents of an input come from the host');
}
