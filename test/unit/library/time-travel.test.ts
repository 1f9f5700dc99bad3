// Time travel for programs: a place of the past is what running to it gives, edits fork, questions are answered as by looking at
// every step.
import { describe, expect, test } from 'vitest';
import type { GraphFile } from '../../../src/graph/schema.ts';
import { createTimeTravel, type TimeTravel } from '../../../src/library/time-travel.ts';
import { createTraining } from '../../../src/library/training.ts';
import { tensor } from '../../../src/tensor/tensor.ts';
import { graphOf } from '../../support/graphs.ts';

const graph: GraphFile = graphOf({
  nodes: {
    x: ['input', {}, { shape: ['N', 2] }],
    fc1: ['linear', { x: 'x.y' }, { out_features: 6 }],
    bn: ['batch_norm', { x: 'fc1.y' }],
    act: ['relu', { x: 'bn.y' }],
    drop: ['dropout', { x: 'act.y' }, { p: 0.3 }],
    fc2: ['linear', { x: 'drop.y' }, { out_features: 3 }],
    loss: ['cross_entropy', { x: 'fc2.y' }],
  },
  training: {
    loss: 'loss.y',
    epochs: 4,
    batch: 16,
    numerics: 'strict',
    data: { source: 'spirals', bind: { x: 'x', 'loss.target': 'label' } },
    optimizer: { kind: 'adam', lr: 0.01 },
  },
});

function stand(options = {}): TimeTravel {
  const { travel, diagnostics } = createTimeTravel(graph, options);
  if (!travel) throw new Error(JSON.stringify(diagnostics));
  return travel;
}

const numbers = (travel: TimeTravel) =>
  Object.fromEntries([...travel.weights()].map(([name, { data }]) => [name, [...data]]));

/** All that stands here. */
function standing(travel: TimeTravel): Record<string, readonly number[]> {
  const found: Record<string, readonly number[]> = {};
  for (const { name } of travel.plan.values) {
    try {
      const { data } = travel.read(name);
      found[name] = [...new Int32Array(data.buffer, data.byteOffset, data.length)];
    } catch {
      // not computed yet here
    }
  }
  return found;
}

describe('the past', () => {
  test('is what a plain training had there, and every step of it what stepping to it gives', () => {
    const { training } = createTraining(graph);
    const travel = stand();
    travel.train(25);
    expect(travel.position).toEqual({ iteration: 25, step: 0 });
    for (let i = 0; i < 9; i++) training?.run.iterate();
    expect(travel.seek({ iteration: 9 })).toBe(true);
    expect(numbers(travel)).toEqual(
      Object.fromEntries([...(training?.weights() ?? [])].map(([name, { data }]) => [name, [...data]])),
    );
    expect(travel.seek({ iteration: 9, step: 7 })).toBe(true);
    const there = standing(travel);
    expect(Object.keys(there).length).toBeGreaterThan(10);

    travel.seek({ iteration: 24, step: 3 });
    travel.seek({ iteration: 9, step: 8 });
    expect(travel.stepBack()).toBe(true);
    expect(standing(travel)).toEqual(there);
    travel.seek({ iteration: 9 });
    for (let i = 0; i < 7; i++) expect(travel.step()?.node).toBe(travel.plan.steps[i]?.node);
    expect(standing(travel)).toEqual(there);

    expect(travel.seek({ iteration: 26 })).toBe(false);
    expect(travel.position).toEqual({ iteration: 9, step: 7 });
    travel.seek({ iteration: 0 });
    expect(travel.stepBack()).toBe(false);
  });

  test('with no room for snapshots it is replayed from the start, and a training goes on through what it was', () => {
    const [roomy, tight] = [stand(), stand({ limitBytes: 0 })];
    for (const travel of [roomy, tight]) travel.train(20);
    expect(tight.recording.snapshots).toBe(1);
    expect(roomy.recording.snapshots).toBeGreaterThan(tight.recording.snapshots);
    for (const travel of [roomy, tight]) travel.seek({ iteration: 11, step: 5 });
    expect(standing(tight)).toEqual(standing(roomy));
    tight.train(9);
    expect(tight.position).toEqual({ iteration: 20, step: 0 });
    roomy.seek({ iteration: 20 });
    expect(numbers(tight)).toEqual(numbers(roomy));
    expect(tight.branches).toHaveLength(1);
  });
});

