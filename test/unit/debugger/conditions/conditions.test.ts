// Conditions against plans: every function and sign recomputed element by element from first principles, names, shapes, faults, the
// step after which each can be asked.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileCondition, compileExpression } from '../../../../src/debugger/conditions/conditions.ts';
import {
  type Condition,
  elementwiseFunctions,
  parseCondition,
  reductions,
} from '../../../../src/language/condition.ts';
import { printCondition } from '../../../../src/language/print-condition.ts';
import type { BoundPlan, View } from '../../../../src/runtime/workspace.ts';
import { bind, example, graphOf, planOf, run } from '../../../support/graphs.ts';

const host = { iteration: () => 7, epoch: () => 2, before: (): View => new Float32Array() };

function compiled(text: string, bound: BoundPlan, node = '', more = host) {
  const parsed = parseCondition(text);
  if (!parsed.ok) throw new Error(parsed.fault.message);
  const result = compileExpression(parsed.condition, { bound, host: more, node });
  if (!result.ok) throw new Error(`${text}: ${result.fault.message}`);
  return result.compiled;
}

function fault(text: string, bound: BoundPlan, node = ''): string {
  const parsed = parseCondition(text);
  if (!parsed.ok) throw new Error(parsed.fault.message);
  const result = compileCondition(parsed.condition, { bound, host, node });
  if (result.ok) throw new Error(`${text} was taken`);
  const { from, to } = result.fault.span;
  return `${text.slice(from, to)}: ${result.fault.message}`;
}

/** Tensors of several shapes as the inputs of a graph. */
const shapes = { a: [2, 3, 4], b: [3, 1], c: [4], s: [] } as const;
const inputs = graphOf({
  nodes: {
    ...Object.fromEntries(Object.entries(shapes).map(([id, shape]) => [id, ['input', {}, { shape }] as const])),
    n: ['input', {}, { shape: [5], dtype: 'int32' }],
    sum: ['add', { a: 'a.y', b: 'c.y' }],
  },
});

/** A tensor as a function of its index, with its shape: nothing in common with how the debugger computes. */
interface Field {
  readonly shape: readonly number[];
  readonly at: (index: readonly number[]) => number;
}

function* indices(shape: readonly number[]): Generator<number[]> {
  if (shape.length === 0) yield [];
  else for (let i = 0; i < (shape[0] as number); i++) for (const rest of indices(shape.slice(1))) yield [i, ...rest];
}

const elementsOf = (field: Field): number[] => [...indices(field.shape)].map(field.at);

function broadcast(f: Field, g: Field, combine: (x: number, y: number) => number): Field | null {
  const rank = Math.max(f.shape.length, g.shape.length);
  const padded = (shape: readonly number[]) => [...Array<number>(rank - shape.length).fill(1), ...shape];
  const [p, q] = [padded(f.shape), padded(g.shape)];
  if (p.some((size, axis) => size !== q[axis] && size !== 1 && q[axis] !== 1)) return null;
  const own = (shape: readonly number[], index: readonly number[]) =>
    index.slice(rank - shape.length).map((i, axis) => (shape[axis] === 1 ? 0 : i));
  return {
    shape: p.map((size, axis) => Math.max(size, q[axis] as number)),
    at: (index) => combine(f.at(own(f.shape, index)), g.at(own(g.shape, index))),
  };
}

const elementwise: Readonly<Record<(typeof elementwiseFunctions)[number], (x: number) => number>> = {
  abs: Math.abs,
  isnan: (x) => Number(Number.isNaN(x)),
  isinf: (x) => Number(Math.abs(x) === Number.POSITIVE_INFINITY),
  isfinite: (x) => Number(Number.isFinite(x)),
  sqrt: Math.sqrt,
  exp: Math.exp,
  log: Math.log,
  sign: Math.sign,
};

const sumOf = (list: readonly number[]) => list.reduce((total, x) => total + x, 0);

const reduction: Readonly<Record<(typeof reductions)[number], (list: readonly number[]) => number>> = {
  any: (list) => Number(list.some((x) => x !== 0)),
  all: (list) => Number(list.every((x) => x !== 0)),
  sum: sumOf,
  mean: (list) => sumOf(list) / list.length,
  min: (list) => Math.min(...list),
  max: (list) => Math.max(...list),
  norm: (list) => Math.sqrt(sumOf(list.map((x) => x * x))),
  std: (list) => {
    const mean = sumOf(list) / list.length;
    return Math.sqrt(sumOf(list.map((x) => (x - mean) ** 2)) / list.length);
  },
  count: (list) => list.filter((x) => x !== 0).length,
  absmax: (list) => Math.max(...list.map(Math.abs)),
};

