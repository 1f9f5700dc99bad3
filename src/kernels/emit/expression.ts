// Expression bodies as vector code, four points at once: each line is computed once, constants sit in locals, and the results
// of comparisons stay masks for as long as only select, and, or, not read them. Special values as in reference/expression.ts.
// Leaves the loads to the caller, and so all knowledge of layouts.
import type { BinaryFunction, Expression, UnaryFunction } from '../../program/kernel-spec.ts';
import { assert } from '../../tensor/assert.ts';
import type { Code } from '../encoder/code.ts';
import { f32x4, v128 } from '../encoder/instructions.ts';
import { cos, erf, exp, log, pow, sigmoid, sin, softplus, tanh } from './math.ts';
import type { VectorBlock } from './vector-block.ts';

/** A line that reads from outside. */
export type Leaf = Extract<Expression, { op: 'input' | 'coord' }>;

/** Code of a leaf's four lanes (as float32), at the point being computed. */
export type Read = (leaf: Leaf) => Code;

/** A line's value: four numbers, or four masks of ones and zeros. */
export interface VectorValue {
  readonly kind: 'number' | 'mask';
  readonly code: Code;
}

/** The lines that a line reads. */
export const operandsOf = (e: Expression): readonly number[] => {
  if (e.op === 'input' || e.op === 'const' || e.op === 'coord') return [];
  if (e.op === 'select') return [e.condition, e.a, e.b];
  return 'b' in e ? [e.a, e.b] : [e.a];
};

const simpleUnary: { readonly [F in UnaryFunction]?: (x: Code) => Code } = {
  neg: f32x4.neg,
  abs: f32x4.abs,
  sqrt: f32x4.sqrt,
  floor: f32x4.floor,
  round: f32x4.nearest,
};

const comparisons: { readonly [F in BinaryFunction]?: (a: Code, b: Code) => Code } = {
  gt: f32x4.gt,
  ge: f32x4.ge,
  lt: f32x4.lt,
  le: f32x4.le,
  eq: f32x4.eq,
  ne: f32x4.ne,
};

const arithmetic: { readonly [F in BinaryFunction]?: (a: Code, b: Code) => Code } = {
  add: f32x4.add,
  sub: f32x4.sub,
  mul: f32x4.mul,
};

/** Functions that use their operand more than once. */
const functions: { readonly [F in UnaryFunction]?: (block: VectorBlock, x: Code) => Code } = {
  exp,
  log,
  sin,
  cos,
  tanh,
  sigmoid,
  erf,
  softplus,
  sign: (block, x) => {
    const zero = block.constant(0);
    const one = block.constant(1);
    const sign = f32x4.sub(v128.and(f32x4.gt(x, zero), one), v128.and(f32x4.lt(x, zero), one));
    return v128.or(sign, f32x4.ne(x, x));
  },
  flush: (block, x) => v128.andnot(x, f32x4.lt(f32x4.abs(x), block.constant(1e-30))),
};

/** Exponents that products and roots serve better. */
function powerOfConstant(block: VectorBlock, x: Code, exponent: number): Code | null {
  const square = () => block.hold(f32x4.mul(x, x));
  const inverse = (of: Code) => f32x4.div(block.constant(1), of);
  switch (exponent) {
    case 0:
      return block.constant(1);
    case 1:
      return x;
    case 2:
      return f32x4.mul(x, x);
    case 3:
      return f32x4.mul(square(), x);
    case 4: {
      const s = square();
      return f32x4.mul(s, s);
    }
    case 0.5:
      return f32x4.sqrt(x);
    case -0.5:
      return inverse(f32x4.sqrt(x));
    case -1:
      return inverse(x);
    case -2:
      return inverse(f32x4.mul(x, x));
    default:
      return null;
  }
}

/** True when a product with the float32 1/x gives the bits of a division by x: both are powers of two. */
function hasExactReciprocal(x: number): boolean {
  const bits = new Int32Array(Float32Array.of(x, 1 / x).buffer);
  const isPowerOfTwo = (at: number) => ((bits[at] as number) & 0x7fffff) === 0;
  return Math.abs(x) > 1e-30 && Math.abs(x) < 1e30 && isPowerOfTwo(0) && isPowerOfTwo(1);
}

/** How often each line is read by lines that matter. */
export function countUses(body: readonly Expression[], results: readonly number[]): number[] {
  const uses = body.map(() => 0);
  for (const line of results) uses[line]!++;
  for (let line = body.length - 1; line >= 0; line--) {
    if (uses[line] === 0) continue;
    for (const at of operandsOf(body[line]!)) uses[at]!++;
  }
  return uses;
}

/** A mask as 1 and 0; numbers as they are. */
export function asNumber(block: VectorBlock, { kind, code }: VectorValue): Code {
  return kind === 'mask' ? v128.and(code, block.constant(1)) : code;
}

