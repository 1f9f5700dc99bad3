// xor: four clouds at (±1, ±1); the class is 1 where exactly one coordinate is positive.
import { z } from 'zod';
import { defineBuiltIn } from './dataset.ts';
import { openPoints, pointFields } from './points.ts';

const fields = pointFields(['same signs', 'different signs']);

const options = z.strictObject({
  points: z.int().min(2).max(10_000).default(100).meta({ title: 'Points per class' }),
  noise: z.number().min(0).max(2).default(0.25).meta({ title: 'Deviation of the clouds' }),
});

export const xor = defineBuiltIn({
  kind: 'built-in',
  id: 'xor',
  title: 'Exclusive or',
  summary:
    'Four clouds at the corners of a square, opposite corners alike: the smallest problem that needs a hidden layer.',
  fields,
  options,
  endless: false,
  open({ points, noise }, seed) {
    return openPoints('xor', 'Exclusive or', fields, points, seed, (label, rank, _count, random, p) => {
      const first = rank % 2 === 0 ? 1 : -1;
      p.x = first + noise * random.normal();
      p.y = (label === 0 ? first : -first) + noise * random.normal();
    });
  },
});
