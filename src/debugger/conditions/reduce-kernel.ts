// Reductions of elementwise expressions as WebAssembly: the same terms in the same lanes as tensor-program.ts, bit for bit, eight
// elements a round in float64. For training, where conditions are asked in every iteration; what it cannot (broadcasts, powers,
// exp, log, remainders) it leaves to the plain loops.

import type { Code, FunctionCode } from '../../kernels/encoder/code.ts';
import { forRange } from '../../kernels/encoder/control.ts';
import { defineFunction, type Local, type NewLocal } from '../../kernels/encoder/function.ts';
import { f64, f64x2, i32, v128 } from '../../kernels/encoder/instructions.ts';
import { moduleOf } from '../../kernels/encoder/module.ts';
import type { Reduction } from '../../language/condition.ts';
import type { View } from '../../runtime/workspace.ts';
import { numel, sameShape } from '../../tensor/shape.ts';
import { narrowKernel, nearSize } from './narrow-kernel.ts';
import type { BinaryOperation, Elements, Scalar, UnaryOperation } from './tensor-program.ts';

/** What is added up or compared; `spread` takes the number that is subtracted before squaring. */
type Sweep = 'sum' | 'squares' | 'spread' | 'count' | 'any' | 'all' | 'min' | 'max' | 'absmax';

/** The number, from views that are read anew each time, all of this memory; null where there is no kernel for it. */
export function reduceKernel(reduction: Reduction, elements: Elements, memory: WebAssembly.Memory): Scalar | null {
  const n = numel(elements.shape);
  if (n < 64 || !isSimple(elements, elements)) return null;
  const leaves: View[] = [];
  const scalars: Scalar[] = [];
  collect(elements, leaves, scalars);
  if (leaves.some(({ buffer }) => buffer !== memory.buffer)) return null;
  const sweep = (kind: Sweep) => sweepOf(kind, elements, leaves, scalars, memory);
  switch (reduction) {
    case 'mean': {
      const sum = sweep('sum');
      return scalar(() => sum(0) / n);
    }
    case 'norm': {
      const squares = sweep('squares');
      return scalar(() => Math.sqrt(squares(0)));
    }
    case 'std': {
      const [sum, spread] = [sweep('sum'), sweep('spread')];
      return scalar(() => Math.sqrt(spread(sum(0) / n) / n));
    }
    default: {
      const [whole, near] = [sweep(reduction), nearOf(reduction, elements, leaves, memory)];
      return { ...scalar(() => whole(0)), ...(near ? { near } : {}) };
    }
  }
}

const scalar = (get: () => number): Scalar => ({ kind: 'scalar', get });

/** What a sweep gives; `shift` is subtracted before squaring. */
type Run = (shift: number) => number;

const simpleUnary: readonly UnaryOperation[] = ['abs', 'isnan', 'isinf', 'isfinite', 'sqrt', 'sign', 'negate', 'not'];
const complicated: readonly BinaryOperation[] = ['%', '^'];

function isSimple(part: Elements | Scalar, whole: Elements): boolean {
  switch (part.kind) {
    case 'scalar':
      return true;
    case 'leaf':
      return sameShape(part.shape, whole.shape);
    case 'unary':
      return simpleUnary.includes(part.operation) && isSimple(part.operand, whole);
    case 'binary':
      return !complicated.includes(part.operation) && isSimple(part.left, whole) && isSimple(part.right, whole);
  }
}

function collect(part: Elements | Scalar, leaves: View[], scalars: Scalar[]): void {
  if (part.kind === 'scalar') scalars.push(part);
  else if (part.kind === 'leaf') leaves.push(part.view());
  else if (part.kind === 'unary') collect(part.operand, leaves, scalars);
  else {
    collect(part.left, leaves, scalars);
    collect(part.right, leaves, scalars);
  }
}

const isFloat = (view: View): boolean => view instanceof Float32Array;
const addressOf = ({ byteOffset }: View): number => byteOffset;

function sweepOf(
  kind: Sweep,
  elements: Elements,
  leaves: readonly View[],
  given: readonly Scalar[],
  memory: WebAssembly.Memory,
): Run {
  const addresses = leaves.map(addressOf);
  const narrow =
    kind === 'squares' || kind === 'spread' || !leaves.every(isFloat) ? null : narrowKernel(kind, elements, addresses);
  const run = instantiate(narrow?.code ?? emit(kind, elements, leaves, addresses), memory);
  const [first, second, ...more] = narrow?.scalars ?? given;
  // Calls with few numbers make no array.
  if (!first) return run;
  if (!second) return (shift) => run(shift, first.get());
  return (shift) => run(shift, first.get(), second.get(), ...more.map((each) => each.get()));
}

