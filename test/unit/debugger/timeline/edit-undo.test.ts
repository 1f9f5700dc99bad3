// Edits of a run taken back: wherever they were made, and whatever was done in between, everything stands again as it stood before.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createEditUndo } from '../../../../src/debugger/timeline/edit-undo.ts';
import { graphOf } from '../../../support/graphs.ts';
import { randomGraph } from '../../../support/random-graph.ts';
import { type StandingTimeline, standTimeline } from '../../../support/timelines.ts';

interface Act {
  readonly kind: 'train' | 'steps' | 'edit' | 'rate' | 'weights' | 'back';
  readonly at: number;
  readonly value: number;
}

const act: fc.Arbitrary<Act> = fc.record({
  kind: fc.constantFrom('train', 'steps', 'edit', 'edit', 'rate', 'weights', 'back'),
  at: fc.nat(1000),
  value: fc.integer({ min: -300, max: 300 }).map((n) => n / 100),
});

function place({ stepper, read }: StandingTimeline) {
  return { iteration: stepper.iteration, cursor: stepper.cursor, values: read() };
}

const undoOf = (own: StandingTimeline) => createEditUndo(() => own.timeline);

test('in random graphs: all edits taken back, the last one first', { timeout: 240_000 }, () => {
  let undone = 0;
  fc.assert(
    fc.property(randomGraph(4), fc.array(act, { minLength: 3, maxLength: 14 }), ({ graph }, acts) => {
      const own = standTimeline(graph);
      const { stepper, stepCount, machine, timeline } = own;
      const undo = undoOf(own);
      const before: ReturnType<typeof place>[] = [];
      for (const { kind, at, value } of acts) {
        if (kind === 'train') own.train();
        else if (kind === 'steps') {
          if (stepper.cursor === stepCount) stepper.nextIteration();
          stepper.runTo(at % (stepCount + 1));
        } else if (kind === 'back') {
          timeline.leave(stepper);
          stepper.seek(at % (stepper.iteration + 1), at % (stepCount + 1));
        } else {
          const here = place(own);
          const { values } = machine.debug.plan;
          const names = values.flatMap(({ name, kind: of, dtype }, index) =>
            dtype === 'float32' && of !== 'constant' && of !== 'hyper' && stepper.isComputed(index) ? [name] : [],
          );
          const name = names[at % names.length] as string;
          const index = at % machine.debug.read(name).length;
          const write = () => {
            for (const { name: each, kind: of } of values) if (of === 'parameter') machine.debug.read(each).fill(value);
          };
          const done =
            kind === 'rate'
              ? undo.edit(stepper, { kind, rate: Math.abs(value) / 10 })
              : kind === 'weights'
                ? undo.edit(stepper, { kind, write })
                : undo.edit(stepper, { kind: 'elements', name, changes: [{ index, value }] });
          if (done) before.push(here);
        }
      }
      expect(undo.count).toBe(before.length);
      for (let expected = before.pop(); expected; expected = before.pop()) {
        expect(undo.takeBack(stepper)).toBe(true);
        expect(place(own)).toEqual(expected);
        undone++;
      }
      expect(undo.takeBack(stepper)).toBe(false);
    }),
    { numRuns: 60 },
  );
  expect(undone).toBeGreaterThan(60);
});

describe('branches', () => {
  const graph = graphOf({
    nodes: {
      x: ['input', {}, { shape: [2, 3] }],
      fc: ['linear', { x: 'x.y' }, { out_features: 2 }],
      loss: ['mean', { x: 'fc.y' }],
    },
    training: { loss: 'loss.y', optimizer: { kind: 'sgd', lr: 0.1 } },
  });

  test('a fork that nobody ran on is forgotten, one that was run on stays', () => {
    const own = standTimeline(graph);
    const { stepper, timeline } = own;
    const { forks } = timeline;
    const undo = undoOf(own);
    for (let i = 0; i < 4; i++) own.train();
    stepper.seek(2, 1);
    const change = { kind: 'elements', name: 'fc.weight', changes: [{ index: 1, value: 5 }] } as const;
    undo.edit(stepper, change);
    undo.edit(stepper, { ...change, changes: [{ index: 2, value: 7 }] });
    expect(forks.branches.map(({ id }) => id)).toEqual([1, 2]);
    undo.takeBack(stepper);
    expect([...own.machine.debug.read('fc.weight')].slice(1, 3)[0]).toBe(5);
    expect(forks.current.id).toBe(2);
    undo.takeBack(stepper);
    expect(forks.branches.map(({ id }) => id)).toEqual([1]);
    expect([forks.current.id, stepper.iteration, stepper.cursor]).toEqual([1, 2, 1]);

    undo.edit(stepper, change);
    own.train();
    own.train();
    undo.takeBack(stepper);
    expect(forks.branches.map(({ id, length }) => [id, length])).toEqual([
      [1, 4],
      [3, 4],
    ]);
    expect([forks.current.id, stepper.iteration, stepper.cursor]).toEqual([1, 2, 1]);
  });

  test('an edit that is taken back takes along what came behind it', () => {
    const own = standTimeline(graph);
    const { stepper } = own;
    const undo = undoOf(own);
    const states = [place(own)];
    for (const value of [5, 6, 7, 8]) {
      undo.edit(stepper, { kind: 'elements', name: 'fc.weight', changes: [{ index: value - 5, value }] });
      states.push(place(own));
    }
    expect(undo.takeBack(stepper, 3)).toBe(true);
    expect([place(own), undo.count]).toEqual([states[2], 2]);
    expect(undo.takeBack(stepper, 3)).toBe(false);
    expect(undo.takeBack(stepper)).toBe(true);
    expect([place(own), undo.count]).toEqual([states[1], 1]);
  });

  test('weights are kept within a bound: the oldest edits are forgotten, those that are kept are taken back in their order', () => {
    const own = standTimeline(graph);
    const { stepper, machine } = own;
    const bytes = machine.workspace.persistent.length;
    const undo = createEditUndo(() => own.timeline, 3 * bytes);
    const read = () => [...machine.debug.read('fc.weight')];
    const seen = [read()];
    for (let n = 1; n <= 8; n++) {
      undo.edit(stepper, { kind: 'weights', write: () => void machine.debug.read('fc.weight').fill(n) });
      seen.push(read());
    }
    expect(undo.count).toBe(8);
    // What the branch itself holds is what its replay needs.
    expect(own.timeline.forks.current.edits).toHaveLength(1);
    let taken = 0;
    while (undo.takeBack(stepper)) {
      taken++;
      expect(read()).toEqual(seen[8 - taken]);
    }
    expect(taken).toBeGreaterThanOrEqual(3);
    expect(taken).toBeLessThan(8);
    expect(undo.count).toBe(8 - taken);
    // Those are forgotten: asked for by number they move nothing either.
    const left = place(own);
    for (let which = 8 - taken; which > 0; which--) expect(undo.takeBack(stepper, which)).toBe(false);
    expect(undo.takeBack(stepper, 99)).toBe(false);
    expect(place(own)).toEqual(left);
    undo.edit(stepper, { kind: 'weights', write: () => void machine.debug.read('fc.weight').fill(9) });
    expect(undo.takeBack(stepper, 9 - taken)).toBe(true);
    expect(place(own)).toEqual(left);
  });
});
