// The history through the engine's contract: trained iterations come back bit for bit, the step that made a NaN is found, edits
// fork, branches are compared, and an edited graph is a branch that can be left and come back to.
// Length: one part a promise of the history.
import { describe, expect, test } from 'vitest';
import type { Position, TimelineFacts } from '../../../src/engine/protocol/timeline.ts';
import type { CompileReport } from '../../../src/engine/protocol.ts';
import type { GraphFile } from '../../../src/graph/schema.ts';
import { type Bench, bench, open } from '../../support/engines.ts';
import { example, type Json, spiralNet } from '../../support/graphs.ts';

interface Run extends Bench {
  readonly report: CompileReport;
  train(count: number): Promise<void>;
  seek(iteration: number, step: number): Promise<void>;
  current(): Promise<TimelineFacts['branches'][number]>;
  /** All values that stand here, by name. */
  standing(): Promise<Record<string, readonly number[]>>;
}

async function stand(graph: GraphFile): Promise<Run> {
  const own = bench();
  const { engine } = own;
  const report = await open(engine, graph);
  return {
    ...own,
    report,
    async train(count) {
      for (let i = 0; i < count; i++) await engine.train('iterate');
    },
    async seek(iteration, step) {
      const { iteration: at, cursor } = await engine.seek({ iteration, step });
      expect([at, cursor]).toEqual([iteration, step]);
    },
    async current() {
      const { branch, branches } = await engine.timeline();
      const found = branches.find(({ id }) => id === branch);
      if (!found) throw new Error('no branch');
      return found;
    },
    async standing() {
      const names = [...new Set(report.steps.flatMap(({ writes }) => writes))];
      const { summaries } = await engine.summaries(
        names.map((name) => ({ name, example: 0 })),
        'light',
      );
      const known = summaries.filter(({ state }) => state === 'computed').map(({ name }) => name);
      return Object.fromEntries(await Promise.all(known.map(async (name) => [name, await own.numbers(name)] as const)));
    },
  };
}

const lenet = (training: Json = {}): GraphFile => {
  const graph = example('lenet5');
  return { ...graph, training: { ...graph.training, batch: 8, ...training } } as GraphFile;
};

const spirals = (training: Json = {}, units = 8): GraphFile =>
  spiralNet({ schedule: { kind: 'cosine', warmup: 5 }, ...training }, units);

/** The very first value of a run that is not finite, found by looking at every step of every iteration. */
async function lookEverywhere({ engine, report }: Run, from: number): Promise<Position> {
  for (let iteration = from; ; iteration++) {
    for (const [at, { writes }] of report.steps.entries()) {
      await engine.seek({ iteration, step: at + 1 });
      const requests = writes.map((name) => ({ name, example: 0 }));
      const { summaries } = await engine.summaries(requests, 'light');
      if (summaries.some(({ nonFinite }) => nonFinite > 0)) return { iteration, step: at + 1 };
    }
  }
}

