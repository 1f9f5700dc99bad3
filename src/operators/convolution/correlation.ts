// What convolutions of one and two dimensions and their transposes share: channels, the products that make an element, and
// the rules that follow. One dimension is a picture of height 1. A transposed convolution is the input gradient of the
// convolution whose geometry it is given: that one's output is its input.
import { z } from 'zod';
import { insertAxis, type Operand, type Ref } from '../../program/access.ts';
import type { EpilogueOptions } from '../../program/emitter.ts';
import { uniformFan } from '../../program/initializer.ts';
import type { Conv2dGeometry } from '../../program/kernel-spec.ts';
import { numel, type Shape } from '../../tensor/shape.ts';
import type {
  CostContext,
  ExplainContext,
  Fail,
  Forward,
  ForwardContext,
  GradientContext,
  InferContext,
  Inferred,
  ReferenceContext,
} from '../define-operator.ts';
import { factorOf } from '../support/explain.ts';
import { followsWire, inferredSize } from '../support/inferred-size.ts';
import { shaped } from '../support/shaped.ts';
import { oneOutput } from '../support/unary.ts';

export const correlationParameters = {
  weight: { title: 'Filters' },
  bias: { title: 'Bias', optional: true },
} as const;

export const channelAttributes = {
  out_channels: z
    .int()
    .min(1)
    .max(65_536)
    .default(8)
    .meta({ title: 'Output channels', description: 'Number of filters' }),
  in_channels: inferredSize('Input channels'),
};

export const groupAttributes = {
  groups: z
    .int()
    .min(1)
    .default(1)
    .meta({ title: 'Groups', description: 'Each group of filters sees its own group of channels' }),
  bias: z.boolean().default(true).meta({ title: 'Bias' }),
};

type Inputs = { readonly x: { readonly title: string; readonly rank: number } };
type Parameters = typeof correlationParameters;
type Outputs = typeof oneOutput;
export type Channels = z.output<z.ZodObject<typeof channelAttributes & typeof groupAttributes>>;

/** False after E_CHANNELS or E_GROUPS. */
function checkChannels(
  context: Pick<InferContext<Inputs, Parameters, Channels>, 'inputs' | 'attributes' | 'source' | 'fail'>,
): boolean {
  const { inputs, attributes: a, fail } = context;
  const channels = inputs.x.shape[1] as number;
  if (!followsWire(context, 'in_channels', a.in_channels, channels, 'channels')) return false;
  if (channels % a.groups === 0 && a.out_channels % a.groups === 0) return true;
  const [count, name] = channels % a.groups === 0 ? [a.out_channels, 'output'] : [channels, 'input'];
  const division = `${count} / ${a.groups} = ${Math.floor(count / a.groups)} rest ${count % a.groups}`;
  const fixes = [{ kind: 'set_attribute' as const, title: 'Set groups to 1', attribute: 'groups', value: 1 }];
  fail(
    'E_GROUPS',
    { attribute: 'groups' },
    `${count} ${name} channels do not divide into ${a.groups} groups: ${division}`,
    { fixes },
  );
  return false;
}

/** Types of a convolution; `weight` starts as PyTorch's does, from the inputs of one filter. */
function inferredCorrelation(
  geometry: Conv2dGeometry,
  a: Channels,
  x: Shape,
  transposed: boolean,
): Inferred<Parameters, Outputs> {
  const spatial = x.length - 2;
  const { batch, groups, kernel, inChannels, outChannels } = geometry;
  const size = transposed ? geometry.inSize : geometry.outSize;
  const area = kernel[0] * kernel[1];
  const fan = [(inChannels / groups) * area, (outChannels / groups) * area] as const;
  return {
    outputs: { y: { dtype: 'float32', shape: [batch, a.out_channels, ...size.slice(2 - spatial)] } },
    parameters: {
      weight: {
        shape: [outChannels, inChannels / groups, ...kernel.slice(2 - spatial)],
        init: uniformFan(fan[0]),
        fan,
      },
      ...(a.bias ? { bias: { shape: [a.out_channels], init: uniformFan(fan[0]) } } : {}),
    },
  };
}

