// batch_norm: normalises each channel.          Formula  y = (x − μ)/√(σ² + ε)·γ + β; train: μ, σ² of the batch (biased), eval: the running ones
// Shapes  x f32[N,C] … f32[N,C,D,H,W]  weight (γ), bias (β), running_mean, running_var f32[C]  y as x.  State: new = (1 − m)·old + m·batch, σ² unbiased
// Errors  E_BATCH                                Gradient  train: dx = γ/σ·(dy − mean(dy) − x̂·mean(dy·x̂)); eval: γ/σ·dy; dγ = Σ dy·x̂, dβ = Σ dy
// Source  Ioffe & Szegedy 2015; PyTorch batch_norm, ONNX BatchNormalization-14
// The variance is summed around the mean, and the mean's rounding is corrected in the same pass: well-conditioned in float32.
import { z } from 'zod';
import { insertAxis, type Operand, type Ref } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import type { Line } from '../../program/expression-builder.ts';
import { ones, zeros } from '../../program/initializer.ts';
import { numel, type Shape } from '../../tensor/shape.ts';
import { defineOperator, type ReferenceTensor } from '../define-operator.ts';
import { say } from '../support/explain.ts';

/** A [C] tensor laid along dimension 1 of a tensor of this rank. */
function alongChannels(ref: Ref, rank: number): Operand {
  let operand: Operand = ref;
  for (let axis = 1; axis < rank - 1; axis++) operand = insertAxis(operand, axis);
  return operand;
}

/** All axes but the channels'. */
function folded(shape: Shape): number[] {
  return shape.map((_, axis) => axis).filter((axis) => axis !== 1);
}

/** Elements in each channel. */
function perChannel(shape: Shape): number {
  return numel(shape) / (shape[1] as number);
}

/** Mean, biased variance and 1/√(variance + eps) of each channel. */
function batchStatistics(emit: Emitter, x: Ref, eps: number): [Ref, Ref, Ref] {
  const axes = folded(x.shape);
  const scale = 1 / perChannel(x.shape);
  const rough = emit.reduce([x], { axes, finish: (e, sum) => e.mul(sum, e.constant(scale)) });
  const [shift, square] = emit.reduceMany([x, alongChannels(rough, x.shape.length)], {
    axes,
    values: (e, value, mean) => {
      const centred = e.sub(value, mean);
      return [centred, e.mul(centred, centred)];
    },
    finish: (e, sum) => e.mul(sum, e.constant(scale)),
  }) as [Ref, Ref];
  return emit.mapMany([rough, shift, square], (e, mean, correction, spread) => {
    const variance = e.max(e.sub(spread, e.mul(correction, correction)), e.constant(0));
    const invstd = e.reciprocal(e.sqrt(e.add(variance, e.constant(eps))));
    return [e.add(mean, correction), variance, invstd];
  }) as [Ref, Ref, Ref];
}

/** The same, of the float64 reference. */
function statisticsOf(x: ReferenceTensor): { readonly mean: Float64Array; readonly variance: Float64Array } {
  const channels = x.shape[1] as number;
  const inner = numel(x.shape.slice(2));
  const count = perChannel(x.shape);
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  const channelOf = (i: number) => Math.floor(i / inner) % channels;
  x.data.forEach((value, i) => {
    mean[channelOf(i)]! += value / count;
  });
  x.data.forEach((value, i) => {
    variance[channelOf(i)]! += (value - mean[channelOf(i)]!) ** 2 / count;
  });
  return { mean, variance };
}

