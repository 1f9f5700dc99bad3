// Backgrounds as one number per pixel between two colours: plain slope, stripes, checks, dots, or clouds of value noise.
import { cosine, sine } from '../../tensor/elementary.ts';
import type { ExampleRandom } from './example-random.ts';

export interface Texture {
  /** Takes a new pattern from the example's random numbers. */
  restart(): void;
  /** Writes 0 … 1 for every pixel, row by row. */
  draw(out: Float64Array): void;
}

/** Smooth step from 0 to 1 as t goes from −1 to 1. */
function soft(t: number): number {
  const clamped = Math.max(0, Math.min(1, t * 0.5 + 0.5));
  return clamped * clamped * (3 - 2 * clamped);
}

/** A triangle wave of period 1 between −1 and 1. */
function wave(t: number): number {
  const f = t - Math.floor(t);
  return f < 0.5 ? 4 * f - 1 : 3 - 4 * f;
}

const kinds = 6;
/** Clouds repeat after so many cells each way. */
const cells = 64;

/** For square pictures of `sizePx` pixels. */
export function createTexture(random: ExampleRandom, sizePx: number): Texture {
  const middle = (sizePx - 1) / 2;
  let kind = 0;
  let cos = 1;
  let sin = 0;
  let period = 8;
  let phaseX = 0;
  let phaseY = 0;
  /** Corners of the clouds' cells, and which of them this picture has asked for already. */
  const corners = new Float64Array(cells * cells);
  const known = new Uint8Array(cells * cells);

  function corner(i: number, j: number): number {
    const place = (i & (cells - 1)) * cells + (j & (cells - 1));
    if (known[place] === 0) {
      corners[place] = random.atPlace(0x8000 + place) * 0.5 + 0.5;
      known[place] = 1;
    }
    return corners[place] as number;
  }

  /** Adds value noise with cells of `period` pixels by `scale`, `shift` cells from the middle. */
  function addClouds(out: Float64Array, scale: number, shift: number, weight: number): void {
    const [c, s, each] = [cos, sin, period];
    let [cellX, cellY] = [Number.NaN, Number.NaN];
    let [left, right, leftBelow, rightBelow] = [0, 0, 0, 0];
    for (let y = 0; y < sizePx; y++) {
      const across = s * (y - middle);
      const along = c * (y - middle);
      for (let x = 0; x < sizePx; x++) {
        const u = (scale * (c * (x - middle) + across)) / each + shift;
        const v = (scale * (along - s * (x - middle))) / each + shift;
        const i = Math.floor(u);
        const j = Math.floor(v);
        if (i !== cellX || j !== cellY) {
          cellX = i;
          cellY = j;
          left = corner(i, j);
          right = corner(i + 1, j);
          leftBelow = corner(i, j + 1);
          rightBelow = corner(i + 1, j + 1);
        }
        const part = soft((u - i) * 2 - 1);
        const top = left + part * (right - left);
        const bottom = leftBelow + part * (rightBelow - leftBelow);
        const at = y * sizePx + x;
        out[at] = (out[at] as number) + weight * (top + soft((v - j) * 2 - 1) * (bottom - top));
      }
    }
  }

  /** Patterns of waves at a place, in pixels and in periods from the middle. */
  function waves(px: number, u: number, v: number): number {
    switch (kind) {
      case 0:
        return px / 16;
      case 1:
        return wave(u + phaseX) * 2.5;
      case 2:
        return wave(u + phaseX) * wave(v + phaseY) * 5;
      default:
        return (wave(u + phaseX) + wave(v + phaseY) - 0.9) * 2.5;
    }
  }

  function drawWaves(out: Float64Array): void {
    const [c, s, each] = [cos, sin, period];
    for (let y = 0; y < sizePx; y++) {
      const across = s * (y - middle);
      const along = c * (y - middle);
      for (let x = 0; x < sizePx; x++) {
        const px = c * (x - middle) + across;
        const py = along - s * (x - middle);
        out[y * sizePx + x] = soft(waves(px, px / each, py / each));
      }
    }
  }

  return {
    restart() {
      kind = random.integer(kinds);
      const angle = random.between(-Math.PI, Math.PI);
      cos = cosine(angle);
      sin = sine(angle);
      period = random.between(4, 11);
      phaseX = random.uniform();
      phaseY = random.uniform();
    },
    draw(out) {
      if (kind < 4) return drawWaves(out);
      known.fill(0);
      out.fill(0);
      if (kind === 4) return addClouds(out, 1, 32, 1);
      addClouds(out, 1, 32, 0.65);
      addClouds(out, 2, 8, 0.35);
    },
  };
}
