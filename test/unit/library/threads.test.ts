// Threads of the library and the command line: the same bits as on one. That programs end is test/long's.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import type { GraphFile } from '../../../src/graph/schema.ts';
import { compile } from '../../../src/library/compile.ts';
import { createSession } from '../../../src/library/session.ts';
import { prepareTraining, type StandingTraining, standTraining } from '../../../src/library/training.ts';
import { example, graphOf } from '../../support/graphs.ts';

const folder = mkdtempSync(join(tmpdir(), 'chainrule-threads-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A convolutional network on drawn digits: large enough that two threads have something to share. */
function digits(): GraphFile {
  const { training, ...graph } = example('lenet5');
  const data = { source: 'digits', options: {}, bind: {}, validation: 0.1, shuffle: true, preprocess: [], augment: [] };
  return { ...graph, training: { ...training, ...(training.data ? {} : { data }) } };
}

function stand(graph: GraphFile, threads: number): StandingTraining {
  return standTraining(prepareTraining(graph, { threads }, []), []);
}

const bytesOf = (training: StandingTraining): Buffer => Buffer.from(training.workspace.persistent.slice());

describe('a training', () => {
  test('of two threads has the bits of one, whether it stops using them or not', async () => {
    const graph = digits();
    const [one, two] = [stand(graph, 1), stand(graph, 2)];
    expect([one.threads, two.threads]).toEqual([1, 2]);
    await two.others?.whenReady();
    for (let i = 0; i < 6; i++) for (const { run } of [one, two]) run.iterate();
    expect(two.others?.runs).toBe(6);
    expect(bytesOf(two).equals(bytesOf(one))).toBe(true);
    expect(two.run.evaluate('validation', 64)).toEqual(one.run.evaluate('validation', 64));
    two.dispose();
    for (let i = 0; i < 3; i++) for (const { run } of [one, two]) run.iterate();
    expect(bytesOf(two).equals(bytesOf(one))).toBe(true);
  });

  test('that has nothing to share, or no others to share it with, is one thread’s', () => {
    const { training, ...points } = example('spirals');
    const small = { ...points, training: { ...training, batch: 4 } };
    expect(stand(small, 2).threads).toBe(1);
    vi.stubGlobal('SharedArrayBuffer', undefined);
    const alone = stand(digits(), 2);
    vi.unstubAllGlobals();
    expect(alone.threads).toBe(1);
    alone.run.iterate();
    expect(Number.isFinite(alone.run.loss)).toBe(true);
  });
});

test('a session of two threads has the bits of one', () => {
  const graph = graphOf({
    nodes: {
      x: ['input', {}, { shape: ['N', 256] }],
      fc: ['linear', { x: 'x.y' }, { out_features: 256 }],
      loss: ['mse_loss', { x: 'fc.y' }],
    },
    training: { loss: 'loss.y', optimizer: { kind: 'sgd', lr: 0.1 } },
  });
  const compiled = compile(graph, { batch: 64, retain: ['fc.y'], gradients: 'training' });
  const x = Float32Array.from({ length: 64 * 256 }, (_, i) => Math.fround(((i * 37) % 101) / 50 - 1));
  const [one, two] = [1, 2].map((threads) => {
    const session = createSession(compiled, { threads });
    const losses = Array.from({ length: 40 }, () => session.train({ x, 'loss.target': x }));
    const { data } = session.weights().get('fc.weight') as { data: Float32Array };
    session.dispose();
    return { losses, weight: [...data] };
  });
  expect(two).toEqual(one);
});

describe('the command line', () => {
  const lenet = new URL('../../../examples/lenet5.json', import.meta.url).pathname;
  const given = (out: string, ...more: string[]) => [
    'train',
    lenet,
    '--data',
    'digits',
    '--epochs',
    '1',
    '--batch',
    '32',
    '--out',
    join(folder, out),
    ...more,
  ];
  const quiet = { out: () => {}, err: () => {}, columns: null };

  test('trains to the same file, however many threads', { timeout: 120_000 }, async () => {
    for (const count of ['1', '2', '3'])
      expect(await main(given(`${count}.safetensors`, '--threads', count), quiet)).toBe(0);
    const [one, ...others] = ['1', '2', '3'].map((count) => readFileSync(join(folder, `${count}.safetensors`)));
    for (const other of others) expect(other.equals(one as Buffer)).toBe(true);
    expect(await main(given('0.safetensors', '--threads', '0'), quiet)).toBe(2);
  });
});
