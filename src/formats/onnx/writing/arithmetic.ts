// Small words for forms that are written as several ONNX nodes. Everything takes and gives names of tensors.
import { int, ints, type OnnxInput, type OnnxValue, type Size, type WriteContext } from './write-context.ts';

type Binary = (a: OnnxInput, b: OnnxInput) => string;
type Unary = (x: OnnxInput) => string;

export interface Arithmetic {
  readonly add: Binary;
  readonly sub: Binary;
  readonly mul: Binary;
  readonly div: Binary;
  readonly max: Binary;
  readonly min: Binary;
  /** bool: for `where` and `not` only. */
  readonly less: Binary;
  readonly equal: Binary;
  readonly not: Unary;
  readonly where: (condition: OnnxInput, a: OnnxInput, b: OnnxInput) => string;
  readonly neg: Unary;
  readonly abs: Unary;
  readonly exp: Unary;
  readonly log: Unary;
  /** To float32. */
  readonly real: Unary;
  /** A float32 scalar. */
  readonly number: (value: number) => string;
}

/** Arithmetic of ONNX as functions of names: each writes a node and answers what it gives. */
export function arithmetic(context: WriteContext): Arithmetic {
  const binary =
    (op: string): Binary =>
    (a, b) =>
      context.value(op, [a, b]);
  const unary =
    (op: string): Unary =>
    (x) =>
      context.value(op, [x]);
  return {
    add: binary('Add'),
    sub: binary('Sub'),
    mul: binary('Mul'),
    div: binary('Div'),
    max: binary('Max'),
    min: binary('Min'),
    less: binary('Less'),
    equal: binary('Equal'),
    not: unary('Not'),
    where: (condition, a, b) => context.value('Where', [condition, a, b]),
    neg: unary('Neg'),
    abs: unary('Abs'),
    exp: unary('Exp'),
    log: unary('Log'),
    real: (x) => context.value('Cast', [x], { to: int(1) }),
    number: (value) => context.float32(value),
  };
}

export interface ReduceOptions {
  /** Left out: all. */
  readonly axes?: readonly number[];
  readonly keepdims?: boolean;
  /** The output port that it gives; left out: a value between. */
  readonly port?: string;
}

/** A Reduce… node; axes are an input of ReduceSum from operator set 13 on and of the others from 18 on. */
export function reduce(context: WriteContext, op: string, x: OnnxInput, options: ReduceOptions = {}): string {
  const { axes, keepdims = false, port } = options;
  const asInput = op === 'ReduceSum' || context.opset >= 18;
  const [name] = context.node(
    op,
    [x, axes && asInput ? context.int64(axes) : undefined],
    { keepdims: int(keepdims ? 1 : 0), axes: axes && !asInput ? ints(axes) : undefined },
    port === undefined ? {} : { outputs: [(context.outputs[port] as { name: string }).name] },
  );
  return name as string;
}

/** Unsqueeze or Squeeze at these axes. */
export function unsqueeze(context: WriteContext, x: OnnxInput, axes: readonly number[]): string {
  return context.value('Unsqueeze', [x, context.int64(axes)]);
}

/** Name of `x` without these axes, each of size 1. */
export function squeeze(context: WriteContext, x: OnnxInput, axes: readonly number[]): string {
  return context.value('Squeeze', [x, context.int64(axes)]);
}

/** Name of a tensor with the elements of `x` (of sizes `from`) in the sizes `to`: a constant shape wherever that is possible. */
export function reshape(
  context: WriteContext,
  x: OnnxInput,
  from: readonly Size[],
  to: readonly Size[],
  output?: string,
): string {
  const shape = shapeConstant(from, to);
  const target = shape ? context.int64(shape) : context.sizes(to);
  return context.node('Reshape', [x, target], {}, output === undefined ? {} : { outputs: [output] })[0] as string;
}

/** Numbers that Reshape understands, 0 for a size kept and −1 for one that follows from the rest; null where they do not do. */
export function shapeConstant(from: readonly Size[], to: readonly Size[]): number[] | null {
  let inferred = 0;
  const shape = to.map((size, axis) => {
    if (typeof size === 'number') return size;
    const own = from[axis];
    if (typeof own === 'object' && own.times === size.times && own.plus === size.plus) return 0;
    inferred++;
    return -1;
  });
  // A 0 among the numbers would be read as "kept", and −1 beside it could be anything.
  return inferred <= 1 && !to.includes(0) ? shape : null;
}

/** Tensors of a variadic port in the order of their numbers. */
export function inOrder(values: Readonly<Record<string, OnnxValue>>, port: string): OnnxValue[] {
  const list: OnnxValue[] = [];
  for (let i = 0; ; i++) {
    const value = values[port + i];
    if (!value) return list;
    list.push(value);
  }
}
