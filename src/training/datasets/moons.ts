// moons: two interleaved half circles; the upper one (cos a, sin a), the lower one (1 − cos a, ½ − sin a), a from 0 to π.
import { z } from 'zod';
import { cosine, sine } from '../../tensor/elementary.ts';
import { defineBuiltIn } from './dataset.ts';
import { openPoints, pointFields } from './points.ts';

const fields = pointFields(['upper', 'lower']);

const options = z.strictObject({
  points: z.int().min(1).max(10_000).default(150).meta({ title: 'Points per moon' }),
  noise: z.number().min(0).max(2).default(0.1).meta({ title: 'Deviation of the points' }),
});

export const moons = defineBuiltIn({
  kind: 'built-in',
  id: 'moons',
  title: 'Moons',
  summary: 'Two half circles that reach into each other, with noise.',
  fields,
  options,
  endless: false,
  open({ points, noise }, seed) {
    return openPoints('moons', 'Moons', fields, points, seed, (moon, rank, count, random, p) => {
      const angle = count > 1 ? (Math.PI * rank) / (count - 1) : Math.PI / 2;
      p.x = (moon === 0 ? cosine(angle) : 1 - cosine(angle)) + noise * random.normal();
      p.y = (moon === 0 ? sine(angle) : 0.5 - sine(angle)) + noise * random.normal();
    });
  },
});
