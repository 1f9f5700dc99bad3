// Thousands of damaged files of every format; the first hundred of each are in test/unit/formats/hostile.test.ts. The seeds count up
// from 0: the same files in every run. Of ONNX also the conformance cases are damaged, where they are at hand.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { countMemory } from '../support/hostile/count-memory.ts';
import type { HostileFormat } from '../support/hostile/formats.ts';
import { referencePath } from '../support/reference.ts';

const memory = countMemory(2 ** 28);
const { hostileFormats } = await import('../support/hostile/formats.ts');
const { runHostile } = await import('../support/hostile/run-hostile.ts');
afterAll(() => memory.restore());

const seeds = (count: number) => Array.from({ length: count }, (_, seed) => seed);

describe('damaged files', () => {
  test.each(hostileFormats)('$name', (format) => {
    expect(runHostile(format, seeds(6000), memory)).toEqual([]);
  });
});

const cases = referencePath('onnx-node-tests');
if (cases === undefined) {
  // biome-ignore lint/suspicious/noConsole: what is not tested must be seen
  console.warn('SKIPPED: the ONNX conformance cases are not beside the project; none of their models was damaged');
}

test.runIf(cases !== undefined)('damaged models of the conformance cases', () => {
  const models = readdirSync(cases as string, { recursive: true })
    .map(String)
    .filter((path) => path.endsWith('.onnx'))
    .sort()
    .map((path) => new Uint8Array(readFileSync(join(cases as string, path))))
    .filter((bytes) => bytes.length < 20_000);
  const onnx = hostileFormats.find(({ name }) => name === 'onnx') as HostileFormat;
  const format: HostileFormat = { ...onnx, name: 'onnx-cases', files: () => models, valid: false };
  expect(runHostile(format, seeds(12_000), memory)).toEqual([]);
});