const signs: Readonly<Record<string, (x: number, y: number) => number>> = {
  '+': (x, y) => x + y,
  '-': (x, y) => x - y,
  '*': (x, y) => x * y,
  '/': (x, y) => x / y,
  '%': (x, y) => (Number.isFinite(x) && y === Number.POSITIVE_INFINITY && x >= 0 ? x : x - Math.floor(x / y) * y),
  // IEEE 754 says 1 where JavaScript says NaN.
  '^': (x, y) => (x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY) ? 1 : x ** y),
  '<': (x, y) => Number(x < y),
  '<=': (x, y) => Number(x <= y),
  '>': (x, y) => Number(x > y),
  '>=': (x, y) => Number(x >= y),
  '==': (x, y) => Number(x === y),
  '!=': (x, y) => Number(x !== y),
  and: (x, y) => Number(x !== 0 && y !== 0),
  or: (x, y) => Number(x !== 0 || y !== 0),
};

/** null where shapes do not go together. */
function expected(condition: Condition, values: Readonly<Record<string, Field>>): Field | null {
  const constant = (value: number): Field => ({ shape: [], at: () => value });
  switch (condition.kind) {
    case 'number':
      return constant(condition.value);
    case 'value': {
      const field = values[condition.name.name] as Field;
      const { index } = condition;
      return index
        ? constant(field.at(index.map((i, axis) => (i < 0 ? i + (field.shape[axis] as number) : i))))
        : field;
    }
    case 'negate':
    case 'not': {
      const inner = expected(condition.operand, values);
      const map = condition.kind === 'not' ? (x: number) => Number(x === 0) : (x: number) => -x;
      return inner && { shape: inner.shape, at: (index) => map(inner.at(index)) };
    }
    case 'call': {
      const inner = expected(condition.operand, values);
      if (!inner) return null;
      const map = elementwise[condition.function as keyof typeof elementwise];
      if (map) return { shape: inner.shape, at: (index) => map(inner.at(index)) };
      return constant(reduction[condition.function as keyof typeof reduction](elementsOf(inner)));
    }
    case 'binary': {
      const [left, right] = [expected(condition.left, values), expected(condition.right, values)];
      return left && right && broadcast(left, right, signs[condition.sign] as (x: number, y: number) => number);
    }
  }
}

function close(actual: number, wanted: number): boolean {
  if (Object.is(actual, wanted) || actual === wanted) return true;
  return Math.abs(actual - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted));
}

