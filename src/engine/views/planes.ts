// How a tensor is seen as pictures: which planes it has for one example of the batch, and where their elements lie. Views of
// the arena are read in place; nothing is copied here.
import type { PlanValue } from '../../program/plan.ts';

export interface Planes {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** Offset of plane p, in elements. */
  offset(plane: number): number;
  /** Elements from one row, and from one column, to the next. */
  readonly rowStride: number;
  readonly columnStride: number;
  /** Three consecutive planes are red, green, blue. */
  readonly color: boolean;
  /** A vector (drawn as bars) rather than a map. */
  readonly vector: boolean;
  /** Examples to choose from. */
  readonly examples: number;
}

export interface Layout {
  readonly shape: readonly number[];
  /** Axis of the batch, or null where the value has none (parameters, scalars). */
  readonly batchAxis: number | null;
  /** Weights of a convolution: every filter is a picture. */
  readonly filters: boolean;
}

/** Parameters and their gradients have no batch; elsewhere the batch is dimension 0, or 1 in sequences (time first). */
export function layoutOf(value: PlanValue, batch: number, ofParameter: boolean): Layout {
  const { shape } = value;
  if (ofParameter || shape.length === 0) return { shape, batchAxis: null, filters: shape.length === 4 };
  const batchAxis = shape[0] === batch ? 0 : shape.length > 1 && shape[1] === batch ? 1 : null;
  return { shape, batchAxis, filters: false };
}

/** Planes of one example (clamped to what there is). */
export function planesOf({ shape, batchAxis, filters }: Layout, example: number): Planes {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const examples = batchAxis === null ? 1 : (shape[batchAxis] as number);
  const chosen = Math.min(Math.max(0, example), Math.max(0, examples - 1));
  const start = batchAxis === null ? 0 : chosen * (strides[batchAxis] as number);
  const sizes = shape.filter((_, axis) => axis !== batchAxis);
  const steps = strides.filter((_, axis) => axis !== batchAxis);
  if (sizes.length < 2) {
    const width = sizes[0] ?? 1;
    return {
      count: 1,
      height: 1,
      width,
      offset: () => start,
      rowStride: 0,
      columnStride: steps[0] ?? 1,
      color: false,
      vector: true,
      examples,
    };
  }
  const [height, width] = [sizes.at(-2) as number, sizes.at(-1) as number];
  const [rowStride, columnStride] = [steps.at(-2) as number, steps.at(-1) as number];
  const outer = sizes.slice(0, -2);
  const outerSteps = steps.slice(0, -2);
  const count = outer.reduce((a, b) => a * b, 1);
  const channels = outer.at(-1) ?? 1;
  const color = channels === 3 && (filters || sizes.length === 3);
  return {
    count,
    height,
    width,
    offset(plane) {
      let at = start;
      let rest = plane;
      for (let axis = outer.length - 1; axis >= 0; axis--) {
        const size = outer[axis] as number;
        at += (rest % size) * (outerSteps[axis] as number);
        rest = Math.floor(rest / size);
      }
      return at;
    },
    rowStride,
    columnStride,
    color,
    vector: false,
    examples,
  };
}
