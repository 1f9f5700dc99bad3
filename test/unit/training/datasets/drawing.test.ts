// What drawing leaves out or does several pixels at a time changes no bit: against plain loops over all pixels and all pieces.
import { expect, test } from 'vitest';
import { createRandom, randomBits } from '../../../../src/tensor/random.ts';
import { createCanvas } from '../../../../src/training/datasets/canvas.ts';
import { createCover } from '../../../../src/training/datasets/shape-cover.ts';
import { distanceTo, outlines } from '../../../../src/training/datasets/shape-outlines.ts';
import { createStrokeRaster } from '../../../../src/training/datasets/stroke-raster.ts';

const random = createRandom(11, 'drawing');

/** Bits, so that 0 and −0 differ. */
const bits = (values: Float32Array | Float64Array) => [...new Int32Array(values.slice().buffer)];

test.each([
  [784, 0.1],
  [3072, 1],
  [6, 0],
  [1, 0.5],
])('grain of %i numbers, strength %f', (size, strength) => {
  const canvas = createCanvas(size);
  for (const key of [0, -1, 123456789, randomBits(5, 6)]) {
    for (let i = 0; i < size; i++) canvas.plain[i] = random.between(-0.2, 1.2);
    if (size > 1) canvas.plain[1] = 0;
    const expected = canvas.plain.map((value, i) => {
      const drawn = new Uint8Array(Int32Array.of(randomBits(key, 0x40000000 + i)).buffer);
      const grain = (drawn.reduce((sum, byte) => sum + byte, 0) - 510) / 147.8;
      return Math.max(0, Math.min(1, value + strength * grain));
    });
    const out = new Float32Array(size + 5).fill(7);
    canvas.finish(key, strength, out, 3);
    expect(bits(out)).toEqual(bits(Float32Array.of(7, 7, 7, ...expected, 7, 7)));
  }
});

type Point = readonly [x: number, y: number, radius: number];

/** Each pixel against each capsule, the deepest wins. */
function plainStrokes(
  strokes: readonly (readonly Point[])[],
  [width, height]: readonly [number, number],
  softness: number,
  ink: number,
): Float64Array {
  const capsules = strokes.flatMap((points) => points.slice(1).map((point, i) => [points[i] as Point, point] as const));
  return Float64Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    let covered = 0;
    for (const [[x0, y0, r0], [x1, y1, r1]] of capsules) {
      const [dx, dy] = [x1 - x0, y1 - y0];
      const length2 = dx * dx + dy * dy;
      const t = length2 === 0 ? 0 : Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / length2));
      const [ex, ey] = [x - x0 - t * dx, y - y0 - t * dy];
      const depth = r0 + t * (r1 - r0) - Math.sqrt(ex * ex + ey * ey);
      covered = Math.max(covered, Math.fround(Math.min(1, depth / softness + 0.5)));
    }
    return ink * covered;
  });
}

test.each([
  [28, 28],
  [30, 11],
] as const)('strokes in a picture of %i × %i', (width, height) => {
  const canvas = createCanvas(width * height);
  const raster = createStrokeRaster(canvas, width, height);
  for (let picture = 0; picture < 40; picture++) {
    const spread = picture % 4 === 0 ? 40 : 4;
    const length = picture === 3 ? 700 : 1 + random.integer(20);
    const strokes = Array.from({ length: 1 + random.integer(3) }, () => {
      let [x, y] = [random.between(-5, width + 5), random.between(-5, height + 5)];
      return Array.from({ length }, (): Point => {
        // Some stand still, some on whole numbers, where distances tie.
        if (random.uniform() < 0.8) [x, y] = [x + random.between(-spread, spread), y + random.between(-spread, spread)];
        if (picture % 3 === 0) [x, y] = [Math.round(x), Math.round(y)];
        return [x, y, random.between(0.2, 2)];
      });
    });
    const softness = random.between(0.5, 2);
    const ink = random.uniform();
    raster.begin(softness);
    for (const stroke of strokes) {
      for (const point of stroke) raster.point(...point);
      raster.lift();
    }
    raster.finish(ink);
    expect(bits(canvas.plain)).toEqual(bits(plainStrokes(strokes, [width, height], softness, ink)));
  }
});

test.each(outlines.map((outline) => [outline.name, outline] as const))('what a %s covers', (_, outline) => {
  const sizePx = 32;
  const drawCover = createCover(sizePx);
  const out = new Float64Array(sizePx * sizePx);
  for (let i = 0; i < 100; i++) {
    const size = random.between(8, 13);
    const squeeze = random.between(0.9, 1.1);
    const [centreX, centreY] = [random.between(10, 21), random.between(10, 21)];
    const angle = random.between(-1, 1) * outline.turn;
    const edge = size * random.between(0.8, 1.1);
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    drawCover(outline, { centreX, centreY, size, squeeze, cos, sin, edge }, out);
    const expected = out.map((_, at) => {
      const [dx, dy] = [(at % sizePx) - centreX, Math.floor(at / sizePx) - centreY];
      const across = ((cos / size) * dx + (sin / size) * dy) * squeeze;
      const down = ((cos / size) * dy - (sin / size) * dx) / squeeze;
      return Math.max(0, Math.min(1, 0.5 - distanceTo(outline, across, down) * edge));
    });
    expect(out).toEqual(expected);
  }
});
