// Sessions travel: what one engine saves, another that knows nothing of it stands at, bit for bit, and goes on from there.
import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import type { ExportFormat } from '../../../src/engine/protocol.ts';
import { type Bench, bench, open } from '../../support/engines.ts';
import { type Json, spiralNet } from '../../support/graphs.ts';

const spirals = (training: Json = {}) => spiralNet({ epochs: 1000, numerics: 'strict', ...training });

const breakpoints = [
  { id: 'b', path: 'fc2', phase: 'backward', enabled: false, condition: 'norm(grad(weight)) > 10' },
] as const;
const watches = [{ id: 'w', expression: 'norm(weight)', path: 'fc1' }] as const;

/** Seven iterations of training, then some steps into the next. */
async function stepped(steps: number, graph = spirals()): Promise<Bench> {
  const own = bench();
  const { engine } = own;
  await open(engine, graph);
  await engine.setBreakpoints(breakpoints);
  await engine.setWatches(watches);
  for (let i = 0; i < 7; i++) await engine.train('iterate');
  await engine.control({ kind: 'run_to', step: steps });
  return own;
}

async function saved({ engine }: Bench, format: ExportFormat = 'chainrule'): Promise<Uint8Array<ArrayBuffer>> {
  const { bytes } = await engine.exportFile(format);
  if (!bytes) throw new Error('nothing was saved');
  return bytes;
}

async function reopened(bytes: Uint8Array<ArrayBuffer>) {
  const own = bench();
  const { graph, session, diagnostics } = await own.engine.openFile({ id: 1, name: 'a.chainrule', bytes });
  if (!graph) throw new Error(JSON.stringify(diagnostics));
  const expand = session?.expanded ?? [];
  const report = await own.engine.open({ graph, revision: 1, fresh: true, weights: 1, expand });
  const told = report.diagnostics.filter(({ code }) => code !== 'I_SAMPLED').map(({ code }) => code);
  return { own, session, report, told };
}

/** The bits of everything that is computed, in its last state. */
async function bitsOf(
  { engine }: Bench,
  names: readonly string[],
): Promise<Readonly<Record<string, readonly number[]>>> {
  const { summaries } = await engine.summaries(
    names.map((name) => ({ name, example: 0 })),
    'light',
  );
  const computed = summaries.filter(({ state }) => state === 'computed').map(({ name }) => name);
  const bits = await Promise.all(
    computed.map(async (name) => {
      const read = await engine.read(name);
      return [name, [...new Uint32Array(read?.data.buffer ?? new ArrayBuffer(0))]] as const;
    }),
  );
  return Object.fromEntries(bits);
}

