// Elementwise expressions over views, and the reductions of them: one pass, in blocks, in float64, without allocating. Element i
// is added in lane i mod 8 and the lanes are joined in pairs, so that sums have one order. NaN: comparisons with it are
// false but for `!=`; min, max and absmax of anything with it are NaN; as a truth value it is true.
import type { Elementwise, Reduction } from '../../language/condition.ts';
import type { View } from '../../runtime/workspace.ts';
import { exponential, logarithm, power } from '../../tensor/elementary.ts';
import { broadcastShapes, broadcastStrides, numel, type Shape, sameShape } from '../../tensor/shape.ts';

export type UnaryOperation = Elementwise | 'negate' | 'not';
export type BinaryOperation = '+' | '-' | '*' | '/' | '%' | '^' | '<' | '<=' | '>' | '>=' | '==' | '!=' | 'and' | 'or';

/** A number that is the same for every element, asked once a pass. */
export interface Scalar {
  readonly kind: 'scalar';
  readonly get: () => number;
  /** The same, sooner, but for `nearness` of itself; anything at all where that is no finite number. */
  readonly near?: () => number;
}

/** Four roundings of float32. */
const nearness = 2 ** -22;

/** `<` and its like of two numbers: where they are far enough apart, without knowing them exactly. */
export function compareOrder(sign: '<' | '<=' | '>' | '>=', left: Scalar, right: Scalar): () => number {
  const [a, b] = [left.near ?? left.get, right.near ?? right.get];
  return () => {
    const x = a();
    const y = b();
    const room = nearness * (Math.abs(x) + Math.abs(y));
    if (x + room < y || x - room > y) return applyBinary(sign, x, y);
    return applyBinary(sign, left.get(), right.get());
  };
}

export type Elements =
  | { readonly kind: 'leaf'; readonly shape: Shape; readonly view: () => View }
  | { readonly kind: 'unary'; readonly shape: Shape; readonly operation: UnaryOperation; readonly operand: Elements }
  | {
      readonly kind: 'binary';
      readonly shape: Shape;
      readonly operation: BinaryOperation;
      readonly left: Elements | Scalar;
      readonly right: Elements | Scalar;
    };

/** NumPy's rules; null where the shapes do not go together. */
export function combine(
  operation: BinaryOperation,
  left: Elements | Scalar,
  right: Elements | Scalar,
): Elements | null {
  const shape = broadcastShapes(shapeOf(left), shapeOf(right));
  return shape && { kind: 'binary', shape, operation, left, right };
}

function shapeOf(operand: Elements | Scalar): Shape {
  return operand.kind === 'scalar' ? [] : operand.shape;
}

/** As conditions compute it: 1 or 0. */
export function truth(value: boolean): number {
  return value ? 1 : 0;
}

/** One number, in float64; what is asked of it (isnan, …) is answered by 1 or 0. */
export function applyUnary(operation: UnaryOperation, x: number): number {
  switch (operation) {
    case 'abs':
      return Math.abs(x);
    case 'isnan':
      return truth(Number.isNaN(x));
    case 'isinf':
      return truth(x === Number.POSITIVE_INFINITY || x === Number.NEGATIVE_INFINITY);
    case 'isfinite':
      return truth(x - x === 0);
    case 'sqrt':
      return Math.sqrt(x);
    case 'exp':
      return exponential(x);
    case 'log':
      return logarithm(x);
    case 'sign':
      return x > 0 ? 1 : x < 0 ? -1 : x;
    case 'negate':
      return -x;
    case 'not':
      return truth(x === 0);
  }
}

/** Two numbers, in float64; comparisons and logic answer 1 or 0. */
export function applyBinary(operation: BinaryOperation, a: number, b: number): number {
  switch (operation) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return modulo(a, b);
    case '^':
      return raised(a, b);
    case '<':
      return truth(a < b);
    case '<=':
      return truth(a <= b);
    case '>':
      return truth(a > b);
    case '>=':
      return truth(a >= b);
    case '==':
      return truth(a === b);
    case '!=':
      return truth(a !== b);
    case 'and':
      return truth(a !== 0 && b !== 0);
    case 'or':
      return truth(a !== 0 || b !== 0);
  }
}

