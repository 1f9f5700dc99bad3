// dropout: zeroes elements at random.            Formula  train: y = x·m/(1 − p), m drawn as 1 with probability 1 − p, else 0; eval: y = x
// Shapes  x any  mask broadcast to x  y as x     Gradient  dx = dy·m/(1 − p); none to the mask
// Errors  E_MASK                                 p = 1 gives zeros. A wired mask replaces the draw (train mode only).
// Source  Srivastava et al. 2014 (inverted: scaled in training); PyTorch dropout, ONNX Dropout-13
import { z } from 'zod';
import {
  broadcastShapes,
  broadcastStrides,
  formatShape,
  numel,
  rowMajorStrides,
  type Shape,
  sameShape,
} from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';

function scaleOf(p: number): number {
  return p === 1 ? 0 : 1 / (1 - p);
}

/** Flat index into the mask for a flat index into x. */
function maskIndex(index: number, x: Shape, mask: Shape): number {
  const own = rowMajorStrides(x);
  return broadcastStrides(mask, x).reduce(
    (sum, stride, axis) => sum + (Math.floor(index / own[axis]!) % x[axis]!) * stride,
    0,
  );
}

export const dropout = defineOperator({
  id: 'dropout',
  family: 'regularization',
  title: 'Dropout',
  summary: 'Zeroes random elements while training, so that no unit can rely on another.',
  formula: 'y = \\frac{m \\odot x}{1 - p}, \\quad m_i \\sim \\mathrm{Bernoulli}(1 - p)',
  source: 'Srivastava et al. 2014; PyTorch torch.nn.functional.dropout; ONNX Dropout',
  keywords: ['regularization', 'random', 'mask', 'inverted dropout'],
  inputs: { x: { title: 'Input' }, mask: { title: 'Mask', optional: true } },
  parameters: {},
  outputs: { y: { title: 'Output' } },
  attributes: z.strictObject({
    p: z.number().min(0).max(1).default(0.5).meta({ title: 'Probability of zeroing' }),
  }),
  traits: { random: true },
  infer({ inputs, source, fail }) {
    const { x, mask } = inputs;
    if (mask && !sameShape(broadcastShapes(mask.shape, x.shape) ?? [-1], x.shape)) {
      return fail(
        'E_MASK',
        { port: 'mask' },
        `expects a mask that broadcasts to ${formatShape(x.shape)}, gets ${formatShape(mask.shape)} from ${source('mask')}`,
      );
    }
    return { outputs: { y: x } };
  },
  forward({ emit, inputs, attributes, mode }) {
    const { x } = inputs;
    if (mode === 'eval') return { outputs: { y: emit.view(x, x.shape) } };
    const mask = inputs.mask ?? emit.bernoulli(x.shape, 1 - attributes.p);
    const y = emit.map([x, mask], (e, value, m) => e.mul(value, e.mul(m, e.constant(scaleOf(attributes.p)))));
    return { outputs: { y }, saved: { mask } };
  },
  gradient({ emit, attributes, mode, cotangents, saved }) {
    const dy = cotangents.y;
    if (mode === 'eval') return { x: emit.view(dy, dy.shape) };
    return { x: emit.map([dy, saved('mask')], (e, d, m) => e.mul(d, e.mul(m, e.constant(scaleOf(attributes.p))))) };
  },
  // Without a wired mask training is random: then this is the expected value, which is x.
  reference({ inputs: { x, mask }, attributes, mode }) {
    if (mode === 'eval' || !mask) return { y: x.data.slice() };
    return {
      y: x.data.map(
        (value, i) => value * (mask.data[maskIndex(i, x.shape, mask.shape)] as number) * scaleOf(attributes.p),
      ),
    };
  },
  explain({ inputs: { x, mask }, attributes, mode, index }) {
    const value = x.data[index] as number;
    const scale = scaleOf(attributes.p);
    const factor = { port: 'x', index, value };
    if (mode === 'eval')
      return {
        by: 'function',
        terms: [{ value, factors: [factor] }],
        result: value,
        text: `x = ${value}: nothing is dropped in eval mode`,
      };
    if (!mask) {
      const text = `${value}·${scale} = ${value * scale} where kept (probability ${1 - attributes.p}), else 0: ${value} expected`;
      return { by: 'function', terms: [{ value, factors: [factor], label: 'expected' }], result: value, text };
    }
    const at = maskIndex(index, x.shape, mask.shape);
    const m = mask.data[at] as number;
    const result = value * m * scale;
    return {
      by: 'function',
      terms: [{ value: result, factors: [factor, { port: 'mask', index: at, value: m }] }],
      result,
      text: `${value}·${m}/(1 − ${attributes.p}) = ${result}`,
    };
  },
  flops: ({ outputs }) => 2 * numel(outputs.y.shape),
  onnx: { op: 'Dropout', attributes: { p: 'ratio' } },
  pytorch: 'torch.nn.functional.dropout',
  samples: [
    { attributes: { p: 0.25 }, inputs: { x: [3, 4], mask: [3, 4] }, mode: 'train' },
    { inputs: { x: [2, 3, 2], mask: [3, 1] }, mode: 'train' },
    { inputs: { x: [3, 4] }, mode: 'eval' },
  ],
});
