// prelu: rectifier with learned slopes.          Formula  y = x where x > 0, else w·x
// Shapes  x any  weight f32[1] or, by channel (dimension 1, of a vector 0), f32[C]  y as x
// Errors  E_CHANNELS                             Gradient  dx = dy where x > 0, else w·dy (the slope at the kink, as PyTorch); dw = Σ dy·x over x ≤ 0
// Source  He et al. 2015; PyTorch prelu, ONNX PRelu-16
// Cost    1 flop an element
import { z } from 'zod';
import { insertAxis, type Operand, type Ref } from '../../program/access.ts';
import { numel, type Shape } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { explainFunction, factorOf, say } from '../support/explain.ts';
import { shaped } from '../support/shaped.ts';
import { flopsPerElement, oneOutput, unaryInputs } from '../support/unary.ts';

function channelsOf(x: Shape): number {
  return x.length >= 2 ? (x[1] as number) : (x[0] ?? 1);
}

/** The slopes as they broadcast against x. */
function alongChannels(weight: Ref, rank: number): Operand {
  let operand: Operand = weight;
  if (weight.shape[0] !== 1)
    for (let axis = 2; axis < rank; axis++) operand = insertAxis(operand, operand.shape.length);
  return operand;
}

/** Which slope an element of x meets. */
function slopeIndex(x: Shape, slopes: number, index: number): number {
  return slopes === 1 ? 0 : Math.floor(index / numel(x.slice(2))) % slopes;
}

export const prelu = defineOperator({
  id: 'prelu',
  family: 'activation',
  title: 'PReLU',
  summary: 'A leaky ReLU whose slope is learned, one for all or one for each channel.',
  formula: 'y = \\begin{cases} x & x > 0 \\\\ w_c\\, x & x \\le 0 \\end{cases}',
  gradientFormula:
    'dx = dy \\odot \\begin{cases} 1 & x > 0 \\\\ w_c & x \\le 0 \\end{cases}, \\quad dw_c = \\sum_{x \\le 0} dy\\, x',
  gradientNote: 'Kink at x = 0: the slope w is chosen, as in PyTorch.',
  shapes: { x: 'any', weight: '[1], or [C] for dimension 1', y: 'as x' },
  source: 'He et al. 2015 (arXiv:1502.01852); PyTorch torch.nn.functional.prelu; ONNX PRelu',
  keywords: ['parametric relu', 'rectifier', 'learned slope'],
  inputs: unaryInputs,
  parameters: { weight: { title: 'Slopes' } },
  outputs: oneOutput,
  attributes: z.strictObject({
    num_parameters: z
      .int()
      .min(1)
      .optional()
      .meta({ title: 'Slopes', description: '1 for all; left out: one for each channel' }),
  }),
  traits: {},
  gradientFlow: 'rectifies',
  infer({ inputs: { x }, attributes: { num_parameters: asked }, source, fail }) {
    const channels = channelsOf(x.shape);
    if (asked !== undefined && asked !== 1 && asked !== channels) {
      const fixes = [
        {
          kind: 'unset_attribute' as const,
          title: `One for each of ${channels} channels`,
          attribute: 'num_parameters',
        },
      ];
      const message = `${asked} slopes do not fit ${channels} channels from ${source('x')}`;
      return fail('E_CHANNELS', { attribute: 'num_parameters' }, message, { fixes });
    }
    return {
      outputs: { y: x },
      parameters: { weight: { shape: [asked ?? channels], init: { kind: 'constant', value: 0.25 } } },
    };
  },
  forward: ({ emit, inputs: { x, weight } }) => ({
    outputs: {
      y: emit.map(
        [x, alongChannels(weight, x.shape.length)],
        (e, v, w) => e.select(e.gt(v, e.constant(0)), v, e.mul(w, v)),
        { shape: x.shape },
      ),
    },
  }),
  gradient({ emit, inputs: { x, weight }, cotangents, needs }) {
    const rank = x.shape.length;
    const dx = () =>
      emit.map(
        [cotangents.y, x, alongChannels(weight, rank)],
        (e, d, v, w) => e.select(e.gt(v, e.constant(0)), d, e.mul(w, d)),
        { shape: x.shape },
      );
    const channel = rank >= 2 ? 1 : 0;
    const axes = [...x.shape.keys()].filter((axis) => weight.shape[0] === 1 || axis !== channel);
    const dw = () => {
      const share = emit.reduce([cotangents.y, x], {
        axes,
        value: (e, d, v) => e.select(e.gt(v, e.constant(0)), e.constant(0), e.mul(d, v)),
      });
      return shaped(emit, share, weight.shape);
    };
    return { x: needs('x') ? dx() : undefined, weight: needs('weight') ? dw() : undefined };
  },
  reference({ inputs: { x, weight } }) {
    const slopes = weight.data.length;
    return { y: x.data.map((v, i) => (v > 0 ? v : v * (weight.data[slopeIndex(x.shape, slopes, i)] as number))) };
  },
  explain({ inputs: { x, weight }, index }) {
    const own = factorOf('x', x, index);
    const slope = factorOf('weight', weight, slopeIndex(x.shape, weight.data.length, index));
    const result = own.value > 0 ? own.value : own.value * slope.value;
    return explainFunction(
      [own, slope],
      result,
      `${say(own.value)} > 0 ? ${say(own.value)} : ${say(slope.value)}·${say(own.value)}`,
    );
  },
  flops: flopsPerElement,
  onnx: { op: 'PRelu' },
  pytorch: 'torch.nn.functional.prelu',
  samples: [
    { inputs: { x: [2, 3, 2, 2] } },
    { attributes: { num_parameters: 1 }, inputs: { x: [3, 4] } },
    { inputs: { x: [2, 3] } },
    { inputs: { x: [4] } },
  ],
});
