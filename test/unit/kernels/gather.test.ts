import { describe, expect, it } from 'vitest';
import type { ArgReduceSpec } from '../../../src/program/kernel-spec.ts';
import { compare, generator, pick, randomInput, randomShape } from '../../support/random-specs.ts';

const exact = { error: 0, damaged: 0, splitsAgree: true };

describe('generated gather, scatter_add and arg_reduce', () => {
  it('gather and scatter_add equal the reference, indices out of range included', () => {
    for (let round = 0; round < 200; round++) {
      const next = generator(70_000 + round);
      const shape = {
        outer: pick(next, [0, 1, 1, 3]),
        size: pick(next, [1, 4, 9]),
        count: pick(next, [0, 1, 5, 12]),
        inner: pick(next, [1, 1, 2, 3, 4, 7, 16, 65, 130, 257]),
      };
      const where = JSON.stringify(shape);
      const index = Int32Array.from({ length: shape.count }, () => Math.floor(next() * (shape.size + 2)) - 1);
      const rows = (count: number) => shape.outer * count * shape.inner;
      const integers = (length: number) => Float32Array.from({ length }, () => Math.floor(next() * 100));
      const gathered = compare(
        { op: 'gather', ...shape },
        [integers(rows(shape.size)), index],
        [rows(shape.count)],
        next,
      );
      expect(gathered, where).toEqual(exact);
      const inputs = [integers(rows(shape.count)), index];
      expect(compare({ op: 'scatter_add', ...shape }, inputs, [rows(shape.size)], next), where).toEqual(exact);
    }
  });

  it('arg_reduce finds the first of ties, NaN before all', () => {
    for (let round = 0; round < 300; round++) {
      const next = generator(80_000 + round);
      const shape = [pick(next, [1, 2, 7, 8, 15, 40]), ...randomShape(next, 3, 800)].sort(() => next() - 0.5);
      const axis = Math.floor(next() * shape.length);
      const { access, length } = randomInput(next, shape);
      const spec: ArgReduceSpec = { op: 'arg_reduce', shape, axis, by: pick(next, ['max', 'min']), input: access };
      const rare = next() > 0.5 ? 0.9 : 1;
      const x = Float32Array.from({ length }, () =>
        next() > rare ? pick(next, [NaN, Infinity, -Infinity]) : Math.floor(5 * next()),
      );
      const kept = shape.reduce((a, b) => a * b, 1) / (shape[axis] as number);
      expect(compare(spec, [x], [kept], next, [true]), JSON.stringify(spec)).toEqual(exact);
    }
  });

  it('arg_reduce over nothing gives 0', () => {
    const input = { dtype: 'float32', offset: 0, strides: [0, 1] } as const;
    const spec: ArgReduceSpec = { op: 'arg_reduce', shape: [5, 0], axis: 1, by: 'max', input };
    expect(compare(spec, [new Float32Array(1)], [5], generator(1), [true])).toEqual(exact);
  });
});
