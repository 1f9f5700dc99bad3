import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Condition,
  type ConditionSign,
  conditionError,
  elementwiseFunctions,
  parseCondition,
  reductions,
} from '../../../src/language/condition.ts';
import { printCondition } from '../../../src/language/print-condition.ts';

/** Without places. */
function bare(condition: Condition): unknown {
  return JSON.parse(JSON.stringify(condition), (key, value) => (key === 'from' || key === 'to' ? undefined : value));
}

function parsed(text: string): Condition {
  const result = parseCondition(text);
  if (!result.ok) throw new Error(`${text}: ${result.fault.message}`);
  return result.condition;
}

/** With every bracket, so that precedence shows. */
function full(c: Condition): string {
  switch (c.kind) {
    case 'number':
      return String(c.value);
    case 'value': {
      const { form, node, name, slot } = c.name;
      const path = node === undefined ? name : `${node}.${name}`;
      const inner = slot === undefined ? path : `${path},${slot}`;
      return `${form === 'value' ? inner : `${form}(${inner})`}${c.index ? `[${c.index}]` : ''}`;
    }
    case 'negate':
      return `(-${full(c.operand)})`;
    case 'not':
      return `(not ${full(c.operand)})`;
    case 'call':
      return `${c.function}(${full(c.operand)})`;
    case 'binary':
      return `(${full(c.left)} ${c.sign} ${full(c.right)})`;
  }
}

