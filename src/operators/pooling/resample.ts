// What upsampling operators share: the size asked for, as PyTorch asks (a size, or factors), and which elements of a line
// make which. Each axis is resampled by itself.
import { z } from 'zod';
import type { Shape } from '../../tensor/shape.ts';
import type { InferContext, TensorType } from '../define-operator.ts';
import { knownNumber, knownNumbers } from '../support/known.ts';
import type { oneOutput } from '../support/unary.ts';

const length = z.int().min(1).max(65_536);
const factor = z.number().gt(0).max(1024);

export const resampleInputs = {
  x: { title: 'Input', rank: 4 },
  scale_factor: knownNumber('Factor'),
  size: knownNumbers('Size'),
} as const;

export const resampleAttributes = {
  scale_factor: z
    .union([factor, z.tuple([factor, factor])])
    .default(2)
    .meta({ title: 'Factor', description: 'One number or [vertical, horizontal]; not used when a size is given' }),
  size: z
    .union([length, z.tuple([length, length])])
    .optional()
    .meta({ title: 'Size', unit: 'px', description: 'One number or [height, width]' }),
};

type Attributes = z.output<z.ZodObject<typeof resampleAttributes>>;

/** One axis: sizes before and after, and how far the input moves for one step in the output. */
export interface Line {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** Height and width. With factors, sizes round down and the step is the factor's reciprocal (PyTorch). */
export function linesOf({ size, scale_factor: scale }: Attributes, x: Shape): readonly [Line, Line] {
  const line = (axis: 0 | 1): Line => {
    const from = x[axis + 2] as number;
    if (size !== undefined) {
      const to = typeof size === 'number' ? size : size[axis];
      return { from, to, step: from / to };
    }
    const by = typeof scale === 'number' ? scale : scale[axis];
    return { from, to: Math.floor(from * by), step: 1 / by };
  };
  return [line(0), line(1)];
}

/** The element that output i repeats: i·from/to in whole numbers where the step is that; floor(i·step) may fall short of them. */
export function sourceOf({ from, to, step }: Line, i: number): number {
  const at = step === from / to ? Math.floor((i * from) / to) : Math.floor(i * step);
  return Math.min(from - 1, at);
}

type Inputs = typeof resampleInputs;

/** Type of y [N, C, H′, W′], or E_EMPTY. */
export function inferResample({
  inputs: { x },
  attributes,
  fail,
}: Pick<InferContext<Inputs, Record<never, never>, Attributes>, 'inputs' | 'attributes' | 'fail'>): {
  outputs: { readonly [K in keyof typeof oneOutput]: TensorType };
} | null {
  const [height, width] = x.shape.slice(2) as [number, number];
  if (height * width === 0) return fail('E_EMPTY', { port: 'x' }, `has no pixels to repeat: ${height}·${width} = 0`);
  const size = linesOf(attributes, x.shape).map(({ to }) => to);
  if (size.includes(0)) {
    return fail('E_EMPTY', { attribute: 'scale_factor' }, `leaves nothing of ${height}×${width}: ${size.join('×')}`);
  }
  return { outputs: { y: { dtype: 'float32', shape: [...x.shape.slice(0, 2), ...size] } } };
}
