// The backend node tests of ONNX, all that are at hand. Those that fail are named.
import { expect, test } from 'vitest';
import { runCase } from '../../../support/conformance/case.ts';
import { onnxNodeCases } from '../../../support/onnx/node-tests.ts';

const cases = onnxNodeCases();
if (cases.length === 0) {
  // biome-ignore lint/suspicious/noConsole: what is not tested must be seen
  console.warn('SKIPPED: the node tests of ONNX are not at hand');
}

/** Of the 479 cases; onnxruntime-web passes 449. */
const bar = 465;

test.runIf(cases.length > 0)('the node tests of ONNX hold', { timeout: 120_000 }, async () => {
  const failures: string[] = [];
  for (const each of cases) {
    const reason = await runCase(each);
    if (reason !== null) failures.push(`${each.name}: ${reason}`);
  }
  expect(cases.length - failures.length, failures.join('\n')).toBeGreaterThanOrEqual(bar);
});