describe('conditions', () => {
  test.each([
    ['any(isnan(y))', 'any(isnan(y))'],
    ['norm(grad(weight)) / norm(weight) > 0.1', '((norm(grad(weight)) / norm(weight)) > 0.1)'],
    ['mean(y == 0) > 0.9', '(mean((y == 0)) > 0.9)'],
    ['max(abs(update(weight)))', 'max(abs(update(weight)))'],
    ['y[0,3,2,1] < -1e-3', '(y[0,3,2,1] < -0.001)'],
    ['y[-1, 0]', 'y[-1,0]'],
    ['y[]', 'y[]'],
    ['conv1.y[0]', 'conv1.y[0]'],
    ['grad(conv1.weight)[0, -2]', 'grad(conv1.weight)[0,-2]'],
    ['rnn[3]/cell.h[1]', 'rnn[3]/cell.h[1]'],
    ['slot(fc.weight, momentum)', 'slot(fc.weight,momentum)'],
    ['next(running_mean)', 'next(running_mean)'],
    ['a/b', '(a / b)'],
    ['a/b.y', 'a/b.y'],
    ['a / b.y', '(a / b.y)'],
    ['y[3]/x', '(y[3] / x)'],
    ['a or b and c', '(a or (b and c))'],
    ['a || b && !c', '(a or (b and (not c)))'],
    ['not a == b', '(not (a == b))'],
    ['!any(a) and b', '((not any(a)) and b)'],
    ['(a or b) and c', '((a or b) and c)'],
    ['a - b - c * d % e', '((a - b) - ((c * d) % e))'],
    ['-a ^ 2', '(-(a ^ 2))'],
    ['a ^ -b ^ c', '(a ^ (-(b ^ c)))'],
    ['2 * -3', '(2 * -3)'],
    ['iteration % 10 == 0', '((iteration % 10) == 0)'],
    ['loss ≥ 1 ∧ lr ≠ .5', '((loss >= 1) and (lr != 0.5))'],
    ['1.5E+3 <= x ** 2 # comment', '(1500 <= (x ^ 2))'],
    ['and.y == not.y', '(and.y == not.y)'],
    ['sum', 'sum'],
    ['a\n  > 1', '(a > 1)'],
  ])('%j reads as %s', (text, expected) => {
    expect(full(parsed(text))).toBe(expected);
  });

  test.each([
    ['', 1, 1, 'expected a value, found the end'],
    ['norm(y', 7, 1, 'expected `)` to close `(`, found the end'],
    ['y[0', 4, 1, 'expected `]` to close `[`, found the end'],
    ['y[0.5]', 3, 3, 'expected a whole number, found `0.5`'],
    ['y = 3', 3, 1, 'one `=` assigns; to compare write `==`'],
    ['0 < y < 1', 7, 1, 'comparisons do not chain: write `a < b and b < c`'],
    ['a & b', 3, 1, 'write `&&`'],
    ['median(y) > 0', 1, 6, 'there is no function `median`; did you mean `mean`?'],
    ['variance(y) > 0', 1, 8, 'there is no function `variance`, only any, all, sum,'],
    ['gard(w) > 0', 1, 4, 'there is no function `gard`; did you mean `grad`?'],
    ['any()', 5, 1, '`any` takes a value'],
    ['max(a, b)', 6, 1, '`max` takes one value'],
    ['grad(3)', 6, 1, 'expected the name of a value, found `3`'],
    ['slot(w)', 7, 1, 'expected `,` and the name of the slot, found `)`'],
    ['a == !b', 6, 1, 'put brackets around `not …`'],
    ['1e999 > y', 1, 5, '1e999 is too large'],
    ['y > 3 $', 7, 1, 'unexpected `$`'],
    ['conv1.y(3)', 1, 7, '`conv1.y` is no function'],
    ['in.x', 1, 4, "`in` is reserved for a block's own inputs and outputs"],
    ['a.__proto__ > 0', 3, 9, '`__proto__` is reserved'],
    ['constructor', 1, 11, '`constructor` is reserved'],
    ['y.', 2, 1, 'unexpected `.`'],
  ])('%j is refused at column %i', (text, column, width, message) => {
    const result = parseCondition(text);
    if (result.ok) throw new Error('was taken');
    const { fault } = result;
    expect(fault.message).toContain(message);
    expect([fault.span.from + 1, Math.max(1, fault.span.to - fault.span.from)]).toEqual([column, width]);
    const [, line, marks] = conditionError(text, fault).hint?.split('\n') ?? [];
    expect([line, marks]).toEqual([text, `${' '.repeat(column - 1)}${'^'.repeat(width)}`]);
  });

  test('places are those of the text, brackets included', () => {
    const text = 'a + (b > 1)';
    const whole = parsed(text);
    if (whole.kind !== 'binary') throw new Error('a sum');
    expect([whole, whole.left, whole.right].map(({ from, to }) => text.slice(from, to))).toEqual([
      text,
      'a',
      '(b > 1)',
    ]);
  });

  const word = fc.constantFrom('y', 'weight', 'q', 'loss', 'iteration', 'any', 'norm', 'h0', '_x', 'nothing');
  const path = fc.constantFrom('conv1', 'block1/conv1', 'rnn[3]/cell', 'rnn[12]', 'and', 'a/b/c[0]');
  const place = fc.oneof(
    word.map((name) => ({ name })),
    fc.tuple(path, word).map(([node, name]) => ({ node, name })),
  );
  const name = fc.oneof(
    fc.tuple(fc.constantFrom('value', 'grad', 'update', 'next'), place).map(([form, rest]) => ({ form, ...rest })),
    fc.tuple(place, word).map(([rest, slot]) => ({ form: 'slot', ...rest, slot })),
  );
  const index = fc.array(fc.integer({ min: -9, max: 99 }), { maxLength: 4 });
  const signs: readonly ConditionSign[] = ['+', '-', '*', '/', '%', '^', '<', '<=', '>', '>=', '==', '!=', 'and', 'or'];
  const { condition } = fc.letrec((tie) => ({
    condition: fc.oneof(
      { maxDepth: 6, depthIdentifier: 'condition' },
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => ({ kind: 'number', value })),
      name.map((each) => ({ kind: 'value', name: each })),
      fc.tuple(name, index).map(([each, at]) => ({ kind: 'value', name: each, index: at })),
      tie('condition').map((operand) => ({ kind: 'not', operand })),
      // The sign of a number belongs to the number.
      tie('condition').map((operand) =>
        (operand as Condition).kind === 'number' ? operand : { kind: 'negate', operand },
      ),
      fc
        .tuple(fc.constantFrom(...elementwiseFunctions, ...reductions), tie('condition'))
        .map(([called, operand]) => ({ kind: 'call', function: called, operand })),
      fc
        .tuple(fc.constantFrom(...signs), tie('condition'), tie('condition'))
        .map(([sign, left, right]) => ({ kind: 'binary', sign, left, right })),
    ),
  }));

  test('what is printed reads as what it was', () => {
    fc.assert(
      fc.property(condition as fc.Arbitrary<Condition>, (made) => {
        const text = printCondition(made);
        fc.pre(text.length < 2000);
        expect(bare(parsed(text))).toEqual(bare(made));
        expect(printCondition(parsed(text))).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  test('no text throws, and what is refused has a place in it', () => {
    const scraps = fc.array(
      fc.oneof(
        fc.constantFrom(
          'y',
          ' ',
          '(',
          ')',
          '[',
          ']',
          'grad(',
          'and',
          'not',
          '!',
          '-',
          '^',
          '<',
          '=',
          '.',
          ',',
          '3',
          '1e',
        ),
        fc.string({ unit: 'grapheme', maxLength: 3 }),
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(scraps, (parts) => {
        const text = parts.join('');
        const result = parseCondition(text);
        if (result.ok) expect(full(parsed(printCondition(result.condition)))).toBe(full(result.condition));
        else {
          const { from, to } = result.fault.span;
          expect(0 <= from && from <= to && to <= text.length).toBe(true);
          expect(conditionError(text, result.fault).message).toContain(result.fault.message);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test.each(['('.repeat(5000), `${'not '.repeat(300)}y`, `y${'^y'.repeat(300)}`, `${'abs('.repeat(300)}y`])(
    'however deep, %#: an answer',
    (text) => {
      expect(parseCondition(text).ok).toBe(false);
    },
  );
});