interface Product {
  readonly x: number;
  readonly w: number;
}

/** Positions in x and weight of every product that makes element `index` of y, in the order c, k, l. */
function forwardProducts(g: Conv2dGeometry, index: number): Product[] {
  const [height, width] = g.inSize;
  const j = index % g.outSize[1];
  const i = Math.floor(index / g.outSize[1]) % g.outSize[0];
  const o = Math.floor(index / (g.outSize[1] * g.outSize[0])) % g.outChannels;
  const n = Math.floor(index / (g.outSize[1] * g.outSize[0] * g.outChannels));
  const channels = g.inChannels / g.groups;
  const first = Math.floor(o / (g.outChannels / g.groups)) * channels;
  const products: Product[] = [];
  for (let c = 0; c < channels; c++) {
    for (let k = 0; k < g.kernel[0]; k++) {
      for (let l = 0; l < g.kernel[1]; l++) {
        const row = i * g.stride[0] + k * g.dilation[0] - g.padding[0];
        const column = j * g.stride[1] + l * g.dilation[1] - g.padding[1];
        if (row < 0 || row >= height || column < 0 || column >= width) continue;
        const x = ((n * g.inChannels + first + c) * height + row) * width + column;
        products.push({ x, w: ((o * channels + c) * g.kernel[0] + k) * g.kernel[1] + l });
      }
    }
  }
  return products;
}

/** The same of a transposed convolution: which inputs put a filter's tap on element `index`. */
function transposedProducts(g: Conv2dGeometry, index: number): Product[] {
  const [height, width] = g.outSize;
  const j = index % g.inSize[1];
  const i = Math.floor(index / g.inSize[1]) % g.inSize[0];
  const o = Math.floor(index / (g.inSize[1] * g.inSize[0])) % g.inChannels;
  const n = Math.floor(index / (g.inSize[1] * g.inSize[0] * g.inChannels));
  const perGroup = g.inChannels / g.groups;
  const channels = g.outChannels / g.groups;
  const first = Math.floor(o / perGroup) * channels;
  const products: Product[] = [];
  for (let c = first; c < first + channels; c++) {
    for (let k = 0; k < g.kernel[0]; k++) {
      for (let l = 0; l < g.kernel[1]; l++) {
        const row = (i + g.padding[0] - k * g.dilation[0]) / g.stride[0];
        const column = (j + g.padding[1] - l * g.dilation[1]) / g.stride[1];
        if (!Number.isInteger(row) || !Number.isInteger(column)) continue;
        if (row < 0 || row >= height || column < 0 || column >= width) continue;
        const x = ((n * g.outChannels + c) * height + row) * width + column;
        products.push({ x, w: ((c * perGroup + (o % perGroup)) * g.kernel[0] + k) * g.kernel[1] + l });
      }
    }
  }
  return products;
}

/**
 * The record but for names and attributes, which give a geometry.
 * @param fits false after an error: windows with which nothing can be made of x
 */
