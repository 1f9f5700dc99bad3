import type { Condition, ConditionName, ConditionSign } from './condition.ts';

/** The text of a condition with as few brackets as its meaning needs; parse(print(c)) is c but for places. */
export function printCondition(condition: Condition): string {
  return printWithin(condition, 0);
}

const [notStrength, signStrength] = [3, 7];
const strength: Readonly<Record<ConditionSign, number>> = {
  or: 1,
  and: 2,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '==': 4,
  '!=': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '%': 6,
  '^': 8,
};

/** @param least brackets go around what binds less */
function printWithin(condition: Condition, least: number): string {
  switch (condition.kind) {
    case 'number': {
      const negative = condition.value < 0 || Object.is(condition.value, -0);
      const text = Object.is(condition.value, -0) ? '-0' : String(condition.value);
      return bracketed(text, negative && signStrength < least);
    }
    case 'value':
      return (
        printConditionName(condition.name) + (condition.index === undefined ? '' : `[${condition.index.join(', ')}]`)
      );
    case 'call':
      return `${condition.function}(${printCondition(condition.operand)})`;
    case 'not':
      return bracketed(`not ${printWithin(condition.operand, notStrength)}`, notStrength < least);
    case 'negate':
      return bracketed(`-${printWithin(condition.operand, signStrength)}`, signStrength < least);
    case 'binary': {
      const own = strength[condition.sign];
      const comparison = own === strength['<'];
      const power = condition.sign === '^';
      const left = printWithin(condition.left, power || comparison ? own + 1 : own);
      const right = printWithin(condition.right, power ? signStrength : own + 1);
      const space = power ? '' : ' ';
      return bracketed(`${left}${space}${condition.sign}${space}${right}`, own < least);
    }
  }
}

/** `grad(conv1.weight)`, `slot(weight, momentum)`, `y` */
export function printConditionName({ form, node, name, slot }: ConditionName): string {
  const value = node === undefined ? name : `${node}.${name}`;
  if (form === 'value') return value;
  return slot === undefined ? `${form}(${value})` : `${form}(${value}, ${slot})`;
}

function bracketed(text: string, needed: boolean): string {
  return needed ? `(${text})` : text;
}
