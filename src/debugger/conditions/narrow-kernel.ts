// Reductions whose answer float32 lanes give exactly: counts, any, all of comparisons and of what is not finite; least and largest.
// Half the work of float64 lanes. A float32 compares with a float64 number as with the nearest float32 on the right side of it.
// Sizes are compared as whole numbers, as which they have the same order, with what is no number above them all.
import type { Code, FunctionCode } from '../../kernels/encoder/code.ts';
import { doWhile, forRange } from '../../kernels/encoder/control.ts';
import { defineFunction, type Local, type NewLocal } from '../../kernels/encoder/function.ts';
import { f32, f32x4, f64, i32, i32x4, v128 } from '../../kernels/encoder/instructions.ts';
import { numel } from '../../tensor/shape.ts';
import type { BinaryOperation, Elements, Scalar } from './tensor-program.ts';

export type NarrowSweep = 'sum' | 'count' | 'any' | 'all' | 'min' | 'max' | 'absmax';

export interface NarrowKernel {
  /** Parameters: one float64 that is not read, then the scalars. */
  readonly code: FunctionCode;
  /** As the code compares with them. */
  readonly scalars: readonly Scalar[];
}

interface Sources {
  /** Four elements of a leaf, or a scalar in all lanes; numbered in the order of the expression. */
  readonly leaf: (index: number) => Code;
  readonly scalar: (index: number) => Code;
  readonly local: NewLocal;
}

/** Four values, or masks of where something holds. */
interface Narrow {
  /** A size is a value without a sign. */
  readonly is: 'value' | 'size' | 'truth';
  readonly code: (sources: Sources) => Code;
}

type Comparison = '<' | '<=' | '>' | '>=' | '==' | '!=';

const turned: Readonly<Record<Comparison, Comparison>> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  '==': '==',
  '!=': '!=',
};

const compare: Readonly<Record<Comparison, (a: Code, b: Code) => Code>> = {
  '<': f32x4.lt,
  '<=': f32x4.le,
  '>': f32x4.gt,
  '>=': f32x4.ge,
  '==': f32x4.eq,
  '!=': f32x4.ne,
};

/** Null where float64 is needed. `addresses` are those of the leaves, in the order of the expression; all are float32. */
export function narrowKernel(kind: NarrowSweep, elements: Elements, addresses: readonly number[]): NarrowKernel | null {
  const scalars: Scalar[] = [];
  const below = createBelow();
  let leaves = 0;

  function read(part: Elements | Scalar): Narrow | null {
    if (part.kind === 'scalar') return null;
    if (part.kind === 'leaf') {
      const index = leaves++;
      return { is: 'value', code: ({ leaf }) => leaf(index) };
    }
    if (part.kind === 'unary') return readUnary(part.operation, read(part.operand));
    return readBinary(part.operation, part.left, part.right);
  }

  function readBinary(operation: BinaryOperation, left: Elements | Scalar, right: Elements | Scalar): Narrow | null {
    if (operation === 'and' || operation === 'or') {
      const [a, b] = [read(left), read(right)];
      if (a?.is !== 'truth' || b?.is !== 'truth') return null;
      const join = operation === 'and' ? v128.and : v128.or;
      return { is: 'truth', code: (sources) => join(a.code(sources), b.code(sources)) };
    }
    if (!(operation in compare)) return null;
    const sign = operation as Comparison;
    if (left.kind === 'scalar') return right.kind === 'scalar' ? null : withNumber(turned[sign], read(right), left);
    if (right.kind === 'scalar') return withNumber(sign, read(left), right);
    const [a, b] = [read(left), read(right)];
    if (!a || !b || a.is === 'truth' || b.is === 'truth') return null;
    return { is: 'truth', code: (sources) => compare[sign](a.code(sources), b.code(sources)) };
  }

  function withNumber(sign: Comparison, value: Narrow | null, number: Scalar): Narrow | null {
    if (!value || value.is === 'truth') return null;
    const index = scalars.push({ kind: 'scalar', get: () => comparand(sign, number.get(), below) }) - 1;
    return {
      is: 'truth',
      code: (sources) => compare[sign](value.code(sources), sources.scalar(index)),
    };
  }

  const whole = read(elements);
  if (!whole || !fits(kind, whole)) return null;
  return { code: emit(kind, whole, numel(elements.shape), addresses, scalars.length), scalars };
}