export function correlationRules<A extends Channels>(
  geometryOf: (attributes: A, x: Shape) => Conv2dGeometry,
  fits: (attributes: A, x: Shape, fail: Fail) => boolean,
  transposed: boolean,
) {
  const [onward, backward] = transposed ? (['input_grad', 'forward'] as const) : (['forward', 'input_grad'] as const);
  const productsOf = transposed ? transposedProducts : forwardProducts;

  /** As picture: an axis of height 1 stands in front of a single spatial axis. */
  const picture = (shape: Shape): Shape => (shape.length === 3 ? shape.toSpliced(2, 0, 1) : shape);
  const channelOf = (index: number, y: Shape) => Math.floor(index / numel(y.slice(2))) % (y[1] as number);
  const perChannel = (bias: Ref): Operand => insertAxis(insertAxis(bias, 1), 2);

  return {
    parameters: correlationParameters,
    outputs: oneOutput,
    traits: {},
    gradientFlow: 'weighs' as const,
    infer(context: InferContext<Inputs, Parameters, A>): Inferred<Parameters, Outputs> | null {
      const { inputs, attributes: a, fail } = context;
      const { shape } = inputs.x;
      if (!checkChannels(context) || !fits(a, shape, fail)) return null;
      return inferredCorrelation(geometryOf(a, shape), a, shape, transposed);
    },

    forward({ emit, inputs, attributes, outputs }: ForwardContext<Inputs, Parameters, Outputs, A>): Forward<Outputs> {
      const { x, weight, bias } = inputs;
      const epilogue: EpilogueOptions | undefined = bias && {
        operands: [perChannel(bias)],
        value: (e, sum, b) => e.add(sum, b),
      };
      const operands = [shaped(emit, x, picture(x.shape)), shaped(emit, weight, picture(weight.shape))] as const;
      const y = emit.conv2d(onward, geometryOf(attributes, x.shape), operands, epilogue);
      return { outputs: { y: shaped(emit, y, outputs.y.shape) } };
    },

    gradient({ emit, inputs, attributes, cotangents, needs }: GradientContext<Inputs, Parameters, Outputs, A>) {
      const { x, weight, bias } = inputs;
      const geometry = geometryOf(attributes, x.shape);
      const own = (ref: Ref) => shaped(emit, ref, picture(ref.shape));
      const dy = needs('x') || needs('weight') ? own(cotangents.y) : cotangents.y;
      const dx = () => shaped(emit, emit.conv2d(backward, geometry, [dy, own(weight)]), x.shape);
      const dw = () => {
        const [seen, made] = transposed ? [dy, own(x)] : [own(x), dy];
        return shaped(emit, emit.conv2d('weight_grad', geometry, [seen, made]), weight.shape);
      };
      const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
      return {
        x: needs('x') ? dx() : undefined,
        weight: needs('weight') ? dw() : undefined,
        bias: needs('bias') && bias ? emit.reduce([cotangents.y], { axes }) : undefined,
      };
    },

    reference({ inputs: { x, weight, bias }, attributes, outputs }: ReferenceContext<Inputs, Parameters, Outputs, A>) {
      const geometry = geometryOf(attributes, x.shape);
      const y = new Float64Array(numel(outputs.y.shape));
      for (let index = 0; index < y.length; index++) {
        let sum = bias?.data[channelOf(index, outputs.y.shape)] ?? 0;
        for (const at of productsOf(geometry, index)) sum += (x.data[at.x] as number) * (weight.data[at.w] as number);
        y[index] = sum;
      }
      return { y };
    },

    explain({
      inputs: { x, weight, bias },
      attributes,
      outputs,
      index,
    }: ExplainContext<Inputs, Parameters, Outputs, A>) {
      const terms = productsOf(geometryOf(attributes, x.shape), index).map((at) => {
        const factors = [factorOf('x', x, at.x), factorOf('weight', weight, at.w)];
        return { value: (x.data[at.x] as number) * (weight.data[at.w] as number), factors };
      });
      const count = terms.length;
      if (bias) {
        const factor = factorOf('bias', bias, channelOf(index, outputs.y.shape));
        terms.push({ value: factor.value, factors: [factor] });
      }
      const result = terms.reduce((sum, term) => sum + term.value, 0);
      const text = `Σ x·w over ${count} taps${bias ? ' + b' : ''} = ${result}`;
      return { by: 'sum' as const, terms, result, text };
    },

    /** Every filter meets every position of what the convolution gives, or of what the transposed one takes. */
    flops({ inputs, outputs }: CostContext<Inputs, Parameters, Outputs, A>): number {
      const positions = numel((transposed ? inputs.x : outputs.y).shape);
      return Math.max(2 * positions * numel(inputs.weight.shape.slice(1)), numel(outputs.y.shape));
    },
  };
}
