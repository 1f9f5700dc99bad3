// Whole numbers, one point after the other in i32: exact beyond 2^24, where float32 lanes are not. Short tensors of sizes,
// indices and masks; what is long and hot is not int32.
import type { BinaryFunction, Expression, IntegerSpec } from '../../program/kernel-spec.ts';
import { assert } from '../../tensor/assert.ts';
import { numel, rowMajorStrides } from '../../tensor/shape.ts';
import type { Code } from '../encoder/code.ts';
import { doWhile, ifElse, select } from '../encoder/control.ts';
import { defineFunction, type Local, type NewLocal } from '../encoder/function.ts';
import { i32, plusBytes } from '../encoder/instructions.ts';
import { integerIdentity } from '../reference/integer.ts';
import type { KernelEmitter } from './emitter.ts';
import { countUses } from './expression.ts';
import { type Axis, axesOf, forAll, forItems, type Pointer } from './iteration.ts';

const zero = i32.const(0);
const one = i32.const(1);
const truth = (x: Code): Code => i32.ne(x, zero);

const direct: { readonly [F in BinaryFunction]?: (a: Code, b: Code) => Code } = {
  add: i32.add,
  sub: i32.sub,
  mul: i32.mul,
  gt: i32.gtS,
  ge: i32.geS,
  lt: i32.ltS,
  le: i32.leS,
  eq: i32.eq,
  ne: i32.ne,
  and: (a, b) => i32.and(truth(a), truth(b)),
  or: (a, b) => i32.or(truth(a), truth(b)),
};

/** Where the machine would trap the divisor is 1 instead. */
function quotient(a: Code, b: Code): Code {
  const minusOne = i32.eq(b, i32.const(-1));
  const safe = select(i32.or(i32.eqz(b), minusOne), one, b);
  return select(i32.eqz(b), zero, select(minusOne, i32.sub(zero, a), i32.divS(a, safe)));
}

/** By repeated squaring; statements that leave the power in `result`. */
function power(a: Code, n: Code, result: Local, local: NewLocal): Code {
  const [base, rest] = [local('i32'), local('i32')];
  const odd = i32.and(rest.get, one);
  const round = [
    ifElse(odd, result.set(i32.mul(result.get, base.get))),
    base.set(i32.mul(base.get, base.get)),
    rest.set(i32.shrU(rest.get, one)),
  ];
  const alternating = select(odd, i32.const(-1), one);
  const below = select(i32.eq(base.get, one), one, select(i32.eq(base.get, i32.const(-1)), alternating, zero));
  return [
    base.set(a),
    rest.set(n),
    result.set(one),
    ifElse(i32.ltS(rest.get, zero), result.set(below), doWhile(round, truth(rest.get))),
  ];
}

/** The larger (or smaller) of two codes, each of which may be used more than once. */
function extreme(by: 'max' | 'min', a: Code, b: Code): Code {
  return select(by === 'max' ? i32.gtS(a, b) : i32.ltS(a, b), a, b);
}

/** Statements that leave one line's value in `to`. */
function lineCode(
  e: Expression,
  to: Local,
  of: (line: number) => Code,
  read: (e: Expression) => Code,
  local: NewLocal,
) {
  switch (e.op) {
    case 'input':
    case 'coord':
      return to.set(read(e));
    case 'const':
      return to.set(i32.const(e.value));
    case 'select':
      return to.set(select(of(e.condition), of(e.a), of(e.b)));
    case 'neg':
      return to.set(i32.sub(zero, of(e.a)));
    case 'abs':
      return to.set(select(i32.ltS(of(e.a), zero), i32.sub(zero, of(e.a)), of(e.a)));
    case 'sign':
      return to.set(i32.sub(i32.gtS(of(e.a), zero), i32.ltS(of(e.a), zero)));
    case 'floor':
    case 'round':
      return to.set(of(e.a));
    case 'not':
      return to.set(i32.eqz(of(e.a)));
    case 'max':
    case 'min':
      return to.set(extreme(e.op, of(e.a), of(e.b)));
    case 'div':
      return to.set(quotient(of(e.a), of(e.b)));
    case 'pow':
      return power(of(e.a), of(e.b), to, local);
    default: {
      assert('b' in e, `${e.op} of whole numbers`);
      const compute = direct[e.op];
      assert(compute, `${e.op} of whole numbers`);
      return to.set(compute(of(e.a), of(e.b)));
    }
  }
}

function folded(by: IntegerSpec['by'], a: Code, b: Code): Code {
  if (by === 'sum') return i32.add(a, b);
  return by === 'prod' ? i32.mul(a, b) : extreme(by, a, b);
}

function keptShape({ shape, axes }: IntegerSpec): number[] {
  return shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
}

/** Split by outputs, never within a fold. */
export const integer: KernelEmitter<IntegerSpec> = {
  emit(spec) {
    const { shape, axes, by, inputs, body } = spec;
    const count = inputs.length;
    const parameters = Array.from({ length: count + 4 }, () => 'i32' as const);
    return defineFunction('integer', parameters, (p, local) => {
      const kept = keptShape(spec);
      if (numel(kept) === 0) return [];
      const coordinates = [...new Set(body.flatMap((e) => (e.op === 'coord' ? [e.axis] : [])))];
      const output = rowMajorStrides(kept).map((stride, axis) => (axes.includes(axis) ? 0 : stride));
      const strides = [
        ...inputs.map((access) => access.strides),
        ...coordinates.map((axis) => shape.map((_, other) => (other === axis ? 1 : 0))),
        output,
      ];
      const inside: Axis[] = axesOf(
        shape.map((size, axis) => (axes.includes(axis) ? size : 1)),
        strides,
      );
      const isCoordinate = (i: number) => i >= count && i < strides.length - 1;
      const pointers = strides.map((_, i): Pointer => ({ local: local('i32'), unit: isCoordinate(i) ? 1 : 4 }));
      const at = (i: number) => (pointers[i] as Pointer).local;
      const read = (e: Expression): Code => {
        if (e.op === 'input') return i32.load(at(e.input).get);
        return e.op === 'coord' ? at(count + coordinates.indexOf(e.axis)).get : zero;
      };
      const uses = countUses(body, [body.length - 1]);
      const lines = body.map(() => local('i32'));
      const of = (line: number) => (lines[line] as Local).get;
      const value = body.map((e, i) => (uses[i] === 0 ? [] : lineCode(e, lines[i] as Local, of, read, local)));
      const last = of(body.length - 1);
      const total = local('i32');
      const point =
        axes.length === 0
          ? [value, i32.store(at(strides.length - 1).get, last)]
          : [
              total.set(i32.const(integerIdentity[by])),
              forAll(inside, pointers, local, [value, total.set(folded(by, total.get, last))]),
              i32.store(at(strides.length - 1).get, total.get),
            ];
      return [
        pointers.map(({ local: pointer }, i) => {
          if (isCoordinate(i)) return pointer.set(zero);
          const offset = inputs[i]?.offset ?? 0;
          return pointer.set(plusBytes((p[Math.min(i, count)] as Local).get, 4 * offset));
        }),
        forItems(
          axesOf(kept, strides),
          pointers,
          (p[count + 2] as Local).get,
          (p[count + 3] as Local).get,
          local,
          () => point,
        ),
      ];
    });
  },
  workspaceBytes: () => 0,
  extent: (spec) => numel(keptShape(spec)),
};
