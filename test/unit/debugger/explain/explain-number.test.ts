// Explanations over all samples of all operators, all optimisers and random networks, forward, backward and update: the terms
// make the element, in float64.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explainNumber, questionOf, stepOf } from '../../../../src/debugger/explain/explain-number.ts';
import { optimizers } from '../../../../src/operators/optimizers/registry.generated.ts';
import { operators } from '../../../../src/operators/registry.generated.ts';
import { createRandom, type Random } from '../../../../src/tensor/random.ts';
import { numel } from '../../../../src/tensor/shape.ts';
import { combined, type ExplainedPlan, planOfSample, runExplained, sizeOf } from '../../../support/explained-plan.ts';
import { compileGraph, graphOf } from '../../../support/graphs.ts';
import { cotangentsOf } from '../../../support/operator-judgements.ts';
import { drawSample } from '../../../support/operator-samples.ts';
import { graphFromMoves } from '../../../support/random-graph.ts';

/** Explains up to `perValue` elements of everything that the plan computes; answers how many of which kind. */
function judgeAll(explained: ExplainedPlan, perValue: number, random: Random): Record<string, number> {
  const kinds: Record<string, number> = {};
  const { source } = explained;
  source.plan.values.forEach((value, at) => {
    const count = numel(value.shape);
    if (source.writersOf(at).length === 0) {
      if (count > 0 && source.find(value.name) === at)
        expect(judge(explained, value.name, random.integer(count))).toBe('given');
      return;
    }
    const inPlace = value.region === 'persistent' && value.kind !== 'computed';
    for (let n = 0; n < Math.min(perValue, count); n++) {
      const kind = judge(explained, inPlace ? `next(${value.name})` : value.name, random.integer(count));
      kinds[kind] = (kinds[kind] ?? 0) + 1;
    }
  });
  return kinds;
}

function judge({ source, numbers: atEnd, numbersAt }: ExplainedPlan, name: string, index: number): string {
  const question = questionOf(source, name, index);
  if (!question) throw new Error(`${name}[${index}] cannot be asked about`);
  const step = stepOf(source, question);
  const updates = step !== null && (question.as !== 'value' || source.plan.steps[step]?.phase === 'update');
  const numbers = updates ? numbersAt(step) : atEnd;
  const story = explainNumber(source, numbers, question);
  const element = numbers.after(question.value)[index] as number;
  expect(story.text).not.toMatch(/undefined|NaN/);
  // Rounding of float64, for sums of up to thousands of terms in another order; what is computed in one formula has its own.
  const room = 1e-12 * Math.max(Math.abs(element), sizeOf(story)) + (story.by === 'function' ? 1e-12 : 1e-300);
  for (const made of [story.result, combined(story)])
    if (!Object.is(made, element) && !(Math.abs(made - element) <= room))
      throw new Error(`${name}[${index}] is ${element}, explained as ${made}`);
  for (const { value, factors } of story.terms) {
    for (const { spot, value: number } of factors)
      if (spot) expect([numbers.read(spot.value)[spot.index], numbers.after(spot.value)[spot.index]]).toContain(number);
    if ((story.kind !== 'gradient' && story.kind !== 'shares') || factors.length === 0) continue;
    const product = factors.reduce((p, factor) => p * factor.value, 1);
    expect(Math.abs(product - value)).toBeLessThanOrEqual(1e-12 * Math.abs(value));
  }
  if (story.paths) {
    const paths = story.paths.reduce((sum, path) => sum + path.value, 0);
    const size = story.paths.reduce((sum, path) => sum + Math.abs(path.value), 0);
    expect(Math.abs(paths - element)).toBeLessThanOrEqual(1e-12 * size);
  }
  return story.kind;
}

const samples = Object.values(operators).flatMap((operator) =>
  operator.traits.source === undefined
    ? operator.samples.map((sample, i) => ({ name: `${operator.id} #${i}`, operator, sample }))
    : [],
);

test.each(samples)('$name: every value of its plan', ({ operator, sample }) => {
  const drawn = drawSample(operator, sample);
  const set = new Map<string, ArrayLike<number>>();
  const compilation = planOfSample(operator, drawn);
  const names = compilation.plan?.names ?? {};
  for (const [port, { data }] of Object.entries({ ...drawn.inputs, ...drawn.state }))
    for (const name of [`in_${port}.y`, `node.${port}`]) if (Object.hasOwn(names, name)) set.set(name, data);
  for (const [port, data] of Object.entries(cotangentsOf(operator, drawn)))
    if (Object.hasOwn(names, `grad(node.${port})`)) set.set(`grad(node.${port})`, data);
  const explained = runExplained(compilation, set);
  const kinds = judgeAll(explained, 3, createRandom(11, operator.id));
  // What only tells shapes is settled when the graph is compiled.
  const runs = explained.source.plan.instructions.length > 0;
  expect(Object.keys(kinds).length > 0).toBe(runs);
  expect(runs || operator.family === 'shape').toBe(true);
});

test('random networks: branches, blocks, recurrences, shared parameters', () => {
  const move = fc.record({ kind: fc.nat(40), from: fc.nat(6), other: fc.nat(9), size: fc.nat(9) });
  const all: Record<string, number> = {};
  fc.assert(
    fc.property(fc.array(move, { minLength: 3, maxLength: 12 }), move, fc.nat(1e6), (moves, setup, seed) => {
      const explained = runExplained(compileGraph(graphFromMoves(moves, setup).graph));
      for (const [kind, count] of Object.entries(judgeAll(explained, 1, createRandom(seed, 'explain'))))
        all[kind] = (all[kind] ?? 0) + count;
    }),
    { numRuns: 30, seed: 5 },
  );
  for (const kind of ['forward', 'shares', 'gradient', 'update']) expect(all[kind], kind).toBeGreaterThan(20);
});

describe.each(Object.keys(optimizers))('%s', (kind) => {
  test.each([undefined, { kind: 'norm', max: 0.1 }, { kind: 'value', max: 0.01 }])('clipped by %o', (clip) => {
    const graph = graphOf({
      nodes: {
        x: ['input', {}, { shape: ['N', 3] }],
        fc: ['linear', { x: 'x.y' }, { out_features: 2 }],
        loss: ['mse_loss', { x: 'fc.y' }],
      },
      training: { loss: 'loss.y', batch: 4, optimizer: { kind, lr: 0.1 }, ...(clip ? { clip } : {}) },
    });
    const random = createRandom(2, kind);
    const draw = (length: number) => Float64Array.from({ length }, () => random.uniform() - 0.5);
    const explained = runExplained(
      compileGraph(graph),
      new Map([
        ['x.y', draw(12)],
        ['loss.target', draw(8)],
        ['fc.weight', draw(6)],
        ['lr', Float64Array.of(0.1)],
      ]),
    );
    expect(judgeAll(explained, 2, random)['update']).toBeGreaterThan(1);
    const question = questionOf(explained.source, 'update(fc.weight)', 1);
    if (!question) throw new Error('update(fc.weight) cannot be asked about');
    const numbers = explained.numbersAt(stepOf(explained.source, question));
    const change = (numbers.after(question.value)[1] as number) - (numbers.read(question.value)[1] as number);
    expect(Math.abs(explainNumber(explained.source, numbers, question).result - change)).toBeLessThan(1e-12);
  });
});
