// conv2d: 2-D cross-correlation.                  Formula  y[n,o,i,j] = b[o] + Σ x[n,c,i·s+k·d−p,j·s+l·d−p]·w[o,c,k,l]
// Shapes  x f32[N,C,H,W]  weight f32[O,C/g,K,L]  bias f32[O]  y f32[N,O,H',W'],  H' = ⌊(H+p+p'−d(K−1)−1)/s⌋+1
// Errors  E_CHANNELS  E_GROUPS  E_PADDING  E_EMPTY  Gradient  dx, dw: the sum's terms regrouped by x and by w; db = Σ dy over N, H', W'
// Source  PyTorch conv2d, ONNX Conv-11            Cost  2·N·O·H'·W'·(C/g)·K·L flops
import { z } from 'zod';
import { insertAxis, type Operand, type Ref } from '../../program/access.ts';
import type { EpilogueOptions } from '../../program/emitter.ts';
import { uniformFan } from '../../program/initializer.ts';
import type { Conv2dGeometry } from '../../program/kernel-spec.ts';
import { numel, type Shape } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import {
  misfit,
  paddingFix,
  paddingSchema,
  pairOf,
  pairSchema,
  type Sides,
  sidesOf,
  type Windows,
  windowCount,
} from './window.ts';

const attributes = z.strictObject({
  out_channels: z
    .int()
    .min(1)
    .max(65_536)
    .default(8)
    .meta({ title: 'Output channels', description: 'Number of filters' }),
  in_channels: z
    .int()
    .min(1)
    .optional()
    .meta({ title: 'Input channels', description: 'Inferred from the wire when left out' }),
  kernel_size: pairSchema.default(3).meta({ title: 'Kernel size', unit: 'px' }),
  stride: pairSchema.default(1).meta({ title: 'Stride', unit: 'px' }),
  padding: z
    .union([...paddingSchema.options, z.literal('same')])
    .default(0)
    .meta({
      title: 'Padding',
      unit: 'px',
      description: 'One number, [height, width], [top, left, bottom, right] or "same"',
    }),
  dilation: pairSchema
    .default(1)
    .meta({ title: 'Dilation', unit: 'px', description: 'Distance between the taps of the kernel' }),
  groups: z
    .int()
    .min(1)
    .default(1)
    .meta({ title: 'Groups', description: 'Each group of filters sees its own group of channels' }),
  bias: z.boolean().default(true).meta({ title: 'Bias' }),
});
type Attributes = z.output<typeof attributes>;

function windowsOf(a: Attributes): Windows {
  const kernel = pairOf(a.kernel_size);
  const dilation = pairOf(a.dilation);
  return { kernel, dilation, stride: pairOf(a.stride), padding: a.padding === 'same' ? same() : sidesOf(a.padding) };

  /** As PyTorch: what does not halve goes to the bottom and to the right. */
  function same(): Sides {
    const [height, width] = [dilation[0] * (kernel[0] - 1), dilation[1] * (kernel[1] - 1)];
    const [top, left] = [Math.floor(height / 2), Math.floor(width / 2)];
    return [top, left, height - top, width - left];
  }
}

function geometryOf(a: Attributes, x: Shape): Conv2dGeometry {
  const [batch, inChannels, height, width] = x as [number, number, number, number];
  const windows = windowsOf(a);
  return {
    batch,
    inChannels,
    inSize: [height, width],
    outChannels: a.out_channels,
    outSize: [windowCount(windows, 0, height), windowCount(windows, 1, width)],
    ...windows,
    groups: a.groups,
  };
}

/** Positions in x and weight of every product that makes element `index` of y, in the order c, k, l. */
function termsOf(g: Conv2dGeometry, index: number): { readonly x: number; readonly w: number }[] {
  const [height, width] = g.inSize;
  const j = index % g.outSize[1];
  const i = Math.floor(index / g.outSize[1]) % g.outSize[0];
  const o = Math.floor(index / (g.outSize[1] * g.outSize[0])) % g.outChannels;
  const n = Math.floor(index / (g.outSize[1] * g.outSize[0] * g.outChannels));
  const channels = g.inChannels / g.groups;
  const first = Math.floor(o / (g.outChannels / g.groups)) * channels;
  const terms: { x: number; w: number }[] = [];
  for (let c = 0; c < channels; c++) {
    for (let k = 0; k < g.kernel[0]; k++) {
      for (let l = 0; l < g.kernel[1]; l++) {
        const row = i * g.stride[0] + k * g.dilation[0] - g.padding[0];
        const column = j * g.stride[1] + l * g.dilation[1] - g.padding[1];
        if (row < 0 || row >= height || column < 0 || column >= width) continue;
        const x = ((n * g.inChannels + first + c) * height + row) * width + column;
        terms.push({ x, w: ((o * channels + c) * g.kernel[0] + k) * g.kernel[1] + l });
      }
    }
  }
  return terms;
}

function perChannel(bias: Ref): Operand {
  return insertAxis(insertAxis(bias, 1), 2);
}