/** The largest size of a difference, rounded to float32 before it is compared. */
export function nearSize(kind: NarrowSweep, elements: Elements, addresses: readonly number[]): FunctionCode | null {
  const isSize = elements.kind === 'unary' && elements.operation === 'abs';
  const difference = isSize ? elements.operand : elements;
  if (kind !== 'absmax' && !(kind === 'max' && isSize)) return null;
  if (difference.kind !== 'binary' || difference.operation !== '-') return null;
  if (difference.left.kind !== 'leaf' || difference.right.kind !== 'leaf') return null;
  const whole: Narrow = { is: 'size', code: ({ leaf }) => f32x4.abs(f32x4.sub(leaf(0), leaf(1))) };
  return emit('max', whole, numel(elements.shape), addresses, 0);
}

function readUnary(operation: string, operand: Narrow | null): Narrow | null {
  if (!operand) return null;
  const { is, code } = operand;
  if (operation === 'not')
    return {
      is: 'truth',
      code: (sources) => (is === 'truth' ? v128.not(code(sources)) : f32x4.eq(code(sources), zero)),
    };
  if (is === 'truth') return null;
  const infinite = f32x4.splatConst(Number.POSITIVE_INFINITY);
  switch (operation) {
    case 'abs':
      return { is: 'size', code: (sources) => f32x4.abs(code(sources)) };
    case 'negate':
      return { is: 'value', code: (sources) => f32x4.neg(code(sources)) };
    case 'isinf':
      return { is: 'truth', code: (sources) => f32x4.eq(f32x4.abs(code(sources)), infinite) };
    case 'isfinite':
      return { is: 'truth', code: (sources) => f32x4.lt(f32x4.abs(code(sources)), infinite) };
    case 'isnan':
      return {
        is: 'truth',
        code(sources) {
          const x = sources.local('v128');
          return f32x4.ne(x.tee(code(sources)), x.get);
        },
      };
    default:
      return null;
  }
}

function fits(kind: NarrowSweep, { is }: Narrow): boolean {
  if (kind === 'sum') return is === 'truth';
  return is !== 'truth' || kind === 'count' || kind === 'any' || kind === 'all';
}

/** What a float32 compares with as it does with `number`. */
function comparand(sign: Comparison, number: number, below: (number: number) => number): number {
  if (sign === '==' || sign === '!=') return Math.fround(number) === number ? number : Number.NaN;
  return sign === '>' || sign === '<=' ? below(number) : -below(-number);
}

/** The largest float32 that is not above a number. */
function createBelow(): (number: number) => number {
  const float = new Float32Array(1);
  const bits = new Int32Array(float.buffer);
  return (number) => {
    float[0] = number;
    const near = float[0];
    if (!(near > number)) return near;
    if (near === 0) return -(2 ** -149);
    // Neighbours in size are neighbours as whole numbers.
    bits[0] = (bits[0] as number) + (near > 0 ? -1 : 1);
    return float[0];
  };
}

const zero = f32x4.splatConst(0);

function emit(
  kind: NarrowSweep,
  whole: Narrow,
  n: number,
  addresses: readonly number[],
  scalarCount: number,
): FunctionCode {
  return defineFunction(
    `condition ${kind}, float32`,
    ['f64', ...Array.from({ length: scalarCount }, () => 'f64' as const)],
    ([, ...numbers], local) => {
      const counter = local('i32');
      // Four: what is found waits for what was found before.
      const accumulators = Array.from({ length: 4 }, () => local('v128'));
      const strange = local('v128');
      const how = kind === 'absmax' || (kind === 'max' && whole.is === 'size') ? 'size' : kind;
      const splats = numbers.map(() => local('v128'));
      const four = (at: number, mask: Code | null): Code => {
        const sources: Sources = {
          leaf: (index) => v128.load(counter.get, (addresses[index] as number) + 4 * at),
          scalar: (index) => (splats[index] as Local).get,
          local,
        };
        return accumulate(how, whole, sources, accumulators[at / 4] as Local, strange, mask);
      };
      const full = n - (n % 16);
      const rest = n % 4;
      const mask = i32x4.const(-1, rest > 1 ? -1 : 0, rest > 2 ? -1 : 0, 0);
      return [
        splats.map((splat, i) => splat.set(f32x4.splat(f32.demoteF64((numbers[i] as Local).get)))),
        accumulators.map((each) => each.set(identity(how))),
        rest === 0 ? [] : [counter.set(i32.const(4 * (n - rest))), four(0, mask)],
        forRange(counter, 4 * full, 4 * (n - rest), 16, four(0, null)),
        // From the end: what was written last is still near.
        counter.set(i32.const(4 * full - 64)),
        doWhile(
          [[0, 4, 8, 12].map((at) => four(at, null)), counter.set(i32.sub(counter.get, i32.const(64)))],
          i32.geS(counter.get, i32.const(0)),
        ),
        finish(how, accumulators, strange),
      ];
    },
    'f64',
  );
}

