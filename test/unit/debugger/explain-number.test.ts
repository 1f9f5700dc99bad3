// Explanations over all samples of all operators, forward and backward: the terms make the element, in float64.
import { describe, expect, test } from 'vitest';
import { explainNumber, questionOf } from '../../../src/debugger/explain-number.ts';
import { operators } from '../../../src/operators/registry.generated.ts';
import { createRandom } from '../../../src/tensor/random.ts';
import { numel } from '../../../src/tensor/shape.ts';
import { combined, planOfSample, runExplained, sizeOf } from '../../support/explained-plan.ts';
import { cotangentsOf } from '../../support/operator-judgements.ts';
import { drawSample } from '../../support/operator-samples.ts';

const samples = Object.values(operators).flatMap((operator) =>
  operator.traits.source === undefined
    ? operator.samples.map((sample, i) => ({ name: `${operator.id} #${i}`, operator, sample }))
    : [],
);

describe.each(samples)('$name', ({ operator, sample }) => {
  test('every value of its plan is explained by terms that make it', () => {
    const drawn = drawSample(operator, sample);
    const set = new Map<string, ArrayLike<number>>();
    const compilation = planOfSample(operator, drawn);
    const names = compilation.plan?.names ?? {};
    for (const [port, { data }] of Object.entries({ ...drawn.inputs, ...drawn.state }))
      for (const name of [`in_${port}.y`, `node.${port}`]) if (Object.hasOwn(names, name)) set.set(name, data);
    for (const [port, data] of Object.entries(cotangentsOf(operator, drawn)))
      if (Object.hasOwn(names, `grad(node.${port})`)) set.set(`grad(node.${port})`, data);
    const { source, numbers } = runExplained(compilation, set);
    const random = createRandom(11, operator.id);
    let explained = 0;
    source.plan.values.forEach((value, at) => {
      const writer = source.writersOf(at)[0];
      if (!writer) return;
      const count = numel(value.shape);
      for (let n = 0; n < Math.min(3, count); n++) {
        const index = random.integer(count);
        const inPlace = value.region === 'persistent' && value.kind !== 'computed';
        const name = inPlace ? `next(${value.name})` : value.name;
        const question = questionOf(source, name, index);
        if (!question) throw new Error(`${name} cannot be asked about`);
        const story = explainNumber(source, numbers, question);
        const element = numbers.after(at)[index] as number;
        explained++;
        expect(story.text).not.toMatch(/undefined|NaN/);
        const room = 1e-9 * Math.max(1, Math.abs(element), sizeOf(story));
        for (const made of [story.result, combined(story)]) {
          if (!(Math.abs(made - element) <= room)) expect.fail(`${name}[${index}] is ${element}, explained as ${made}`);
        }
        for (const { value: number, factors } of story.terms) {
          for (const factor of factors) {
            if (!factor.spot) continue;
            const found = [numbers.read(factor.spot.value), numbers.after(factor.spot.value)].map(
              (array) => array[factor.spot?.index ?? 0],
            );
            expect(found).toContain(factor.value);
          }
          if (story.kind === 'gradient' && factors.length > 0) {
            const product = factors.reduce((p, factor) => p * factor.value, 1);
            expect(Math.abs(product - number)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(number)));
          }
        }
        if (story.paths) {
          const paths = story.paths.reduce((sum, path) => sum + path.value, 0);
          expect(Math.abs(paths - element)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(element)));
        }
      }
    });
    // What only tells shapes is settled when the graph is compiled.
    expect(explained > 0).toBe(operator.family !== 'shape' || source.plan.instructions.length > 0);
  });
});