export const batchNorm = defineOperator({
  id: 'batch_norm',
  family: 'normalization',
  title: 'Batch norm',
  summary: 'Gives each channel mean 0 and variance 1 over the batch, then a learned scale and shift.',
  formula: 'y = \\frac{x - \\mu_c}{\\sqrt{\\sigma_c^2 + \\epsilon}}\\,\\gamma_c + \\beta_c',
  gradientFormula:
    'dx = \\frac{\\gamma}{\\sigma} \\left(dy - \\operatorname{mean}(dy) - \\hat x \\operatorname{mean}(dy\\, \\hat x)\\right), \\quad d\\gamma = \\sum dy\\, \\hat x, \\quad d\\beta = \\sum dy',
  gradientNote: 'In eval mode mean and variance are constants: dx = γ/σ · dy.',
  shapes: { x: '[N, C], [N, C, L], [N, C, H, W] or [N, C, D, H, W]', weight: '[C]', bias: '[C]', y: 'as x' },
  source: 'Ioffe & Szegedy 2015 (arXiv:1502.03167); PyTorch torch.nn.functional.batch_norm; ONNX BatchNormalization',
  keywords: ['batchnorm', 'bn', 'normalization', 'running mean'],
  inputs: { x: { title: 'Input', rank: [2, 5] } },
  parameters: { weight: { title: 'Scale γ', optional: true }, bias: { title: 'Shift β', optional: true } },
  outputs: { y: { title: 'Output' } },
  attributes: z.strictObject({
    eps: z.number().min(0).max(1).default(1e-5).meta({ title: 'ε', description: 'Added to the variance' }),
    momentum: z
      .number()
      .min(0)
      .max(1)
      .default(0.1)
      .meta({ title: 'Momentum', description: 'Share of the batch in the new running statistics' }),
    affine: z.boolean().default(true).meta({ title: 'Scale and shift' }),
  }),
  traits: { stateful: true },
  gradientFlow: 'normalizes',
  infer({ inputs, attributes, mode, source, fail }) {
    const shape = inputs.x.shape;
    const channels = [shape[1] as number];
    if (mode === 'train' && perChannel(shape) <= 1) {
      return fail(
        'E_BATCH',
        { port: 'x' },
        `needs more than one value per channel in training, gets ${shape.toSpliced(1, 1).join('·')} = ${perChannel(shape)} from ${source('x')}`,
        {
          hint: 'The variance of one number is 0: use a larger batch.',
        },
      );
    }
    return {
      outputs: { y: { dtype: 'float32', shape } },
      parameters: attributes.affine
        ? { weight: { shape: channels, init: ones }, bias: { shape: channels, init: zeros } }
        : {},
      state: { running_mean: { shape: channels, init: zeros }, running_var: { shape: channels, init: ones } },
    };
  },
  forward({ emit, inputs, attributes, state, mode }) {
    const { x, weight, bias } = inputs;
    const rank = x.shape.length;
    const old = { mean: state['running_mean'] as Ref, variance: state['running_var'] as Ref };
    const normalise = (mean: Ref, invstd: Ref): Ref => {
      const channels = [mean, invstd, ...(weight && bias ? [weight, bias] : [])];
      return emit.map([x, ...channels.map((each) => alongChannels(each, rank))], (e, value, m, s, w, b) => {
        const normal = e.mul(e.sub(value, m), s);
        return w !== undefined && b !== undefined ? e.add(e.mul(normal, w), b) : normal;
      });
    };
    if (mode === 'eval') {
      const invstd = emit.map([old.variance], (e, variance) =>
        e.reciprocal(e.sqrt(e.add(variance, e.constant(attributes.eps)))),
      );
      return { outputs: { y: normalise(old.mean, invstd) }, saved: { mean: old.mean, invstd } };
    }
    const [mean, variance, invstd] = batchStatistics(emit, x, attributes.eps);
    const y = normalise(mean, invstd);
    const count = perChannel(x.shape);
    const [runningMean, runningVar] = emit.mapMany([old.mean, old.variance, mean, variance], (e, ...lines) => {
      const [oldMean, oldVariance, batchMean, batchVariance] = lines as [Line, Line, Line, Line];
      const blend = (before: Line, now: Line, share: number) =>
        e.flush(e.add(e.mul(before, e.constant(1 - attributes.momentum)), e.mul(now, e.constant(share))));
      return [
        blend(oldMean, batchMean, attributes.momentum),
        blend(oldVariance, batchVariance, (attributes.momentum * count) / (count - 1)),
      ];
    }) as [Ref, Ref];
    return {
      outputs: { y },
      saved: { mean, invstd },
      nextState: { running_mean: runningMean, running_var: runningVar },
    };
  },
  gradient({ emit, inputs, mode, cotangents, saved, needs }) {
    const { x, weight } = inputs;
    const rank = x.shape.length;
    const [mean, invstd] = [alongChannels(saved('mean'), rank), alongChannels(saved('invstd'), rank)];
    const scale = weight ? [alongChannels(weight, rank)] : [];
    const dy = cotangents.y;
    const sums = () =>
      emit.reduceMany([x, mean, invstd, dy], {
        axes: folded(x.shape),
        values: (e, value, m, s, d) => [d, e.mul(d, e.mul(e.sub(value, m), s))],
      }) as [Ref, Ref];
    const parameters = (sum: Ref, sumNormal: Ref) => (weight ? { weight: sumNormal, bias: sum } : {});
    if (mode === 'eval') {
      const own = needs('weight') || needs('bias') ? parameters(...sums()) : {};
      if (!needs('x')) return own;
      const dx = emit.map([dy, invstd, ...scale], (e, d, s, w) => e.mul(d, w === undefined ? s : e.mul(s, w)));
      return { x: dx, ...own };
    }
    const [bias, gamma] = sums();
    if (!needs('x')) return parameters(bias, gamma);
    const share = 1 / perChannel(x.shape);
    const operands = [dy, x, mean, invstd, alongChannels(bias, rank), alongChannels(gamma, rank), ...scale];
    const dx = emit.map(operands, (e, d, value, m, s, sum, sumNormal, w) => {
      const normal = e.mul(e.sub(value, m), s);
      const common = e.add(sum, e.mul(normal, sumNormal));
      const centred = e.sub(d, e.mul(common, e.constant(share)));
      return e.mul(centred, w === undefined ? s : e.mul(s, w));
    });
    return { x: dx, ...parameters(bias, gamma) };
  },
  reference({ inputs, attributes: a, state, mode }) {
    const { x, weight, bias } = inputs;
    const [oldMean, oldVariance] = [state['running_mean'] as ReferenceTensor, state['running_var'] as ReferenceTensor];
    const { mean, variance } = mode === 'train' ? statisticsOf(x) : { mean: oldMean.data, variance: oldVariance.data };
    const inner = numel(x.shape.slice(2));
    const y = x.data.map((value, i) => {
      const c = Math.floor(i / inner) % mean.length;
      return ((value - mean[c]!) / Math.sqrt(variance[c]! + a.eps)) * (weight?.data[c] ?? 1) + (bias?.data[c] ?? 0);
    });
    if (mode === 'eval') return { y };
    const unbiased = perChannel(x.shape) / (perChannel(x.shape) - 1);
    const blend = (old: Float64Array, now: Float64Array, factor: number) =>
      old.map((value, c) => (1 - a.momentum) * value + a.momentum * factor * now[c]!);
    return { y, running_mean: blend(oldMean.data, mean, 1), running_var: blend(oldVariance.data, variance, unbiased) };
  },
  explain({ inputs, attributes: a, state, mode, index }) {
    const { x, weight, bias } = inputs;
    const c = Math.floor(index / numel(x.shape.slice(2))) % (x.shape[1] as number);
    const batch =
      mode === 'train' ? statisticsOf(x) : { mean: state['running_mean']!.data, variance: state['running_var']!.data };
    const [mean, variance] = [batch.mean[c]!, batch.variance[c]!];
    const value = x.data[index]!;
    const [gamma, beta] = [weight?.data[c] ?? 1, bias?.data[c] ?? 0];
    const result = ((value - mean) / Math.sqrt(variance + a.eps)) * gamma + beta;
    const factors = [
      { port: 'x', index, value },
      ...(mode === 'eval'
        ? [
            { port: 'running_mean', index: c, value: mean },
            { port: 'running_var', index: c, value: variance },
          ]
        : []),
      ...(weight ? [{ port: 'weight', index: c, value: gamma }] : []),
      ...(bias ? [{ port: 'bias', index: c, value: beta }] : []),
    ];
    const sigma = Math.sqrt(variance + a.eps);
    const normal = (value - mean) / sigma;
    const text = `(${say(value)} − ${say(mean)}) / ${say(sigma)} · ${say(gamma)} + ${say(beta)} = ${say(result)}`;
    return {
      by: 'function',
      terms: [{ value: result, factors }],
      result,
      text,
      parts: [
        { label: mode === 'train' ? 'μ, mean of the channel in the batch' : 'μ, running mean', value: mean },
        { label: mode === 'train' ? 'σ = √(variance in the batch + ε)' : 'σ = √(running variance + ε)', value: sigma },
        { label: 'x̂ = (x − μ) / σ', value: normal },
        { label: 'γ, scale', value: gamma },
        { label: 'β, shift', value: beta },
      ],
    };
  },
  explainGradient({ inputs: { x, weight }, attributes: a, state, mode, port, index, cotangents: { y: dy } }) {
    if (port !== 'x' || !dy) return null;
    const inner = numel(x.shape.slice(2));
    const channels = x.shape[1] as number;
    const c = Math.floor(index / inner) % channels;
    const batch =
      mode === 'train' ? statisticsOf(x) : { mean: state['running_mean']!.data, variance: state['running_var']!.data };
    const sigma = Math.sqrt(batch.variance[c]! + a.eps);
    const slope = (weight?.data[c] ?? 1) / sigma;
    const own = dy.data[index]!;
    const parts = [
      { label: 'γ', value: weight?.data[c] ?? 1 },
      { label: 'σ', value: sigma },
      { label: 'x̂', value: (x.data[index]! - batch.mean[c]!) / sigma },
    ];
    if (mode === 'eval') return { text: `γ/σ · ∂L/∂y = ${say(slope)} · ${say(own)} = ${say(slope * own)}`, parts };
    let [sum, sumNormal] = [0, 0];
    dy.data.forEach((d, i) => {
      if (Math.floor(i / inner) % channels !== c) return;
      sum += d;
      sumNormal += (d * (x.data[i]! - batch.mean[c]!)) / sigma;
    });
    const count = perChannel(x.shape);
    const normal = (x.data[index]! - batch.mean[c]!) / sigma;
    const paths = [
      { label: 'straight: γ/σ · ∂L/∂y', value: slope * own },
      { label: 'through the mean: −γ/σ · mean(∂L/∂y)', value: (-slope * sum) / count },
      { label: 'through the variance: −γ/σ · x̂ · mean(∂L/∂y · x̂)', value: (-slope * normal * sumNormal) / count },
    ];
    const result = paths.reduce((total, path) => total + path.value, 0);
    const text = `γ/σ · (∂L/∂y − mean(∂L/∂y) − x̂ · mean(∂L/∂y · x̂)) = ${say(slope)} · (${say(own)} − ${say(sum / count)} − ${say(normal)} · ${say(sumNormal / count)}) = ${say(result)}`;
    return { text, paths, parts };
  },
  flops: ({ outputs }) => 8 * numel(outputs.y.shape),
  onnx: { op: 'BatchNormalization', attributes: { eps: 'epsilon', momentum: 'momentum' } },
  pytorch: 'torch.nn.functional.batch_norm',
  samples: [
    { inputs: { x: [4, 3, 2, 3] }, mode: 'train' },
    { attributes: { eps: 0.1, momentum: 0.3 }, inputs: { x: [5, 2] }, mode: 'train' },
    { attributes: { affine: false }, inputs: { x: [3, 2, 4] }, mode: 'train' },
    { inputs: { x: [2, 2, 1, 3, 2] }, mode: 'train' },
    { inputs: { x: [2, 3, 2, 2] }, mode: 'eval' },
    { attributes: { affine: false }, inputs: { x: [3, 2] }, mode: 'eval' },
  ],
});
