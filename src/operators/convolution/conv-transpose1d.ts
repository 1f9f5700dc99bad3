// conv_transpose1d: every input puts its filter down.  Formula  y[n,o,i·s+k·d−p] += x[n,c,i]·w[c,o,k]; y += b[o]
// Shapes  x f32[N,C,L]  weight f32[C,O/g,K]  bias f32[O]  y f32[N,O,L'],  L' = s(L−1)+d(K−1)+1+output_padding−p−p'
// Errors  E_CHANNELS  E_GROUPS  E_PADDING  E_EMPTY  Gradient  dx = conv1d(dy, w); dw: the sum's terms regrouped by w; db = Σ dy over N, L'
// Source  PyTorch conv_transpose1d, ONNX ConvTranspose-11
// Cost    2·N·C·L·(O/g)·K flops
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { channelAttributes, groupAttributes } from './correlation.ts';
import { endsOf, lengthSchema, lineWindows, sameEndsSchema } from './line.ts';
import { sameCut, transposedConvolution } from './transposed.ts';
import type { Windows } from './window.ts';

const attributes = z.strictObject({
  ...channelAttributes,
  kernel_size: lengthSchema.default(2).meta({ title: 'Kernel size' }),
  stride: lengthSchema.default(2).meta({ title: 'Stride', description: 'Distance of two inputs in the output' }),
  padding: sameEndsSchema.default(0).meta({
    title: 'Padding',
    description: 'Cut off the output: one number, [before, after] or "same": the stride times the length is left',
  }),
  output_padding: z
    .int()
    .min(0)
    .max(4096)
    .default(0)
    .meta({ title: 'Output padding', description: 'Added to the output at its end' }),
  dilation: lengthSchema.default(1).meta({ title: 'Dilation', description: 'Distance between the taps of the kernel' }),
  ...groupAttributes,
});
type Attributes = z.output<typeof attributes>;

function windowsOf(a: Attributes): Windows {
  const { kernel_size: kernel, stride, padding, dilation } = a;
  if (padding !== 'same') return lineWindows(kernel, stride, endsOf(padding), dilation);
  const windows = lineWindows(kernel, stride, [0, 0], dilation);
  return { ...windows, padding: sameCut(windows, [0, a.output_padding]) };
}

export const convTranspose1d = defineOperator({
  id: 'conv_transpose1d',
  family: 'convolution',
  title: 'Transposed conv 1D',
  summary: 'Lengthens a sequence with learned filters: every input puts its filter down, and what overlaps adds up.',
  formula: 'y_{n,\\,o,\\,is+kd-p} \\mathrel{+}= x_{n,c,i}\\; w_{c,o,k}',
  gradientFormula:
    'dx_{n,c,i} = \\sum_{o,k} dy_{n,\\,o,\\,is+kd-p}\\; w_{c,o,k}, \\quad dw_{c,o,k} = \\sum_{n,i} x_{n,c,i}\\; dy_{n,\\,o,\\,is+kd-p}, \\quad db_o = \\sum_{n,i} dy_{n,o,i}',
  shapes: {
    x: '[N, C, L]',
    weight: '[C, O/g, K]',
    bias: '[O]',
    y: '[N, O, L′], L′ = s(L − 1) + d(K − 1) + 1 + output_padding − p − p′',
  },
  source: 'PyTorch torch.nn.functional.conv_transpose1d; ONNX ConvTranspose',
  keywords: ['deconvolution', 'fractionally strided', 'upsampling', 'sequence'],
  inputs: { x: { title: 'Input', rank: 3 } },
  attributes,
  ...transposedConvolution<Attributes>(windowsOf, ({ output_padding: extra }) => [0, extra]),
  pytorch: 'torch.nn.functional.conv_transpose1d',
  samples: [
    { attributes: { out_channels: 3 }, inputs: { x: [2, 2, 3] } },
    {
      attributes: { out_channels: 2, kernel_size: 3, stride: 2, padding: [1, 2], output_padding: 1, dilation: 2 },
      inputs: { x: [2, 3, 4] },
    },
    { attributes: { out_channels: 4, kernel_size: 4, stride: 1, groups: 2, bias: false }, inputs: { x: [1, 2, 3] } },
    { attributes: { out_channels: 1, kernel_size: 3, stride: 2, padding: 'same' }, inputs: { x: [1, 2, 3] } },
  ],
});
