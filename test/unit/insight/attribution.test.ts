// Attribution beyond the golden network: laws that hold for any graph, rules worked out by hand, and what cannot be asked.
import { describe, expect, test } from 'vitest';
import { type Attribution, createAttribution } from '../../../src/insight/attribution.ts';
import { attributionMethods } from '../../../src/insight/attribution-methods.ts';
import { formatDiagnostic } from '../../../src/tensor/diagnostic.ts';
import { bind, type GraphSketch, graphOf, library, planOf, registry, run } from '../../support/graphs.ts';
import { feedsFor } from '../../support/random-graph.ts';

type Options = Readonly<Record<string, unknown>>;
type Named = Readonly<Record<string, ArrayLike<number>>>;

function make(sketch: GraphSketch, id: string, options: Options = {}, input = 'x.y', scores = 'scores.y') {
  const method = attributionMethods.find((each) => each.id === id);
  if (!method) throw new Error(`no method ${id}`);
  return createAttribution(graphOf(sketch), { method, options, input, scores, registry, library });
}

/** The graph's own start, fed with random numbers or `given`; class `classIndex` of example `example`. */
function attribute(
  sketch: GraphSketch,
  id: string,
  options: Options = {},
  asked: { readonly given?: Named; readonly example?: number; readonly classIndex?: number } = {},
): Attribution {
  const driver = make(sketch, id, options);
  if ('diagnostics' in driver) throw new Error(driver.diagnostics.map(formatDiagnostic).join('\n'));
  const { bound } = bind(planOf(graphOf(sketch), { mode: 'eval', gradients: 'none' }));
  for (const [name, numbers] of Object.entries({ ...feedsFor(bound.plan), ...asked.given }))
    bound.read(name).set(numbers);
  return driver.attribute(
    (name) => {
      const index = bound.find(name);
      const shape = index === undefined ? undefined : bound.plan.values[index]?.shape;
      return index === undefined || !shape ? null : { shape, data: bound.view(index) };
    },
    asked.example ?? 0,
    asked.classIndex ?? null,
  );
}

/** Two inputs, so that the memory of one is free while the other is still needed. */
const two: GraphSketch = {
  nodes: {
    other: ['input', {}, { shape: ['N', 3, 6, 6] }],
    x: ['input', {}, { shape: ['N', 3, 6, 6] }],
    far: ['conv2d', { x: 'other.y' }, { out_channels: 4, kernel_size: 3 }],
    near: ['conv2d', { x: 'x.y' }, { out_channels: 4, kernel_size: 3 }],
    sum: ['add', { a: 'far.y', b: 'near.y' }],
    bend: ['tanh', { x: 'sum.y' }],
    flat: ['flatten', { x: 'bend.y' }],
    scores: ['linear', { x: 'flat.y' }, { out_features: 3 }],
  },
  training: { batch: 3 },
};

describe('integrated gradients', () => {
  test.each(['midpoint', 'trapezoid'])('by the %s rule add up to the change of the score', (rule) => {
    const given = { example: 2, classIndex: 1 };
    const { values, score } = attribute(two, 'integrated_gradients', { steps: 200, rule, baseline: 0.25 }, given);
    const { bound } = bind(planOf(graphOf(two), { mode: 'eval', gradients: 'none' }));
    for (const [name, numbers] of Object.entries(feedsFor(bound.plan))) bound.read(name).set(numbers);
    run(bound);
    expect(bound.read('scores.y')[2 * 3 + 1]).toBeCloseTo(score, 5);
    bound.read('x.y').fill(0.25);
    run(bound);
    const gain = score - (bound.read('scores.y')[2 * 3 + 1] as number);
    expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(gain, 3);
  });

  test('of one step are the gradient at its place', () => {
    const whole = attribute(two, 'integrated_gradients', { steps: 1, rule: 'right' }, { classIndex: 0 });
    const product = attribute(two, 'gradient_times_input', {}, { classIndex: 0 });
    expect([...whole.values]).toEqual([...product.values]);
  });
});

/** scores = relu(x · A) · B on x = (1, −1): hidden (2, −3) with slopes (−1, 5) of the only class. */
const rectified: GraphSketch = {
  nodes: {
    x: ['input', {}, { shape: ['N', 2] }],
    a: ['constant', {}, { value: [[3, -1], [1, 2]] }], // biome-ignore format: a matrix
    hidden: ['matmul', { a: 'x.y', b: 'a.y' }],
    bend: ['relu', { x: 'hidden.y' }],
    b: ['constant', {}, { value: [[-1], [5]] }],
    scores: ['matmul', { a: 'bend.y', b: 'b.y' }],
  },
  training: { batch: 1 },
};

test.each([
  ['input_gradient', [-3, -1]],
  ['guided_backpropagation', [0, 0]],
  ['deconvolution', [-5, 10]],
  ['saliency', [3, 1]],
  ['gradient_times_input', [-3, 1]],
])('%s of a rectified layer by hand', (id, expected) => {
  const { values, score } = attribute(rectified, id, {}, { given: { 'x.y': [1, -1] } });
  expect(score).toBe(-2);
  expect([...values].map((value) => value + 0)).toEqual(expected);
});

describe('Grad-CAM', () => {
  test('looks at the last feature maps before the scores, and at the layer that is named', () => {
    const last = attribute(two, 'grad_cam', { upsample: false });
    expect(last).toMatchObject({ layer: 'bend.y', shape: [4, 4] });
    expect(last.values.every((value) => value >= 0)).toBe(true);
    expect(attribute(two, 'grad_cam', { layer: 'near' })).toMatchObject({ layer: 'near.y', shape: [6, 6] });
  });

  test.each([
    ['nowhere', 'there is no layer `nowhere`'],
    ['flat', 'holds no feature maps'],
  ])('says what is wrong with the layer %s', (layer, message) => {
    const made = make(two, 'grad_cam', { layer });
    expect('diagnostics' in made && made.diagnostics.map(formatDiagnostic).join()).toContain(message);
  });
});

test('an example is found wherever the batch stands', () => {
  const sequence: GraphSketch = {
    nodes: {
      x: ['input', {}, { shape: [4, 'N', 2] }],
      rnn: ['rnn', { x: 'x.y' }, { hidden_size: 3 }],
      last: ['select', { x: 'rnn.y' }, { dim: 0, index: -1 }],
      scores: ['linear', { x: 'last.y' }, { out_features: 2 }],
    },
    training: { batch: 3 },
  };
  const scores = [0, 1, 2].map(
    (example) => attribute(sequence, 'input_gradient', {}, { example, classIndex: 1 }).score,
  );
  const { bound } = bind(planOf(graphOf(sequence), { mode: 'eval', gradients: 'none' }));
  for (const [name, numbers] of Object.entries(feedsFor(bound.plan))) bound.read(name).set(numbers);
  run(bound);
  scores.forEach((score, example) => {
    expect(score).toBeCloseTo(bound.read('scores.y')[example * 2 + 1] as number, 5);
  });
  expect(new Set(scores).size).toBe(3);
});

test.each([
  ['integrated_gradients', { steps: 0 }, 'x.y', 'scores.y', 'steps'],
  ['integrated_gradients', {}, 'sum.y', 'scores.y', 'is computed'],
  ['saliency', {}, 'x.y', 'bend.y', 'must be N×classes'],
])('%s %j of %s towards %s is refused: %s', (id, options, input, scores, message) => {
  const made = make(two, id, options, input, scores);
  expect('diagnostics' in made && made.diagnostics.map(formatDiagnostic).join()).toContain(message);
});
