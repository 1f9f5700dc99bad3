// Time travel: wherever a history went, seeking a place and reading equals having run to it and reading, bit for bit; edits fork,
// and both branches stay as they were.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GraphFile } from '../../../../src/graph/schema.ts';
import { graphOf } from '../../../support/graphs.ts';
import { randomGraph } from '../../../support/random-graph.ts';
import { type StandingTimeline, standTimeline } from '../../../support/timelines.ts';

interface Act {
  readonly kind: 'train' | 'iteration' | 'steps' | 'edit' | 'rate' | 'weights' | 'back';
  readonly at: number;
  readonly value: number;
}

const act: fc.Arbitrary<Act> = fc.record({
  kind: fc.constantFrom('train', 'train', 'iteration', 'steps', 'edit', 'rate', 'weights', 'back'),
  at: fc.nat(1000),
  value: fc.integer({ min: -300, max: 300 }).map((n) => n / 100),
});

const pick = <T>(list: readonly T[], at: number): T => list[at % list.length] as T;

/** Does what a person could do. */
function perform(own: StandingTimeline, { kind, at, value }: Act): void {
  const { stepper, timeline, machine, stepCount } = own;
  const { plan } = machine.debug;
  const finish = (): void => {
    if (stepper.cursor === stepCount) stepper.nextIteration();
  };
  if (kind === 'train') own.train();
  else if (kind === 'iteration') stepper.nextIteration();
  else if (kind === 'steps') {
    finish();
    stepper.runTo(at % (stepCount + 1));
  } else if (kind === 'back') {
    stepper.seek(at % (stepper.iteration + 1), at % (stepCount + 1));
  } else if (kind === 'rate') timeline.edit(stepper, { kind: 'rate', rate: Math.abs(value) / 10 });
  else if (kind === 'edit') {
    const names = plan.values.flatMap(({ name, kind: of, dtype }, index) =>
      dtype === 'float32' && of !== 'constant' && of !== 'hyper' && stepper.isComputed(index) ? [name] : [],
    );
    const name = pick(names, at);
    const index = at % machine.debug.read(name).length;
    timeline.edit(stepper, { kind: 'elements', name, changes: [{ index, value }] });
  } else {
    const parameters = plan.values.filter(({ kind: of }) => of === 'parameter').map(({ name }) => name);
    timeline.edit(stepper, {
      kind: 'weights',
      write: () => {
        for (const name of parameters) machine.debug.read(name).fill(value);
      },
    });
  }
}

/** What stood at places of the history when they were first come to, by branch. */
interface Sight {
  readonly branch: number;
  readonly iteration: number;
  readonly cursor: number;
  readonly values: Record<string, readonly number[]>;
}

/** Its second input is a value of the graph. */
function withFixedVector(graph: GraphFile): GraphFile {
  const value = Array.from({ length: 3 * graph.training.batch }, (_, i) => Math.fround((i % 5) - 1.7));
  const shape = [graph.training.batch, 3];
  const fixed = graph.nodes.map((node) => (node.id === 'vector' ? { ...node, attributes: { shape }, value } : node));
  return { ...graph, nodes: fixed };
}

describe('seek, then read = run there, then read', () => {
  test('in random graphs, whatever was done before: trained, stepped, edited, gone back', { timeout: 240_000 }, () => {
    fc.assert(
      fc.property(
        randomGraph(5),
        fc.array(act, { minLength: 3, maxLength: 12 }),
        fc.array(fc.nat(10_000), { minLength: 4, maxLength: 8 }),
        fc.nat(3),
        ({ graph }, acts, places, tight) => {
          const own = standTimeline(tight % 2 === 0 ? withFixedVector(graph) : graph);
          const { stepper, timeline, machine } = own;
          // Little memory: long replays.
          timeline.recording.limitBytes = machine.workspace.persistent.length * (1 + 2 * tight);
          let sights: Sight[] = [];
          for (const each of acts) {
            const before = timeline.forks.current;
            perform(own, each);
            const { iteration, cursor } = stepper;
            // An edit before anything was run needs no branch: what was seen of that iteration is no more.
            const { current } = timeline.forks;
            if (before === current && (each.kind === 'edit' || each.kind === 'rate' || each.kind === 'weights'))
              sights = sights.filter((sight) => sight.branch !== current.id || sight.iteration !== iteration);
            sights.push({ branch: timeline.forks.current.id, iteration, cursor, values: own.read() });
          }
          for (const place of places) {
            const { branch, iteration, cursor, values } = pick(sights, place);
            const target = timeline.forks.find(branch);
            if (!target) throw new Error('a branch was lost');
            if (target !== timeline.forks.current) {
              timeline.leave(stepper);
              if (!timeline.stand(stepper, target, { iteration, step: cursor })) throw new Error('cannot stand');
            } else if (!stepper.seek(iteration, cursor)) throw new Error('cannot seek');
            expect(own.read()).toEqual(values);
          }
        },
      ),
      { numRuns: 60, seed: 11 },
    );
  });
});

const small = graphOf({
  nodes: {
    x: ['input', {}, { shape: ['N', 3] }],
    a: ['linear', { x: 'x.y' }, { out_features: 4 }],
    bn: ['batch_norm', { x: 'a.y' }],
    relu: ['relu', { x: 'bn.y' }],
    b: ['linear', { x: 'relu.y' }, { out_features: 2 }],
    loss: ['cross_entropy', { x: 'b.y' }],
  },
  training: { loss: 'loss.y', batch: 4, optimizer: { kind: 'adam', lr: 0.05 } },
});

