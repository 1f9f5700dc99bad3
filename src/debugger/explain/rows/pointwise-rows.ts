// Rows of the kernels that walk over points: elementwise passes and folds.
import { compileExpression } from '../../../kernels/reference/expression.ts';
import { keptStrides } from '../../../kernels/reference/reduce.ts';
import { walk } from '../../../kernels/reference/walk.ts';
import type { Access, ElementwiseSpec, Epilogue, ReduceSpec } from '../../../program/kernel-spec.ts';
import type { NumericArray } from '../../../tensor/dtype.ts';
import type { Shape } from '../../../tensor/shape.ts';
import { expressionSlopes } from './expression-slopes.ts';
import type { Link, Row } from './row.ts';

/** Coordinates of the point at which an access reaches `index`; null where it never does. Accesses that write never overlap. */
export function pointOf(shape: Shape, access: Pick<Access, 'offset' | 'strides'>, index: number): Int32Array | null {
  const point = new Int32Array(shape.length);
  let rest = index - access.offset;
  const axes = [...shape.keys()].filter((axis) => shape[axis] !== 1 && access.strides[axis] !== 0);
  for (const axis of axes) {
    const stride = access.strides[axis] as number;
    if (stride < 0) rest -= stride * ((shape[axis] as number) - 1);
  }
  for (const axis of axes.sort(
    (a, b) => Math.abs(access.strides[b] as number) - Math.abs(access.strides[a] as number),
  )) {
    const stride = access.strides[axis] as number;
    const size = shape[axis] as number;
    const steps = Math.min(size - 1, Math.floor(rest / Math.abs(stride)));
    if (steps < 0) return null;
    rest -= steps * Math.abs(stride);
    point[axis] = stride < 0 ? size - 1 - steps : steps;
  }
  return rest === 0 ? point : null;
}

/** Where an access stands at a point. */
export function positionAt({ offset, strides }: Pick<Access, 'offset' | 'strides'>, point: Int32Array): number {
  return strides.reduce((at, stride, axis) => at + stride * (point[axis] as number), offset);
}

/** The output access and the point that write one element. */
export function writerOf(spec: ElementwiseSpec, slot: number, index: number) {
  for (const output of spec.outputs) {
    if (output.slot !== slot) continue;
    const point = pointOf(spec.shape, output, index);
    if (point) return { value: output.value, point };
  }
  return null;
}

/** The numbers that a body reads at a point, and where they stand. */
export function readAt(accesses: readonly Access[], inputs: readonly NumericArray[], point: Int32Array) {
  const positions = accesses.map((access) => positionAt(access, point));
  return { positions, read: Float64Array.from(positions, (at, i) => inputs[i]?.[at] as number) };
}

export const elementwiseRow: Row<'elementwise'> = (spec, inputs, { slot, index }, visit) => {
  const writer = writerOf(spec, slot, index);
  if (!writer) return;
  const { positions, read } = readAt(spec.inputs, inputs, writer.point);
  for (const [input, { slope, by }] of expressionSlopes(spec.body, writer.value, read, writer.point)) {
    visit({
      input,
      index: positions[input] as number,
      slope,
      ...(by === undefined ? {} : { by: { input: by, index: positions[by] as number } }),
    });
  }
};

/** Calls `visit` at every point that is folded into one element. */
export function foldedPoints(spec: ReduceSpec, index: number, visit: (point: Int32Array) => void): void {
  const kept = pointOf(spec.shape, { offset: 0, strides: keptStrides(spec.shape, spec.axes) }, index);
  if (!kept) return;
  walk(
    spec.axes.map((axis) => spec.shape[axis] as number),
    [],
    (inner) => {
      spec.axes.forEach((axis, i) => {
        kept[axis] = inner[i] as number;
      });
      visit(kept);
    },
  );
}

export const reduceRow: Row<'reduce'> = (spec, inputs, { slot, index }, visit) => {
  const output = spec.outputs[slot] as ReduceSpec['outputs'][number];
  const evaluate = compileExpression(spec.body);
  const points: { point: Int32Array; value: number }[] = [];
  foldedPoints(spec, index, (point) => {
    const { read } = readAt(spec.inputs, inputs, point);
    points.push({ point: point.slice(), value: evaluate(read, point)[output.value] as number });
  });
  const values = points.map(({ value }) => value);
  const { by } = output;
  const best = by === 'max' || by === 'min' ? extremeAt(values, by) : -1;
  const folded =
    best >= 0
      ? (values[best] as number)
      : values.reduce((a, b) => (by === 'prod' ? a * b : a + b), by === 'prod' ? 1 : 0);
  const finish = finishSlope(output.finish, folded);
  points.forEach(({ point }, n) => {
    const weight = by === 'sum' ? 1 : by === 'prod' ? productOfOthers(values, n) : n === best ? 1 : 0;
    const total = weight * finish;
    if (total === 0) return;
    const { positions, read } = readAt(spec.inputs, inputs, point);
    for (const [input, { slope, by: own }] of expressionSlopes(spec.body, output.value, read, point)) {
      visit({
        input,
        index: positions[input] as number,
        slope: total * slope,
        ...(own !== undefined && total === 1 ? { by: { input: own, index: positions[own] as number } } : {}),
      });
    }
  });
};

function extremeAt(values: readonly number[], by: 'max' | 'min'): number {
  let best = 0;
  values.forEach((value, n) => {
    const before = values[best] as number;
    if (Number.isNaN(before)) return;
    if (Number.isNaN(value) || (by === 'max' ? value > before : value < before)) best = n;
  });
  return best;
}

function productOfOthers(values: readonly number[], n: number): number {
  return values.reduce((product, value, m) => (m === n ? product : product * value), 1);
}

/** Slope of a fold's last lines, whose input 0 is what was folded. */
function finishSlope(finish: ReduceSpec['outputs'][number]['finish'], folded: number): number {
  if (finish.length === 0) return 1;
  const slopes = expressionSlopes(finish, finish.length - 1, Float64Array.of(folded), new Int32Array(8));
  return slopes.get(0)?.slope ?? 0;
}

/**
 * Through an epilogue: visits its operands (inputs 2, 3, … of the instruction) and answers the slope by the number that it was
 * given. `sum` is that number.
 */
export function epilogueRow(
  epilogue: Epilogue | null,
  inputs: readonly NumericArray[],
  point: Int32Array,
  sum: () => number,
  visit: (link: Link) => void,
): number {
  if (epilogue === null) return 1;
  const { positions, read: operands } = readAt(epilogue.inputs, inputs.slice(2), point);
  const read = Float64Array.of(sum(), ...operands);
  const slopes = expressionSlopes(epilogue.body, epilogue.body.length - 1, read, point);
  for (const [input, { slope }] of slopes) {
    if (input > 0) visit({ input: input + 1, index: positions[input - 1] as number, slope });
  }
  return slopes.get(0)?.slope ?? 0;
}
