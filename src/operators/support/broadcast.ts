// Broadcasting of two operands: inference, gradients back to each operand's own shape, and reading an operand at an
// output's coordinates. Used by arithmetic; the rule itself is tensor/shape.ts.
import type { Operand, Ref } from '../../program/access.ts';
import type { Emitter, ExpressionFunction } from '../../program/emitter.ts';
import {
  broadcastShapes,
  broadcastStrides,
  formatShape,
  numel,
  rowMajorStrides,
  type Shape,
} from '../../tensor/shape.ts';
import type { InferContext, ReferenceTensor, TensorType } from '../define-operator.ts';

export const binaryInputs = { a: { title: 'A', dtype: 'any' }, b: { title: 'B', dtype: 'any' } } as const;

interface Pair<T> {
  readonly a: T;
  readonly b: T;
}

/** Type of `a ∘ b`, or E_BROADCAST at port b with both shapes. */
export function inferBroadcast({
  inputs,
  source,
  fail,
}: Pick<InferContext<typeof binaryInputs, Record<never, never>, unknown>, 'inputs' | 'source' | 'fail'>): {
  outputs: { y: TensorType };
} | null {
  const { a, b } = inputs;
  const shape = broadcastShapes(a.shape, b.shape);
  if (shape) return { outputs: { y: { dtype: 'float32', shape } } };
  const axis = lastMismatch(a.shape, b.shape);
  return fail(
    'E_BROADCAST',
    { port: 'b' },
    `${formatShape(b.shape)} from ${source('b')} does not broadcast with ${formatShape(a.shape)} from ${source('a')}: ` +
      `counted from the right, dimension ${axis} is ${b.shape.at(-axis)} against ${a.shape.at(-axis)}`,
    { hint: 'Sizes must be equal, or one of them 1.' },
  );
}

/** Type of `a ∘ b` where both have one element type, E_DTYPE or E_BROADCAST at port b otherwise. */
export function inferArithmetic(
  context: Pick<InferContext<typeof binaryInputs, Record<never, never>, unknown>, 'inputs' | 'source' | 'fail'>,
): { outputs: { y: TensorType } } | null {
  const {
    inputs: { a, b },
    source,
    fail,
  } = context;
  if (a.dtype !== b.dtype) {
    return fail('E_DTYPE', { port: 'b' }, `${b.dtype} from ${source('b')} beside ${a.dtype} from ${source('a')}`, {
      fixes: [
        { kind: 'insert', title: `Insert cast to ${a.dtype}`, port: 'b', op: 'cast', attributes: { dtype: a.dtype } },
      ],
    });
  }
  const type = inferBroadcast(context);
  return type && { outputs: { y: { dtype: a.dtype, shape: type.outputs.y.shape } } };
}

/** Position from the right (1 is last) of the first pair of sizes that do not fit. */
function lastMismatch(a: Shape, b: Shape): number {
  let i = 1;
  while (a.at(-i) === b.at(-i) || a.at(-i) === 1 || b.at(-i) === 1) i++;
  return i;
}

/** Σ f(operands) over what broadcasting repeated, in one pass; the first operand has the full shape. */
export function mapSummedTo(
  emit: Emitter,
  operands: readonly [Operand, ...Operand[]],
  f: ExpressionFunction,
  shape: Shape,
): Ref {
  const full = operands[0].shape;
  const lead = full.length - shape.length;
  if (numel(full) === numel(shape)) return emit.view(emit.map(operands, f), shape);
  const axes = full
    .map((_, axis) => axis)
    .filter((axis) => axis < lead || (shape[axis - lead] === 1 && full[axis] !== 1));
  return emit.view(emit.reduce(operands, { axes, keepdim: true, value: f }), shape);
}

/** The same without a function: a gradient that passes unchanged is a view, so that it is a step of its own. */
export function sumTo(emit: Emitter, cotangent: Ref, shape: Shape): Ref {
  return numel(cotangent.shape) === numel(shape) ? emit.view(cotangent, shape) : emit.sumTo(cotangent, shape);
}

/** Flat index into a tensor of `shape` for a flat index into its broadcast to `full`. */
export function broadcastIndex(index: number, shape: Shape, full: Shape): number {
  const own = rowMajorStrides(full);
  return broadcastStrides(shape, full).reduce(
    (sum, stride, axis) => sum + (Math.floor(index / (own[axis] as number)) % (full[axis] as number)) * stride,
    0,
  );
}

/** f at every element of the broadcast. */
export function broadcastReference(
  { a, b }: Pair<ReferenceTensor>,
  full: Shape,
  f: (a: number, b: number) => number,
): Float64Array {
  return Float64Array.from({ length: numel(full) }, (_, i) =>
    f(a.data[broadcastIndex(i, a.shape, full)] as number, b.data[broadcastIndex(i, b.shape, full)] as number),
  );
}

/** The two factors of one element of `a ∘ b`. */
export function broadcastFactors({ a, b }: Pair<ReferenceTensor>, full: Shape, index: number) {
  const [i, j] = [broadcastIndex(index, a.shape, full), broadcastIndex(index, b.shape, full)];
  return [
    { port: 'a', index: i, value: a.data[i] as number },
    { port: 'b', index: j, value: b.data[j] as number },
  ] as const;
}