const withValue = {
  ...small,
  nodes: small.nodes.map((node) =>
    node.id === 'x' ? { ...node, attributes: { shape: [4, 3] }, value: Array.from({ length: 12 }, (_, i) => i) } : node,
  ),
};

describe('edits', () => {
  test('in the past fork, and both branches stay as they were', () => {
    const own = standTimeline(small);
    const { stepper, timeline } = own;
    for (let i = 0; i < 6; i++) own.train();
    const [first] = timeline.forks.branches;
    stepper.seek(6, 0);
    const end = own.read();
    stepper.seek(3, 4);
    const before = own.read();
    timeline.edit(stepper, { kind: 'elements', name: 'a.weight', changes: [{ index: 2, value: 9 }] });
    expect([stepper.iteration, stepper.cursor]).toEqual([3, 4]);
    expect(own.machine.debug.read('a.weight')[2]).toBe(9);
    expect(own.read()['a.y']).not.toEqual(before['a.y']);
    const second = timeline.forks.current;
    expect([second.parent, second.from]).toEqual([first, { iteration: 3, step: 0 }]);
    while (stepper.iteration < 6) own.train();
    expect(own.read()['a.weight']).not.toEqual(end['a.weight']);
    const forked = own.read();
    // What lies before the fork is the parent's.
    stepper.seek(3, 0);
    expect(own.machine.debug.read('a.weight')[2]).toBe(9);
    stepper.seek(2, 4);
    stepper.stepBack();
    timeline.leave(stepper);
    expect(timeline.stand(stepper, first as NonNullable<typeof first>, { iteration: 6, step: 0 })).toBe(true);
    expect(own.read()).toEqual(end);
    stepper.seek(3, 4);
    expect(own.read()).toEqual(before);
    timeline.leave(stepper);
    timeline.stand(stepper, second, { iteration: 6, step: 0 });
    expect(own.read()).toEqual(forked);
  });

  test('of a computed value hold from the step that wrote it: what follows is computed from them', () => {
    const own = standTimeline(small);
    const { stepper, timeline, machine } = own;
    own.train();
    const at = machine.debug.plan.steps.findIndex(({ node, phase }) => node === 'b' && phase === 'forward') + 1;
    stepper.runTo(at);
    const relu = machine.debug.read('relu.y').length;
    const zero = Array.from({ length: relu }, (_, index) => ({ index, value: 0 }));
    timeline.edit(stepper, { kind: 'elements', name: 'relu.y', changes: zero });
    expect(stepper.cursor).toBe(at);
    expect([...machine.debug.read('relu.y')].every((y) => y === 0)).toBe(true);
    const bias = [...machine.debug.read('b.bias')];
    expect([...machine.debug.read('b.y')]).toEqual([...bias, ...bias, ...bias, ...bias]);
    // Replayed: the iteration can only be stepped through, whoever goes on.
    own.train();
    expect(timeline.forks.current.spans.map(({ by }) => by)).toEqual(['stepping']);
    stepper.seek(1, at);
    expect([...machine.debug.read('b.y')]).toEqual([...bias, ...bias, ...bias, ...bias]);
  });

  test('of what a step has replaced hold from that step on', () => {
    const own = standTimeline(small);
    const { stepper, timeline, machine } = own;
    const start = machine.debug.read('b.bias')[0];
    stepper.runTo(own.stepCount);
    timeline.edit(stepper, { kind: 'elements', name: 'b.bias', changes: [{ index: 0, value: 5 }] });
    expect(machine.debug.read('b.bias')[0]).toBe(5);
    stepper.nextIteration();
    expect(machine.debug.read('b.bias')[0]).toBe(5);
    stepper.stepBack();
    expect(machine.debug.read('b.bias')[0]).toBe(5);
    stepper.runTo(0);
    expect(machine.debug.read('b.bias')[0]).toBe(start);
  });

  test('of what is not computed yet are refused; before anything has run they need no branch', () => {
    const own = standTimeline(withValue);
    const { stepper, timeline } = own;
    expect(timeline.edit(stepper, { kind: 'elements', name: 'b.y', changes: [{ index: 0, value: 1 }] })).toBe(false);
    expect(timeline.edit(stepper, { kind: 'elements', name: 'x.y', changes: [{ index: 0, value: 1 }] })).toBe(true);
    expect(timeline.edit(stepper, { kind: 'elements', name: 'x.y', changes: [{ index: 1, value: 2 }] })).toBe(true);
    expect(timeline.forks.branches).toHaveLength(1);
    expect(timeline.forks.current.edits).toHaveLength(1);
  });

  test('the learning rate: as told in its iteration, later ones in proportion to the schedule', () => {
    const own = standTimeline(small);
    const { stepper, timeline, machine } = own;
    own.train();
    timeline.edit(stepper, { kind: 'rate', rate: 0.5 });
    expect(machine.debug.read('lr')[0]).toBe(0.5);
    own.train();
    // 0.1/(1 + i) is the schedule: ten times as much.
    expect(machine.debug.read('lr')[0]).toBeCloseTo(10 * (0.1 / 3), 6);
    stepper.seek(0, 0);
    expect(machine.debug.read('lr')[0]).toBeCloseTo(0.1, 6);
  });
});
