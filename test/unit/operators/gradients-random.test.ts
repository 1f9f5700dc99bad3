// Every operator on random shapes and attributes: what inference lets through computes what the reference says, its gradient is
// that of central differences, and its explanations make the elements that they explain.
import { expect, test } from 'vitest';
import type { Operator } from '../../../src/operators/define-operator.ts';
import { operators } from '../../../src/operators/registry.generated.ts';
import { judgeRandomly } from '../../support/random-judgement.ts';

const judged = Object.values(operators).filter(({ traits }) => traits.source === undefined);

test.each(judged.map((operator) => ({ id: operator.id, operator })))('$id', ({ operator }) => {
  const { setups, elements, passedOver } = judgeRandomly(operator, { seed: 11, numRuns: 30 });
  expect(setups).toBeGreaterThan(12);
  if (operator.gradient !== null) expect(elements).toBeGreaterThan(passedOver);
});

test('a gradient that is wrong on some set-ups only is found out', () => {
  const { leaky_relu, relu, mean, sum } = operators;
  const scaled = { ...leaky_relu, gradient: relu.gradient };
  const faults = (operator: Operator): unknown[] => {
    try {
      judgeRandomly(operator, { seed: 11, numRuns: 40 });
      return [];
    } catch (fault) {
      return [String((fault as Error).cause)];
    }
  };
  expect(faults(leaky_relu)).toEqual([]);
  expect(faults(scaled)).toEqual([expect.stringContaining('the differences say')]);
  expect(faults({ ...mean, gradient: sum.gradient })).toEqual([expect.stringContaining('the differences say')]);
});
