// global_avg_pool2d: the mean of each channel.   Formula  y[n,c] = 1/(H·W) · Σ x[n,c,i,j]
// Shapes  x f32[N,C,H,W]  y f32[N,C,1,1]         Gradient  dx = dy / (H·W), everywhere
// Source  PyTorch adaptive_avg_pool2d(x, 1), ONNX GlobalAveragePool-1; Lin et al. 2013 (network in network)
import { z } from 'zod';
import { broadcastTo } from '../../program/access.ts';
import { numel } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';

export const globalAvgPool2d = defineOperator({
  id: 'global_avg_pool2d',
  family: 'pooling',
  title: 'Global average pool 2D',
  summary: 'Replaces each channel of an image by its mean.',
  formula: 'y_{n,c} = \\frac{1}{HW} \\sum_{i,j} x_{n,c,i,j}',
  gradientFormula: 'dx_{n,c,i,j} = \\frac{dy_{n,c}}{HW}',
  shapes: { x: '[N, C, H, W]', y: '[N, C, 1, 1]' },
  source: 'PyTorch torch.nn.functional.adaptive_avg_pool2d with output size 1; ONNX GlobalAveragePool',
  keywords: ['pooling', 'mean', 'gap', 'adaptive'],
  inputs: { x: { title: 'Input', rank: 4 } },
  parameters: {},
  outputs: { y: { title: 'Output' } },
  attributes: z.strictObject({}),
  traits: {},
  gradientFlow: 'averages',
  infer({ inputs, fail }) {
    const [batch, channels, height, width] = inputs.x.shape as [number, number, number, number];
    if (height * width === 0) return fail('E_EMPTY', { port: 'x' }, `has no pixels to average: ${height}·${width} = 0`);
    return { outputs: { y: { dtype: 'float32', shape: [batch, channels, 1, 1] } } };
  },
  forward({ emit, inputs }) {
    const scale = 1 / numel(inputs.x.shape.slice(2));
    return {
      outputs: {
        y: emit.reduce([inputs.x], { axes: [2, 3], keepdim: true, finish: (e, sum) => e.mul(sum, e.constant(scale)) }),
      },
    };
  },
  gradient({ emit, inputs, cotangents }) {
    const scale = 1 / numel(inputs.x.shape.slice(2));
    return { x: emit.map([broadcastTo(cotangents.y, inputs.x.shape)], (e, dy) => e.mul(dy, e.constant(scale))) };
  },
  reference({ inputs, outputs }) {
    const plane = numel(inputs.x.shape.slice(2));
    const y = new Float64Array(numel(outputs.y.shape));
    inputs.x.data.forEach((x, i) => {
      y[Math.floor(i / plane)]! += x / plane;
    });
    return { y };
  },
  explain({ inputs, index }) {
    const plane = numel(inputs.x.shape.slice(2));
    const terms = Array.from({ length: plane }, (_, i) => {
      const value = inputs.x.data[index * plane + i] as number;
      return { value, factors: [{ port: 'x', index: index * plane + i, value }] };
    });
    const result = terms.reduce((sum, term) => sum + term.value, 0) / plane;
    return { by: 'mean', terms, result, text: `mean of ${plane} = ${result}` };
  },
  flops: ({ inputs }) => numel(inputs.x.shape),
  onnx: { op: 'GlobalAveragePool' },
  pytorch: 'torch.nn.functional.adaptive_avg_pool2d',
  samples: [{ inputs: { x: [2, 3, 3, 4] } }, { inputs: { x: [1, 2, 1, 1] } }],
});