describe('a session', () => {
  test.each([0, 3, 9, 17, 99])(
    'after %i steps stands elsewhere at the same step, with the same bits',
    async (steps) => {
      const first = await stepped(steps);
      const { own: second, session, report, told } = await reopened(await saved(first));
      expect(told).toEqual([]);
      const names = Object.keys(report.values);
      const here = await bitsOf(first, names);
      expect(Object.keys(here).length).toBeGreaterThan(5);
      expect(await bitsOf(second, names)).toEqual(here);
      expect([session?.breakpoints, session?.watches]).toEqual([breakpoints, watches]);
      const step = session?.position.step ?? -1;
      expect(session?.position).toEqual({ iteration: 7, step: Math.min(steps, step) });
      for (const { engine } of [first, second]) for (let i = 0; i < 3; i++) await engine.train('iterate');
      expect(await bitsOf(second, names)).toEqual(await bitsOf(first, names));
    },
  );

  test('takes along what was written by hand, before and between steps, and the rate', async () => {
    const first = await stepped(0);
    const { engine } = first;
    await engine.setElements('x.y', [{ index: 3, value: 0.25 }]);
    await engine.setElements('fc1.weight', [{ index: 0, value: 2 }]);
    await engine.setLearningRate(0.03);
    await engine.control({ kind: 'run_to_node', path: 'relu' });
    await engine.setElements('relu.y', [{ index: 1, value: Number.NaN }, { index: 2, value: -5 }]); // biome-ignore format: pairs
    await engine.control({ kind: 'finish' });
    const { own: second, report, told } = await reopened(await saved(first));
    expect(told).toEqual([]);
    const names = Object.keys(report.values);
    const here = await bitsOf(first, names);
    expect(await bitsOf(second, names)).toEqual(here);
    const [relu] = [await second.numbers('relu.y')];
    expect([relu[1], relu[2]]).toEqual([Number.NaN, -5]);
    expect((await second.numbers('lr'))[0]).toBeCloseTo(0.03, 7);
  });

  test('takes along what was written ahead and stepped back over, without a branch more', async () => {
    const first = await stepped(0);
    const { engine } = first;
    const end = (await open(bench().engine, spirals())).steps.length;
    await engine.control({ kind: 'run_to_node', path: 'relu' });
    await engine.setElements('relu.y', [{ index: 1, value: 40 }]);
    const branches = (await engine.timeline()).branches.length;
    await engine.control({ kind: 'run_to', step: 1 });
    const { own: second, report, told } = await reopened(await saved(first));
    expect(told).toEqual([]);
    expect((await second.engine.timeline()).branches).toHaveLength(1);
    expect(branches).toBe(2);
    const names = Object.keys(report.values);
    expect(await bitsOf(second, names)).toEqual(await bitsOf(first, names));
    for (const each of [first, second]) await each.engine.control({ kind: 'run_to', step: end });
    expect((await second.numbers('relu.y'))[1]).toBe(40);
    expect(await bitsOf(second, names)).toEqual(await bitsOf(first, names));
    for (const each of [first, second]) for (let i = 0; i < 3; i++) await each.engine.train('iterate');
    expect(await bitsOf(second, names)).toEqual(await bitsOf(first, names));
  });

  test.each([
    { kind: 'cosine', warmup: 3 },
    { kind: 'exponential', gamma: 0.93 },
    { kind: 'plateau', patience: 0, threshold: 0.4, factor: 0.7 },
  ])('goes on with the rates of the run that it was saved from: $kind', async (schedule) => {
    const graph = spirals({ schedule, batch: 90 });
    const first = bench();
    await open(first.engine, graph);
    for (let i = 0; i < 4; i++) await first.engine.train('iterate');
    await first.engine.setLearningRate(0.0371);
    for (let i = 0; i < 5; i++) await first.engine.train('iterate');
    const { own: second, told } = await reopened(await saved(first));
    expect(told).toEqual([]);
    const rates: number[][] = [[], []];
    for (const [at, own] of [first, second].entries())
      for (let i = 0; i < 12; i++) {
        rates[at]?.push(...(await own.numbers('lr')));
        await own.engine.train('iterate');
      }
    expect(new Set(rates[0]).size).toBeGreaterThan(2);
    expect(rates[1]).toEqual(rates[0]);
    expect(await second.numbers('fc1.weight')).toEqual(await first.numbers('fc1.weight'));
  });

  test('stands where its data are not at hand: what was fed travels', async () => {
    const own = bench();
    const rows = Array.from({ length: 40 }, (_, i) => `${i / 40},${(i * 7) % 11},${i % 3}`).join('\n');
    const bytes = new TextEncoder().encode(`a,b,label\n${rows}`);
    const { source } = await own.engine.addData([{ name: 'rows.csv', bytes }]);
    const fields = Object.keys(source?.fields ?? {});
    expect(fields.length).toBeGreaterThan(1);
    const [input, target] = [fields.find((f) => source?.fields[f]?.role === 'input'), fields.find((f) => source?.fields[f]?.role === 'target')]; // biome-ignore format: pair
    const data = { source: source?.id ?? '', bind: { x: input ?? '', 'loss.target': target ?? '' } };
    await open(own.engine, spirals({ data }));
    for (let i = 0; i < 2; i++) await own.engine.train('iterate');
    const { own: second, report, told } = await reopened(await saved(own));
    const names = Object.keys(report.values);
    expect(told.filter((code) => code === 'W_SESSION')).toEqual([]);
    expect(await second.numbers('x.y')).toEqual(await own.numbers('x.y'));
    expect(await bitsOf(second, names)).toEqual(await bitsOf(own, names));
  });

  test('as a link holds no numbers, and says from where it starts', async () => {
    const first = await stepped(4);
    const { bytes, diagnostics } = await first.engine.exportFile('link');
    expect(diagnostics.map(({ code }) => code)).toEqual(['I_LINK']);
    expect(Object.keys(unzipSync(bytes as Uint8Array))).toEqual(['session.json', 'graph.json']);
    const { own: second, session } = await reopened(bytes as Uint8Array<ArrayBuffer>);
    expect(session?.position).toEqual({ iteration: 0, step: 0 });
    const fresh = bench();
    await open(fresh.engine, spirals());
    expect(await second.numbers('fc1.weight')).toEqual(await fresh.numbers('fc1.weight'));
    expect(session?.breakpoints).toEqual(breakpoints);
  });

  test('as a link of the first iteration holds what was written by hand and the rate; of loaded weights it says so', async () => {
    const first = bench();
    const { engine } = first;
    await open(engine, spirals());
    await engine.setElements('fc1.weight', [{ index: 3, value: 0.125 }]);
    await engine.setLearningRate(0.5);
    await engine.control({ kind: 'run_to_node', path: 'relu' });
    await engine.setElements('relu.y', [{ index: 0, value: 7 }]);
    const { bytes, diagnostics } = await engine.exportFile('link');
    expect(diagnostics).toEqual([]);
    const { own: second, report, told } = await reopened(bytes as Uint8Array<ArrayBuffer>);
    expect(told).toEqual([]);
    const names = Object.keys(report.values);
    expect(await bitsOf(second, names)).toEqual(await bitsOf(first, names));
    expect([(await second.numbers('fc1.weight'))[3], (await second.numbers('relu.y'))[0]]).toEqual([0.125, 7]);
    const { bytes: weights } = await engine.exportFile('safetensors');
    await engine.loadWeights(weights as Uint8Array<ArrayBuffer>);
    const again = await engine.exportFile('link');
    expect(again.diagnostics).toMatchObject([{ code: 'I_LINK', message: expect.stringContaining('the seed gives') }]);
  });

  test('in fast numerics says where the engine computes otherwise', async () => {
    const first = await stepped(2, spirals({ numerics: 'fast' }));
    const bytes = await saved(first);
    expect((await reopened(bytes)).told).toEqual([]);
    const { readSession } = await import('../../../src/formats/session/read-session.ts');
    const { writeSession } = await import('../../../src/formats/session/write-session.ts');
    const { session } = readSession(bytes, 'a');
    if (!session) throw new Error('no session');
    const fusedMultiplyAdd = !session.settings.engine.fusedMultiplyAdd;
    const other = writeSession({ ...session, settings: { ...session.settings, engine: { fusedMultiplyAdd } } });
    expect((await reopened(other as Uint8Array<ArrayBuffer>)).told).toEqual(['W_ENGINE']);
  });
});
