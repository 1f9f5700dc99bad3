// Every example that has data learns from it: after some iterations the mean loss is clearly below that of the beginning.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import { readGraph } from '../../src/graph/read-graph.ts';
import { optimizers } from '../../src/operators/optimizers/registry.generated.ts';
import { operators } from '../../src/operators/registry.generated.ts';

const folder = new URL('../../examples/', import.meta.url);
const trained = readdirSync(folder)
  .map((file) => ({ file, graph: readGraph(readFileSync(new URL(file, folder), 'utf8')).graph }))
  .filter(({ graph }) => graph?.training.data !== undefined);

test('most examples have data', () => {
  expect(trained.length).toBeGreaterThan(4);
});

// Deep ones with batch norm leave the plateau of chance late.
const iterations: Readonly<Record<string, number>> = { 'resnet.json': 300 };

test.each(trained)('$file', async ({ file, graph }) => {
  if (graph === null) throw new Error('does not open');
  const engine = createEngine({ registry: { operators, optimizers }, emit: () => {} });
  await engine.open({ graph, revision: 1 });
  const losses: number[] = [];
  for (let i = 0; i < (iterations[file] ?? 120); i++) {
    const { loss, diagnostics } = await engine.train('iterate');
    expect(diagnostics).toEqual([]);
    losses.push(loss as number);
  }
  const mean = (part: readonly number[]) => part.reduce((sum, loss) => sum + loss, 0) / part.length;
  // Single batches are noisy: twelve at either end.
  expect(mean(losses.slice(-12))).toBeLessThan(0.85 * mean(losses.slice(0, 12)));
});
