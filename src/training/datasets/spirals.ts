// spirals: CS231n's toy data. Arm j of k runs from the centre outwards, radius r from 0 to 1, angle 4j + 4r plus noise;
// x = (r sin angle, r cos angle). Source: https://cs231n.github.io/neural-networks-case-study/
import { z } from 'zod';
import { cosine, sine } from '../../tensor/elementary.ts';
import { defineBuiltIn } from './dataset.ts';
import { openPoints, pointFields } from './points.ts';

const options = z.strictObject({
  arms: z.int().min(2).max(6).default(3).meta({ title: 'Arms', description: 'One class each.' }),
  points: z.int().min(1).max(10_000).default(100).meta({ title: 'Points per arm' }),
  noise: z.number().min(0).max(2).default(0.2).meta({ title: 'Deviation of the angle', unit: 'rad' }),
});

function armNames(arms: number): string[] {
  return Array.from({ length: arms }, (_, arm) => `arm ${arm + 1}`);
}

export const spirals = defineBuiltIn({
  kind: 'built-in',
  id: 'spirals',
  title: 'Spirals',
  summary: 'Points on interleaved spiral arms: what no linear classifier can tell apart and a two-layer net can.',
  fields: pointFields(armNames(3)),
  options,
  endless: false,
  open({ arms, points, noise }, seed) {
    // CS231n's three arms begin 4 rad apart; other numbers of arms share the turn evenly.
    const apart = arms === 3 ? 4 : (2 * Math.PI) / arms;
    return openPoints(
      'spirals',
      'Spirals',
      pointFields(armNames(arms)),
      points,
      seed,
      (arm, rank, count, random, p) => {
        const r = count > 1 ? rank / (count - 1) : 1;
        const angle = arm * apart + 4 * r + noise * random.normal();
        p.x = r * sine(angle);
        p.y = r * cosine(angle);
      },
    );
  },
});
