// reshape: same elements, other shape.           Formula  y = x in row-major order
// Shapes  x any  y as `shape`, in which one −1 takes what is left and 0 keeps x's size there (or is 0, with allowzero)
// Errors  E_SHAPE                                Gradient  dx = dy in x's shape
// Source  PyTorch reshape, ONNX Reshape-14
import { z } from 'zod';
import { formatShape, numel } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { explainCopy, factorOf } from '../support/explain.ts';
import { knownNumbers } from '../support/known.ts';
import { oneOutput } from '../support/unary.ts';

export const reshape = defineOperator({
  id: 'reshape',
  family: 'shape',
  title: 'Reshape',
  summary: 'Gives the same elements another shape.',
  formula: 'y = \\operatorname{reshape}(x)',
  gradientFormula: 'dx = \\operatorname{reshape}^{-1}(dy)',
  shapes: { x: 'any', shape: '[rank of y]', y: '`shape`, in which one −1 takes what is left and 0 keeps x’s size' },
  source: 'PyTorch torch.reshape; ONNX Reshape',
  keywords: ['view', 'shape', 'unflatten', 'squeeze', 'unsqueeze'],
  inputs: { x: { title: 'Input', dtype: 'any' }, shape: knownNumbers('Shape') },
  parameters: {},
  outputs: { y: { ...oneOutput.y, dtype: 'any' } },
  attributes: z.strictObject({
    shape: z
      .array(z.int().min(-1))
      .max(8)
      .default([-1])
      .meta({ title: 'Shape', description: 'One size may be -1: what is left; 0 keeps the size at that place' }),
    allowzero: z.boolean().default(false).meta({ title: 'Allow zero', description: '0 means a size of 0' }),
  }),
  traits: { view: true },
  infer({ inputs: { x }, attributes: { shape: asked, allowzero }, source, fail }) {
    const at = { attribute: 'shape' };
    const count = numel(x.shape);
    const text = `[${asked.join(', ')}]`;
    const beyond = allowzero ? -1 : asked.lastIndexOf(0);
    if (beyond >= x.shape.length) {
      const message = `${text} keeps the size of dimension ${beyond}, ${formatShape(x.shape)} from ${source('x')} has ${x.shape.length}`;
      return fail('E_SHAPE', at, message, { hint: 'Write the size itself, or -1 for what is left.' });
    }
    const shape = asked.map((size, i) => (size === 0 && !allowzero ? (x.shape[i] as number) : size));
    const open = shape.filter((size) => size === -1).length;
    if (open > 1) return fail('E_SHAPE', at, `${text} leaves ${open} sizes open, only one -1 can be told`);
    const given = numel(shape.filter((size) => size !== -1));
    if (open === 0 ? given !== count : given === 0 || count % given !== 0) {
      const holds = open === 0 ? `holds ${given} elements` : `needs a multiple of ${given} elements`;
      return fail('E_SHAPE', at, `${text} ${holds}, ${formatShape(x.shape)} from ${source('x')} has ${count}`);
    }
    return { outputs: { y: { dtype: x.dtype, shape: shape.map((size) => (size === -1 ? count / given : size)) } } };
  },
  forward: ({ emit, inputs, outputs }) => ({ outputs: { y: emit.view(inputs.x, outputs.y.shape) } }),
  gradient: ({ emit, inputs, cotangents }) => ({ x: emit.view(cotangents.y, inputs.x.shape) }),
  reference: ({ inputs }) => ({ y: inputs.x.data.slice() }),
  explain: ({ inputs, index }) => explainCopy(factorOf('x', inputs.x, index)),
  flops: () => 0,
  onnx: { op: 'Reshape' },
  pytorch: 'torch.reshape',
  samples: [
    { attributes: { shape: [3, 4] }, inputs: { x: [2, 6] } },
    { attributes: { shape: [2, -1] }, inputs: { x: [2, 3, 2] } },
    { attributes: { shape: [] }, inputs: { x: [1, 1] } },
    { attributes: { shape: [0, -1] }, inputs: { x: [2, 3, 2] } },
  ],
});
