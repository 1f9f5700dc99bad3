// The debugger's cursor: whatever way it went, the same place holds the same bits: parameters, statistics, slots, values.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createTimeline } from '../../../src/debugger/timeline/timeline.ts';
import { createStepper, type IterationKeeper } from '../../../src/runtime/stepper.ts';
import { createWorkspace } from '../../../src/runtime/workspace.ts';
import { createRandom } from '../../../src/tensor/random.ts';
import { bind, graphOf, library, planOf } from '../../support/graphs.ts';

const graph = graphOf({
  nodes: {
    x: ['input', {}, { shape: ['N', 2, 4, 4] }],
    conv: ['conv2d', { x: 'x.y' }, { out_channels: 3, kernel_size: 3, padding: 1 }],
    bn: ['batch_norm', { x: 'conv.y' }],
    relu: ['relu', { x: 'bn.y' }],
    drop: ['dropout', { x: 'relu.y' }],
    flat: ['flatten', { x: 'drop.y' }],
    table: ['parameter', {}, { shape: [3, 48] }],
    turned: ['reshape', { x: 'table.y' }, { shape: [3, 48] }],
    fc: ['linear', { x: 'flat.y', weight: 'turned.y' }, { out_features: 3 }],
    loss: ['cross_entropy', { x: 'fc.y' }],
  },
  training: { loss: 'loss.y', batch: 4, optimizer: { kind: 'adam', lr: 0.01 }, clip: { kind: 'norm', max: 1 } },
});
const plan = planOf(graph);

function stand() {
  const { workspace, bound } = bind(plan);
  const prepare = (iteration: number) => {
    const random = createRandom(iteration, 'feed');
    bound.read('lr')[0] = 0.01 / (1 + iteration);
    bound.read('iteration')[0] = iteration;
    const image = bound.read('x.y');
    for (let i = 0; i < image.length; i++) image[i] = random.normal();
    const labels = bound.read('loss.target');
    for (let i = 0; i < labels.length; i++) labels[i] = random.integer(3);
  };
  const timeline = createTimeline('');
  timeline.attach(
    {
      workspace,
      debug: bound,
      train: null,
      variants: { stepping: '', training: '' },
      other: () => null,
      iterationsPerEpoch: 1,
      held: new Map(),
      heldWritten: false,
      prepare,
    },
    0,
  );
  const stepper = createStepper(bound, timeline.keeper);
  stepper.reset(0);
  const persistent = () => [...workspace.persistent];
  /** Everything computed so far, by name. */
  const values = () =>
    Object.fromEntries(
      plan.values.flatMap((value, i) => (stepper.isComputed(i) ? [[value.name, [...bound.view(i)]]] : [])),
    );
  return { workspace, bound, stepper, persistent, values };
}

/** Keeps nothing. */
const forgetful: IterationKeeper = {
  feed: () => undefined,
  finished: () => undefined,
  recall: () => false,
  patches: () => [],
};

const last = plan.steps.length;

/** Persistent bits at every cursor of two iterations, reached by single steps. */
const course = (() => {
  const { stepper, persistent } = stand();
  const bits: number[][][] = [];
  for (let iteration = 0; iteration < 2; iteration++) {
    if (iteration > 0) stepper.nextIteration();
    const own = [persistent()];
    while (stepper.step()) own.push(persistent());
    bits.push(own);
  }
  return bits;
})();

test('running statistics move in their own step, parameters in the update, and both in every iteration', () => {
  const [first, second] = course as [number[][], number[][]];
  expect(first.length).toBe(last + 1);
  expect(first[0]).not.toEqual(first[last]);
  const statistics = plan.steps.findIndex((step) => step.phase === 'forward' && step.node === 'bn');
  expect(first[statistics]).not.toEqual(first[statistics + 1]);
  expect(first[statistics + 1]).toEqual(first[plan.steps.findIndex((step) => step.phase === 'update')]);
  expect(second[last]).not.toEqual(first[last]);
});

