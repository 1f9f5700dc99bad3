// layer_norm: normalises the last dimensions.    Formula  y = (x − μ)/√(σ² + ε)·γ + β; μ, σ² (biased) over the last dimensions, per example
// Shapes  x f32[…, D…]  weight (γ), bias (β) f32[D…]  y as x
// Errors  E_SHAPE                                Gradient  dx = (g − mean(g) − x̂·mean(g·x̂))/σ with g = γ·dy; dγ = Σ dy·x̂, dβ = Σ dy
// Source  Ba et al. 2016; PyTorch layer_norm, ONNX LayerNormalization-17
// Cost    8 flops an element
import { z } from 'zod';
import { formatShape, numel, type Shape, sameShape } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { oneOutput } from '../support/unary.ts';
import { affineParameters, type Grouping, inferredNorm, sampleNormRules } from './sample-norm.ts';

const attributes = z.strictObject({
  normalized_shape: z
    .array(z.int().min(1))
    .min(1)
    .max(8)
    .optional()
    .meta({ title: 'Normalised shape', description: 'The last sizes of the input; left out: the last one' }),
  eps: z.number().min(0).max(1).default(1e-5).meta({ title: 'ε', description: 'Added to the variance' }),
  elementwise_affine: z.boolean().default(true).meta({ title: 'Scale and shift' }),
  bias: z.boolean().default(true).meta({ title: 'Shift', description: 'Off: scale alone' }),
});
type Attributes = z.output<typeof attributes>;

function lastShape({ normalized_shape: given }: Attributes, x: Shape): Shape {
  return given ?? x.slice(-1);
}

function groupingOf(a: Attributes, x: Shape): Grouping {
  const size = numel(lastShape(a, x));
  return [numel(x) / size, 1, size, 1];
}

export const layerNorm = defineOperator({
  id: 'layer_norm',
  family: 'normalization',
  title: 'Layer norm',
  summary: 'Gives the features of each example mean 0 and variance 1, then a learned scale and shift.',
  formula: 'y = \\frac{x - \\mu}{\\sqrt{\\sigma^2 + \\epsilon}}\\,\\gamma + \\beta',
  gradientFormula:
    'dx = \\frac{1}{\\sigma} \\left(g - \\operatorname{mean}(g) - \\hat x \\operatorname{mean}(g \\hat x)\\right), \\quad g = \\gamma\\, dy, \\quad d\\gamma = \\sum dy\\, \\hat x, \\quad d\\beta = \\sum dy',
  shapes: { x: '[…, D…]', weight: '[D…], the last dimensions', bias: '[D…]', y: 'as x' },
  source: 'Ba et al. 2016 (arXiv:1607.06450); PyTorch torch.nn.functional.layer_norm; ONNX LayerNormalization',
  keywords: ['layernorm', 'ln', 'normalization', 'transformer'],
  inputs: { x: { title: 'Input', rank: [1, 8] } },
  parameters: affineParameters,
  outputs: oneOutput,
  attributes,
  traits: {},
  gradientFlow: 'normalizes',
  infer({ inputs: { x }, attributes: a, source, fail }) {
    const last = lastShape(a, x.shape);
    if (!sameShape(x.shape.slice(-last.length), last)) {
      const message = `normalises the last sizes ${formatShape(last)}, gets ${formatShape(x.shape)} from ${source('x')}`;
      const fixes = [
        { kind: 'unset_attribute' as const, title: 'Normalise the last dimension', attribute: 'normalized_shape' },
      ];
      return fail('E_SHAPE', { attribute: 'normalized_shape' }, message, { fixes });
    }
    return inferredNorm(x.shape, last, { weight: a.elementwise_affine, bias: a.elementwise_affine && a.bias });
  },
  ...sampleNormRules(groupingOf),
  onnx: { op: 'LayerNormalization', attributes: { eps: 'epsilon' } },
  pytorch: 'torch.nn.functional.layer_norm',
  samples: [
    { inputs: { x: [3, 4] } },
    { attributes: { normalized_shape: [3, 2] }, inputs: { x: [2, 2, 3, 2] } },
    { attributes: { elementwise_affine: false, eps: 0.1 }, inputs: { x: [2, 3, 4] } },
    { attributes: { bias: false }, inputs: { x: [5] } },
  ],
});
