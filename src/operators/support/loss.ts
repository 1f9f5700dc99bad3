// What losses share: reductions over examples, and targets that stay unwired.
import { z } from 'zod';
import type { Ref } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import { formatShape, numel, sameShape } from '../../tensor/shape.ts';
import type { InferContext, TensorType } from '../define-operator.ts';

export const reductionSchema = z
  .enum(['mean', 'sum', 'none'])
  .default('mean')
  .meta({ title: 'Reduction', description: 'none: one number for each example' });

export type Reduction = z.output<typeof reductionSchema>;

/** Sums `each` of the operands over `axes` as the reduction says; `none` folds only `within`. */
export function reduceLoss(
  emit: Emitter,
  operands: Parameters<Emitter['reduce']>[0],
  reduction: Reduction,
  count: number,
  within: readonly number[],
  each: (e: ExpressionBuilder, ...inputs: Line[]) => Line,
): Ref {
  const shape = operands[0]?.shape ?? [];
  const axes = reduction === 'none' ? within : [...shape.keys()];
  if (axes.length === 0) return emit.map(operands, each);
  const finish = reduction === 'mean' ? (e: ExpressionBuilder, sum: Line) => e.div(sum, e.constant(count)) : undefined;
  return emit.reduce(operands, { axes, value: each, ...(finish ? { finish } : {}) });
}

/** `total` of the per-example losses. */
export function lossReference(losses: Float64Array, reduction: Reduction, count: number): Float64Array {
  if (reduction === 'none') return losses;
  const sum = losses.reduce((a, b) => a + b, 0);
  return Float64Array.of(reduction === 'mean' ? sum / count : sum);
}

/** Prediction and target of equal shapes. */
export const pairInputs = { x: { title: 'Prediction' }, target: { title: 'Target', feedable: true } } as const;

/** An unwired target is fed in the shape of the prediction. */
export function pairFeed({ inputs }: { readonly inputs: Readonly<Record<string, TensorType>> }): TensorType | null {
  return inputs['x'] ?? null;
}

/** y of a loss on pairs, or E_TARGET_SHAPE with a quick fix where flattening the prediction fits. */
export function inferPair({
  inputs: { x, target },
  attributes,
  source,
  fail,
}: Pick<
  InferContext<typeof pairInputs, Record<never, never>, { readonly reduction: Reduction }>,
  'inputs' | 'attributes' | 'source' | 'fail'
>): { outputs: { y: TensorType } } | null {
  if (sameShape(x.shape, target.shape)) {
    return { outputs: { y: { dtype: 'float32', shape: attributes.reduction === 'none' ? x.shape : [] } } };
  }
  const message = `expects the shape of the prediction, ${formatShape(x.shape)} from ${source('x')}, gets ${formatShape(target.shape)}`;
  if (numel(x.shape) !== numel(target.shape)) return fail('E_TARGET_SHAPE', { port: 'target' }, message);
  return fail('E_TARGET_SHAPE', { port: 'target' }, message, {
    hint: 'Both hold equally many numbers: reshape one of them.',
    fixes: [
      {
        kind: 'insert',
        title: `Reshape the target to ${formatShape(x.shape)}`,
        port: 'target',
        op: 'reshape',
        attributes: { shape: [...x.shape] },
      },
    ],
  });
}

/** ∂loss/∂(one pair's loss) as a line: dy, over the count for a mean. */
export function upstream(e: ExpressionBuilder, dy: Line, reduction: Reduction, count: number): Line {
  return reduction === 'mean' ? e.div(dy, e.constant(count)) : dy;
}
