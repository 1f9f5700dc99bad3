// Every initialiser against the expected statistics and properties (test/support/conformance), and shapes beyond those given.
import { describe, expect, test } from 'vitest';
import { initializerCases, proveInitializer } from '../../support/conformance/initializer-cases.ts';

const cases = initializerCases();

test('there are statistics of all kinds', () => {
  expect(cases.length).toBeGreaterThanOrEqual(60);
});

describe.each(cases)('$name', ({ checks }) => {
  test.each(checks)('$name', ({ run }) => run());
});

test.each([
  { init: 'orthogonal', shape: [9, 4], gain: 2 },
  { init: 'orthogonal', shape: [4, 2, 3, 3], gain: 1 },
  { init: 'identity', shape: [2, 1, 3] },
  { init: 'identity', shape: [3, 5, 3, 3] },
])('$init $shape', (entry) => proveInitializer(entry));

test('what is wrong is found', () => {
  expect(() => proveInitializer({ init: 'xavier_normal', shape: [64, 32], std: 0.15 })).toThrow('standard deviation');
  expect(() => proveInitializer({ init: 'xavier_uniform', shape: [64, 32], std: 0.1443376, bound: 0.26 })).toThrow(
    'expected nearly 0.26',
  );
});
