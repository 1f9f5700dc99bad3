// binary_cross_entropy_with_logits: logistic loss of scores.     Formula  y = mean (1 − t)·x + (1 + (p − 1)·t)·ln(1 + e⁻ˣ)
// Shapes  x, target equal  pos_weight p broadcasts to x (1 when unwired)  y scalar, or as x for reduction none
// Errors  E_TARGET_SHAPE  E_BROADCAST            Gradient  dx = ((1 − t) − (1 + (p − 1)·t)·(1 − sigmoid(x)))·dy/n;
//         dtarget = ((p − 1)·ln(1 + e⁻ˣ) − x)·dy/n; none to pos_weight
// Source  PyTorch binary_cross_entropy_with_logits
// Cost    6 flops an element; never overflows
import { z } from 'zod';
import type { Ref } from '../../program/access.ts';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import { broadcastShapes, formatShape, numel, sameShape } from '../../tensor/shape.ts';
import { defineOperator, type ReferenceTensor } from '../define-operator.ts';
import { broadcastIndex } from '../support/broadcast.ts';
import { explainSum, factorOf } from '../support/explain.ts';
import {
  inferPair,
  lossReference,
  pairFeed,
  pairInputs,
  reduceLoss,
  reductionSchema,
  upstream,
} from '../support/loss.ts';
import { oneOutput } from '../support/unary.ts';

export const binaryCrossEntropyWithLogits = defineOperator({
  id: 'binary_cross_entropy_with_logits',
  family: 'loss',
  title: 'Logistic loss',
  summary: 'Binary cross-entropy of raw scores: sigmoid and loss in one, without overflow.',
  formula: 'y = \\frac{1}{n} \\sum_i \\ln(1 + e^{x_i}) - t_i x_i',
  gradientFormula:
    'dx_i = \\left((1 - t_i) - (1 + (p - 1) t_i)(1 - \\sigma(x_i))\\right) \\frac{dy}{n}, \\quad dt_i = \\left((p - 1) \\ln(1 + e^{-x_i}) - x_i\\right) \\frac{dy}{n}',
  gradientNote: 'P is pos_weight, 1 when unwired; it gets no gradient..',
  shapes: { x: 'any', target: 'as x', pos_weight: 'broadcast to x', y: 'a scalar, or as x for reduction `none`' },
  source: 'PyTorch torch.nn.functional.binary_cross_entropy_with_logits',
  keywords: ['logistic loss', 'bce', 'sigmoid cross entropy', 'binary classification', 'logistic regression'],
  inputs: { ...pairInputs, x: { title: 'Scores' }, pos_weight: { title: 'Weight of positives', optional: true } },
  parameters: {},
  outputs: oneOutput,
  attributes: z.strictObject({ reduction: reductionSchema }),
  traits: { loss: true },
  feedType: pairFeed,
  infer({ inputs: { x, target, pos_weight: weight }, attributes, source, fail }) {
    const shape = weight && broadcastShapes(weight.shape, x.shape);
    if (weight && !(shape && sameShape(shape, x.shape))) {
      const message = `${formatShape(weight.shape)} from ${source('pos_weight')} does not broadcast to the scores, ${formatShape(x.shape)}`;
      return fail('E_BROADCAST', { port: 'pos_weight' }, message);
    }
    return inferPair({ inputs: { x, target }, attributes, source, fail });
  },
  forward({ emit, inputs, attributes: { reduction } }) {
    const { x } = inputs;
    const y = reduceLoss(emit, operandsOf(inputs), reduction, numel(x.shape), [], (e, score, t, p) =>
      e.add(
        e.mul(e.sub(e.constant(1), t as Line), score as Line),
        e.mul(pull(e, t as Line, p), e.softplus(e.neg(score as Line))),
      ),
    );
    return { outputs: { y } };
  },
  gradient({ emit, inputs, attributes: { reduction }, cotangents, needs }) {
    const count = numel(inputs.x.shape);
    const operands = [cotangents.y, ...operandsOf(inputs)];
    const gradients: { x?: Ref; target?: Ref } = {};
    if (needs('x')) {
      gradients.x = emit.map(operands, (e, dy, x, t, p) => {
        const missing = e.sigmoid(e.neg(x as Line));
        const slope = e.sub(e.sub(e.constant(1), t as Line), e.mul(pull(e, t as Line, p), missing));
        return e.mul(slope, upstream(e, dy as Line, reduction, count));
      });
    }
    if (needs('target')) {
      gradients.target = emit.map(operands, (e, dy, x, _, p) => {
        const soft = e.softplus(e.neg(x as Line));
        const extra = p === undefined ? e.constant(0) : e.mul(e.sub(p, e.constant(1)), soft);
        return e.mul(e.sub(extra, x as Line), upstream(e, dy as Line, reduction, count));
      });
    }
    return gradients;
  },
  reference: ({ inputs, attributes }) => ({
    y: lossReference(
      inputs.x.data.map((_, i) => elementReference(inputs, i)),
      attributes.reduction,
      inputs.x.data.length,
    ),
  }),
  explain({ inputs, attributes: { reduction }, index }) {
    const { x, target } = inputs;
    const scale = reduction === 'mean' ? 1 / x.data.length : 1;
    const elements = reduction === 'none' ? [index] : [...x.data.keys()];
    const terms = elements.map((i) => ({
      value: elementReference(inputs, i) * scale,
      factors: [factorOf('x', x, i), factorOf('target', target, i)],
    }));
    return explainSum(terms, `Σ ln(1 + e^x) − t·x${reduction === 'mean' ? ` over ${terms.length}` : ''}`);
  },
  flops: ({ inputs }) => 6 * numel(inputs.x.shape),
  onnx: null,
  pytorch: 'torch.nn.functional.binary_cross_entropy_with_logits',
  samples: [
    { inputs: { x: [3, 4], target: { shape: [3, 4], low: 0, high: 1 } } },
    { attributes: { reduction: 'sum' }, inputs: { x: [3], target: { shape: [3], low: 0, high: 1 } } },
    {
      attributes: { reduction: 'none' },
      inputs: { x: [2, 3], target: { shape: [2, 3], low: 0, high: 1 }, pos_weight: { shape: [3], low: 0.5, high: 3 } },
    },
  ],
});

interface Inputs<T> {
  readonly x: T;
  readonly target: T;
  readonly pos_weight: T | undefined;
}

function operandsOf({ x, target, pos_weight: weight }: Inputs<Ref>): Ref[] {
  return weight ? [x, target, weight] : [x, target];
}

/** 1 + (p − 1)·t */
function pull(e: ExpressionBuilder, t: Line, p: Line | undefined): Line {
  if (p === undefined) return e.constant(1);
  return e.add(e.constant(1), e.mul(e.sub(p, e.constant(1)), t));
}

function elementReference({ x, target, pos_weight: weight }: Inputs<ReferenceTensor>, i: number): number {
  const [score, t] = [x.data[i] as number, target.data[i] as number];
  const p = weight?.data[broadcastIndex(i, weight.shape, x.shape)] ?? 1;
  const soft = score > -20 ? Math.log1p(Math.exp(-score)) : -score;
  return (1 - t) * score + (1 + (p - 1) * t) * soft;
}
