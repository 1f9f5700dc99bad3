// Commands over plans whose iterations take long: the engine goes on answering, tells how far it is, and stops between two steps when
// it is called off. Truth: the same commands left alone.
import { describe, expect, test } from 'vitest';
import type { CompileReport, SessionState } from '../../../src/engine/protocol.ts';
import type { GraphFile } from '../../../src/graph/schema.ts';
import { type Bench, bench, open } from '../../support/engines.ts';
import { graphOf, type NodeSketch } from '../../support/graphs.ts';

/** Many steps of some milliseconds each. */
function slow(layers = 48, units = 512, lr = 1e-3): GraphFile {
  const nodes: Record<string, NodeSketch> = { x: ['input', {}, { shape: [256, units] }] };
  for (let at = 0; at < layers; at++) {
    nodes[`fc${at}`] = ['linear', { x: at === 0 ? 'x.y' : `act${at - 1}.y` }, { out_features: units }];
    nodes[`act${at}`] = ['tanh', { x: `fc${at}.y` }];
  }
  nodes['loss'] = ['mse_loss', { x: `act${layers - 1}.y` }];
  return graphOf({ nodes, training: { loss: 'loss.y', optimizer: { kind: 'sgd', lr } } });
}

interface Run extends Bench {
  readonly report: CompileReport;
  /** Shares that were told of what moves the run. */
  shares(): readonly number[];
  /** Of every value that the steps so far wrote: its bits, folded to one number. */
  standing(): Promise<Record<string, number>>;
}

function digest(bits: Int32Array): number {
  let sum = 17;
  for (let i = 0; i < bits.length; i++) sum = (Math.imul(sum, 31) + (bits[i] as number)) | 0;
  return sum;
}

async function stand(graph = slow()): Promise<Run> {
  const own = bench();
  const report = await open(own.engine, graph);
  return {
    ...own,
    report,
    shares: () => own.events.flatMap((event) => (event.kind === 'search' && event.id === 0 ? [event.share] : [])),
    async standing() {
      const { cursor } = await own.engine.session();
      const names = report.steps.slice(0, cursor).flatMap(({ writes }) => writes);
      const digests: Record<string, number> = {};
      for (const name of names) {
        const read = await own.engine.read(name);
        if (read) digests[name] = digest(new Int32Array(read.data.buffer, read.data.byteOffset, read.data.length));
      }
      return digests;
    },
  };
}