describe('evaluation', () => {
  const { bound } = bind(planOf(inputs, { mode: 'eval', gradients: 'none' }));
  const number = fc.oneof(
    fc.constantFrom(0, 1, -1, 0.5, -2, 3),
    fc.float({ min: -8, max: 8, noNaN: true }),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  );
  const filled = (count: number, plain: boolean) =>
    fc.array(plain ? fc.float({ min: -4, max: 4, noNaN: true }) : number, { minLength: count, maxLength: count });
  const tensors = fc.boolean().chain((plain) =>
    fc.record({
      a: filled(24, plain),
      b: filled(3, plain),
      c: filled(4, plain),
      s: filled(1, plain),
      n: fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 5, maxLength: 5 }),
    }),
  );
  const value = (name: string) => ({ kind: 'value', name: { form: 'value', name } });
  const indexed = fc.tuple(
    fc.integer({ min: -2, max: 1 }),
    fc.integer({ min: -3, max: 2 }),
    fc.integer({ min: -4, max: 3 }),
  );
  const { condition } = fc.letrec((tie) => ({
    condition: fc.oneof(
      { maxDepth: 5, depthIdentifier: 'c', withCrossShrink: true },
      fc.constantFrom('a', 'b', 'c', 's', 'n').map(value),
      fc.constantFrom(0, 1, 2, -1, 0.5).map((each) => ({ kind: 'number', value: each })),
      indexed.map((index) => ({ ...value('a'), index })),
      tie('condition').map((operand) => ({ kind: 'not', operand })),
      tie('condition').map((operand) => ({ kind: 'negate', operand })),
      fc
        .tuple(fc.constantFrom(...elementwiseFunctions, ...reductions), tie('condition'))
        .map(([called, operand]) => ({ kind: 'call', function: called, operand })),
      fc
        .tuple(fc.constantFrom(...Object.keys(signs)), tie('condition'), tie('condition'))
        .map(([sign, left, right]) => ({ kind: 'binary', sign, left, right })),
    ),
  }));

  test('agrees with element by element recomputation', () => {
    let [numbers, refused, tensorsSeen] = [0, 0, 0];
    fc.assert(
      fc.property(condition as fc.Arbitrary<Condition>, tensors, (made, given) => {
        const fields: Record<string, Field> = {};
        for (const [name, list] of Object.entries(given)) {
          const view = bound.read(`${name}.y`);
          view.set(list);
          const shape: readonly number[] = name === 'n' ? [5] : shapes[name as keyof typeof shapes];
          fields[name] = {
            shape,
            at: (index) => view[index.reduce((place, i, axis) => place * (shape[axis] as number) + i, 0)] as number,
          };
        }
        const wanted = expected(made, fields);
        const result = compileExpression(made, { bound, host, node: '' });
        if (!wanted) {
          refused++;
          expect(result.ok).toBe(false);
          return;
        }
        if (!result.ok) throw new Error(result.fault.message);
        if (wanted.shape.length > 0) tensorsSeen++;
        // Whatever is left open is closed by reductions that tell elements apart.
        const closed: readonly Condition[] =
          wanted.shape.length === 0
            ? [made]
            : reductions.map((called) => ({ kind: 'call', function: called, operand: made, from: 0, to: 0 }));
        for (const each of closed) {
          const again = compileCondition(each, { bound, host, node: '' });
          if (!again.ok) throw new Error(again.fault.message);
          const [actual, right] = [again.compiled.evaluate(), (expected(each, fields) as Field).at([])];
          // Sums that cancel or powers that blow up lose digits to their order.
          const harsh = Math.abs(right) > 1e15 || /exp|\^|\/|%|log/.test(printCondition(each));
          if (harsh && !close(actual, right) && /sum|mean|std|norm|%/.test(printCondition(each))) continue;
          numbers++;
          if (!close(actual, right)) throw new Error(`${printCondition(each)}: ${actual} and not ${right}`);
        }
      }),
      { numRuns: 3000 },
    );
    expect(numbers).toBeGreaterThan(2000);
    expect(refused).toBeGreaterThan(10);
    expect(tensorsSeen).toBeGreaterThan(100);
  });

  test('long tensors: sums keep float64, blocks leave nothing out', () => {
    const long = graphOf({ nodes: { x: ['input', {}, { shape: [1000, 37] }], y: ['relu', { x: 'x.y' }] } });
    const { bound: big } = bind(planOf(long, { mode: 'eval', gradients: 'none' }));
    const view = big.read('x.y');
    for (let i = 0; i < view.length; i++) view[i] = (((i * 7919) % 1009) - 504) / 504;
    const list = [...view];
    for (const name of reductions)
      expect(close(compiled(`${name}(x)`, big).evaluate(), reduction[name](list)), name).toBe(true);
    for (const at of [0, 511, 512, 36_999]) {
      view[at] = Number.NaN;
      expect(['any(isnan(x))', 'count(isnan(x))'].map((text) => compiled(text, big).evaluate())).toEqual([1, 1]);
      expect(compiled('max(x)', big).evaluate()).toBeNaN();
      view[at] = 1e8;
      expect(compiled('max(x) == 1e8 and x[-1, -1] == max(x) or any(x == 1e8)', big).evaluate()).toBe(1);
      view[at] = list[at] as number;
    }
    // In float32 the ones would vanish behind 2^24.
    view.fill(1);
    view[0] = 2 ** 24;
    expect(compiled('sum(x)', big).evaluate()).toBe(2 ** 24 + view.length - 1);
  });

  test.each([
    [
      'NaN is unequal to all, in no order, and true',
      'a[0,0,0] != a[0,0,0] and not (a[0,0,0] < 1) and not (a[0,0,0] >= 1) and a[0,0,0]',
    ],
    ['a remainder has the sign of its divisor', '(-7) % 3 == 2 and 7 % (-3) == -2 and (-7.5) % 2 == 0.5'],
    [
      'powers',
      '2 ^ 10 == 1024 and (-2) ^ 3 == -8 and 9 ^ 0.5 == 3 and 2 ^ -1 == 0.5 and isnan((-8) ^ 0.25) and 0 ^ 0 == 1',
    ],
    ['the right side of `and` is asked only where it counts', 'not (0 and isnan(a[0,0,0])) and (1 or a[0,0,0])'],
  ])('%s', (_, text) => {
    bound.read('a.y').fill(Number.NaN);
    expect(compiled(text, bound).evaluate()).not.toBe(0);
  });
});

