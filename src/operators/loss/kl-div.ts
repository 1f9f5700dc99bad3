// kl_div: Kullback–Leibler divergence.           Formula  y = Σ t·(ln t − x), x: log-probabilities; 0 where t = 0
// Shapes  x, target equal  y scalar, or as x for reduction none; batchmean divides the sum by dimension 0
// Errors  E_TARGET_SHAPE                         Gradient  dx = −t·dy, dtarget = (ln t + 1 − x)·dy; of logarithms s: dx = −eˢ·dy, ds = eˢ(s + 1 − x)·dy
// Source  Kullback & Leibler 1951; PyTorch kl_div  Cost  4 flops an element
import { z } from 'zod';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import { numel, type Shape } from '../../tensor/shape.ts';
import { defineOperator, type ReferenceTensor } from '../define-operator.ts';
import { explainSum, factorOf, say } from '../support/explain.ts';
import { inferPair, pairFeed, pairInputs, type Reduction, reduceLoss } from '../support/loss.ts';
import { oneOutput } from '../support/unary.ts';

const attributes = z.strictObject({
  reduction: z
    .enum(['mean', 'batchmean', 'sum', 'none'])
    .default('batchmean')
    .meta({ title: 'Reduction', description: 'batchmean: the sum over the number of examples, the divergence itself' }),
  log_target: z.boolean().default(false).meta({ title: 'Target is logarithms' }),
});
type Attributes = z.output<typeof attributes>;

/** The reduction, and what a mean divides by. */
function reductionOf({ reduction }: Attributes, x: Shape): { readonly kind: Reduction; readonly count: number } {
  if (reduction === 'batchmean') return { kind: 'mean', count: x[0] ?? 1 };
  return { kind: reduction, count: numel(x) };
}

function emitTerm(e: ExpressionBuilder, x: Line, target: Line, logs: boolean): Line {
  if (logs) return e.mul(e.exp(target), e.sub(target, x));
  const zero = e.constant(0);
  const isZero = e.eq(target, zero);
  const safe = e.select(isZero, e.constant(1), target);
  return e.select(isZero, zero, e.mul(target, e.sub(e.log(safe), x)));
}

function termOf(x: number, target: number, logs: boolean): number {
  if (logs) return Math.exp(target) * (target - x);
  return target === 0 ? 0 : target * (Math.log(target) - x);
}

function termsOf({ x, target }: { x: ReferenceTensor; target: ReferenceTensor }, logs: boolean): Float64Array {
  return x.data.map((value, i) => termOf(value, target.data[i] as number, logs));
}

export const klDiv = defineOperator({
  id: 'kl_div',
  family: 'loss',
  title: 'KL divergence',
  summary: 'How far a predicted distribution (as log-probabilities) lies from a given one.',
  formula: 'y = \\sum_i t_i (\\ln t_i - x_i)',
  gradientFormula: 'dx_i = -t_i\\, dy, \\quad dt_i = (\\ln t_i + 1 - x_i)\\, dy',
  gradientNote: 'With `log_target` the target s is a logarithm: dx = −eˢ·dy, ds = eˢ(s + 1 − x)·dy.',
  shapes: { x: 'any', target: 'as x', y: 'a scalar, or as x for reduction `none`' },
  source: 'Kullback & Leibler 1951; PyTorch torch.nn.functional.kl_div',
  keywords: ['kullback leibler', 'relative entropy', 'distillation', 'distribution'],
  inputs: pairInputs,
  parameters: {},
  outputs: oneOutput,
  attributes,
  traits: { loss: true },
  feedType: pairFeed,
  infer: (context) =>
    inferPair({
      ...context,
      attributes: { reduction: reductionOf(context.attributes, context.inputs.x.shape).kind },
    }),
  forward({ emit, inputs: { x, target }, attributes: a }) {
    const { kind, count } = reductionOf(a, x.shape);
    const each = (e: ExpressionBuilder, ...[value, t]: Line[]) => emitTerm(e, value as Line, t as Line, a.log_target);
    return { outputs: { y: reduceLoss(emit, [x, target], kind, count, [], each) } };
  },
  gradient({ emit, inputs: { x, target }, attributes: a, cotangents, needs }) {
    const { kind, count } = reductionOf(a, x.shape);
    const share = (e: ExpressionBuilder, dy: Line) => (kind === 'mean' ? e.div(dy, e.constant(count)) : dy);
    const dx = () =>
      emit.map([target, cotangents.y], (e, t, dy) => e.neg(e.mul(a.log_target ? e.exp(t) : t, share(e, dy))));
    const dt = () =>
      emit.map([x, target, cotangents.y], (e, value, t, dy) => {
        const log = a.log_target ? t : e.log(t);
        const slope = a.log_target
          ? e.mul(e.exp(t), e.sub(e.add(log, e.constant(1)), value))
          : e.sub(e.add(log, e.constant(1)), value);
        const own = a.log_target ? slope : e.select(e.eq(t, e.constant(0)), e.constant(0), slope);
        return e.mul(own, share(e, dy));
      });
    return { x: needs('x') ? dx() : undefined, target: needs('target') ? dt() : undefined };
  },
  reference({ inputs, attributes: a }) {
    const { kind, count } = reductionOf(a, inputs.x.shape);
    const terms = termsOf(inputs, a.log_target);
    if (kind === 'none') return { y: terms };
    const sum = terms.reduce((left, right) => left + right, 0);
    return { y: Float64Array.of(kind === 'mean' ? sum / count : sum) };
  },
  explain({ inputs, attributes: a, index }) {
    const { kind, count } = reductionOf(a, inputs.x.shape);
    const values = termsOf(inputs, a.log_target);
    const places = kind === 'none' ? [index] : [...values.keys()];
    const share = kind === 'mean' ? 1 / count : 1;
    const terms = places.map((i) => ({
      value: (values[i] as number) * share,
      factors: [factorOf('x', inputs.x, i), factorOf('target', inputs.target, i)],
    }));
    return explainSum(terms, kind === 'mean' ? `Σ t(ln t − x) / ${say(count)}` : 'Σ t(ln t − x)');
  },
  flops: ({ inputs }) => 4 * numel(inputs.x.shape),
  onnx: null,
  pytorch: 'torch.nn.functional.kl_div',
  samples: [
    { inputs: { x: [3, 4], target: { shape: [3, 4], low: 0.1, high: 0.9 } } },
    { attributes: { reduction: 'mean', log_target: true }, inputs: { x: [2, 3], target: [2, 3] } },
    { attributes: { reduction: 'none' }, inputs: { x: [4], target: { shape: [4], low: 0.1, high: 0.9 } } },
    { attributes: { reduction: 'sum' }, inputs: { x: [2, 2], target: { shape: [2, 2], low: 0.1, high: 0.9 } } },
  ],
});
