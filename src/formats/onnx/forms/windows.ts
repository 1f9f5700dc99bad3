// Windows as ONNX writes them (kernel_shape, strides, pads, dilations, auto_pad) and as our operators do: one number where all
// are equal, a pair, or begin and end of every axis. ONNX lists the begins before the ends, as we do.
import type { ReadContext } from '../reading/read-context.ts';
import { ints, type OnnxAttributes, type WriteContext } from '../writing/write-context.ts';

export interface OnnxWindows {
  /** Number of spatial axes. */
  readonly axes: number;
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Begins, then ends. */
  readonly pads: readonly number[];
}

/** @param kernel sizes of the weight, where it has one; then `kernel_shape` only repeats them */
export function readWindows(context: ReadContext, kernel?: readonly number[]): OnnxWindows {
  const given = context.ints('kernel_shape');
  const sizes = kernel ?? given ?? context.fail('it has no kernel_shape');
  if (given && given.join() !== sizes.join())
    context.fail(`kernel_shape [${given}] is not that of the weight, [${sizes}]`);
  const axes = sizes.length;
  if (axes !== 1 && axes !== 2) context.fail(`windows of ${axes} dimensions are not supported`);
  const strides = list(context, 'strides', axes);
  const dilations = list(context, 'dilations', axes);
  const windows = { axes, kernel: sizes, strides, dilations };
  return { ...windows, pads: readPads(context, windows) };
}

function list(context: ReadContext, name: string, axes: number): readonly number[] {
  const given = context.ints(name) ?? Array.from({ length: axes }, () => 1);
  return given.length === axes ? given : context.fail(`${name} has ${given.length} numbers, expected ${axes}`);
}

function readPads(context: ReadContext, windows: Omit<OnnxWindows, 'pads'>): readonly number[] {
  const { axes } = windows;
  const mode = context.text('auto_pad', 'NOTSET');
  const given = context.ints('pads');
  const none = Array.from({ length: 2 * axes }, () => 0);
  if (mode === 'VALID') return none;
  if (mode === 'SAME_UPPER' || mode === 'SAME_LOWER') return samePads(context, windows, mode === 'SAME_UPPER');
  if (mode !== 'NOTSET') context.fail(`auto_pad ${mode} is not supported`);
  const pads = given ?? none;
  if (pads.length !== 2 * axes) context.fail(`pads has ${pads.length} numbers, expected ${2 * axes}`);
  if (pads.some((pad) => pad < 0)) context.fail('pads below 0 are not supported');
  return pads;
}

/** As many outputs as inputs over stride, rounded up; what does not halve goes to the end (upper) or to the begin. */
function samePads(
  context: ReadContext,
  { axes, kernel, strides, dilations }: Omit<OnnxWindows, 'pads'>,
  upper: boolean,
): readonly number[] {
  const sizes = context.sizes(0).slice(2);
  const totals = Array.from({ length: axes }, (_, axis) => {
    const [k, s, d] = [kernel[axis] as number, strides[axis] as number, dilations[axis] as number];
    const reach = d * (k - 1) + 1;
    const size = sizes[axis] ?? null;
    if (s === 1) return reach - 1;
    if (size === null) return context.fail('auto_pad needs the size of its input, which is not known');
    return Math.max(0, (Math.ceil(size / s) - 1) * s + reach - size);
  });
  const pads = halved(totals);
  return upper ? pads : [...pads.slice(axes), ...pads.slice(0, axes)];
}

/** One number where all are equal, as a person would write it. */
export function short(numbers: readonly number[]): number | readonly number[] {
  return numbers.every((each) => each === numbers[0]) ? (numbers[0] ?? 0) : numbers;
}

/** Our attributes for one or two axes. */
export function windowAttributes({ axes, kernel, strides, dilations, pads }: OnnxWindows) {
  const sized = (numbers: readonly number[]) => (axes === 1 ? numbers[0] : short(numbers));
  return {
    kernel_size: sized(kernel),
    stride: sized(strides),
    padding: short(pads),
    ...(dilations.every((each) => each === 1) ? {} : { dilation: sized(dilations) }),
  };
}

/** An attribute of ours, one number or one for every axis, as a list of `axes`. */
export function perAxis(value: unknown, axes: number): number[] {
  return Array.isArray(value) ? (value as number[]) : Array.from({ length: axes }, () => Number(value));
}

/** Begins and ends from our `padding`. */
export function padsOf(value: unknown, axes: number): number[] {
  if (!Array.isArray(value)) return Array.from({ length: 2 * axes }, () => Number(value));
  return value.length === axes && axes === 2 ? [...(value as number[]), ...(value as number[])] : (value as number[]);
}

/**
 * ONNX's attributes of a node of ours with one or two axes. `same` gives the padding at both ends of an axis where ours is "same".
 */
export function writtenWindows(
  { attributes }: WriteContext,
  axes: number,
  same: (axis: number, window: { readonly reach: number; readonly stride: number }) => number,
): OnnxAttributes {
  const kernel = perAxis(attributes['kernel_size'], axes);
  const strides = attributes['stride'] === undefined ? kernel : perAxis(attributes['stride'], axes);
  const dilations = perAxis(attributes['dilation'], axes);
  const totals = () =>
    kernel.map((size, axis) => {
      const reach = (dilations[axis] as number) * (size - 1) + 1;
      return Math.max(0, same(axis, { reach, stride: strides[axis] as number }));
    });
  const pads = attributes['padding'] === 'same' ? halved(totals()) : padsOf(attributes['padding'], axes);
  return { kernel_shape: ints(kernel), strides: ints(strides), pads: ints(pads), dilations: ints(dilations) };
}

/** Begins, then ends; what does not halve goes to the end. */
export function halved(totals: readonly number[]): number[] {
  return [...totals.map((total) => Math.floor(total / 2)), ...totals.map((total) => Math.ceil(total / 2))];
}
