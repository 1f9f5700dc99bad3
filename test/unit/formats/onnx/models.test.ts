// The trained models that are at hand give their stored outputs. What is missing is named by the command `conformance`.
import { expect, test } from 'vitest';
import { runCase } from '../../../support/conformance/case.ts';
import { modelCases } from '../../../support/conformance/model-cases.ts';

const cases = modelCases();
if (cases.length === 0) {
  // biome-ignore lint/suspicious/noConsole: what is not tested must be seen
  console.warn('SKIPPED: the trained models are not at hand');
}

test.skipIf(cases.length === 0).each(cases.map((each) => [each.name, each] as const))(
  '%s',
  { timeout: 60_000 },
  async (_, each) => {
    expect(await runCase(each)).toBeNull();
  },
);