/** How lanes are gathered: the largest size, or as asked. */
type Gathering = Exclude<NarrowSweep, 'absmax'> | 'size';

function identity(how: Gathering): Code {
  if (how === 'min') return f32x4.splatConst(Number.POSITIVE_INFINITY);
  return how === 'max' ? f32x4.splatConst(Number.NEGATIVE_INFINITY) : zero;
}

/** `mask`: lanes that count, in the last round. */
function accumulate(
  how: Gathering,
  { is, code }: Narrow,
  sources: Sources,
  accumulator: Local,
  strange: Local,
  mask: Code | null,
): Code {
  const value = code(sources);
  const masked = (found: Code): Code => (mask === null ? found : v128.and(found, mask));
  const holds = is === 'truth' ? value : f32x4.ne(value, zero);
  switch (how) {
    case 'any':
      return accumulator.set(v128.or(accumulator.get, masked(holds)));
    case 'all':
      return accumulator.set(
        v128.or(accumulator.get, masked(is === 'truth' ? v128.not(value) : f32x4.eq(value, zero))),
      );
    case 'sum':
    case 'count':
      return accumulator.set(i32x4.sub(accumulator.get, masked(holds)));
    case 'size':
      return accumulator.set(i32x4.maxS(accumulator.get, masked(is === 'size' ? value : f32x4.abs(value))));
    case 'min':
    case 'max': {
      const x = sources.local('v128');
      const counted = mask === null ? value : v128.bitselect(value, identity(how), mask);
      const better = how === 'min' ? f32x4.pmin : f32x4.pmax;
      return [
        x.set(counted),
        strange.set(v128.or(strange.get, f32x4.ne(x.get, x.get))),
        accumulator.set(better(accumulator.get, x.get)),
      ];
    }
  }
}

function finish(how: Gathering, accumulators: readonly Local[], strange: Local): Code {
  const gathered = (op: (a: Code, b: Code) => Code) =>
    accumulators.map(({ get }) => get).reduce((all, each) => op(all, each));
  const joined = (lane: (at: number) => Code, op: (a: Code, b: Code) => Code) =>
    op(op(lane(0), lane(1)), op(lane(2), lane(3)));
  switch (how) {
    case 'any':
      return f64.convertI32S(v128.anyTrue(gathered(v128.or)));
    case 'all':
      return f64.convertI32S(i32.eqz(v128.anyTrue(gathered(v128.or))));
    case 'sum':
    case 'count':
      return f64.convertI32S(joined((at) => i32x4.extractLane(gathered(i32x4.add), at), i32.add));
    case 'size': {
      // The pattern of the largest size is that number, or none.
      const sizes = gathered(i32x4.maxS);
      const float = (at: number) => f64.promoteF32(f32x4.extractLane(sizes, at));
      return joined(float, f64.max);
    }
    case 'min':
    case 'max': {
      const better = how === 'min' ? f32x4.pmin : f32x4.pmax;
      const best = joined(
        (at) => f64.promoteF32(f32x4.extractLane(gathered(better), at)),
        how === 'min' ? f64.min : f64.max,
      );
      // 0/0 is added where one is no number.
      return f64.add(best, f64.div(f64.const(0), f64.convertI32S(i32.eqz(v128.anyTrue(strange.get)))));
    }
  }
}
