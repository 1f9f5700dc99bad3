import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FormulaExpression, parseFormulas } from '../../../src/language/formula.ts';
import { printFormula } from '../../../src/language/print-formula.ts';

/** Without places. */
function bare(expression: FormulaExpression): unknown {
  const { from, to, ...rest } = expression;
  return JSON.parse(JSON.stringify(rest, (key, value) => (key === 'from' || key === 'to' ? undefined : value)));
}

function parsed(text: string): FormulaExpression {
  const { statements, diagnostics } = parseFormulas(`y = ${text}`);
  if (diagnostics.length > 0) throw new Error(diagnostics[0]?.message);
  return statements[0]?.expression as FormulaExpression;
}

/** With every bracket, so that precedence shows. */
function full(e: FormulaExpression): string {
  if (e.kind === 'number') return String(e.value);
  if (e.kind === 'name') return e.name;
  if (e.kind === 'negate') return `(-${full(e.operand)})`;
  if (e.kind === 'call') return `${e.name}(${e.arguments.map(full).join(',')})`;
  return `(${full(e.left)}${e.sign}${full(e.right)})`;
}

describe('formulas', () => {
  test('statements are split by ; and by lines, with comments', () => {
    const { statements, diagnostics } = parseFormulas('q = x + y;; f = q * z # product\n\n# nothing\ng=f');
    expect(diagnostics).toEqual([]);
    expect(statements.map(({ name, from, to }) => [name, from, to])).toEqual([
      ['q', 0, 9],
      ['f', 12, 21],
      ['g', 43, 46],
    ]);
  });

  test.each([
    ['a - b - c', '((a-b)-c)'],
    ['a + b * c', '(a+(b*c))'],
    ['a / b * c', '((a/b)*c)'],
    ['a ^ b ^ c', '(a^(b^c))'],
    ['-a ^ 2', '(-(a^2))'],
    ['a ^ -2', '(a^-2)'],
    ['-a * b', '((-a)*b)'],
    ['2 * -3', '(2*-3)'],
    ['(a + b) * c', '((a+b)*c)'],
    ['1 / (1 + exp(-(w0 * x0 + w2)))', '(1/(1+exp((-((w0*x0)+w2)))))'],
    ['max(a, b + 1)', 'max(a,(b+1))'],
    ['a ** 2 · b − 1.5e-3', '(((a^2)*b)-0.0015)'],
    ['.5 * f()', '(0.5*f())'],
  ])('%s reads as %s', (text, expected) => {
    expect(full(parsed(text))).toBe(expected);
  });

  test('places are those of the text', () => {
    const { statements } = parseFormulas('q = a * (b + c)');
    const { expression, nameSpan } = statements[0] as (typeof statements)[number];
    expect([nameSpan, expression.from, expression.to]).toEqual([{ from: 0, to: 1 }, 4, 15]);
  });

  test.each([
    ['x + y', 1, 3, 'expected `=` after `x`, found `+`', '^'],
    ['q = x +', 1, 8, 'expected a value, found the end', '^'],
    ['q = (x + y\nf = q', 1, 11, 'expected `)` to close the bracket at column 5, found the end of the line', '^'],
    ['q = x y', 1, 7, 'unexpected `y`', '^'],
    ['a = 1\nq = x $ y', 2, 7, 'unexpected `$`', '^'],
    ['in = 2', 1, 1, "`in` is reserved for a block's own inputs and outputs", '^^'],
    ['q = 1e999', 1, 5, '1e999 is too large', '^^^^^'],
    ['3 = x', 1, 1, 'expected a name and `=`, found `3`', '^'],
  ])('%j is refused at line %i, column %i', (text, line, column, message, marks) => {
    const [first] = parseFormulas(text).diagnostics;
    expect(first).toMatchObject({
      code: 'E_FORMULA',
      at: { line, column },
      message: `line ${line}, column ${column}: ${message}`,
    });
    const shown = first?.hint?.split('\n') ?? [];
    expect(shown.slice(1)).toEqual([text.split('\n')[line - 1], `${' '.repeat(column - 1)}${marks}`]);
  });

  test('after a fault the next statement is read', () => {
    const { statements, diagnostics } = parseFormulas('q = x +; f = q * 2; = 3; g = f');
    expect([statements.map(({ name }) => name), diagnostics.length]).toEqual([['f', 'g'], 2]);
  });

  test('brackets without end do not overflow the stack', () => {
    for (const text of ['('.repeat(1e5), '-'.repeat(1e5), `${'2^'.repeat(1e5)}2`, 'f('.repeat(1e5)]) {
      expect(parseFormulas(`y = ${text}`).diagnostics[0]?.message).toContain('more than 200 levels');
    }
    expect(parseFormulas(`y = 1${' + 1'.repeat(1e4)}`).diagnostics).toEqual([]);
  });

  test('any text is read without throwing', () => {
    const texts = fc.string({ unit: fc.constantFrom(...'ab=+-*/^(),;\n 1.e#·'), maxLength: 40 });
    fc.assert(fc.property(fc.oneof(texts, fc.string()), (text) => Array.isArray(parseFormulas(text).statements)));
  });

  test('parse(print(e)) is e', () => {
    const leaf = fc.oneof(
      fc.constantFrom('a', 'b', 'x1').map((name) => ({ kind: 'name', name })),
      fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => ({ kind: 'number', value: value || 0 })),
    );
    const { expression } = fc.letrec((tie) => ({
      expression: fc.oneof(
        { maxDepth: 5 },
        leaf,
        fc.record({
          kind: fc.constant('binary'),
          sign: fc.constantFrom('+', '-', '*', '/', '^'),
          left: tie('expression'),
          right: tie('expression'),
        }),
        fc.record({
          kind: fc.constant('call'),
          name: fc.constantFrom('exp', 'max'),
          arguments: fc.array(tie('expression'), { maxLength: 3 }),
        }),
        // A minus before a number makes a negative number.
        fc.record({
          kind: fc.constant('negate'),
          operand: tie('expression').filter((e) => (e as FormulaExpression).kind !== 'number'),
        }),
      ),
    }));
    fc.assert(
      fc.property(expression, (e) => {
        expect(bare(parsed(printFormula(e as FormulaExpression)))).toEqual(e);
      }),
    );
  });
});