/** Takes the divisor's sign, as PyTorch's remainder does. */
function modulo(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

/** As IEEE 754's pow; whole exponents up to 64 by multiplication. */
function raised(base: number, exponent: number): number {
  if (exponent === 0 || base === 1) return 1;
  if (Number.isNaN(base) || Number.isNaN(exponent)) return Number.NaN;
  const size = Math.abs(exponent);
  if (Number.isInteger(exponent) && size <= 64) {
    let result = 1;
    for (let i = 0; i < size; i++) result *= base;
    return exponent < 0 ? 1 / result : result;
  }
  if (exponent === 0.5) return base === Number.NEGATIVE_INFINITY ? Number.POSITIVE_INFINITY : Math.sqrt(base);
  if (base === -1 && size === Number.POSITIVE_INFINITY) return 1;
  const whole = Number.isInteger(exponent) || size === Number.POSITIVE_INFINITY;
  if (base < 0 && !whole && base !== Number.NEGATIVE_INFINITY) return Number.NaN;
  const value = power(Math.abs(base), exponent);
  return base < 0 && exponent % 2 !== 0 && size !== Number.POSITIVE_INFINITY && whole ? -value : value;
}

/** Elements computed at a time: three blocks stay in the nearest cache. */
const blockLength = 512;

interface Operand {
  readonly block: Float64Array;
  /** Fills the block with the elements from `base`. */
  readonly fill: (base: number, count: number) => void;
  /** Before a pass. */
  readonly begin: () => void;
}

function operandOf(source: Elements | Scalar, to: Shape): Operand {
  const block = new Float64Array(blockLength);
  if (source.kind === 'scalar') return { block, fill: () => undefined, begin: () => void block.fill(source.get()) };
  if (source.kind === 'leaf') return leafOf(source.view, source.shape, to, block);
  if (source.kind === 'unary') {
    const inner = operandOf(source.operand, to);
    const map = unaryLoop(source.operation);
    return {
      block,
      begin: inner.begin,
      fill(base, count) {
        inner.fill(base, count);
        map(inner.block, block, count);
      },
    };
  }
  const [left, right] = [operandOf(source.left, to), operandOf(source.right, to)];
  const map = binaryLoop(source.operation);
  return {
    block,
    begin() {
      left.begin();
      right.begin();
    },
    fill(base, count) {
      left.fill(base, count);
      right.fill(base, count);
      map(left.block, right.block, block, count);
    },
  };
}

function leafOf(view: () => View, shape: Shape, to: Shape, block: Float64Array): Operand {
  let live: View;
  const begin = () => {
    live = view();
  };
  if (sameShape(shape, to)) {
    const fill = (base: number, count: number) => {
      for (let i = 0; i < count; i++) block[i] = live[base + i] as number;
    };
    return { block, begin, fill };
  }
  const places = broadcastPlaces(shape, to);
  const fill = (base: number, count: number) => {
    for (let i = 0; i < count; i++) block[i] = live[places[base + i] as number] as number;
  };
  return { block, begin, fill };
}

/** For every element of `to`, the element of `shape` that stands there. */
function broadcastPlaces(shape: Shape, to: Shape): Int32Array {
  const strides = broadcastStrides(shape, to);
  const places = new Int32Array(numel(to));
  const at = to.map(() => 0);
  let place = 0;
  for (let i = 0; i < places.length; i++) {
    places[i] = place;
    for (let axis = to.length - 1; axis >= 0; axis--) {
      place += strides[axis] as number;
      if (++(at[axis] as number) < (to[axis] as number)) break;
      place -= (strides[axis] as number) * (to[axis] as number);
      at[axis] = 0;
    }
  }
  return places;
}

type UnaryLoop = (from: Float64Array, to: Float64Array, count: number) => void;
type BinaryLoop = (a: Float64Array, b: Float64Array, to: Float64Array, count: number) => void;

/** The commonest have loops of their own, which engines turn to plain machine code. */
function unaryLoop(operation: UnaryOperation): UnaryLoop {
  if (operation === 'abs')
    return (from, to, count) => {
      for (let i = 0; i < count; i++) to[i] = Math.abs(from[i] as number);
    };
  if (operation === 'isnan')
    return (from, to, count) => {
      for (let i = 0; i < count; i++) to[i] = Number.isNaN(from[i]) ? 1 : 0;
    };
  return (from, to, count) => {
    for (let i = 0; i < count; i++) to[i] = applyUnary(operation, from[i] as number);
  };
}

function binaryLoop(operation: BinaryOperation): BinaryLoop {
  if (operation === '-')
    return (a, b, to, count) => {
      for (let i = 0; i < count; i++) to[i] = (a[i] as number) - (b[i] as number);
    };
  if (operation === '*')
    return (a, b, to, count) => {
      for (let i = 0; i < count; i++) to[i] = (a[i] as number) * (b[i] as number);
    };
  if (operation === '==')
    return (a, b, to, count) => {
      for (let i = 0; i < count; i++) to[i] = a[i] === b[i] ? 1 : 0;
    };
  if (operation === '>')
    return (a, b, to, count) => {
      for (let i = 0; i < count; i++) to[i] = (a[i] as number) > (b[i] as number) ? 1 : 0;
    };
  return (a, b, to, count) => {
    for (let i = 0; i < count; i++) to[i] = applyBinary(operation, a[i] as number, b[i] as number);
  };
}

type Sum = (block: Float64Array, count: number, shift: number, lanes: Float64Array) => void;

const addUp: Sum = (block, count, _shift, lanes) => {
  for (let i = 0; i < count; i++) lanes[i & 7] = (lanes[i & 7] as number) + (block[i] as number);
};
const addSquares: Sum = (block, count, shift, lanes) => {
  for (let i = 0; i < count; i++) {
    const x = (block[i] as number) - shift;
    lanes[i & 7] = (lanes[i & 7] as number) + x * x;
  }
};
const addTruths: Sum = (block, count, _shift, lanes) => {
  for (let i = 0; i < count; i++) if (block[i] !== 0) lanes[i & 7] = (lanes[i & 7] as number) + 1;
};

/** The reduction as a function that reads the views anew each time. Of no elements: sums are 0, all is 1, the rest NaN. */
export function reducer(reduction: Reduction, elements: Elements): () => number {
  const n = numel(elements.shape);
  const { block, begin, fill } = operandOf(elements, elements.shape);
  const lanes = new Float64Array(8);
  const sum = (add: Sum, shift = 0): number => {
    begin();
    lanes.fill(0);
    for (let base = 0; base < n; base += blockLength) {
      const count = Math.min(blockLength, n - base);
      fill(base, count);
      add(block, count, shift, lanes);
    }
    for (let apart = 1; apart < 8; apart *= 2)
      for (let i = 0; i < 8; i += 2 * apart) lanes[i] = (lanes[i] as number) + (lanes[i + apart] as number);
    return lanes[0] as number;
  };
  /** Whether some element is 0, or some is not. */
  const some = (zero: boolean): boolean => {
    begin();
    for (let base = 0; base < n; base += blockLength) {
      const count = Math.min(blockLength, n - base);
      fill(base, count);
      for (let i = 0; i < count; i++) if ((block[i] === 0) === zero) return true;
    }
    return false;
  };
  const extreme = (sign: 1 | -1, absolute: boolean): number => {
    begin();
    let best = n === 0 ? Number.NaN : Number.NEGATIVE_INFINITY;
    for (let base = 0; base < n; base += blockLength) {
      const count = Math.min(blockLength, n - base);
      fill(base, count);
      for (let i = 0; i < count; i++) {
        const x = absolute ? Math.abs(block[i] as number) : sign * (block[i] as number);
        if (Number.isNaN(x)) return x;
        if (x > best) best = x;
      }
    }
    return sign * best;
  };
  switch (reduction) {
    case 'any':
      return () => truth(some(false));
    case 'all':
      return () => truth(!some(true));
    case 'sum':
      return () => sum(addUp);
    case 'mean':
      return () => sum(addUp) / n;
    case 'norm':
      return () => Math.sqrt(sum(addSquares));
    case 'std':
      return () => Math.sqrt(sum(addSquares, sum(addUp) / n) / n);
    case 'count':
      return () => sum(addTruths);
    case 'min':
      return () => extreme(-1, false);
    case 'max':
      return () => extreme(1, false);
    case 'absmax':
      return () => extreme(1, true);
  }
}