describe('names', () => {
  const lenet = planOf(example('lenet5'), { batch: 4 });
  const { bound } = bind(lenet);
  const stepOf = (node: string, phase: string) =>
    lenet.steps.findLastIndex((step) => step.node === node && step.phase === phase) + 1;

  test('a bare name is the port of the node, a quantity, or what a node answers', () => {
    expect(compiled('norm(weight)', bound, 'conv1').needs).toEqual(['conv1.weight']);
    expect(compiled('sum(x)', bound, 'conv1').needs).toEqual(['image.y']);
    expect(compiled('any(relu1)', bound).needs).toEqual(['relu1.y']);
    expect(compiled('any(relu1)', bound, 'conv1').needs).toEqual(['relu1.y']);
    expect(compiled('iteration + epoch', bound).evaluate()).toBe(9);
    bound.read('lr')[0] = 0.25;
    expect(compiled('lr', bound).evaluate()).toBe(0.25);
    expect(compiled('loss', bound, 'conv1').needs).toEqual([lenet.loss]);
  });

  test('asked after the step that writes what is read; parameters can be read at any time', () => {
    const at = (text: string, node = '') => {
      const { cursor, settled } = compiled(text, bound, node);
      return [cursor, settled];
    };
    expect(at('norm(y)', 'conv1')).toEqual([stepOf('conv1', 'forward'), stepOf('conv1', 'forward')]);
    expect(at('norm(weight)', 'conv1')).toEqual([0, stepOf('conv1', 'update')]);
    const gradient = compiled('norm(grad(weight)) / norm(weight)', bound, 'fc1');
    expect(gradient.cursor).toBe(stepOf('fc1', 'backward'));
    expect(gradient.settled).toBe(stepOf('fc1', 'update'));
    expect(at('max(abs(update(weight)))', 'fc1')).toEqual([stepOf('fc1', 'update'), stepOf('fc1', 'update')]);
    expect(at('iteration == 3')).toEqual([0, 0]);
    expect(at('sum(image.y)')).toEqual([0, 0]);
  });

  test('an update is after minus before', () => {
    const before = bound.read('fc1.weight').slice();
    for (const name of lenet.feeds) bound.read(name).fill(name.includes('target') ? 1 : 0.5);
    const text = 'max(abs(update(weight)))';
    const { evaluate } = compiled(text, bound, 'fc1', { ...host, before: () => before });
    run(bound);
    const after = [...bound.read('fc1.weight')];
    const wanted = after.reduce(
      (most: number, x: number, i: number) => Math.max(most, Math.abs(x - (before[i] as number))),
      0,
    );
    expect(wanted).toBeGreaterThan(0);
    expect(evaluate()).toBe(wanted);
    const element = compiled('update(weight)[3, -1]', bound, 'fc1', { ...host, before: () => before });
    expect(element.evaluate()).toBe((after[3 * 400 + 399] as number) - (before[3 * 400 + 399] as number));
  });

  test.each([
    [
      'norm(wight) > 1',
      'fc1',
      'wight: `fc1` has no port `wight`, and there is no node of that name; did you mean `weight`?',
    ],
    ['conv9.y[0] > 1', '', 'conv9.y[0]: there is no value `conv9.y`; did you mean `conv1.y`?'],
    ['norm(conv2.wieght) > 1', '', 'conv2.wieght: there is no value `conv2.wieght`; did you mean `conv2.weight`?'],
    [
      'norm(grad(fc1.wheight))',
      '',
      'grad(fc1.wheight): there is no value `grad(fc1.wheight)`; did you mean `fc1.weight`?',
    ],
    ['iteratoin > 3', '', 'iteratoin: there is no value `iteratoin`; did you mean `iteration`?'],
    ['zebra.y > 3', '', 'zebra.y: there is no value `zebra.y`'],
    [
      'y > 0',
      'relu1',
      'y > 0: is 4×6×28×28, not one number: put any(…), all(…), max(…) or another reduction around it, or take an element',
    ],
    ['y[0, 1] > 0', 'relu1', 'y[0, 1]: has 4 dimensions 4×6×28×28, the index 2'],
    ['y[0, 6, 0, 0] > 0', 'relu1', 'y[0, 6, 0, 0]: index 6 is outside dimension 1 of 4×6×28×28'],
    ['y[0, 0, -29, 0] > 0', 'relu1', 'y[0, 0, -29, 0]: index -29 is outside dimension 2 of 4×6×28×28'],
    ['any(y > conv2.y)', 'relu1', 'y > conv2.y: shapes 4×6×28×28 and 4×16×10×10 do not go together'],
    ['max(update(y))', 'conv1', 'update(y): `conv1.y` is no parameter: only what training changes has an update'],
    [
      'sum(slot(weight, speed))',
      'conv1',
      'slot(weight, speed): the optimiser keeps no `speed` for `conv1.weight`, only momentum',
    ],
    ['sum(conv1/relu1.y)', '', 'conv1/relu1.y: there is no value `conv1/relu1.y`; to divide, put spaces around `/`'],
    ['iteration[0] > 3', '', 'iteration[0]: `iteration` is one number'],
  ])('%s on %j is refused', (text, node, message) => {
    expect(fault(text, bound, node)).toBe(message);
  });

  test('without training there is no loss, no gradient', () => {
    const plain = bind(planOf(inputs, { mode: 'eval', gradients: 'none' })).bound;
    expect(fault('loss > 1', plain)).toBe('loss: there is no loss');
    expect(fault('sum(grad(a))', plain)).toBe('grad(a): nothing computes a gradient of `a.y`');
  });
});
