// The trained models that are at hand give their stored outputs.
import { expect, test } from 'vitest';
import { runCase } from '../../../support/conformance/case.ts';
import { modelCases } from '../../../support/conformance/model-cases.ts';

const cases = modelCases();
if (cases.length === 0) {
  // biome-ignore lint/suspicious/noConsole: what is not tested must be seen
  console.warn('SKIPPED: the trained models are not at hand');
}

test.runIf(cases.length > 0)('trained models give their stored outputs', { timeout: 120_000 }, async () => {
  const failures: string[] = [];
  for (const each of cases) {
    const reason = await runCase(each);
    if (reason !== null) failures.push(`${each.name}: ${reason}`);
  }
  expect(failures).toEqual([]);
});
