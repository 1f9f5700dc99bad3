// Every example, and every ONNX model of the reference material, written as ONNX: onnxruntime gives what our kernels give,
// and what is read back gives the same once more.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readOnnx } from '../../src/formats/onnx/read-onnx.ts';
import { writeOnnx } from '../../src/formats/onnx/write-onnx.ts';
import { formatDiagnostic } from '../../src/tensor/diagnostic.ts';
import { example, registry } from '../support/graphs.ts';
import { compareWithRuntime, deviation, type Run, readBack, runHere, runtimeOutputs } from '../support/onnx/runtime.ts';
import { referencePath } from '../support/reference.ts';

const tolerance = 1e-4;
const examples = readdirSync(new URL('../../examples/', import.meta.url))
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replace('.json', ''));

async function prove(name: string, batch: number, outputs?: readonly string[]): Promise<void> {
  const setting = { batch, ...(outputs ? { outputs } : {}) };
  const { worst, bytes, run } = await compareWithRuntime(example(name), setting);
  expect(worst).toBeLessThan(tolerance);
  expect(cycle(bytes, run, batch)).toBeLessThan(tolerance);
}

/** Largest deviation of what is read back from the first run. */
function cycle(bytes: Uint8Array, run: Run, batch: number): number {
  const again = readBack(bytes, run.feeds, batch);
  return Math.max(...[...run.outputs].map(([name, tensor]) => deviation(again.get(name), tensor)));
}

describe('examples', () => {
  test('are there', () => expect(examples.length).toBeGreaterThan(5));
  test.each(examples)('%s, for inference', (name) => prove(name, 3));
  const withLosses = examples.flatMap((name) => {
    const losses = example(name).nodes.filter(({ op }) => registry.operators[op]?.traits.loss);
    return losses.length > 0 ? [[name, losses.map(({ id }) => `${id}.y`)] as const] : [];
  });
  test.each(withLosses)('%s, its loss', (name, losses) => prove(name, 2, losses));
});

const models = referencePath('models');
if (models === undefined) {
  // biome-ignore lint/suspicious/noConsole: what is not tested must be seen
  console.warn('SKIPPED: there are no models beside the project; none was written as ONNX');
}

describe.runIf(models !== undefined)('models', () => {
  const root = models ?? '';
  const files = (readdirSync(root, { recursive: true }) as string[]).filter((file) => file.endsWith('.onnx')).sort();
  test('are there', () => expect(files.length).toBeGreaterThan(10));
  test.each(files)('%s', { timeout: 120_000 }, async (file) => {
    const original = new Uint8Array(readFileSync(join(root, file)));
    const { graph, weights, outputs, inputs, diagnostics } = readOnnx(original);
    expect(diagnostics.map(formatDiagnostic)).toEqual([]);
    if (!graph) return;
    const run = runHere(graph, [...outputs.values()], { tensors: weights, batch: 1 });
    const options = { tensors: weights, operators: registry.operators, outputs: [...outputs.values()] };
    const { bytes, diagnostics: faults } = writeOnnx(graph, options);
    expect(faults.map(formatDiagnostic).filter((line) => line.startsWith('error'))).toEqual([]);
    if (!bytes) return;
    const written = await runtimeOutputs(bytes, run.feeds);
    const wrong = [...run.outputs].filter(([name, tensor]) => !(deviation(written.get(name), tensor) < tolerance));
    expect(wrong.map(([name]) => name)).toEqual([]);
    expect(cycle(bytes, run, 1)).toBeLessThan(tolerance);
    // The model as it came says the same, where onnxruntime takes our element types.
    if (file.includes('fp16')) return;
    const given = new Map([...inputs].flatMap(([name, id]) => named(name, run.feeds.get(`${id}.y`))));
    const there = await runtimeOutputs(original, given);
    for (const [name, value] of outputs) {
      const tensor = run.outputs.get(value);
      expect(tensor && deviation(there.get(name), tensor), name).toBeLessThan(tolerance);
    }
  });
});

function named<T>(name: string, value: T | undefined): [string, T][] {
  return value === undefined ? [] : [[name, value]];
}
