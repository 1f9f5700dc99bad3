// Damaged sessions through the whole way: read, opened, stepped and trained. Each is refused with the reason, or stands somewhere
// that the graph has; nothing throws. The seeds count up from 0, and those that once went wrong are kept.
import { beforeAll, expect, test } from 'vitest';
import { formatDiagnostic, hasErrors } from '../../../src/tensor/diagnostic.ts';
import { bench, open } from '../../support/engines.ts';
import { graphOf } from '../../support/graphs.ts';
import { mutateSession } from '../../support/hostile/formats.ts';
import { damaged } from '../../support/hostile/mutate.ts';

const count = 400;
const found: readonly number[] = [];

const graph = graphOf({
  nodes: {
    x: ['input', {}, { shape: ['N', 2] }],
    fc1: ['linear', { x: 'x.y' }, { out_features: 4 }],
    bn: ['batch_norm', { x: 'fc1.y' }],
    relu: ['relu', { x: 'bn.y' }],
    fc2: ['linear', { x: 'relu.y' }, { out_features: 3 }],
    loss: ['cross_entropy', { x: 'fc2.y' }],
  },
  training: {
    loss: 'loss.y',
    epochs: 1000,
    batch: 8,
    data: { source: 'spirals', bind: { x: 'x', 'loss.target': 'label' } },
    optimizer: { kind: 'momentum', lr: 0.1 },
  },
});

let file: Uint8Array;
beforeAll(async () => {
  const { engine } = bench();
  await open(engine, graph);
  await engine.setBreakpoints([
    { id: 'b', path: 'fc2', phase: 'backward', enabled: true, condition: 'norm(grad(weight)) > 9' },
  ]);
  await engine.setWatches([{ id: 'w', expression: 'norm(weight)', path: 'fc1' }]);
  for (let i = 0; i < 5; i++) await engine.train('iterate');
  await engine.control({ kind: 'run_to_node', path: 'relu' });
  await engine.setElements('relu.y', [{ index: 1, value: Number.NaN }, { index: 2, value: -5 }]); // biome-ignore format: pairs
  const { bytes } = await engine.exportFile('chainrule', [{ node: 'fc1', kind: 'expansion' }]);
  if (!bytes) throw new Error('nothing was saved');
  file = bytes;
});

interface Outcome {
  readonly fault: string | null;
  readonly refused: boolean;
  /** Diagnostics of what was opened. */
  readonly told: number;
}

async function outcomeOf(bytes: Uint8Array): Promise<Outcome> {
  const { engine } = bench();
  const read = await engine.openFile({ id: 1, name: 'a.chainrule', bytes: bytes.slice() });
  if (read.graph === null)
    return { fault: hasErrors(read.diagnostics) ? null : 'refused without a reason', refused: true, told: 0 };
  const { graph: opened, session } = read;
  const expand = session?.expanded ?? [];
  const report = await engine.open({ graph: opened, revision: 1, fresh: true, weights: 1, expand });
  const lines = [...read.diagnostics, ...report.diagnostics].map(formatDiagnostic);
  const told = lines.filter((line) => !line.includes('I_SAMPLED')).length;
  if (lines.some((line) => line.length > 4000)) return { fault: 'a diagnostic without end', refused: false, told };
  if (session) {
    await engine.setBreakpoints(session.breakpoints);
    await engine.setWatches(session.watches);
  }
  const { position, stepCount } = await engine.timeline();
  const stands = Number.isSafeInteger(position.iteration) && position.step >= 0 && position.step <= stepCount;
  if (report.runnable && !stands) return { fault: `stands at ${JSON.stringify(position)}`, refused: false, told };
  await engine.control({ kind: 'step' });
  await engine.control({ kind: 'step_back' });
  await engine.train('iterate');
  await engine.exportFile('chainrule');
  return { fault: null, refused: false, told };
}

test('the session as it was saved opens without a word', async () => {
  expect(await outcomeOf(file)).toEqual({ fault: null, refused: false, told: 0 });
});

test(`${count} damaged sessions`, { timeout: 240_000 }, async () => {
  const failures: string[] = [];
  let [refused, warned] = [0, 0];
  for (const seed of [...Array.from({ length: count }, (_, i) => i), ...found]) {
    const bytes = damaged([file], seed, 'standing session', mutateSession);
    try {
      const outcome = await outcomeOf(bytes);
      if (outcome.fault !== null) failures.push(`${seed}: ${outcome.fault}`);
      if (outcome.refused) refused++;
      else if (outcome.told > 0) warned++;
    } catch (reason) {
      failures.push(`${seed}: ${reason instanceof Error ? reason.stack?.split('\n').slice(0, 4).join(' | ') : reason}`);
    }
  }
  expect(failures).toEqual([]);
  // Of damage that is never seen little would be proven.
  expect(refused).toBeGreaterThan(count / 10);
  expect(warned).toBeGreaterThan(count / 20);
});
