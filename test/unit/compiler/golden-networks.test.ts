// Whole networks against PyTorch: the golden cases of test/support/conformance, as `npm run conformance` runs them.
import { describe, expect, test } from 'vitest';
import { networkCases } from '../../support/conformance/network-cases.ts';

const cases = networkCases();

test('there are networks', () => {
  expect(cases.map(({ name }) => name)).toEqual(expect.arrayContaining(['networks/lenet5', 'networks/resnet_small']));
});

describe.each(cases)('$name', ({ checks }) => {
  test.each(checks)('$name', ({ run }) => run());
});
