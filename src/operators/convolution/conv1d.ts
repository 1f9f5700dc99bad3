// conv1d: 1-D cross-correlation.                  Formula  y[n,o,i] = b[o] + Σ x[n,c,i·s+k·d−p]·w[o,c,k]
// Shapes  x f32[N,C,L]  weight f32[O,C/g,K]  bias f32[O]  y f32[N,O,L'],  L' = ⌊(L+p+p'−d(K−1)−1)/s⌋+1
// Errors  E_CHANNELS  E_GROUPS  E_PADDING  E_EMPTY  Gradient  dx, dw: the sum's terms regrouped by x and by w; db = Σ dy over N, L'
// Source  PyTorch conv1d, ONNX Conv-11; padding [(K−1)·d, 0] is causal (van den Oord et al. 2016)
// Cost    2·N·O·L'·(C/g)·K flops
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { convolution } from './convolution.ts';
import { channelAttributes, groupAttributes } from './correlation.ts';
import { endsOf, lengthSchema, lineWindows, sameEndsSchema } from './line.ts';
import { halves, type Windows } from './window.ts';

const attributes = z.strictObject({
  ...channelAttributes,
  kernel_size: lengthSchema.default(3).meta({ title: 'Kernel size' }),
  stride: lengthSchema.default(1).meta({ title: 'Stride' }),
  padding: sameEndsSchema.default(0).meta({ title: 'Padding', description: 'One number, [before, after] or "same"' }),
  dilation: lengthSchema.default(1).meta({ title: 'Dilation', description: 'Distance between the taps of the kernel' }),
  ...groupAttributes,
});
type Attributes = z.output<typeof attributes>;

function windowsOf({ kernel_size: kernel, stride, padding, dilation }: Attributes): Windows {
  if (padding !== 'same') return lineWindows(kernel, stride, endsOf(padding), dilation);
  // As PyTorch: what does not halve goes to the end.
  return lineWindows(kernel, stride, halves(dilation * (kernel - 1)), dilation);
}

export const conv1d = defineOperator({
  id: 'conv1d',
  family: 'convolution',
  title: 'Conv 1D',
  summary: 'Slides filters along a sequence: every output is a weighted sum of one window.',
  formula: 'y_{n,o,i} = b_o + \\sum_{c,k} x_{n,\\,c,\\,is+kd-p}\\; w_{o,c,k}',
  gradientFormula:
    'dx_{n,c,r} = \\sum_{o,i,k:\\, is+kd-p = r} dy_{n,o,i}\\; w_{o,c,k}, \\quad dw_{o,c,k} = \\sum_{n,i} dy_{n,o,i}\\; x_{n,\\,c,\\,is+kd-p}, \\quad db_o = \\sum_{n,i} dy_{n,o,i}',
  shapes: {
    x: '[N, C, L]',
    weight: '[O, C/g, K]',
    bias: '[O]',
    y: '[N, O, L′], L′ = ⌊(L + p + p′ − d(K − 1) − 1)/s⌋ + 1',
  },
  source: 'PyTorch torch.nn.functional.conv1d; ONNX Conv',
  keywords: ['convolution', 'filter', 'temporal', 'causal', 'tcn', 'sequence'],
  inputs: { x: { title: 'Input', rank: 3 } },
  attributes,
  ...convolution<Attributes>(windowsOf),
  pytorch: 'torch.nn.functional.conv1d',
  samples: [
    { attributes: { out_channels: 3 }, inputs: { x: [2, 2, 5] } },
    {
      attributes: { out_channels: 2, kernel_size: 2, stride: 2, padding: [3, 1], dilation: 3 },
      inputs: { x: [2, 3, 7] },
    },
    {
      attributes: { out_channels: 4, kernel_size: 4, padding: 'same', groups: 2, bias: false },
      inputs: { x: [1, 4, 4] },
    },
  ],
});
