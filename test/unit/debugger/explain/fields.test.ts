// Fields against poison: what NaN in one element of a feed reaches is what depends on it, and the other way round.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FieldMask, fieldsOf } from '../../../../src/debugger/explain/fields.ts';
import { createExplainSource } from '../../../../src/debugger/explain/source.ts';
import { interpretPlan } from '../../../../src/runtime/interpret.ts';
import { createRandom } from '../../../../src/tensor/random.ts';
import { numel } from '../../../../src/tensor/shape.ts';
import { compileGraph, example } from '../../../support/graphs.ts';
import { graphFromMoves } from '../../../support/random-graph.ts';

function isIn({ shape, box, mask }: FieldMask, index: number): boolean {
  let [rest, flat] = [index, 0];
  const at = shape.map(() => 0);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    at[axis] = rest % (shape[axis] as number);
    rest = Math.floor(rest / (shape[axis] as number));
  }
  for (const [axis, [from, end]] of box.entries()) {
    const here = at[axis] as number;
    if (here < from || here >= end) return false;
    flat = flat * (end - from) + here - from;
  }
  return mask === null || mask[flat] === 1;
}

const move = fc.record({ kind: fc.nat(40), from: fc.nat(6), other: fc.nat(9), size: fc.nat(9) });
test('influence is what poison reaches, the receptive field is its mirror image', () => {
  let compared = 0;
  fc.assert(
    fc.property(fc.array(move, { minLength: 2, maxLength: 10 }), move, fc.nat(1e6), (moves, setup, seed) => {
      const { graph } = graphFromMoves(moves, setup);
      const { plan, network } = compileGraph(graph, { gradients: 'none' });
      if (!plan) return;
      const source = createExplainSource(plan, network);
      const random = createRandom(seed, 'poison');
      const feeds = plan.feeds.filter((name) => source.valueOf(source.find(name) as number).dtype === 'float32');
      const name = feeds[random.integer(feeds.length)];
      const value = source.find(name ?? '');
      if (name === undefined || value === undefined) return;
      const data = Float64Array.from({ length: numel(source.valueOf(value).shape) }, () => 0.3 + random.uniform());
      const index = random.integer(data.length);
      data[index] = Number.NaN;
      const run = interpretPlan(plan, { precision: 'float64', set: new Map([[name, data]]) });
      run.run();
      const numbers = { read: (at: number) => run.read(source.valueOf(at).name), after: () => new Float64Array() };
      const { downstream } = fieldsOf(source, numbers, { value, index });
      const reached = new Map(downstream.map((field) => [field.name, field]));
      plan.values.forEach((each, at) => {
        if (each.kind !== 'computed' || each.region !== 'scratch' || each.dtype !== 'float32') return;
        const own = source.nameOf(at);
        if (own.includes(':')) return;
        const array = run.read(each.name);
        const field = reached.get(own);
        for (let i = 0; i < array.length; i++) {
          compared++;
          const poisoned = Number.isNaN(array[i]);
          if (poisoned !== (field !== undefined && isIn(field, i)))
            throw new Error(`${own}[${i}] is ${poisoned ? '' : 'not '}poisoned by ${name}[${index}]`);
        }
        const some = random.integer(array.length);
        const back = fieldsOf(source, numbers, { value: at, index: some }).upstream.find((mask) => mask.name === name);
        expect(back !== undefined && isIn(back, index)).toBe(field !== undefined && isIn(field, some));
      });
    }),
    { numRuns: 60, seed: 7 },
  );
  expect(compared).toBeGreaterThan(2000);
});

test('a pixel of LeNet’s second convolution sees 12 × 12 pixels of the image', () => {
  const { plan, network } = compileGraph(example('lenet5'), { batch: 2 });
  if (!plan) throw new Error('no plan');
  const source = createExplainSource(plan, network);
  const numbers = { read: () => new Float64Array(), after: () => new Float64Array() };
  // conv2.y is [2, 16, 10, 10]: the element at row 4, column 7 of the second example.
  const { upstream, downstream } = fieldsOf(source, numbers, {
    value: source.find('conv2.y') as number,
    index: 1600 + 3 * 100 + 4 * 10 + 7,
  });
  // Rows 4 … 8 of pool1, 8 … 17 of relu1 and, with padding 2, 6 … 19 of the image.
  expect(upstream.find(({ name }) => name === 'pool1.y')?.box).toEqual([
    [1, 2],
    [0, 6],
    [4, 9],
    [7, 12],
  ]);
  expect(upstream.find(({ name }) => name === 'relu1.y')?.box).toEqual([
    [1, 2],
    [0, 6],
    [8, 18],
    [14, 24],
  ]);
  expect(upstream.find(({ name }) => name === 'image.y')?.box).toEqual([
    [1, 2],
    [0, 1],
    [6, 20],
    [12, 26],
  ]);
  expect(downstream.find(({ name }) => name === 'pool2.y')?.count).toBe(1);
  expect(downstream.find(({ name }) => name === 'fc3.y')?.box).toEqual([
    [1, 2],
    [0, 10],
  ]);
});
