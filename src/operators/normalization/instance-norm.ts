// instance_norm: normalises each channel of each example.  Formula  y = (x − μ)/√(σ² + ε)·γ_c + β_c; μ, σ² (biased) over the pixels
// Shapes  x f32[N,C,…]  weight (γ), bias (β) f32[C]  y as x
// Errors  E_EMPTY                                Gradient  dx = (g − mean(g) − x̂·mean(g·x̂))/σ with g = γ·dy; dγ = Σ dy·x̂, dβ = Σ dy
// Source  Ulyanov et al. 2016; PyTorch instance_norm, ONNX InstanceNormalization-6
// Cost    8 flops an element
import { z } from 'zod';
import { numel, type Shape } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { oneOutput } from '../support/unary.ts';
import { affineParameters, type Grouping, inferredNorm, sampleNormRules } from './sample-norm.ts';

const attributes = z.strictObject({
  eps: z.number().min(0).max(1).default(1e-5).meta({ title: 'ε', description: 'Added to the variance' }),
  affine: z.boolean().default(true).meta({ title: 'Scale and shift' }),
});

function groupingOf(_: unknown, x: Shape): Grouping {
  return [x[0] as number, x[1] as number, 1, numel(x.slice(2))];
}

export const instanceNorm = defineOperator({
  id: 'instance_norm',
  family: 'normalization',
  title: 'Instance norm',
  summary: 'Gives each channel of each image mean 0 and variance 1: removes contrast, as in style transfer.',
  formula: 'y = \\frac{x - \\mu_{nc}}{\\sqrt{\\sigma_{nc}^2 + \\epsilon}}\\,\\gamma_c + \\beta_c',
  gradientFormula:
    'dx = \\frac{1}{\\sigma} \\left(g - \\operatorname{mean}(g) - \\hat x \\operatorname{mean}(g \\hat x)\\right), \\quad g = \\gamma\\, dy, \\quad d\\gamma = \\sum dy\\, \\hat x, \\quad d\\beta = \\sum dy',
  shapes: { x: '[N, C, …]', weight: '[C]', bias: '[C]', y: 'as x' },
  source:
    'Ulyanov et al. 2016 (arXiv:1607.08022); PyTorch torch.nn.functional.instance_norm; ONNX InstanceNormalization',
  keywords: ['instancenorm', 'normalization', 'style transfer', 'contrast'],
  inputs: { x: { title: 'Input', rank: [3, 8] } },
  parameters: affineParameters,
  outputs: oneOutput,
  attributes,
  traits: {},
  gradientFlow: 'normalizes',
  infer({ inputs: { x }, attributes: a, fail }) {
    const pixels = numel(x.shape.slice(2));
    if (pixels === 0) return fail('E_EMPTY', { port: 'x' }, 'has no pixels to normalise');
    return inferredNorm(x.shape, [x.shape[1] as number], { weight: a.affine, bias: a.affine });
  },
  ...sampleNormRules<z.output<typeof attributes>>(groupingOf),
  onnx: { op: 'InstanceNormalization', attributes: { eps: 'epsilon' } },
  pytorch: 'torch.nn.functional.instance_norm',
  samples: [{ inputs: { x: [2, 3, 2, 3] } }, { attributes: { affine: false, eps: 0.1 }, inputs: { x: [2, 2, 4] } }],
});
