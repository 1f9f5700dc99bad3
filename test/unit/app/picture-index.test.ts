// Held against the engine itself: every pixel of its pictures must be the element that the page says it is.
import { describe, expect, it } from 'vitest';
import { elementIndex, flatIndex, pixelPlace } from '../../../src/app/inspector/picture-index.ts';
import type { Picture } from '../../../src/engine/protocol/views.ts';
import { chooseColoring } from '../../../src/engine/views/paint.ts';
import { paintPicture } from '../../../src/engine/views/picture.ts';
import { planesOf } from '../../../src/engine/views/planes.ts';
import { statisticsOf } from '../../../src/engine/views/statistics.ts';

function pictureOf(
  shape: readonly number[],
  batchAxis: number | null,
  example: number,
  channel: number | 'all',
): Picture {
  const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i);
  const planes = planesOf({ shape, batchAxis, filters: batchAxis === null && shape.length === 4 }, example);
  const coloring = chooseColoring(data, statisticsOf(data), 'auto', false, 'dark');
  return paintPicture(data, planes, coloring, channel, { revision: 0, name: 'x' });
}

describe.each([
  { shape: [2, 6, 5, 7], batchAxis: 0, example: 1 },
  { shape: [4, 3, 5, 5], batchAxis: 0, example: 2 },
  { shape: [6, 3, 5, 5], batchAxis: null, example: 0 },
  { shape: [16, 6, 5, 5], batchAxis: null, example: 0 },
  { shape: [120, 40], batchAxis: null, example: 0 },
  { shape: [8, 12], batchAxis: 0, example: 5 },
  { shape: [9, 4, 6], batchAxis: 1, example: 3 },
  { shape: [7], batchAxis: null, example: 0 },
  { shape: [1, 28, 28], batchAxis: null, example: 0 },
])('$shape with the batch on axis $batchAxis', ({ shape, batchAxis, example }) => {
  it.each(['all', 0, 2] as const)('channel %s', (asked) => {
    const all = pictureOf(shape, batchAxis, example, 'all');
    const channel = asked === 'all' ? 'all' : Math.min(asked, all.channels - 1);
    const picture = channel === 'all' ? all : pictureOf(shape, batchAxis, example, channel);
    const { width, height } = picture.pixels;
    let seen = 0;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const value = picture.values[y * width + x] as number;
        const place = pixelPlace(picture, channel, x, y);
        if (Number.isNaN(value)) {
          expect(place).toBeNull();
          continue;
        }
        expect(place).not.toBeNull();
        if (place === null) continue;
        expect(flatIndex(shape, elementIndex(shape, picture.examples, example, place))).toBe(value);
        seen++;
      }
    }
    expect(seen).toBeGreaterThan(0);
  });
});