export const conv2d = defineOperator({
  id: 'conv2d',
  family: 'convolution',
  title: 'Conv 2D',
  summary:
    'Slides filters over an image: every output is a weighted sum of one window, with the same weights everywhere.',
  formula: 'y_{n,o,i,j} = b_o + \\sum_{c,k,l} x_{n,\\,c,\\,is+kd-p,\\,js+ld-p}\\; w_{o,c,k,l}',
  source: 'PyTorch torch.nn.functional.conv2d; ONNX Conv',
  keywords: ['convolution', 'filter', 'cnn', 'cross-correlation', 'depthwise', 'grouped'],
  inputs: { x: { title: 'Input', rank: 4 } },
  parameters: { weight: { title: 'Filters' }, bias: { title: 'Bias', optional: true } },
  outputs: { y: { title: 'Output' } },
  attributes,
  traits: {},
  infer({ inputs, attributes: a, source, fail }) {
    const [batch, channels, height, width] = inputs.x.shape as [number, number, number, number];
    if (a.in_channels !== undefined && a.in_channels !== channels) {
      const fix = {
        kind: 'unset_attribute' as const,
        title: `Let in_channels follow the wire (${channels})`,
        attribute: 'in_channels',
      };
      return fail(
        'E_CHANNELS',
        { port: 'x' },
        `expects ${a.in_channels} channels, gets ${channels} from ${source('x')}`,
        { fixes: [fix] },
      );
    }
    if (channels % a.groups !== 0 || a.out_channels % a.groups !== 0) {
      const [count, name] = channels % a.groups === 0 ? [a.out_channels, 'output'] : [channels, 'input'];
      const division = `${count} / ${a.groups} = ${Math.floor(count / a.groups)} rest ${count % a.groups}`;
      const fixes = [{ kind: 'set_attribute' as const, title: 'Set groups to 1', attribute: 'groups', value: 1 }];
      return fail(
        'E_GROUPS',
        { attribute: 'groups' },
        `${count} ${name} channels do not divide into ${a.groups} groups: ${division}`,
        { fixes },
      );
    }
    const windows = windowsOf(a);
    if (a.padding === 'same' && (windows.stride[0] !== 1 || windows.stride[1] !== 1)) {
      const fixes = [{ kind: 'set_attribute' as const, title: 'Set stride to 1', attribute: 'stride', value: 1 }];
      return fail(
        'E_PADDING',
        { attribute: 'padding' },
        `padding "same" needs stride 1, stride is ${windows.stride.join(', ')}`,
        { fixes },
      );
    }
    const reason = misfit(windows, [height, width]);
    if (reason)
      return fail('E_EMPTY', { port: 'x' }, `${reason}: the output would be empty`, {
        fixes: [paddingFix(windows, [height, width])],
      });
    const { outSize, kernel } = geometryOf(a, inputs.x.shape);
    const perGroup = channels / a.groups;
    const fanIn = perGroup * kernel[0] * kernel[1];
    const fan = [fanIn, (a.out_channels / a.groups) * kernel[0] * kernel[1]] as const;
    return {
      outputs: { y: { dtype: 'float32', shape: [batch, a.out_channels, ...outSize] } },
      parameters: {
        weight: { shape: [a.out_channels, perGroup, ...kernel], init: uniformFan(fanIn), fan },
        ...(a.bias ? { bias: { shape: [a.out_channels], init: uniformFan(fanIn) } } : {}),
      },
    };
  },
  forward({ emit, inputs, attributes: a }) {
    const epilogue: EpilogueOptions | undefined = inputs.bias && {
      operands: [perChannel(inputs.bias)],
      value: (e, sum, b) => e.add(sum, b),
    };
    return {
      outputs: { y: emit.conv2d('forward', geometryOf(a, inputs.x.shape), [inputs.x, inputs.weight], epilogue) },
    };
  },
  gradient({ emit, inputs, attributes: a, cotangents, needs }) {
    const geometry = geometryOf(a, inputs.x.shape);
    return {
      x: needs('x') ? emit.conv2d('input_grad', geometry, [cotangents.y, inputs.weight]) : undefined,
      weight: needs('weight') ? emit.conv2d('weight_grad', geometry, [inputs.x, cotangents.y]) : undefined,
      bias: needs('bias') && inputs.bias ? emit.reduce([cotangents.y], { axes: [0, 2, 3] }) : undefined,
    };
  },
  reference({ inputs, attributes: a, outputs }) {
    const geometry = geometryOf(a, inputs.x.shape);
    const plane = geometry.outSize[0] * geometry.outSize[1];
    const y = new Float64Array(numel(outputs.y.shape));
    for (let index = 0; index < y.length; index++) {
      let sum = inputs.bias?.data[Math.floor(index / plane) % a.out_channels] ?? 0;
      for (const { x, w } of termsOf(geometry, index))
        sum += (inputs.x.data[x] as number) * (inputs.weight.data[w] as number);
      y[index] = sum;
    }
    return { y };
  },
  explain({ inputs, attributes: a, index }) {
    const geometry = geometryOf(a, inputs.x.shape);
    const terms = termsOf(geometry, index).map(({ x, w }) => {
      const factors = [
        { port: 'x', index: x, value: inputs.x.data[x] as number },
        { port: 'weight', index: w, value: inputs.weight.data[w] as number },
      ];
      return { value: (inputs.x.data[x] as number) * (inputs.weight.data[w] as number), factors };
    });
    const count = terms.length;
    if (inputs.bias) {
      const o = Math.floor(index / (geometry.outSize[0] * geometry.outSize[1])) % a.out_channels;
      const value = inputs.bias.data[o] as number;
      terms.push({ value, factors: [{ port: 'bias', index: o, value }] });
    }
    const result = terms.reduce((sum, term) => sum + term.value, 0);
    return { by: 'sum', terms, result, text: `Σ x·w over ${count} taps${inputs.bias ? ' + b' : ''} = ${result}` };
  },
  flops: ({ inputs, outputs }) => 2 * numel(outputs.y.shape) * numel(inputs.weight.shape.slice(1)),
  onnx: {
    op: 'Conv',
    attributes: {
      kernel_size: 'kernel_shape',
      stride: 'strides',
      padding: 'pads',
      dilation: 'dilations',
      groups: 'group',
    },
  },
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
