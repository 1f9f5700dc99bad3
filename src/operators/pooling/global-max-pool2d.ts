// global_max_pool2d: the largest number of each channel.  Formula  y[n,c] = max over i, j of x[n,c,i,j]
// Shapes  x f32[N,C,H,W]  y f32[N,C,1,1]         Gradient  dy goes to the winner; among equals the first in row-major order (as PyTorch)
// Errors  E_EMPTY                                Cost  1 comparison an element of x; NaN wins
// Source  PyTorch adaptive_max_pool2d(x, 1), ONNX GlobalMaxPool-1
import { z } from 'zod';
import type { Pool2dGeometry } from '../../program/kernel-spec.ts';
import { numel, type Shape } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { maxPoolOutputs, maxPoolRules } from './max-windows.ts';

/** One window, as large as the picture. */
function geometryOf(_: unknown, x: Shape): Pool2dGeometry {
  const [batch, channels, height, width] = x as [number, number, number, number];
  return {
    planes: batch * channels,
    inSize: [height, width],
    outSize: [1, 1],
    kernel: [height, width],
    stride: [1, 1],
    padding: [0, 0, 0, 0],
    dilation: [1, 1],
  };
}

export const globalMaxPool2d = defineOperator({
  id: 'global_max_pool2d',
  family: 'pooling',
  title: 'Global max pool 2D',
  summary: 'Replaces each channel of an image by its largest number.',
  formula: 'y_{n,c} = \\max_{i,j} x_{n,c,i,j}',
  gradientFormula: 'dx_{n,c,i,j} = dy_{n,c}\\, [(i,j) = \\operatorname*{arg\\,max} x_{n,c}]',
  gradientNote: 'Kink where several are largest: the first in row-major order takes it, as in PyTorch.',
  shapes: { x: '[N, C, H, W]', y: '[N, C, 1, 1]', indices: 'as y' },
  source: 'PyTorch torch.nn.functional.adaptive_max_pool2d with output size 1; ONNX GlobalMaxPool',
  keywords: ['pooling', 'maximum', 'adaptive'],
  inputs: { x: { title: 'Input', rank: 4 } },
  parameters: {},
  outputs: maxPoolOutputs,
  attributes: z.strictObject({}),
  traits: {},
  gradientFlow: 'selects',
  infer({ inputs, fail }) {
    const [batch, channels, height, width] = inputs.x.shape as [number, number, number, number];
    if (height * width === 0)
      return fail('E_EMPTY', { port: 'x' }, `has no pixels to choose from: ${height}·${width} = 0`);
    const shape = [batch, channels, 1, 1];
    return { outputs: { y: { dtype: 'float32', shape }, indices: { dtype: 'int32', shape } } };
  },
  ...maxPoolRules(geometryOf),
  flops: ({ inputs }) => numel(inputs.x.shape),
  onnx: { op: 'GlobalMaxPool' },
  pytorch: 'torch.nn.functional.adaptive_max_pool2d',
  samples: [{ inputs: { x: [2, 3, 3, 4] } }, { inputs: { x: [1, 2, 1, 1] } }],
});