function asMask(block: VectorBlock, { kind, code }: VectorValue): Code {
  return kind === 'mask' ? code : f32x4.ne(code, block.constant(0));
}

/** Code of one line; values are found by `value`. Function arguments go to locals of the block. */
export function lineCode(
  e: Expression,
  body: readonly Expression[],
  block: VectorBlock,
  value: (line: number) => VectorValue,
  read: Read,
): VectorValue {
  const number = (code: Code): VectorValue => ({ kind: 'number', code });
  const mask = (code: Code): VectorValue => ({ kind: 'mask', code });
  const of = (line: number) => asNumber(block, value(line));
  const constantAt = (line: number) => {
    const operand = body[line];
    return operand?.op === 'const' ? operand.value : null;
  };
  switch (e.op) {
    case 'input':
    case 'coord':
      return number(read(e));
    case 'const':
      return number(block.constant(e.value));
    case 'reciprocal':
      return number(f32x4.div(block.constant(1), of(e.a)));
    case 'not': {
      const a = value(e.a);
      return mask(a.kind === 'mask' ? v128.not(a.code) : f32x4.eq(a.code, block.constant(0)));
    }
    case 'and':
      return mask(v128.and(asMask(block, value(e.a)), asMask(block, value(e.b))));
    case 'or':
      return mask(v128.or(asMask(block, value(e.a)), asMask(block, value(e.b))));
    case 'select': {
      const condition = asMask(block, value(e.condition));
      if (Object.is(constantAt(e.b), 0)) return number(v128.and(of(e.a), condition));
      if (Object.is(constantAt(e.a), 0)) return number(v128.andnot(of(e.b), condition));
      return number(v128.bitselect(of(e.a), of(e.b), condition));
    }
    case 'max':
    case 'min':
      return number(extreme(e.op, e.a, e.b, constantAt, block, of));
    case 'div': {
      const divisor = constantAt(e.b);
      if (divisor !== null && hasExactReciprocal(divisor))
        return number(f32x4.mul(of(e.a), block.constant(1 / divisor)));
      return number(f32x4.div(of(e.a), of(e.b)));
    }
    case 'pow': {
      const exponent = constantAt(e.b);
      const x = block.hold(of(e.a));
      const simple = exponent === null ? null : powerOfConstant(block, x, exponent);
      return number(simple ?? pow(block, x, block.hold(of(e.b))));
    }
    default: {
      if ('b' in e) {
        const compare = comparisons[e.op];
        if (compare) return mask(compare(of(e.a), of(e.b)));
        const compute = arithmetic[e.op];
        assert(compute, `no vector code for ${e.op}`);
        return number(compute(of(e.a), of(e.b)));
      }
      const simple = simpleUnary[e.op];
      if (simple) return number(simple(of(e.a)));
      const compute = functions[e.op];
      assert(compute, `no vector code for ${e.op}`);
      return number(compute(block, block.hold(of(e.a))));
    }
  }
}

/** pmax and pmin are one instruction each and keep a NaN of their first operand only. */
function extreme(
  op: 'max' | 'min',
  a: number,
  b: number,
  constantAt: (line: number) => number | null,
  block: VectorBlock,
  of: (line: number) => Code,
): Code {
  const pick = op === 'max' ? f32x4.pmax : f32x4.pmin;
  const isNumber = (line: number) => !Number.isNaN(constantAt(line) ?? Number.NaN);
  if (isNumber(b)) return pick(of(a), of(b));
  if (isNumber(a)) return pick(of(b), of(a));
  const second = block.hold(of(b));
  return v128.or(pick(of(a), second), f32x4.ne(second, second)); // all ones are a NaN
}

/**
 * Lines of `body` at four points: statements go to the block, and the codes given back stand for one use each.
 * `operands[k]` is the code of input k, `coordinate(axis)` that of a coordinate; both are evaluated once.
 */
export function emitVectorLines(
  block: VectorBlock,
  body: readonly Expression[],
  results: readonly number[],
  operands: readonly Code[],
  coordinate: (axis: number) => Code,
): readonly Code[] {
  const uses = countUses(body, results);
  const values: VectorValue[] = [];
  const at = (line: number) => values[line] as VectorValue;
  body.forEach((e, line) => {
    if (uses[line] === 0) return;
    const computed = lineCode(e, body, block, at, (leaf) =>
      leaf.op === 'input' ? (operands[leaf.input] as Code) : coordinate(leaf.axis),
    );
    const held = (uses[line] as number) > 1 && e.op !== 'const';
    values[line] = held ? { kind: computed.kind, code: block.hold(computed.code) } : computed;
  });
  return results.map((line) => asNumber(block, at(line)));
}
