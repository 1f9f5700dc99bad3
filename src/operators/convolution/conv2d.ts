// conv2d: 2-D cross-correlation.                  Formula  y[n,o,i,j] = b[o] + Σ x[n,c,i·s+k·d−p,j·s+l·d−p]·w[o,c,k,l]
// Shapes  x f32[N,C,H,W]  weight f32[O,C/g,K,L]  bias f32[O]  y f32[N,O,H',W'],  H' = ⌊(H+p+p'−d(K−1)−1)/s⌋+1
// Errors  E_CHANNELS  E_GROUPS  E_PADDING  E_EMPTY  Gradient  dx, dw: the sum's terms regrouped by x and by w; db = Σ dy over N, H', W'
// Source  PyTorch conv2d, ONNX Conv-11            Cost  2·N·O·H'·W'·(C/g)·K·L flops
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { convolution } from './convolution.ts';
import { channelAttributes, groupAttributes } from './correlation.ts';
import { pairOf, pairSchema, samePaddingSchema, sameSides, sidesOf, type Windows } from './window.ts';

const attributes = z.strictObject({
  ...channelAttributes,
  kernel_size: pairSchema.default(3).meta({ title: 'Kernel size', unit: 'px' }),
  stride: pairSchema.default(1).meta({ title: 'Stride', unit: 'px' }),
  padding: samePaddingSchema.default(0).meta({
    title: 'Padding',
    unit: 'px',
    description: 'One number, [height, width], [top, left, bottom, right] or "same"',
  }),
  dilation: pairSchema
    .default(1)
    .meta({ title: 'Dilation', unit: 'px', description: 'Distance between the taps of the kernel' }),
  ...groupAttributes,
});
type Attributes = z.output<typeof attributes>;

function windowsOf(a: Attributes): Windows {
  const kernel = pairOf(a.kernel_size);
  const windows = { kernel, dilation: pairOf(a.dilation), stride: pairOf(a.stride) };
  // With stride 1, which inference asks for, "same" does not depend on the size.
  return { ...windows, padding: a.padding === 'same' ? sameSides(windows, [1, 1]) : sidesOf(a.padding) };
}

export const conv2d = defineOperator({
  id: 'conv2d',
  family: 'convolution',
  title: 'Conv 2D',
  summary:
    'Slides filters over an image: every output is a weighted sum of one window, with the same weights everywhere.',
  formula: 'y_{n,o,i,j} = b_o + \\sum_{c,k,l} x_{n,\\,c,\\,is+kd-p,\\,js+ld-p}\\; w_{o,c,k,l}',
  gradientFormula:
    'dx_{n,c,r,q} = \\sum_{\\substack{o,\\,i,k:\\, is+kd-p = r \\\\ j,l:\\, js+ld-p = q}} dy_{n,o,i,j}\\; w_{o,c,k,l}, \\quad dw_{o,c,k,l} = \\sum_{n,i,j} dy_{n,o,i,j}\\; x_{n,\\,c,\\,is+kd-p,\\,js+ld-p}, \\quad db_o = \\sum_{n,i,j} dy_{n,o,i,j}',
  shapes: {
    x: '[N, C, H, W]',
    weight: '[O, C/g, K, L]',
    bias: '[O]',
    y: '[N, O, H′, W′], H′ = ⌊(H + p + p′ − d(K − 1) − 1)/s⌋ + 1',
  },
  source: 'PyTorch torch.nn.functional.conv2d; ONNX Conv',
  keywords: ['convolution', 'filter', 'cnn', 'cross-correlation', 'depthwise', 'grouped'],
  inputs: { x: { title: 'Input', rank: 4 } },
  attributes,
  ...convolution<Attributes>(windowsOf),
  pytorch: 'torch.nn.functional.conv2d',
  samples: [
    { attributes: { out_channels: 3 }, inputs: { x: [2, 2, 5, 4] } },
    {
      attributes: { out_channels: 2, kernel_size: [3, 2], stride: [2, 1], padding: [1, 0, 2, 1], dilation: [1, 2] },
      inputs: { x: [2, 3, 5, 6] },
    },
    {
      attributes: { out_channels: 4, kernel_size: 2, padding: 'same', groups: 2, bias: false },
      inputs: { x: [1, 4, 3, 4] },
    },
    { attributes: { out_channels: 6, stride: 2, padding: 1, groups: 3 }, inputs: { x: [1, 3, 5, 5] } },
    { attributes: { out_channels: 2, kernel_size: 1, stride: 2 }, inputs: { x: [2, 3, 4, 5] } },
  ],
});
