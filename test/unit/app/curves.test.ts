import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { curveRows, metricNames } from '../../../src/app/charts/curve-rows.ts';
import { decimate } from '../../../src/app/charts/decimate.ts';
import type { CurvePoint } from '../../../src/engine/protocol.ts';

describe('decimation', () => {
  it('keeps the ends, the lowest and the highest point, their order, and the limit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 3000 }),
        fc.integer({ min: 4, max: 500 }),
        (ys, most) => {
          const points = ys.map((y, x) => ({ x, y }));
          const kept = decimate(points, ({ y }) => y, most);
          expect(kept.length).toBeLessThanOrEqual(Math.max(most, points.length <= most ? points.length : 0));
          expect(kept[0]).toBe(points[0]);
          expect(kept.at(-1)).toBe(points.at(-1));
          const keptYs = kept.map(({ y }) => y);
          expect(Math.max(...keptYs)).toBe(Math.max(...ys));
          expect(Math.min(...keptYs)).toBe(Math.min(...ys));
          for (let i = 1; i < kept.length; i++) {
            expect((kept[i] as { x: number }).x).toBeGreaterThan((kept[i - 1] as { x: number }).x);
          }
        },
      ),
    );
  });
});

describe('rows', () => {
  const point = (iteration: number, split: 'train' | 'validation', loss: number, accuracy?: number): CurvePoint => ({
    iteration,
    epoch: 0,
    split,
    loss,
    metrics: accuracy === undefined ? {} : { accuracy },
  });

  it('put train and validation of one iteration side by side and leave out what is not finite', () => {
    const points = [
      point(1, 'train', 2),
      point(2, 'train', Number.NaN),
      point(3, 'train', 1, 0.5),
      point(3, 'validation', 1.5, 0.4),
    ];
    expect(curveRows(points, null)).toEqual([
      { iteration: 1, train: 2 },
      { iteration: 3, train: 1, validation: 1.5 },
    ]);
    expect(curveRows(points, 'accuracy')).toEqual([{ iteration: 3, train: 0.5, validation: 0.4 }]);
    expect(metricNames(points)).toEqual(['accuracy']);
  });
});
