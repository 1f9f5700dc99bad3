// Every golden case of an operator or a composite. The cases themselves stand in test/support/conformance, where
// `npm run conformance` takes them too.
import { describe, expect, test } from 'vitest';
import { operatorCases, takenCases } from '../../support/conformance/operator-cases.ts';
import { goldenComposites } from '../../support/golden/composites.ts';
import { goldenOperators } from '../../support/golden/operators.ts';
import { loadGoldenManifest } from '../../support/reference.ts';

const { cases } = loadGoldenManifest();
const single = cases.filter(({ op }) => op !== 'Composite');
const taken = takenCases(cases);
const proven = operatorCases();

test('there are golden cases, and each is taken once', () => {
  expect(cases.length).toBeGreaterThan(300);
  expect(taken.map(({ golden }) => golden.id)).toEqual(single.map(({ id }) => id));
  expect(proven.map(({ name }) => name)).toEqual(cases.map(({ id }) => id));
});

test('every line of the tables takes a case', () => {
  const idle = Object.entries(goldenOperators).flatMap(([operator, uses]) =>
    uses.filter((use) => !taken.some((each) => each.use === use)).map((use) => `${operator} ← ${use.op}`),
  );
  expect(idle).toEqual([]);
  const composites = cases.filter(({ op }) => op === 'Composite').map(({ id }) => id);
  expect(Object.keys(goldenComposites).filter((id) => !composites.includes(id))).toEqual([]);
});

describe.each(proven)('$name', ({ checks }) => {
  test.each(checks)('$name', ({ run }) => run());
});
