// What the page shows of values: summaries, pictures, attribution. Plain cloneable data.
import type { DType } from '../../tensor/dtype.ts';
import type { Shape } from '../../tensor/shape.ts';

export type Theme = 'light' | 'dark';

/** How a picture is coloured: `signed` diverges around 0, `magnitude` starts at 0, `natural` shows RGB or grey as it is. */
export type Scale = 'auto' | 'signed' | 'magnitude' | 'natural';

export interface SummaryRequest {
  readonly name: string;
  /** Which example of the batch to picture. */
  readonly example: number;
  /** Thumbnail in at most this many pixels; absent: none. */
  readonly thumbnail?: { readonly width: number; readonly height: number };
  readonly histogramBins?: number;
}

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** RGBA. */
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** Which element stands where in a thumbnail: planes (or one plane of bars) side by side, each scaled to a tile. */
export interface ThumbnailLayout {
  /** Corner of the first tile, pixels between tiles, tiles in a row. */
  readonly left: number;
  readonly top: number;
  readonly gap: number;
  readonly columns: number;
  readonly tile: { readonly width: number; readonly height: number };
  readonly plane: { readonly width: number; readonly height: number };
  /** Planes in a tile: three are a colour. */
  readonly perTile: 1 | 3;
  /** Position in the tensor of the first element of each plane, and from one row and column to the next. */
  readonly starts: readonly number[];
  readonly rowStride: number;
  readonly columnStride: number;
  /** Dimension of the examples; null where there are none. */
  readonly batchAxis: number | null;
}

export interface Summary {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
  /** `pending`: not yet computed in this iteration; `overwritten`: its memory serves another value by now. */
  readonly state: 'computed' | 'pending' | 'overwritten' | 'unknown';
  readonly min: number;
  readonly mean: number;
  readonly max: number;
  readonly std: number;
  /** Share of zeros, 0…1. */
  readonly zeros: number;
  readonly nonFinite: number;
  readonly histogram?: { readonly low: number; readonly high: number; readonly counts: readonly number[] };
  readonly thumbnail?: Pixels;
  readonly layout?: ThumbnailLayout;
  /** Colour range of the thumbnail. */
  readonly range?: readonly [number, number];
  /** The elements themselves where there are at most 16. */
  readonly elements?: readonly number[];
}

export interface PictureRequest {
  readonly name: string;
  readonly example: number;
  /** A channel, or all of them side by side. */
  readonly channel: number | 'all';
  readonly scale: Scale;
  readonly theme: Theme;
}

/** One plane (or a sheet of planes) at full size. */
export interface Picture {
  readonly revision: number;
  readonly name: string;
  readonly pixels: Pixels;
  readonly channels: number;
  readonly examples: number;
  /** Size of one plane, and how many stand in a row of the sheet; planes are one pixel apart. */
  readonly plane: { readonly width: number; readonly height: number; readonly columns: number };
  readonly range: readonly [number, number];
  readonly scale: Exclude<Scale, 'auto'>;
  /** Share of elements outside the range, 0…1. */
  readonly clipped: number;
  /** The numbers behind the pixels, row by row; NaN between planes. */
  readonly values: Float32Array<ArrayBuffer>;
}

export interface SaliencyRequest {
  /** Input value, e.g. `image.y`. */
  readonly input: string;
  /** Value of the unnormalised scores, or null to take the loss's scores. */
  readonly scores: string | null;
  /** Class, or null for the label of the example (or else the arg-max). */
  readonly classIndex: number | null;
  readonly example: number;
  readonly theme: Theme;
  /** Id of an attribution method (src/insight/attribution-methods.ts); `saliency` by default. */
  readonly method?: string;
  /** The method's options: `{ layer: 'conv2' }`, `{ steps: 64, rule: 'right' }`. */
  readonly options?: Readonly<Record<string, string | number | boolean>>;
}

export interface Saliency extends Picture {
  readonly classIndex: number;
  readonly score: number;
  /** How many classes there are, and those with the largest scores, the largest first. */
  readonly classes: number;
  readonly likeliest: readonly { readonly index: number; readonly score: number }[];
  /** The layer looked at, of methods that look at one (Grad-CAM). */
  readonly layer: string | null;
}

/** One way to ask which parts of an input matter. */
export interface AttributionFacts {
  readonly id: string;
  readonly title: string;
  /** One sentence. */
  readonly summary: string;
  readonly source: string;
  /** JSON Schema of the options. */
  readonly options: unknown;
  /** The values may be negative. */
  readonly signed: boolean;
}
