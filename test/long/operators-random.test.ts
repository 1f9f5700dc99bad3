// Every operator on many more random set-ups than every test run has time for.
import { expect, test } from 'vitest';
import { operators } from '../../src/operators/registry.generated.ts';
import { judgeRandomly } from '../support/random-judgement.ts';

const judged = Object.values(operators).filter(({ traits }) => traits.source === undefined);

test.each(judged.map((operator) => ({ id: operator.id, operator })))('$id', { timeout: 300_000 }, ({ operator }) => {
  const { setups, elements, passedOver } = judgeRandomly(operator, { seed: 12, numRuns: 1500 });
  expect(setups).toBeGreaterThan(600);
  if (operator.gradient !== null) expect(elements).toBeGreaterThan(passedOver);
});