describe('which step made this NaN', () => {
  test('a learning rate that explodes in LeNet-5: found, told, and made again to the bit', {
    timeout: 120_000,
  }, async () => {
    const run = await stand(lenet());
    const { engine, report } = run;
    await run.train(5);
    await engine.setLearningRate(1e18);
    await run.train(4);
    const answer = await engine.firstTime({ id: 1, question: { kind: 'non_finite' } });
    const { finding } = answer;
    if (!finding) throw new Error('nothing was found');
    // Before the fork everything was sound; the blow falls in the iteration behind it.
    const truth = await lookEverywhere(run, 4);
    expect(finding.position).toEqual(truth);
    expect(finding.position.iteration).toBe(6);
    const step = report.steps[finding.position.step - 1];
    expect([finding.node, finding.phase]).toEqual([step?.node, step?.phase]);
    expect(finding.outputs.every(({ health }) => health === 'non_finite')).toBe(true);
    expect(finding.inputs.every(({ nan, infinite }) => nan + infinite === 0)).toBe(true);
    expect(finding.inputs[0]?.health).toBe('extreme');
    // The way back ends in a weight that the step before has thrown far out.
    const { min = 0, max = 0 } = finding.source ?? {};
    expect(Math.max(-min, max)).toBeGreaterThan(1e12);
    expect(finding.source?.step).toBeNull();
    expect(finding.source?.name).toMatch(/\.(weight|bias)$/);
    for (const { step: at, node } of finding.slice) expect(report.steps[at]?.node).toBe(node);

    await run.seek(finding.position.iteration, finding.position.step);
    const made = await run.standing();
    await run.seek(0, 3);
    await run.seek(finding.position.iteration, finding.position.step - 1);
    await engine.control({ kind: 'step' });
    expect(await run.standing()).toEqual(made);
  });

  test('a condition: the first time that it held, with its step; never, in what was searched; what is wrong with it', async () => {
    const run = await stand(spirals());
    await run.train(12);
    const losses = await run.engine.lossCurve(1, 100);
    const limit = [...losses.losses].slice(0, 6).sort((a, b) => a - b)[2] as number;
    const first = losses.losses.findIndex((loss) => loss < limit * 0.9999);
    const ask = (text: string) =>
      run.engine.firstTime({ id: 2, question: { kind: 'condition', path: 'loss', phase: 'forward', text } });
    const { finding } = await ask(`y < ${limit * 0.9999}`);
    expect(finding?.position.iteration).toBe(first);
    expect([finding?.node, finding?.phase]).toEqual(['loss', 'forward']);
    expect((await ask('y < -1')).finding).toBeNull();
    expect((await ask('y <')).diagnostics[0]?.code).toBe('E_CONDITION');
    const { searched, cancelled } = await ask('isnan(y)');
    expect([searched.to.iteration, cancelled]).toEqual([12, false]);
  });

  test('can be called off', async () => {
    const run = await stand(lenet());
    await run.train(10);
    const answer = run.engine.firstTime({ id: 9, question: { kind: 'non_finite' } });
    await run.engine.cancelSearch(9);
    expect((await answer).cancelled).toBe(true);
    expect((await answer).finding).toBeNull();
  });
});

