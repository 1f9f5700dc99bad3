// The colour scales of every picture of numbers, as tables of 256 RGB colours, shared by page and worker. Zero recedes into
// the surface of its theme: magnitudes grow away from it in lightness, signed values in lightness and hue (blue below, orange
// above zero, which stay apart for colour-blind eyes). What range a picture takes is left to who paints it.

export type ColorScale = 'sequential' | 'diverging';
export type ColorTheme = 'light' | 'dark';

type Anchor = readonly [at: number, red: number, green: number, blue: number];

/** Colours in a table; entry i stands for i / 255 of the range. */
export const colorMapSize = 256;

// Lightness falls (light) or rises (dark) steadily from one anchor to the next; the middle of a diverging scale is the surface.
const anchors: { readonly [S in ColorScale]: { readonly [T in ColorTheme]: readonly Anchor[] } } = {
  sequential: {
    light: [
      [0, 255, 255, 255],
      [0.12, 237, 248, 217],
      [0.3, 183, 226, 189],
      [0.5, 88, 188, 193],
      [0.7, 36, 132, 184],
      [0.85, 35, 82, 156],
      [1, 12, 31, 88],
    ],
    dark: [
      [0, 22, 24, 29],
      [0.15, 43, 35, 84],
      [0.32, 52, 67, 128],
      [0.5, 34, 116, 140],
      [0.68, 38, 163, 125],
      [0.84, 127, 206, 83],
      [1, 250, 232, 72],
    ],
  },
  diverging: {
    light: [
      [0, 6, 53, 122],
      [0.2, 35, 105, 189],
      [0.38, 150, 193, 232],
      [0.5, 255, 255, 255],
      [0.62, 247, 196, 140],
      [0.8, 201, 103, 16],
      [1, 122, 50, 0],
    ],
    dark: [
      [0, 168, 212, 255],
      [0.2, 76, 146, 224],
      [0.38, 30, 70, 122],
      [0.5, 22, 24, 29],
      [0.62, 110, 58, 14],
      [0.8, 219, 126, 33],
      [1, 255, 205, 148],
    ],
  },
};

/** 256 colours as red, green, blue bytes: 768 in all. Build it once a picture, not once a pixel. */
export function createColorMap(scale: ColorScale, theme: ColorTheme): Uint8Array<ArrayBuffer> {
  const stops = anchors[scale][theme];
  const table = new Uint8Array(colorMapSize * 3);
  for (let i = 0; i < colorMapSize; i++) {
    const at = i / (colorMapSize - 1);
    const next = Math.max(
      1,
      stops.findIndex(([stop]) => stop >= at),
    );
    const low = stops[next - 1] as Anchor;
    const high = stops[next] as Anchor;
    const share = (at - low[0]) / (high[0] - low[0]);
    for (const channel of [1, 2, 3] as const) {
      table[i * 3 + channel - 1] = Math.round(low[channel] + share * (high[channel] - low[channel]));
    }
  }
  return table;
}

/** Which entry shows `value` in [low, high]; beyond the range the end colours. NaN has none: -1. */
export function colorIndex(value: number, low: number, high: number): number {
  if (Number.isNaN(value)) return -1;
  if (!(high > low)) return value > high ? colorMapSize - 1 : 0;
  const at = (value - low) / (high - low);
  return at <= 0 ? 0 : at >= 1 ? colorMapSize - 1 : Math.round(at * (colorMapSize - 1));
}

/** What is not a number is painted with this, hatched with black where there is room. */
export const nonFiniteColor: readonly [red: number, green: number, blue: number] = [226, 0, 180];