describe('forks', () => {
  test('a rate and a weight: the old branch stays as it was, the first difference is what was edited', async () => {
    const travel = stand();
    travel.train(12);
    const end = numbers(travel);
    travel.seek({ iteration: 5 });
    const rate = travel.learningRate;
    travel.learningRate = rate * 3;
    expect(travel.branch).toBe(2);
    travel.train(7);
    expect(numbers(travel)).not.toEqual(end);
    const apart = await travel.firstDifference(1, 2);
    expect(apart.fork).toEqual({ iteration: 5, step: 0 });
    expect(apart.difference).toMatchObject({ name: 'lr', position: { iteration: 5 } });
    expect(apart.difference?.maxAbsDifference).toBeCloseTo(rate * 2, 6);

    travel.seek({ iteration: 3 });
    travel.write('fc2.weight', [{ index: 4, value: 0.5 }]);
    expect(travel.branches.map(({ id, parent, origin }) => [id, parent, origin])).toEqual([
      [1, null, 'start'],
      [2, 1, 'rate'],
      [3, 1, 'elements'],
    ]);
    expect(travel.read('fc2.weight').data[4]).toBe(0.5);
    travel.train(2);
    const other = await travel.firstDifference(1, 3);
    expect(other.difference).toMatchObject({
      name: 'fc2.weight',
      node: 'fc2',
      differing: 1,
      position: { iteration: 3, step: 0 },
    });

    travel.goTo(1);
    travel.seek({ iteration: 12 });
    expect(numbers(travel)).toEqual(end);
    expect([...travel.losses().losses]).toHaveLength(12);
    expect(travel.losses(2).own).toBe(5);
  });

  test('loaded weights begin another branch; what does not fit is named', () => {
    const travel = stand();
    travel.train(4);
    travel.seek({ iteration: 2 });
    const faults = travel.loadWeights(
      new Map([
        ['fc1.bias', tensor([6], [1, 2, 3, 4, 5, 6])],
        ['fc2.bias', tensor([2], [1, 2])],
      ]),
    );
    expect(faults.map(({ code }) => code)).toContain('E_WEIGHT_SHAPE');
    expect([...travel.read('fc1.bias').data]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(travel.branch).toBe(2);
  });
});

describe('questions', () => {
  test('the first time: as looking at every iteration says', async () => {
    const travel = stand();
    travel.train(30);
    const { losses } = travel.losses();
    const limit = [...losses].sort((a, b) => b - a)[27] as number;
    const iteration = losses.findIndex((loss) => loss <= limit);
    const { finding } = await travel.firstTime(`loss.forward: y <= ${limit * 1.000001}`);
    expect(finding?.position.iteration).toBe(iteration);
    expect([finding?.node, finding?.phase]).toEqual(['loss', 'forward']);
    expect(travel.position).toEqual({ iteration: 30, step: 0 });

    expect((await travel.firstTime('non_finite')).finding).toBeNull();
    expect((await travel.firstTime('loss.forward: y <')).diagnostics[0]?.code).toBe('E_CONDITION');
    expect((await travel.firstTime('loss.sideways: y < 1')).diagnostics[0]?.code).toBe('E_CONDITION');
    expect((await travel.firstTime('nobody: y < 1')).diagnostics.length).toBeGreaterThan(0);
  });

  test('a search is called off', async () => {
    const travel = stand();
    travel.train(2000);
    const stop = new AbortController();
    const shares: number[] = [];
    const answer = await travel.firstTime('loss.forward: y < -1', {
      signal: stop.signal,
      onProgress(share) {
        shares.push(share);
        stop.abort();
      },
    });
    expect(answer.cancelled).toBe(true);
    expect(answer.finding).toBeNull();
    expect(shares.length).toBeGreaterThan(0);
  });

  test('mistakes of the caller throw, faults of the graph are diagnosed', async () => {
    const travel = stand();
    expect(() => travel.read('nobody.y')).toThrow(RangeError);
    expect(() => travel.read('loss.y')).toThrow('not computed yet');
    expect(() => travel.goTo(7)).toThrow(RangeError);
    await expect(travel.firstDifference(1, 7)).rejects.toThrow(RangeError);
    const { travel: none, diagnostics } = createTimeTravel(graphOf({ nodes: { x: ['input', {}, { shape: [1] }] } }));
    expect(none).toBeNull();
    expect(diagnostics.map(({ code }) => code)).toContain('E_NO_DATA');
  });
});