/** Waits until something is told of how far this is. */
async function underWay({ shares }: Run, command: Promise<unknown>): Promise<void> {
  const from = shares().length;
  let done = false;
  void command.finally(() => {
    done = true;
  });
  while (shares().length <= from) {
    if (done) throw new Error('it took no time');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

const place = ({ iteration, cursor }: SessionState) => [iteration, cursor];

describe('a command that takes long', { timeout: 120_000 }, () => {
  test('is answered to meanwhile, stops between two steps when it is called off, and goes on from there to the same bits', async () => {
    const run = await stand();
    const { engine, report } = run;
    const { length } = report.steps;
    const finished = engine.control({ kind: 'finish' });
    await underWay(run, finished);
    const between = await engine.session();
    expect(between.cursor).toBeGreaterThan(0);
    expect(between.cursor).toBeLessThan(length);
    expect(await run.number('fc0.y')).toEqual(expect.any(Number));
    await engine.cancelSearch(0);
    const stopped = await finished;
    expect(stopped.cursor).toBeGreaterThanOrEqual(between.cursor);
    expect(stopped.cursor).toBeLessThan(length);
    expect(stopped.stoppedBy).toBe('step');
    const half = await run.standing();
    expect(await engine.control({ kind: 'finish' })).toMatchObject({ cursor: length, stoppedBy: 'end' });
    const whole = await run.standing();
    const shares = run.shares();
    expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
    expect(new Set(shares).size).toBeGreaterThan(1);

    const other = await stand();
    await other.engine.control({ kind: 'run_to', step: stopped.cursor });
    expect(await other.standing()).toEqual(half);
    await other.engine.control({ kind: 'finish' });
    expect(await other.standing()).toEqual(whole);
    await other.engine.seek({ iteration: 0, step: stopped.cursor });
    expect(await other.standing()).toEqual(half);
  });

  test('is overtaken by whatever moves the run', async () => {
    const run = await stand();
    const { engine } = run;
    const first = engine.control({ kind: 'continue' });
    await underWay(run, first);
    expect(place(await engine.control({ kind: 'restart' }))).toEqual([0, 0]);
    expect(place(await first)).toEqual([0, 0]);
    const second = engine.control({ kind: 'finish' });
    await underWay(run, second);
    await engine.setElements('fc0.bias', [{ index: 0, value: 1 }]);
    expect(place(await second)).toEqual(place(await engine.session()));
    await engine.control({ kind: 'restart' });
    const third = engine.control({ kind: 'finish' });
    await underWay(run, third);
    const report = await open(engine, slow(2), 2);
    await third;
    expect(await engine.session()).toMatchObject({ revision: 2, cursor: 0, stepCount: report.steps.length });
  });

  test('heeds breakpoints as one that takes no time does', async () => {
    const run = await stand();
    const { engine, report } = run;
    await engine.setBreakpoints([
      { path: 'act43', phase: 'forward', enabled: true, condition: 'max(y) > -2' },
      { path: 'fc3', phase: 'backward', enabled: true },
    ]);
    const at = (node: string, phase: string) => report.steps.findIndex((s) => s.node === node && s.phase === phase);
    expect(await engine.control({ kind: 'continue' })).toMatchObject({
      cursor: at('act43', 'forward') + 1,
      stoppedBy: 'breakpoint',
    });
    expect(await engine.control({ kind: 'continue' })).toMatchObject({
      cursor: at('fc3', 'backward'),
      stoppedBy: 'breakpoint',
    });
    expect(run.shares().length).toBeGreaterThan(0);
  });

  test('an edit is taken back over long iterations: called off it is not, left alone it is, bit for bit', async () => {
    const run = await stand(slow(16));
    const { engine } = run;
    const finish = async () => {
      await engine.control({ kind: 'finish' });
      await engine.control({ kind: 'step' });
    };
    // Only what the run began with is kept: the rest is replayed.
    await engine.setRecording({ limitBytes: 1 });
    for (let i = 0; i < 3; i++) await finish();
    const before = await engine.control({ kind: 'run_to', step: 5 });
    const values = await run.standing();
    const weight = await run.numbers('fc1.bias');
    await engine.setElements('fc1.bias', [{ index: 0, value: 2 }]);
    for (let i = 0; i < 3; i++) await finish();
    const there = await engine.session();
    const called = engine.takeBack(1);
    await underWay(run, called);
    await engine.cancelSearch(0);
    expect(await called).toMatchObject({ done: 'called off', state: { iteration: there.iteration, edits: 1 } });
    expect(place(await engine.session())).toEqual(place(there));
    const taken = engine.takeBack(1);
    await underWay(run, taken);
    const answer = await taken;
    expect([answer.done, place(answer.state), answer.state.edits]).toEqual([true, place(before), 0]);
    expect(await run.standing()).toEqual(values);
    expect(await run.numbers('fc1.bias')).toEqual(weight);
  });

  test('back over the start of an iteration: called off it stays, left alone it is there, bit for bit', async () => {
    const run = await stand();
    const { engine, report } = run;
    const { length } = report.steps;
    await engine.control({ kind: 'finish' });
    const end = await run.standing();
    await engine.control({ kind: 'continue' });
    const update = report.steps.findIndex(({ phase }) => phase === 'update');
    await engine.control({ kind: 'run_to', step: update });
    const inSecond = await run.standing();
    await engine.control({ kind: 'restart' });
    const back = engine.control({ kind: 'step_back' });
    await underWay(run, back);
    await engine.cancelSearch(0);
    expect(place(await back)).toEqual([1, 0]);
    expect(place(await engine.control({ kind: 'step_back' }))).toEqual([0, length]);
    expect(await run.standing()).toEqual(end);
    // On again into what was run before.
    const next = await engine.control({ kind: 'step' });
    expect(place(next)).toEqual([1, 1]);
    expect(place(await engine.control({ kind: 'run_to', step: update }))).toEqual([1, update]);
    expect(await run.standing()).toEqual(inSecond);
    expect(place(await engine.control({ kind: 'reverse_continue' }))).toEqual([1, 0]);
  });
});

describe('a branch of another graph', { timeout: 120_000 }, () => {
  test('is replayed before anything is left for it: called off all stays, left alone it stands where it stood', async () => {
    const run = await stand();
    const { engine } = run;
    await engine.setRecording({ on: false });
    for (let i = 0; i < 3; i++) await engine.control({ kind: i === 0 ? 'finish' : 'continue' });
    await engine.control({ kind: 'step' });
    await engine.control({ kind: 'run_to', step: 5 });
    const left = await run.standing();
    expect(place(await engine.session())).toEqual([3, 5]);
    await open(engine, slow(48, 512, 5e-3), 2);
    const { branch, branches, position } = await engine.timeline();
    const away = engine.switchBranch(1);
    await underWay(run, away);
    await engine.cancelSearch(0);
    expect((await away).graph).toBeNull();
    expect(await engine.timeline()).toMatchObject({ branch, branches, position });

    const told = run.shares().length;
    const { graph } = await engine.switchBranch(1);
    expect(run.shares().length).toBeGreaterThan(told);
    const opened = run.events.length;
    await engine.open({ graph: graph as GraphFile, revision: 3, branch: 1 });
    // What was replayed is taken over: opening it goes through nothing again but the steps of the last iteration.
    const gone = run.events.slice(opened).flatMap((event) => (event.kind === 'search' ? [event.iteration] : []));
    expect(gone.every((iteration) => iteration === 3)).toBe(true);
    expect(place(await engine.session())).toEqual([3, 5]);
    expect(await run.standing()).toEqual(left);
  });
});
