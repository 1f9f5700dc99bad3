// digits: 28×28 grey handwriting-like digits drawn by code, endless and seeded. Each is a hand (digit-strokes.ts) whose points
// are moved, bent, slanted, scaled, turned and shifted at random, drawn with a pen of random width and grained.
import { z } from 'zod';
import { cosine, sine } from '../../tensor/elementary.ts';
import type { Canvas } from './canvas.ts';
import { type DataFields, defineBuiltIn, labelField } from './dataset.ts';
import { digitHands, type Run } from './digit-strokes.ts';
import { openDrawnPictures, type Painter } from './drawn-pictures.ts';
import type { ExampleRandom } from './example-random.ts';
import { createStrokeRaster } from './stroke-raster.ts';

const sizePx = 28;
const piecesPerSpan = 5;

const fields: DataFields = {
  image: { dtype: 'float32', shape: [1, sizePx, sizePx], batchAxis: 0, role: 'input' },
  label: labelField(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']),
};

const about = { id: 'digits', title: 'Digits', fields };

const options = z.strictObject({
  examples: z.int().min(10).max(1_000_000).default(4096).meta({ title: 'Examples per epoch' }),
  variation: z.number().min(0).max(2).default(1).meta({ title: 'Variation of the handwriting' }),
  noise: z.number().min(0).max(1).default(0.12).meta({ title: 'Strongest grain', unit: 'of white' }),
});

export const digits = defineBuiltIn({
  kind: 'built-in',
  ...about,
  summary: 'Handwriting-like digits 0 to 9 in grey, 28 × 28, drawn by code: no download, and never the same one twice.',
  options,
  endless: true,
  open: ({ examples, variation, noise }, seed) =>
    openDrawnPictures(about, examples, seed, (random, canvas) => createDigitPainter(random, canvas, variation, noise)),
});

/** Returns a function that draws `label` with the numbers of the current example. */
function createDigitPainter(random: ExampleRandom, canvas: Canvas, variation: number, noise: number): Painter {
  const raster = createStrokeRaster(canvas, sizePx, sizePx);
  const bend = new Float64Array(8);
  // The affine map from glyph units (−1…1) to pixels, and the pen.
  let xx = 0;
  let xy = 0;
  let yx = 0;
  let yy = 0;
  let centreX = 0;
  let centreY = 0;
  let radius = 0;
  let wobble = 0;
  let pressure = 0;
  let jitter = 0;
  let x = 0;
  let y = 0;
  const place = (px: number, py: number) => {
    const at = px * 128 + py;
    const u = (px - 50) / 50 + jitter * random.atPlace(at * 2);
    const v = (py - 50) / 50 + jitter * random.atPlace(at * 2 + 1);
    const bentU =
      u +
      (bend[0] as number) * sine(v * 1.9 + (bend[1] as number)) +
      (bend[2] as number) * sine(u * 2.6 + (bend[3] as number));
    const bentV =
      v +
      (bend[4] as number) * sine(u * 1.9 + (bend[5] as number)) +
      (bend[6] as number) * sine(v * 2.6 + (bend[7] as number));
    x = centreX + xx * bentU + xy * bentV;
    y = centreY + yx * bentU + yy * bentV;
  };

  const drawRun = (run: Run) => {
    const last = run.length / 2 - 1;
    // Points a, b, c, d of a span are b, c, d of the one before; beyond the ends the last point stands twice.
    place(run[0] as number, run[1] as number);
    let [ax, ay, bx, by, cx, cy] = [x, y, x, y, x, y];
    if (last > 0) place(run[2] as number, run[3] as number);
    for (let span = 0; span < last; span++) {
      ax = bx;
      ay = by;
      bx = cx;
      by = cy;
      cx = x;
      cy = y;
      if (span + 2 <= last) place(run[span * 2 + 4] as number, run[span * 2 + 5] as number);
      for (let piece = span === 0 ? 0 : 1; piece <= piecesPerSpan; piece++) {
        // Catmull–Rom from b to c.
        const t = piece / piecesPerSpan;
        const px = bx + 0.5 * t * (cx - ax + t * (2 * ax - 5 * bx + 4 * cx - x + t * (3 * (bx - cx) + x - ax)));
        const py = by + 0.5 * t * (cy - ay + t * (2 * ay - 5 * by + 4 * cy - y + t * (3 * (by - cy) + y - ay)));
        const r = radius * (1 + wobble * sine((px + 1.7 * py) * 0.35 + pressure));
        raster.point(px, py, r);
      }
    }
    raster.lift();
  };

  return (label) => {
    const hands = digitHands[label] ?? [];
    const hand = hands[random.integer(hands.length)] ?? [];
    const clamped = (spread: number) => Math.max(-2, Math.min(2, random.normal())) * spread * variation;
    jitter = 0.07 * variation;
    for (let i = 0; i < 8; i += 2) {
      bend[i] = clamped(0.05);
      bend[i + 1] = random.between(-Math.PI, Math.PI);
    }
    const scale = 9.2 * (1 + clamped(0.1));
    const width = scale * (0.94 + clamped(0.12));
    const slant = 0.1 * variation + clamped(0.17);
    const angle = clamped(0.1);
    const cos = cosine(angle);
    const sin = sine(angle);
    // rotation · slant · scale; a positive slant leans to the right
    xx = cos * width;
    xy = -sin * scale - cos * slant * scale;
    yx = sin * width;
    yy = cos * scale - sin * slant * scale;
    centreX = 13.5 + clamped(1.1);
    centreY = 13.5 + clamped(1.1);
    radius = 1.15 * (1 + clamped(0.25));
    wobble = random.between(0, 0.25) * variation;
    pressure = random.between(-Math.PI, Math.PI);
    raster.begin(random.between(1, 1.6));
    for (const run of hand) drawRun(run);
    raster.finish(random.between(0.78, 1));
    return noise * random.uniform();
  };
}