describe('step back', () => {
  test('gives every bit back, step by step, over the start of an iteration', () => {
    const { stepper, persistent } = stand();
    stepper.runTo(last);
    stepper.nextIteration();
    stepper.runTo(last);
    for (let iteration = 1; iteration >= 0; iteration--) {
      for (let cursor = last; cursor >= 0; cursor--) {
        expect([stepper.iteration, stepper.cursor]).toEqual([iteration, cursor]);
        expect(persistent()).toEqual(course[iteration]?.[cursor]);
        const more = stepper.stepBack();
        expect(more).toBe(iteration > 0 || cursor > 0);
      }
    }
    expect([stepper.iteration, stepper.cursor]).toEqual([0, 0]);
  });

  test('any walk ends where the straight way ends', { timeout: 60_000 }, () => {
    type Walk = { readonly kind: 'step' | 'back' | 'to' | 'restart' | 'next' | 'suspend'; readonly at: number };
    const walk: fc.Arbitrary<Walk[]> = fc.array(
      fc.record({ kind: fc.constantFrom('step', 'back', 'to', 'restart', 'next', 'suspend'), at: fc.nat(last) }),
      { maxLength: 25 },
    );
    fc.assert(
      fc.property(walk, (moves) => {
        const { stepper, persistent, values } = stand();
        for (const { kind, at } of moves) {
          if (kind === 'step') stepper.step();
          else if (kind === 'back') stepper.stepBack();
          else if (kind === 'to') stepper.runTo(at);
          else if (kind === 'restart') stepper.restart();
          else if (kind === 'suspend') stepper.suspend();
          else if (stepper.iteration < 1) stepper.nextIteration();
          expect(persistent()).toEqual(course[stepper.iteration]?.[stepper.cursor]);
        }
        stepper.runTo(0);
        const [iteration, cursor] = [stepper.iteration, 5];
        stepper.runTo(cursor);
        const straight = stand();
        if (iteration === 1) straight.stepper.nextIteration();
        straight.stepper.runTo(cursor);
        expect(values()).toEqual(straight.values());
      }),
      { numRuns: 30, seed: 3 },
    );
  });
});

test('what is computed and what is not', () => {
  const { stepper, bound } = stand();
  const computed = (name: string) => stepper.isComputed(bound.find(name) as number);
  const names = ['x.y', 'table.value', 'conv.y', 'turned.y', 'loss.y', 'grad(fc.weight)'];
  expect(names.map(computed)).toEqual([true, true, false, false, false, false]);
  stepper.runTo(plan.steps.findIndex((step) => step.node === 'loss') + 1);
  expect(names.map(computed)).toEqual([true, true, true, true, true, false]);
  stepper.runTo(last);
  expect(names.map(computed)).toEqual(names.map(() => true));
  stepper.suspend();
  expect(names.map(computed)).toEqual(names.map(() => true));
  expect(stepper.cursor).toBe(0);
  stepper.step();
  expect(computed('loss.y')).toBe(false);
});

test('between iterations: the start’s numbers, or the end’s', () => {
  const { stepper, bound } = stand();
  const index = bound.find('conv.weight') as number;
  const statistics = bound.find('bn.running_mean') as number;
  const before = [[...bound.view(index)], [...bound.view(statistics)]];
  stepper.runTo(last - 1);
  expect([...bound.view(statistics)]).not.toEqual(before[1]);
  expect([[...stepper.settled(index)], [...stepper.settled(statistics)], stepper.settledIteration]).toEqual([
    ...before,
    0,
  ]);
  stepper.step();
  expect([...stepper.settled(index)]).toEqual([...bound.view(index)]);
  expect([...stepper.settled(index)]).not.toEqual(before[0]);
  expect(stepper.settledIteration).toBe(1);
});

test('refresh: what is written flows to the same cursor, and stepping back keeps it', () => {
  const { stepper, bound } = stand();
  stepper.runTo(last);
  const before = [...bound.read('fc.y')];
  stepper.refresh(() => void bound.read('fc.bias').fill(100));
  expect(stepper.cursor).toBe(last);
  expect([...bound.read('fc.y')].every((y, i) => Math.abs(y - (before[i] as number)) > 50)).toBe(true);
  stepper.restart();
  expect([...bound.read('fc.bias')]).toEqual([100, 100, 100]);
});

test('a keeper that keeps nothing: no way back over the start of an iteration', () => {
  const { bound } = bind(plan);
  const stepper = createStepper(bound, forgetful);
  stepper.nextIteration();
  stepper.step();
  expect([stepper.stepBack(), stepper.stepBack(), stepper.seek(0, 3)]).toEqual([true, false, false]);
  expect([stepper.iteration, stepper.cursor]).toEqual([1, 0]);
});

test('plans of one graph share what persists; a plan without everything kept cannot be stepped', () => {
  const train = planOf(graph, { retain: [], gradients: 'training' });
  const evaluation = planOf(graph, { mode: 'eval', retain: [], gradients: 'none', batch: 1 });
  const workspace = createWorkspace([evaluation, train], { library });
  workspace.initialize(0);
  const [a, b] = workspace.plans;
  a?.read('fc.bias').fill(7);
  expect([...(b?.read('fc.bias') ?? [])]).toEqual([7, 7, 7]);
  expect(() => createStepper(b as NonNullable<typeof b>, forgetful)).toThrow(/keeps every value/);
});
