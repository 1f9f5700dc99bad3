// detach: the same numbers, cut off from backprop.  Formula  y = x
// Shapes  x any  y as x                          Gradient  none to x: what lies behind is a constant to the loss
// Source  PyTorch Tensor.detach                  Cost  nothing
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { explainCopy, factorOf } from '../support/explain.ts';
import { reindexReference } from '../support/reindex.ts';

export const detach = defineOperator({
  id: 'detach',
  family: 'arithmetic',
  title: 'Detach',
  summary: 'Lets numbers through and stops gradients.',
  formula: 'y = x',
  gradientFormula: null,
  gradientNote: 'None reaches x: what lies behind is a constant to the loss.',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.Tensor.detach',
  keywords: ['stop gradient', 'stop_gradient', 'constant', 'freeze'],
  inputs: { x: { title: 'Input', dtype: 'any' } },
  parameters: {},
  outputs: { y: { title: 'Output', dtype: 'any' } },
  attributes: z.strictObject({}),
  traits: { view: true },
  infer: ({ inputs: { x } }) => ({ outputs: { y: x } }),
  forward: ({ emit, inputs: { x } }) => ({ outputs: { y: emit.view(x, x.shape) } }),
  gradient: null,
  reference: ({ inputs: { x } }) => ({ y: reindexReference(x, x.shape, (i) => i) }),
  explain: ({ inputs: { x }, index }) => explainCopy(factorOf('x', x, index)),
  flops: () => 0,
  onnx: null,
  pytorch: 'torch.Tensor.detach',
  samples: [{ inputs: { x: [2, 3] } }, { inputs: { x: [] } }],
});
