// Losses over classes: scores along one dimension, a class number (or probabilities) for each example. Here: the shapes of
// targets with their diagnostics, targets as operands, and reading both in references.
import { z } from 'zod';
import { insertAxis, type Operand, type Ref, type Strided } from '../../program/access.ts';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import { formatShape, normalizeAxis, numel, type Shape, sameShape } from '../../tensor/shape.ts';
import type { InferContext, TensorType } from '../define-operator.ts';
import { aroundAxis } from './axes.ts';
import { type Reduction, reductionSchema } from './loss.ts';

export const classInputs = {
  x: { title: 'Scores', rank: [1, 8] },
  target: { title: 'Target', dtype: 'any', feedable: true },
} as const;

export const classWeights = { weight: { title: 'Class weights', rank: 1, optional: true } } as const;

export const classAttributes = {
  dim: z.int().default(1).meta({ title: 'Class dimension' }),
  reduction: reductionSchema,
  ignore_index: z
    .int()
    .default(-100)
    .meta({ title: 'Ignored class number', description: 'Examples with it count nothing' }),
};

/** The class dimension. Of a single example (rank 1) dimension 0, also when 1 is asked for, as PyTorch. */
export function classAxis(dim: number, rank: number): number | null {
  return rank === 1 && dim === 1 ? 0 : normalizeAxis(dim, rank);
}

/**
 * Class numbers for every position. Feature maps (rank 4, classes second) without a wired target are taken for scores that
 * lack a flatten: one class number an example is expected, and inference says so.
 */
export function classFeed({
  inputs,
  attributes,
}: {
  readonly inputs: Readonly<Record<string, TensorType>>;
  readonly attributes: { readonly dim: number };
}): TensorType | null {
  const shape = inputs['x']?.shape;
  const axis = shape && classAxis(attributes.dim, shape.length);
  if (!shape || axis === null || axis === undefined) return null;
  return { dtype: 'int32', shape: shape.length === 4 && axis === 1 ? shape.slice(0, 1) : shape.toSpliced(axis, 1) };
}

/** The class dimension when scores and target fit; E_DIM, E_SCORES, E_TARGET_SHAPE or E_DTYPE otherwise. */
export function checkClasses(
  {
    inputs: { x, target },
    attributes,
    source,
    fail,
  }: Pick<
    InferContext<typeof classInputs, Record<never, never>, { readonly dim: number }>,
    'inputs' | 'attributes' | 'source' | 'fail'
  >,
  probabilities: boolean,
): number | null {
  const rank = x.shape.length;
  const axis = classAxis(attributes.dim, rank);
  if (axis === null) {
    return fail(
      'E_DIM',
      { attribute: 'dim' },
      `dimension ${attributes.dim} does not exist: ${formatShape(x.shape)} has the dimensions ${-rank} … ${rank - 1}`,
    );
  }
  const expected = x.shape.toSpliced(axis, 1);
  const asProbabilities = probabilities && target.dtype === 'float32' && sameShape(target.shape, x.shape);
  if (asProbabilities || (target.dtype === 'int32' && sameShape(target.shape, expected))) return axis;
  const wired = source('target');
  if (rank > 2 && target.shape.length === 1 && target.shape[0] === x.shape[0]) {
    return fail(
      'E_SCORES',
      { port: 'x' },
      `expects scores N×classes for ${target.shape[0]} class numbers, gets ${formatShape(x.shape)} from ${source('x')}: ` +
        `${rank} dimensions instead of 2`,
      {
        hint: `Flattened they would be ${x.shape[0]}×${numel(x.shape.slice(1))}. To score every position, wire a target of ${formatShape(expected)}.`,
        fixes: [{ kind: 'insert', title: 'Insert flatten', port: 'x', op: 'flatten' }],
      },
    );
  }
  const wanted = `class numbers (int32) of shape ${formatShape(expected)}${probabilities ? `, or probabilities (float32) of shape ${formatShape(x.shape)}` : ''}`;
  const got = `${target.dtype} of shape ${formatShape(target.shape)} from ${wired}`;
  const message = `expects ${wanted} for scores ${formatShape(x.shape)}, gets ${got}`;
  const at = { port: 'target' };
  if (sameShape(target.shape, expected)) {
    return fail('E_DTYPE', at, message, { hint: 'Set the element type of the input with the class numbers to int32.' });
  }
  const fitting = [...x.shape.keys()].filter((other) => sameShape(target.shape, x.shape.toSpliced(other, 1)));
  return fail('E_TARGET_SHAPE', at, message, {
    fixes: fitting.map((other) => {
      const value = other === rank - 1 ? -1 : other;
      const title = `Take dimension ${other} (${x.shape[other]}) for the classes`;
      return { kind: 'set_attribute', title, attribute: 'dim', value };
    }),
  });
}

/** Is the target made of class numbers (not probabilities)? */
export function hasClassNumbers(target: { readonly dtype?: string; readonly shape: Shape }, scores: Shape): boolean {
  return target.shape.length < scores.length;
}

/** The target as it broadcasts against the scores. */
export function alongScores(target: Ref, scores: Shape, axis: number): Operand {
  return hasClassNumbers(target, scores) ? insertAxis(target, axis) : target;
}

/** One number for each class as it broadcasts against the scores. */
export function perClass(weight: Ref, scores: Shape, axis: number): Operand {
  let operand: Ref | Strided = weight;
  for (let i = axis + 1; i < scores.length; i++) operand = insertAxis(operand, operand.shape.length);
  return operand;
}

/** NaN, so that a class number that does not exist shows instead of passing for a small loss. */
export function notANumber(e: ExpressionBuilder): Line {
  return e.div(e.constant(0), e.constant(0));
}

/** 1 where the class number lies outside 0 … count − 1. */
export function outside(e: ExpressionBuilder, target: Line, count: number): Line {
  return e.or(e.lt(target, e.constant(0)), e.ge(target, e.constant(count)));
}

/** Calls `visit` for every example: its number in the target's order, and the flat index of each of its scores. */
export function forEachExample(
  scores: Shape,
  axis: number,
  visit: (example: number, at: (k: number) => number) => void,
): void {
  const { outer, size, inner } = aroundAxis(scores, axis);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) visit(o * inner + i, (k) => (o * size + k) * inner + i);
  }
}

/** Flat index of score k of one example. */
export function scoreIndex(scores: Shape, axis: number, example: number, k: number): number {
  const { size, inner } = aroundAxis(scores, axis);
  return (Math.floor(example / inner) * size + k) * inner + (example % inner);
}

/** Type of a loss over classes with optional class weights; what `checkClasses` finds, or E_WEIGHT. */
export function inferClassLoss(
  context: Pick<
    InferContext<
      typeof classInputs & { readonly weight: { readonly title: string; readonly optional: true } },
      Record<never, never>,
      { readonly dim: number; readonly reduction: Reduction }
    >,
    'inputs' | 'attributes' | 'source' | 'fail'
  >,
  probabilities: boolean,
): { outputs: { y: TensorType } } | null {
  const axis = checkClasses(context, probabilities);
  if (axis === null) return null;
  const { inputs, attributes, source, fail } = context;
  const { x, weight } = inputs;
  const classes = x.shape[axis] as number;
  if (weight && !sameShape(weight.shape, [classes])) {
    const message = `expects one weight for each of ${classes} classes, gets ${formatShape(weight.shape)} from ${source('weight')}`;
    return fail('E_WEIGHT', { port: 'weight' }, message);
  }
  return {
    outputs: { y: { dtype: 'float32', shape: attributes.reduction === 'none' ? x.shape.toSpliced(axis, 1) : [] } },
  };
}
