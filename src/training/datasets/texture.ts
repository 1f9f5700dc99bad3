// Backgrounds as one number per pixel between two colours: plain slope, stripes, checks, dots, or clouds of value noise.
import { cosine, sine } from '../../tensor/elementary.ts';
import type { ExampleRandom } from './example-random.ts';

export interface Texture {
  /** Takes a new pattern from the example's random numbers. */
  restart(): void;
  /** 0 … 1 at a pixel. */
  at(x: number, y: number): number;
}

/** Smooth step from 0 to 1 as t goes from −1 to 1. */
function soft(t: number): number {
  const clamped = Math.max(0, Math.min(1, t * 0.5 + 0.5));
  return clamped * clamped * (3 - 2 * clamped);
}

export function createTexture(random: ExampleRandom): Texture {
  let kind = 0;
  let cos = 1;
  let sin = 0;
  let period = 8;
  let phaseX = 0;
  let phaseY = 0;

  const lattice = (i: number, j: number) => random.atPlace(0x8000 + ((i & 63) * 64 + (j & 63))) * 0.5 + 0.5;
  const clouds = (u: number, v: number) => {
    const i = Math.floor(u);
    const j = Math.floor(v);
    const s = soft((u - i) * 2 - 1);
    const t = soft((v - j) * 2 - 1);
    const top = lattice(i, j) + s * (lattice(i + 1, j) - lattice(i, j));
    const bottom = lattice(i, j + 1) + s * (lattice(i + 1, j + 1) - lattice(i, j + 1));
    return top + t * (bottom - top);
  };
  const wave = (t: number) => {
    // A triangle wave of period 1 between −1 and 1.
    const f = t - Math.floor(t);
    return f < 0.5 ? 4 * f - 1 : 3 - 4 * f;
  };

  const kinds: readonly ((u: number, v: number) => number)[] = [
    (u) => soft(u / 16),
    (u) => soft(wave(u / period + phaseX) * 2.5),
    (u, v) => soft(wave(u / period + phaseX) * wave(v / period + phaseY) * 5),
    (u, v) => soft((wave(u / period + phaseX) + wave(v / period + phaseY) - 0.9) * 2.5),
    (u, v) => clouds(u / period + 32, v / period + 32),
    (u, v) =>
      0.65 * clouds(u / period + 32, v / period + 32) + 0.35 * clouds((2 * u) / period + 8, (2 * v) / period + 8),
  ];

  return {
    restart() {
      kind = random.integer(kinds.length);
      const angle = random.between(-Math.PI, Math.PI);
      cos = cosine(angle);
      sin = sine(angle);
      period = random.between(4, 11);
      phaseX = random.uniform();
      phaseY = random.uniform();
    },
    at(x, y) {
      const dx = x - 15.5;
      const dy = y - 15.5;
      return kinds[kind]?.(cos * dx + sin * dy, cos * dy - sin * dx) ?? 0;
    },
  };
}
