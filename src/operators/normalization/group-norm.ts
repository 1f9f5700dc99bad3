// group_norm: normalises groups of channels.     Formula  y = (x − μ)/√(σ² + ε)·γ_c + β_c; μ, σ² (biased) over each group and its pixels
// Shapes  x f32[N,C,…]  weight (γ), bias (β) f32[C]  y as x
// Errors  E_GROUPS                               Gradient  dx = (g − mean(g) − x̂·mean(g·x̂))/σ with g = γ·dy; dγ = Σ dy·x̂, dβ = Σ dy
// Source  Wu & He 2018; PyTorch group_norm, ONNX GroupNormalization-21
// Cost    8 flops an element
import { z } from 'zod';
import { numel, type Shape } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { oneOutput } from '../support/unary.ts';
import { affineParameters, type Grouping, inferredNorm, sampleNormRules } from './sample-norm.ts';

const attributes = z.strictObject({
  num_groups: z.int().min(1).default(1).meta({ title: 'Groups' }),
  eps: z.number().min(0).max(1).default(1e-5).meta({ title: 'ε', description: 'Added to the variance' }),
  affine: z.boolean().default(true).meta({ title: 'Scale and shift' }),
});

function groupingOf({ num_groups: groups }: z.output<typeof attributes>, x: Shape): Grouping {
  return [x[0] as number, groups, (x[1] as number) / groups, numel(x.slice(2))];
}

export const groupNorm = defineOperator({
  id: 'group_norm',
  family: 'normalization',
  title: 'Group norm',
  summary: 'Gives each group of channels of each example mean 0 and variance 1, whatever the batch.',
  formula: 'y = \\frac{x - \\mu_g}{\\sqrt{\\sigma_g^2 + \\epsilon}}\\,\\gamma_c + \\beta_c',
  gradientFormula:
    'dx = \\frac{1}{\\sigma} \\left(g - \\operatorname{mean}(g) - \\hat x \\operatorname{mean}(g \\hat x)\\right), \\quad g = \\gamma\\, dy, \\quad d\\gamma = \\sum dy\\, \\hat x, \\quad d\\beta = \\sum dy',
  shapes: { x: '[N, C, …]', weight: '[C]', bias: '[C]', y: 'as x' },
  source: 'Wu & He 2018 (arXiv:1803.08494); PyTorch torch.nn.functional.group_norm; ONNX GroupNormalization',
  keywords: ['groupnorm', 'gn', 'normalization'],
  inputs: { x: { title: 'Input', rank: [2, 8] } },
  parameters: affineParameters,
  outputs: oneOutput,
  attributes,
  traits: {},
  gradientFlow: 'normalizes',
  infer({ inputs: { x }, attributes: a, source, fail }) {
    const channels = x.shape[1] as number;
    if (channels % a.num_groups !== 0) {
      const division = `${channels} / ${a.num_groups} = ${Math.floor(channels / a.num_groups)} rest ${channels % a.num_groups}`;
      const message = `${channels} channels from ${source('x')} do not divide into ${a.num_groups} groups: ${division}`;
      const fixes = [
        { kind: 'set_attribute' as const, title: 'Set num_groups to 1', attribute: 'num_groups', value: 1 },
      ];
      return fail('E_GROUPS', { attribute: 'num_groups' }, message, { fixes });
    }
    return inferredNorm(x.shape, [channels], { weight: a.affine, bias: a.affine });
  },
  ...sampleNormRules(groupingOf),
  onnx: { op: 'GroupNormalization', attributes: { num_groups: 'num_groups', eps: 'epsilon' } },
  pytorch: 'torch.nn.functional.group_norm',
  samples: [
    { attributes: { num_groups: 2 }, inputs: { x: [2, 4, 2, 3] } },
    { attributes: { num_groups: 3, affine: false, eps: 0.1 }, inputs: { x: [2, 6] } },
    { inputs: { x: [1, 2, 3] } },
  ],
});