describe('trained iterations', () => {
  test('are restored as they were, by steps back, by phase, by iteration and by seeking', async () => {
    const run = await stand(spirals());
    const { engine } = run;
    const seen: Record<string, readonly number[]>[] = [];
    for (let i = 0; i < 30; i++) {
      seen.push(await run.standing());
      await run.train(1);
    }
    await run.train(20);
    const update = run.report.steps.findIndex(({ phase }) => phase === 'update');
    for (const iteration of [29, 1, 17, 16, 28, 5]) {
      await run.seek(iteration, update);
      // After training the debugger stands before the update; the first was seen before anything ran.
      if (iteration > 0) expect(await run.standing()).toEqual(seen[iteration]);
    }
    await run.seek(9, 0);
    const back = await engine.control({ kind: 'step_back' });
    expect([back.iteration, back.cursor]).toEqual([8, run.report.steps.length]);
    const phase = await engine.control({ kind: 'step_back', by: 'phase' });
    expect([phase.iteration, phase.cursor]).toEqual([8, update]);
    expect(await run.standing()).toEqual(seen[8]);
    const start = await engine.control({ kind: 'step_back', by: 'iteration' });
    const before = await engine.control({ kind: 'step_back', by: 'iteration' });
    expect([start, before].map(({ iteration, cursor }) => [iteration, cursor])).toEqual([
      [8, 0],
      [7, 0],
    ]);
  });

  test('going on from the past goes through the same iterations, and makes no branch', async () => {
    const run = await stand(spirals());
    await run.train(12);
    const end = await run.standing();
    await run.seek(4, 3);
    await run.train(8);
    expect(await run.standing()).toEqual(end);
    const { branches } = await run.engine.timeline();
    expect(branches.map(({ length }) => length)).toEqual([12]);
    expect(run.points().map(({ iteration }) => iteration)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  test('reverse-continue finds the breakpoint, also one with a condition, iterations before', async () => {
    const run = await stand(spirals());
    const { engine } = run;
    await run.train(10);
    const { losses } = await engine.lossCurve(1, 100);
    const [least] = [...losses].slice(0, 8).sort((a, b) => a - b) as [number];
    const at = losses.indexOf(least);
    await run.seek(9, 2);
    await engine.setBreakpoints([
      { path: 'loss', phase: 'forward', enabled: true, condition: `y < ${least + 1e-4} and iteration < 8` },
    ]);
    const hit = await engine.control({ kind: 'reverse_continue' });
    expect([hit.iteration, hit.stoppedBy]).toEqual([at, 'breakpoint']);
    expect(run.report.steps[hit.cursor - 1]?.node).toBe('loss');
  });

  test('trained again with breakpoints set meanwhile: they stop, and the bits stay those of the plan without them', async () => {
    const run = await stand(spirals());
    const { engine } = run;
    await run.train(12);
    const end = await run.standing();
    await run.seek(2, 0);
    const condition = 'iteration == 5 and norm(grad(weight)) > 0';
    const [facts] = await engine.setBreakpoints([{ path: 'fc1', phase: 'backward', enabled: true, condition }]);
    expect(facts?.faults).toEqual([]);
    await engine.train('start');
    const stopped = await run.until(({ status }) => status !== 'running');
    expect([stopped.status, stopped.iteration]).toEqual(['paused', 5]);
    await engine.setBreakpoints([
      { path: 'fc1', phase: 'backward', enabled: true, condition: 'norm(grad(weight)) < 0' },
    ]);
    await run.train(7);
    expect(await run.standing()).toEqual(end);
    // What is trained now keeps gradients readable: played again by that plan, whatever stands.
    await run.train(4);
    const later = await run.standing();
    await engine.setBreakpoints([]);
    await run.seek(1, 1);
    await run.seek(
      16,
      run.report.steps.findIndex(({ phase }) => phase === 'update'),
    );
    expect(await run.standing()).toEqual(later);
    await run.train(1);
    expect((await run.current()).runs.map(({ from, to }) => [from, to])).toEqual([
      [0, 12],
      [12, 16],
      [16, 17],
    ]);
  });

  test('with a schedule that follows the validation loss, over the ends of epochs', { timeout: 60_000 }, async () => {
    const run = await stand(spirals({ batch: 90, schedule: { kind: 'plateau', patience: 0, threshold: 0.5 } }));
    await run.train(14);
    const rates: number[] = [];
    for (let iteration = 0; iteration <= 14; iteration++) {
      await run.seek(iteration, 0);
      rates.push(...(await run.numbers('lr')));
    }
    const own = await stand(spirals({ batch: 90, schedule: { kind: 'plateau', patience: 0, threshold: 0.5 } }));
    const straight: number[] = [];
    for (let iteration = 0; iteration <= 14; iteration++) {
      straight.push(...(await own.numbers('lr')));
      await own.train(1);
    }
    expect(rates).toEqual(straight);
    expect(new Set(rates).size).toBeGreaterThan(1);
  });
});

describe('branches', () => {
  test('a weight edited in the past: the first difference is its node, both histories stay', async () => {
    const run = await stand(spirals());
    const { engine } = run;
    await run.train(20);
    const end = await run.standing();
    await run.seek(12, 2);
    await engine.setElements('fc2.weight', [{ index: 4, value: 0.5 }]);
    await run.train(8);
    const { branches, branch } = await engine.timeline();
    expect(
      branches.map(({ id, parent, from, length, open: isOpen }) => ({ id, parent, from, length, isOpen })),
    ).toEqual([
      { id: 1, parent: null, from: { iteration: 0, step: 0 }, length: 20, isOpen: true },
      { id: 2, parent: 1, from: { iteration: 12, step: 0 }, length: 20, isOpen: true },
    ]);
    expect(branch).toBe(2);
    const { difference, fork } = await engine.compareBranches({ id: 3, a: 1, b: 2 });
    expect(fork).toEqual({ iteration: 12, step: 0 });
    expect(difference).toMatchObject({
      position: { iteration: 12, step: 0 },
      node: 'fc2',
      name: 'fc2.weight',
      differing: 1,
      kind: 'value',
    });
    const curves = await Promise.all([1, 2].map((id) => engine.lossCurve(id, 100)));
    expect([...(curves[0]?.losses.subarray(0, 12) ?? [])]).toEqual([...(curves[1]?.losses.subarray(0, 12) ?? [])]);
    expect(curves[0]?.losses[12]).not.toBe(curves[1]?.losses[12]);
    expect(curves.map((curve) => curve.own)).toEqual([0, 12]);
    await engine.switchBranch(1);
    await run.seek(
      20,
      run.report.steps.findIndex(({ phase }) => phase === 'update'),
    );
    expect(await run.standing()).toEqual(end);
    expect((await engine.removeBranch(1)).branches).toHaveLength(2);
    expect((await engine.removeBranch(2)).branches).toHaveLength(1);
    expect((await engine.renameBranch(1, 'as it was')).branches[0]?.name).toBe('as it was');
  });

  test('the same, begun anew, does not differ', async () => {
    const run = await stand(spirals());
    await run.train(6);
    await run.engine.reset();
    await run.train(6);
    const { branches } = await run.engine.timeline();
    expect(branches.map(({ origin }) => origin)).toEqual(['start', 'reset']);
    const answer = await run.engine.compareBranches({ id: 4, a: 1, b: 2 });
    expect(answer).toMatchObject({ fork: null, difference: null, compared: { from: 0, to: 6 } });
  });

  test('an edited graph goes on as a branch; the one before is opened again where it stood', async () => {
    const run = await stand(spirals());
    const { engine } = run;
    await run.train(10);
    await run.seek(8, 4);
    const left = await run.standing();
    await open(engine, spirals({}, 8 + 4), 2);
    // Edited once more before anything ran: the same branch.
    await open(engine, spirals({ optimizer: { kind: 'momentum', lr: 0.01 } }), 3);
    await run.train(3);
    const facts = await engine.timeline();
    expect(
      facts.branches.map(({ origin, from, length, open: isOpen }) => [origin, from.iteration, length, isOpen]),
    ).toEqual([
      ['start', 0, 10, false],
      ['graph', 8, 11, true],
    ]);
    const { graph } = await engine.switchBranch(1);
    expect(graph?.training.optimizer['lr']).toBe(0.1);
    await engine.open({ graph: graph as GraphFile, revision: 4, branch: 1 });
    expect((await run.current()).id).toBe(1);
    expect(await run.standing()).toEqual(left);
    await run.seek(3, 1);
    const { difference } = await engine.compareBranches({ id: 5, a: 1, b: facts.branch });
    expect(difference?.position.iteration).toBe(8);
    expect(difference?.name).toBe('lr');
  });

  test('an edited graph goes on with the rate as it was edited, unless the rates of its set-up are others', async () => {
    const schedule = { kind: 'exponential', gamma: 0.5, interval: 'iteration' };
    const run = await stand(spirals({ schedule }));
    const { engine } = run;
    await run.train(3);
    await engine.setLearningRate(0.08);
    await run.train(1);
    expect((await run.numbers('lr'))[0]).toBeCloseTo(0.04, 6);
    await open(engine, spirals({ schedule }, 12), 2);
    expect((await run.numbers('lr'))[0]).toBeCloseTo(0.04, 6);
    await run.train(1);
    expect((await run.numbers('lr'))[0]).toBeCloseTo(0.02, 6);
    await open(engine, spirals({ schedule, optimizer: { kind: 'momentum', lr: 0.2 } }, 12), 3);
    expect((await run.numbers('lr'))[0]).toBeCloseTo(0.2 / 2 ** 5, 6);
    for (const { edits, from } of (await engine.timeline()).branches)
      for (const { position } of edits) expect(position.iteration).toBeGreaterThanOrEqual(from.iteration);
  });

  test('undoing an edit of the graph returns to the history before it', async () => {
    const run = await stand(spirals());
    await run.train(5);
    const end = await run.standing();
    await open(run.engine, spirals({}, 16), 2);
    await open(run.engine, spirals(), 3);
    const { branches } = await run.engine.timeline();
    expect(branches).toHaveLength(1);
    await run.engine.control({ kind: 'run_to', step: run.report.steps.findIndex(({ phase }) => phase === 'update') });
    expect(await run.standing()).toEqual(end);
    await run.seek(2, 2);
  });

  test('opening a node to step inside keeps the history, and its bits', async () => {
    const graph = example('char-lstm');
    const run = await stand(graph);
    await run.engine.control({ kind: 'finish' });
    await run.engine.control({ kind: 'step' });
    await run.engine.control({ kind: 'restart' });
    const { parameters } = Object.values(run.report.nodes).find((node) => node.parameters.length > 0) ?? {};
    const name = parameters?.[0] as string;
    const weights = await run.numbers(name);
    const cell = Object.entries(run.report.nodes).find(([, { expandable }]) => expandable)?.[0] as string;
    await open(run.engine, graph, 2, { expand: [cell.replace(/\[\d+\]/g, '')] });
    await run.seek(0, 0);
    await run.seek(1, 0);
    expect(await run.numbers(name)).toEqual(weights);
    expect((await run.engine.timeline()).branches).toHaveLength(1);
  });

  test('weights from a file, an attribute and a rate are told as edits', async () => {
    const run = await stand(spirals());
    const { engine } = run;
    const { bytes } = await engine.exportFile('safetensors');
    await run.train(3);
    await engine.loadWeights(bytes as Uint8Array<ArrayBuffer>);
    await engine.setLearningRate(0.25);
    expect(await run.numbers('lr')).toEqual([0.25]);
    const { edits, origin, from } = await run.current();
    expect([origin, from.iteration]).toEqual(['weights', 3]);
    expect(edits.map(({ kind, value }) => [kind, value])).toEqual([
      ['weights', null],
      ['rate', 0.25],
    ]);
    await run.train(2);
    const end = await run.standing();
    await run.seek(1, 1);
    await run.seek(
      5,
      run.report.steps.findIndex(({ phase }) => phase === 'update'),
    );
    expect(await run.standing()).toEqual(end);
  });
});

describe('memory', () => {
  test('stays within what is set, and everything can still be had', async () => {
    const run = await stand(spirals());
    const { engine } = run;
    const one = (await engine.timeline()).limitBytes;
    expect(one).toBe(256 * 2 ** 20);
    await run.train(5);
    const { bytes, snapshots } = await engine.timeline();
    const each = bytes / snapshots.length;
    await engine.setRecording({ limitBytes: 6 * each });
    await run.train(60);
    const facts = await engine.timeline();
    expect(facts.bytes).toBeLessThanOrEqual(6 * each);
    expect(facts.snapshots.length).toBeGreaterThan(2);
    expect(facts.interval).toBeGreaterThan(4);
    expect(facts.worst.iterations).toBeLessThanOrEqual(2 * facts.interval);
    const update = run.report.steps.findIndex(({ phase }) => phase === 'update');
    const end = await run.standing();
    await run.seek(11, 1);
    await run.seek(65, update);
    expect(await run.standing()).toEqual(end);
  });
});
