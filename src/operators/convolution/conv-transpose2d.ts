// conv_transpose2d: every input puts its filter down.  Formula  y[n,o,i·s+k·d−p,j·s+l·d−p] += x[n,c,i,j]·w[c,o,k,l]; y += b[o]
// Shapes  x f32[N,C,H,W]  weight f32[C,O/g,K,L]  bias f32[O]  y f32[N,O,H',W'],  H' = s(H−1)+d(K−1)+1+output_padding−p−p'
// Errors  E_CHANNELS  E_GROUPS  E_PADDING  E_EMPTY  Gradient  dx = conv2d(dy, w); dw: the sum's terms regrouped by w; db = Σ dy over N, H', W'
// Source  Zeiler et al. 2010 (deconvolution); PyTorch conv_transpose2d, ONNX ConvTranspose-11
// Cost    2·N·C·H·W·(O/g)·K·L flops
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { channelAttributes, groupAttributes } from './correlation.ts';
import { sameCut, transposedConvolution } from './transposed.ts';
import { type Pair, pairOf, pairSchema, samePaddingSchema, sidesOf, type Windows } from './window.ts';

const extraSize = z.int().min(0).max(4096);
const attributes = z.strictObject({
  ...channelAttributes,
  kernel_size: pairSchema.default(2).meta({ title: 'Kernel size', unit: 'px' }),
  stride: pairSchema
    .default(2)
    .meta({ title: 'Stride', unit: 'px', description: 'Distance of two inputs in the output' }),
  padding: samePaddingSchema.default(0).meta({
    title: 'Padding',
    unit: 'px',
    description:
      'Cut off the output: one number, [height, width], [top, left, bottom, right] or "same": the stride times the size is left',
  }),
  output_padding: z
    .union([extraSize, z.tuple([extraSize, extraSize])])
    .default(0)
    .meta({ title: 'Output padding', unit: 'px', description: 'Added to the output at the bottom and to the right' }),
  dilation: pairSchema
    .default(1)
    .meta({ title: 'Dilation', unit: 'px', description: 'Distance between the taps of the kernel' }),
  ...groupAttributes,
});
type Attributes = z.output<typeof attributes>;

function windowsOf(a: Attributes): Windows {
  const windows = { kernel: pairOf(a.kernel_size), stride: pairOf(a.stride), dilation: pairOf(a.dilation) };
  return { ...windows, padding: a.padding === 'same' ? sameCut(windows, extraOf(a)) : sidesOf(a.padding) };
}

function extraOf({ output_padding: extra }: Attributes): Pair {
  return typeof extra === 'number' ? [extra, extra] : extra;
}

export const convTranspose2d = defineOperator({
  id: 'conv_transpose2d',
  family: 'convolution',
  title: 'Transposed conv 2D',
  summary:
    'Enlarges an image with learned filters: every input puts its filter down, weighted, and what overlaps adds up.',
  formula: 'y_{n,\\,o,\\,is+kd-p,\\,js+ld-p} \\mathrel{+}= x_{n,c,i,j}\\; w_{c,o,k,l}',
  gradientFormula:
    'dx_{n,c,i,j} = \\sum_{o,k,l} dy_{n,\\,o,\\,is+kd-p,\\,js+ld-p}\\; w_{c,o,k,l}, \\quad dw_{c,o,k,l} = \\sum_{n,i,j} x_{n,c,i,j}\\; dy_{n,\\,o,\\,is+kd-p,\\,js+ld-p}, \\quad db_o = \\sum_{n,i,j} dy_{n,o,i,j}',
  shapes: {
    x: '[N, C, H, W]',
    weight: '[C, O/g, K, L]',
    bias: '[O]',
    y: '[N, O, H′, W′], H′ = s(H − 1) + d(K − 1) + 1 + output_padding − p − p′',
  },
  source: 'PyTorch torch.nn.functional.conv_transpose2d; ONNX ConvTranspose',
  keywords: ['deconvolution', 'fractionally strided', 'upsampling', 'upconvolution'],
  inputs: { x: { title: 'Input', rank: 4 } },
  attributes,
  ...transposedConvolution<Attributes>(windowsOf, extraOf),
  pytorch: 'torch.nn.functional.conv_transpose2d',
  samples: [
    { attributes: { out_channels: 3 }, inputs: { x: [2, 2, 3, 2] } },
    {
      attributes: { out_channels: 2, kernel_size: [3, 2], stride: [2, 1], padding: [1, 0, 2, 1], dilation: [1, 2] },
      inputs: { x: [2, 3, 3, 4] },
    },
    {
      attributes: { out_channels: 4, kernel_size: 3, stride: 2, padding: 1, output_padding: 1, groups: 2, bias: false },
      inputs: { x: [1, 4, 2, 3] },
    },
    {
      attributes: { out_channels: 2, kernel_size: 2, stride: 1, dilation: 3, output_padding: [2, 0] },
      inputs: { x: [1, 1, 3, 2] },
    },
    { attributes: { out_channels: 3, kernel_size: [1, 2], stride: 3, groups: 3 }, inputs: { x: [1, 3, 2, 2] } },
    { attributes: { out_channels: 2, kernel_size: [4, 3], stride: 2, padding: 'same' }, inputs: { x: [1, 2, 2, 3] } },
  ],
});
