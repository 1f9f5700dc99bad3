import type { BinarySign, FormulaExpression } from './formula.ts';

/** The text of an expression with as few brackets as its meaning needs; parse(print(e)) is e but for places. */
export function printFormula(expression: FormulaExpression): string {
  return printWithin(expression, 0);
}

const strength: Readonly<Record<BinarySign, number>> = { '+': 1, '-': 1, '*': 2, '/': 2, '^': 4 };

/** @param least brackets go around what binds less */
function printWithin(expression: FormulaExpression, least: number): string {
  switch (expression.kind) {
    case 'number':
      return expression.value < 0 || Object.is(expression.value, -0)
        ? bracketed(String(expression.value), 3 < least)
        : String(expression.value);
    case 'name':
      return expression.name;
    case 'call':
      return `${expression.name}(${expression.arguments.map(printFormula).join(', ')})`;
    case 'negate': {
      const inner = printWithin(expression.operand, 3);
      return bracketed(`-${inner}`, 3 < least);
    }
    case 'binary': {
      const own = strength[expression.sign];
      const right = expression.sign === '^' ? 3 : own + 1;
      const left = expression.sign === '^' ? 5 : own;
      const space = expression.sign === '^' ? '' : ' ';
      const text = `${printWithin(expression.left, left)}${space}${expression.sign}${space}${printWithin(expression.right, right)}`;
      return bracketed(text, own < least);
    }
  }
}

function bracketed(text: string, needed: boolean): string {
  return needed ? `(${text})` : text;
}