function nearOf(
  kind: Sweep & Reduction,
  elements: Elements,
  leaves: readonly View[],
  memory: WebAssembly.Memory,
): (() => number) | null {
  const code = leaves.every(isFloat) ? nearSize(kind, elements, leaves.map(addressOf)) : null;
  if (!code) return null;
  const run = instantiate(code, memory);
  return () => run(0);
}

function instantiate(code: FunctionCode, memory: WebAssembly.Memory): (...numbers: number[]) => number {
  const shared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
  const module = new WebAssembly.Module(moduleOf([code], { shared }));
  return new WebAssembly.Instance(module, { env: { memory } }).exports['0'] as (...numbers: number[]) => number;
}

/** Parameters: what is subtracted before squaring, then the scalars in order of the expression. */
function emit(kind: Sweep, elements: Elements, views: readonly View[], addresses: readonly number[]): FunctionCode {
  const n = numel(elements.shape);
  const scalars: Scalar[] = [];
  collect(elements, [], scalars);
  return defineFunction(
    `condition ${kind}`,
    ['f64', ...scalars.map(() => 'f64' as const)],
    ([shift, ...numbers], local) => {
      const counter = local('i32');
      const splats = [shift as Local, ...numbers].map((number) => ({ from: number, to: local('v128') }));
      const leaves = views.map((view, i) => ({ at: counter, address: addresses[i] as number, view }));
      const accumulators = Array.from({ length: 4 }, () => local('v128'));
      const strange = local('v128');
      /** Of eight elements as many as there are, in four pairs. */
      const round = (rest: number): Code =>
        accumulators.map((accumulator, pair) => {
          if (rest <= 2 * pair) return [];
          const value = elementsOf(elements, pair, leaves, splats, { leaf: 0, scalar: 1 }, local);
          const mask = rest >= 2 * pair + 2 ? null : f64x2.bits(true, false);
          return accumulate(kind, value, accumulator, strange, (splats[0] as { to: Local }).to, mask, local);
        });
      const full = n - (n % 8);
      return [
        splats.map(({ from, to }) => to.set(f64x2.splat(from.get))),
        accumulators.map((accumulator) => accumulator.set(f64x2.splatConst(identity(kind)))),
        forRange(counter, 0, 4 * full, 32, round(8)),
        n % 8 === 0 ? [] : [counter.set(i32.const(4 * full)), round(n % 8)],
        finish(kind, accumulators, strange),
      ];
    },
    'f64',
  );
}

interface Leaf {
  readonly view: View;
  readonly address: number;
  /** Bytes from there. */
  readonly at: Local;
}

/** Two elements of the expression: a pair of the eight. Walks leaves and scalars as `collect` does. */
function elementsOf(
  part: Elements | Scalar,
  pair: number,
  leaves: readonly Leaf[],
  splats: readonly { readonly to: Local }[],
  next: { leaf: number; scalar: number },
  local: NewLocal,
): Code {
  const inner = (each: Elements | Scalar) => elementsOf(each, pair, leaves, splats, next, local);
  switch (part.kind) {
    case 'scalar':
      return (splats[next.scalar++] as { to: Local }).to.get;
    case 'leaf': {
      const { view, address, at } = leaves[next.leaf++] as Leaf;
      // Loaded and widened in one instruction.
      const low = v128.load64Zero(at.get, address + 8 * pair);
      return view instanceof Int32Array ? f64x2.convertLowI32x4S(low) : f64x2.promoteLowF32x4(low);
    }
    case 'unary':
      return unaryCode(part.operation, inner(part.operand), local);
    case 'binary': {
      const left = inner(part.left);
      return binaryCode(part.operation, left, inner(part.right));
    }
  }
}

const one = f64x2.splatConst(1);
const zero = f64x2.splatConst(0);
/** 1 where a comparison holds. */
const truthCode = (mask: Code): Code => v128.and(mask, one);
const isTrue = (value: Code): Code => f64x2.ne(value, zero);

function unaryCode(operation: UnaryOperation, operand: Code, local: NewLocal): Code {
  switch (operation) {
    case 'abs':
      return f64x2.abs(operand);
    case 'negate':
      return f64x2.neg(operand);
    case 'sqrt':
      return f64x2.sqrt(operand);
    case 'not':
      return truthCode(f64x2.eq(operand, zero));
    case 'isinf':
      return truthCode(f64x2.eq(f64x2.abs(operand), f64x2.splatConst(Number.POSITIVE_INFINITY)));
    case 'isnan': {
      const x = local('v128');
      return truthCode(f64x2.ne(x.tee(operand), x.get));
    }
    case 'isfinite': {
      const x = local('v128');
      return truthCode(f64x2.eq(f64x2.sub(x.tee(operand), x.get), zero));
    }
    case 'sign': {
      const x = local('v128');
      const positive = v128.and(f64x2.gt(x.tee(operand), zero), one);
      const negative = v128.and(f64x2.lt(x.get, zero), f64x2.splatConst(-1));
      // Zeros and NaN stay what they are.
      const rest = v128.andnot(x.get, v128.or(f64x2.gt(x.get, zero), f64x2.lt(x.get, zero)));
      return v128.or(v128.or(positive, negative), rest);
    }
    default:
      throw new Error(`no kernel for ${operation}`);
  }
}

