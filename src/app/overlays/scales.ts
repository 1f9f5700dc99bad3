// The colour tables as the page needs them: CSS gradients for legends. The tables themselves stand in tensor/color-map.ts.
import { type ColorScale, type ColorTheme, colorMapSize, createColorMap } from '../../tensor/color-map.ts';

/** `linear-gradient(…)` from low (left) to high (right); `least`: where on the scale low stands. */
export function scaleGradient(scale: ColorScale, theme: ColorTheme, least = 0): string {
  const table = createColorMap(scale, theme);
  const stops = Array.from({ length: 17 }, (_, i) => scaleColor(table, least + (i / 16) * (1 - least)));
  return `linear-gradient(to right, ${stops.join(', ')})`;
}

/** One colour of a table as CSS; `at` in 0…1. */
export function scaleColor(table: Uint8Array, at: number): string {
  const index = Math.round(Math.min(1, Math.max(0, at)) * (colorMapSize - 1)) * 3;
  return `rgb(${table[index]} ${table[index + 1]} ${table[index + 2]})`;
}
