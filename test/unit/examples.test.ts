// Every example opens without a word of complaint, stands in the page with a name and a paragraph, runs through forward and
// backward without a number that is not finite. Whether the large ones learn is asked in test/long.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import { readGraph } from '../../src/graph/read-graph.ts';
import { writeGraph } from '../../src/graph/write-graph.ts';
import { optimizers } from '../../src/operators/optimizers/registry.generated.ts';
import { operators } from '../../src/operators/registry.generated.ts';

const folder = new URL('../../examples/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));

test('there are examples of every kind: scalar, trained on points, on images, on text', () => {
  const sources = files.map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')).training?.data?.source);
  expect(new Set(sources)).toEqual(
    expect.objectContaining(new Set([undefined, 'digits', 'shapes', 'spirals', 'characters'])),
  );
});

describe.each(files)('%s', (file) => {
  const text = readFileSync(new URL(file, folder), 'utf8');
  const { graph, diagnostics } = readGraph(text);
  if (graph === null) throw new Error(`${file} does not open`);

  test('is sound, told in a paragraph, and written as the program itself writes', () => {
    expect(diagnostics).toEqual([]);
    expect(graph.name).not.toBe('Untitled');
    expect(graph.description?.length ?? 0).toBeGreaterThan(100);
    expect(writeGraph(graph)).toBe(text);
  });

  test('runs forward and backward', { timeout: 60_000 }, async () => {
    const engine = createEngine({ registry: { operators, optimizers }, emit: () => {} });
    const report = await engine.open({ graph, revision: 1 });
    expect(report.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    const state = await engine.control({ kind: 'finish' });
    expect(state.cursor).toBe(report.steps.length);
    const gradients = Object.keys(report.values).filter((name) => name.startsWith('grad('));
    expect(gradients.length).toBeGreaterThan(0);
    const { summaries } = await engine.summaries(
      gradients.map((name) => ({ name, example: 0 })),
      'light',
    );
    expect(summaries.filter(({ state, nonFinite }) => state !== 'computed' || nonFinite > 0)).toEqual([]);
    expect(summaries.some(({ zeros }) => zeros < 1)).toBe(true);
  });
});
