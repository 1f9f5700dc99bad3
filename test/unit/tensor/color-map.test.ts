import { describe, expect, test } from 'vitest';
import { type ColorScale, type ColorTheme, colorIndex, createColorMap } from '../../../src/tensor/color-map.ts';

/** CIE lightness L* (0 black, 100 white) of an sRGB colour, from the standard's formula. */
function lightness(red: number, green: number, blue: number): number {
  const linear = [red, green, blue].map((byte) => {
    const share = byte / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  return luminance > 216 / 24389 ? 116 * Math.cbrt(luminance) - 16 : (luminance * 24389) / 27;
}

function lightnesses(scale: ColorScale, theme: ColorTheme): number[] {
  const table = createColorMap(scale, theme);
  return Array.from({ length: 256 }, (_, i) =>
    lightness(table[i * 3] as number, table[i * 3 + 1] as number, table[i * 3 + 2] as number),
  );
}

function steps(values: readonly number[]): number[] {
  return values.slice(1).map((value, i) => value - (values[i] as number));
}

describe('lightness runs one way, so that order is seen without hue', () => {
  // Bytes are rounded, so neighbours may fall back by a hair.
  const hair = 0.35;
  test.each([
    ['light', -1],
    ['dark', 1],
  ] as const)('sequential, %s', (theme, direction) => {
    const run = steps(lightnesses('sequential', theme)).map((step) => step * direction);
    expect(Math.min(...run)).toBeGreaterThan(-hair);
    expect(run.reduce((sum, step) => sum + step, 0)).toBeGreaterThan(70);
  });

  test.each([
    ['light', -1],
    ['dark', 1],
  ] as const)('diverging, %s: away from zero on both sides', (theme, direction) => {
    const all = lightnesses('diverging', theme);
    const above = steps(all.slice(128)).map((step) => step * direction);
    const below = steps(all.slice(0, 128).reverse()).map((step) => step * direction);
    expect(Math.min(...above, ...below)).toBeGreaterThan(-hair);
    // the same magnitude looks equally strong on either side
    for (const offset of [40, 80, 120]) {
      const left = (all[127 - offset] as number) - (all[127] as number);
      const right = (all[128 + offset] as number) - (all[128] as number);
      expect(Math.abs(left - right)).toBeLessThan(12);
    }
  });
});

test('zero recedes into the surface of its theme', () => {
  expect([...createColorMap('sequential', 'light').slice(0, 3)]).toEqual([255, 255, 255]);
  expect(lightnesses('sequential', 'dark')[0]).toBeLessThan(12);
  for (const theme of ['light', 'dark'] as const) {
    const middle = lightnesses('diverging', theme)[127] as number;
    expect(theme === 'light' ? 100 - middle : middle).toBeLessThan(13);
  }
});

test('below zero is blue and above zero is orange in both themes', () => {
  for (const theme of ['light', 'dark'] as const) {
    const table = createColorMap('diverging', theme);
    for (const offset of [40, 80, 120]) {
      const below = (127 - offset) * 3;
      const above = (128 + offset) * 3;
      expect(table[below + 2] as number).toBeGreaterThan(table[below] as number);
      expect(table[above] as number).toBeGreaterThan(table[above + 2] as number);
    }
  }
});

test('an index for every number, the ends beyond the range, none for what is not a number', () => {
  expect([-5, -1, 0, 1, 7].map((value) => colorIndex(value, -1, 1))).toEqual([0, 0, 128, 255, 255]);
  expect([colorIndex(3, 3, 3), colorIndex(4, 3, 3), colorIndex(Number.NaN, 0, 1)]).toEqual([0, 255, -1]);
  expect(colorIndex(Number.POSITIVE_INFINITY, 0, 1)).toBe(255);
});
