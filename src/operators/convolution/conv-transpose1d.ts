// conv_transpose1d: every input puts its filter down.  Formula  y[n,o,i·s+k·d−p] += x[n,c,i]·w[c,o,k]; y += b[o]
// Shapes  x f32[N,C,L]  weight f32[C,O/g,K]  bias f32[O]  y f32[N,O,L'],  L' = s(L−1)+d(K−1)+1+output_padding−p−p'
// Errors  E_CHANNELS  E_GROUPS  E_PADDING  E_EMPTY  Gradient  dx = conv1d(dy, w); dw: the sum's terms regrouped by w; db = Σ dy over N, L'
// Source  PyTorch conv_transpose1d, ONNX ConvTranspose-11
// Cost    2·N·C·L·(O/g)·K flops
import { z } from 'zod';
import type { Conv2dGeometry } from '../../program/kernel-spec.ts';
import type { Shape } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { oneOutput } from '../support/unary.ts';
import {
  channelAttributes,
  checkChannels,
  correlationParameters,
  correlationRules,
  groupAttributes,
  inferredCorrelation,
} from './correlation.ts';
import { endsOf, lengthSchema, lineWindows, sameEndsSchema } from './line.ts';
import { excessPadding, lackingPadding, sameCut, spreadSize, spreadText } from './transposed.ts';
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

/** Of the convolution that leads from y to x. */
function geometryOf(a: Attributes, x: Shape): Conv2dGeometry {
  const [batch, channels, length] = x as [number, number, number];
  const windows = windowsOf(a);
  return {
    batch,
    inChannels: a.out_channels,
    inSize: [1, spreadSize(windows, 1, length, a.output_padding)],
    outChannels: channels,
    outSize: [1, length],
    ...windows,
    groups: a.groups,
  };
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
  parameters: correlationParameters,
  outputs: oneOutput,
  attributes,
  traits: {},
  gradientFlow: 'weighs',
  infer(context) {
    const { inputs, attributes: a, fail } = context;
    if (!checkChannels(context)) return null;
    const windows = windowsOf(a);
    const extra = [0, a.output_padding] as const;
    const excess = excessPadding(windows, extra) ?? (a.padding === 'same' ? lackingPadding(windows, extra) : null);
    if (excess) return fail('E_PADDING', { attribute: 'output_padding' }, excess);
    const length = inputs.x.shape[2] as number;
    if (length === 0 || spreadSize(windows, 1, length, a.output_padding) <= 0) {
      const text = spreadText(windows, 1, length, a.output_padding);
      return fail('E_EMPTY', { port: 'x' }, `output length ${text}: the output would be empty`);
    }
    return inferredCorrelation(geometryOf(a, inputs.x.shape), a, inputs.x.shape, true);
  },
  ...correlationRules(geometryOf, true),
  onnx: {
    op: 'ConvTranspose',
    attributes: {
      kernel_size: 'kernel_shape',
      stride: 'strides',
      padding: 'pads',
      output_padding: 'output_padding',
      dilation: 'dilations',
      groups: 'group',
    },
  },
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