function binaryCode(operation: BinaryOperation, a: Code, b: Code): Code {
  switch (operation) {
    case '+':
      return f64x2.add(a, b);
    case '-':
      return f64x2.sub(a, b);
    case '*':
      return f64x2.mul(a, b);
    case '/':
      return f64x2.div(a, b);
    case '<':
      return truthCode(f64x2.lt(a, b));
    case '<=':
      return truthCode(f64x2.le(a, b));
    case '>':
      return truthCode(f64x2.gt(a, b));
    case '>=':
      return truthCode(f64x2.ge(a, b));
    case '==':
      return truthCode(f64x2.eq(a, b));
    case '!=':
      return truthCode(f64x2.ne(a, b));
    case 'and':
      return truthCode(v128.and(isTrue(a), isTrue(b)));
    case 'or':
      return truthCode(v128.or(isTrue(a), isTrue(b)));
    default:
      throw new Error(`no kernel for ${operation}`);
  }
}

function identity(kind: Sweep): number {
  if (kind === 'min') return Number.POSITIVE_INFINITY;
  return kind === 'max' || kind === 'absmax' ? Number.NEGATIVE_INFINITY : 0;
}

/** `mask`: lanes that count, in the last round. */
function accumulate(
  kind: Sweep,
  value: Code,
  accumulator: Local,
  strange: Local,
  shift: Local,
  mask: Code | null,
  local: NewLocal,
): Code {
  const masked = (code: Code): Code => (mask === null ? code : v128.and(code, mask));
  const add = (code: Code) => accumulator.set(f64x2.add(accumulator.get, masked(code)));
  const gather = (code: Code) => accumulator.set(v128.or(accumulator.get, masked(code)));
  switch (kind) {
    case 'sum':
      return add(value);
    case 'squares':
    case 'spread': {
      const x = local('v128');
      return add(f64x2.mul(x.tee(kind === 'spread' ? f64x2.sub(value, shift.get) : value), x.get));
    }
    case 'count':
      return add(truthCode(isTrue(value)));
    case 'any':
      return gather(isTrue(value));
    case 'all':
      return gather(f64x2.eq(value, zero));
    case 'min':
    case 'max':
    case 'absmax': {
      const x = local('v128');
      const wanted = kind === 'absmax' ? f64x2.abs(value) : value;
      const counted = mask === null ? wanted : v128.bitselect(wanted, f64x2.splatConst(identity(kind)), mask);
      const better = kind === 'min' ? f64x2.pmin : f64x2.pmax;
      return [
        x.set(counted),
        strange.set(v128.or(strange.get, f64x2.ne(x.get, x.get))),
        accumulator.set(better(accumulator.get, x.get)),
      ];
    }
  }
}

function finish(kind: Sweep, accumulators: readonly Local[], strange: Local): Code {
  const lanes = accumulators.flatMap(({ get }) => [f64x2.extractLane(get, 0), f64x2.extractLane(get, 1)]);
  const join = (op: (a: Code, b: Code) => Code) => inPairs(lanes, op);
  const found = v128.anyTrue(
    inPairs(
      accumulators.map(({ get }) => get),
      v128.or,
    ),
  );
  switch (kind) {
    case 'any':
      return f64.convertI32S(found);
    case 'all':
      return f64.convertI32S(i32.eqz(found));
    case 'min':
    case 'max':
    case 'absmax': {
      // One that is not a number makes all of it none: 0/0 is added.
      const none = f64.convertI32S(i32.eqz(v128.anyTrue(strange.get)));
      return f64.add(join(kind === 'min' ? f64.min : f64.max), nanUnless(none));
    }
    default:
      return join(f64.add);
  }
}

/** 0 of 1, NaN of 0. */
function nanUnless(flag: Code): Code {
  return f64.div(f64.const(0), flag);
}

/** Neighbours first, then neighbours of what they gave; as many as a power of two. */
function inPairs(codes: readonly Code[], op: (a: Code, b: Code) => Code): Code {
  if (codes.length === 1) return codes[0] as Code;
  const half = codes.length / 2;
  return op(inPairs(codes.slice(0, half), op), inPairs(codes.slice(half), op));
}
