// Not one byte is allocated per step once training is warm: the JavaScript heap is measured over a thousand steps with nothing
// collected in between. Pictures that data sets draw by code are not part of a step.
import { getHeapStatistics } from 'node:v8';
import { expect, test } from 'vitest';
import { createTimeline } from '../../../src/debugger/timeline/timeline.ts';
import { createDataShelf } from '../../../src/engine/data-shelf.ts';
import { createParkedTensors } from '../../../src/engine/numbers/parked-tensors.ts';
import { createProject } from '../../../src/engine/project.ts';
import { bind, example, library, planOf, registry, run } from '../../support/graphs.ts';

const steps = 1000;
/** What the two records of a measurement take; less than a byte a step, and the smallest object has eight. */
const ownBytes = 1000;

/** Bytes that a thousand calls leave on the heap, as garbage too: the least of many windows, since compilers work beside and optimise what has run often. */
function bytesOf(step: () => void, windows = 40): number {
  for (let i = 0; i < steps; i++) step();
  let least = Number.POSITIVE_INFINITY;
  for (let window = 0; window < windows && least >= ownBytes; window++) {
    const before = getHeapStatistics();
    for (let i = 0; i < steps; i++) step();
    const after = getHeapStatistics();
    const grown = after.used_heap_size - before.used_heap_size + after.external_memory - before.external_memory;
    // Less than before: something was collected in between, and nothing is known.
    if (grown >= 0) least = Math.min(least, grown);
  }
  return least;
}

test('the measure sees one small object a step, and none where there is none', () => {
  const kept = [{ at: 0 }];
  const keep = () => {
    kept[0] = { at: kept.length };
  };
  expect(bytesOf(keep)).toBeGreaterThan(8 * steps);
  expect(bytesOf(() => undefined)).toBeLessThan(ownBytes);
});

test.each(['spirals', 'lenet5', 'resnet'])('%s: a step of its plan allocates nothing', (name) => {
  const { bound } = bind(planOf(example(name), { batch: 1, retain: [], gradients: 'training' }));
  expect(bytesOf(() => run(bound))).toBeLessThan(ownBytes);
});

test.each(['spirals', 'char-lstm'])(
  '%s: nor does an iteration with its data and its schedule',
  { timeout: 120_000 },
  (name) => {
    const given = example(name);
    const graph = { ...given, training: { ...given.training, batch: 2, epochs: 1000 } };
    const { data } = graph.training;
    const dataset = data ? createDataShelf().open(data, graph.seed).dataset : null;
    const parked = createParkedTensors();
    const ready = createProject(graph, { registry, library, shared: false, expand: [], dataset, parked, iteration: 0 });
    const training = ready.training();
    if ('diagnostics' in training) throw new Error(JSON.stringify(training.diagnostics));
    expect(bytesOf(() => training.run.iterate())).toBeLessThan(ownBytes);
  },
);

test('spirals: nor does recording it, but for a number now and then and the snapshots', { timeout: 120_000 }, () => {
  const given = example('spirals');
  const graph = { ...given, training: { ...given.training, batch: 2, epochs: 100_000 } };
  const { data } = graph.training;
  const dataset = data ? createDataShelf().open(data, graph.seed).dataset : null;
  const timeline = createTimeline('');
  timeline.on = false;
  const parked = createParkedTensors();
  const base = { registry, library, shared: false, expand: [], dataset, parked, iteration: 0, timeline };
  const training = createProject(graph, base).training();
  if ('diagnostics' in training) throw new Error(JSON.stringify(training.diagnostics));
  let iteration = 0;
  // Some boxed numbers, 16 bytes each; the log of losses takes four.
  expect(bytesOf(() => void timeline.train(iteration++))).toBeLessThan(128 * steps);
});
