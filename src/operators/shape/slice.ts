// slice: a window with steps.                    Formula  y[i] = x[start + i·step] along each dimension of `dims`
// Shapes  x any  y with ⌈(end − start)/step⌉ elements there; starts and ends count from the end when negative, and are clipped
// Errors  E_SLICE  E_DIM                         Gradient  dx = dy where y was read, 0 elsewhere
// Source  ONNX Slice-13; PyTorch x[start:end:step] (whose steps are positive)
import { z } from 'zod';
import { type Operand, sliceAxis } from '../../program/access.ts';
import { formatShape, type Shape } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { axisOf, checkAxes, coordinatesOf, flatIndex } from '../support/axes.ts';
import { explainCopy, factorOf } from '../support/explain.ts';
import { knownNumbers } from '../support/known.ts';
import { reindexReference } from '../support/reindex.ts';
import { oneOutput } from '../support/unary.ts';

interface Window {
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

interface Attributes {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly dims: readonly number[];
  readonly steps: readonly number[];
}

/** One window per axis of x, by ONNX's rules of clipping. */
function windowsOf(shape: Shape, { starts, ends, dims, steps }: Attributes): Window[] {
  const windows: Window[] = shape.map((length) => ({ start: 0, step: 1, length }));
  starts.forEach((given, i) => {
    const axis = axisOf(dims[i] ?? i, shape.length);
    const size = shape[axis] as number;
    const step = steps[i] ?? 1;
    const most = step > 0 ? size : size - 1;
    const clip = (at: number, least: number) => Math.min(most, Math.max(least, at < 0 ? at + size : at));
    const [start, end] = [clip(given, 0), clip(ends[i] as number, step > 0 ? 0 : -1)];
    windows[axis] = { start, step, length: Math.max(0, Math.ceil((end - start) / step)) };
  });
  return windows;
}

export const slice = defineOperator({
  id: 'slice',
  family: 'shape',
  title: 'Slice',
  summary: 'Cuts a window out, with steps: a crop, every second row, a reversed axis.',
  formula: 'y_i = x_{s + i \\cdot t}',
  gradientFormula: 'dx_{s + i \\cdot t} = dy_i, \\quad 0 \\text{ elsewhere}',
  shapes: { x: 'any', y: '⌈(end − start)/step⌉ elements along each of `dims`' },
  source: 'ONNX Slice; PyTorch tensor indexing',
  keywords: ['crop', 'window', 'narrow', 'stride', 'flip'],
  inputs: {
    x: { title: 'Input', dtype: 'any', rank: [1, 8] },
    starts: knownNumbers('Starts'),
    ends: knownNumbers('Ends'),
    dims: knownNumbers('Dimensions'),
    steps: knownNumbers('Steps'),
  },
  parameters: {},
  outputs: { y: { ...oneOutput.y, dtype: 'any' } },
  attributes: z.strictObject({
    starts: z.array(z.int()).default([0]).meta({ title: 'Starts' }),
    ends: z.array(z.int()).default([1]).meta({ title: 'Ends', description: 'Not included' }),
    dims: z.array(z.int()).default([]).meta({ title: 'Dimensions', description: 'None: the first ones' }),
    steps: z.array(z.int()).default([]).meta({ title: 'Steps', description: 'None: 1; negative runs backwards' }),
  }),
  traits: { view: true },
  infer({ inputs: { x }, attributes, source, fail }) {
    const { starts, ends, dims, steps } = attributes;
    const lists: [string, readonly number[], boolean][] = [
      ['ends', ends, true],
      ['dims', dims, dims.length > 0],
      ['steps', steps, steps.length > 0],
    ];
    for (const [attribute, list, given] of lists) {
      if (given && list.length !== starts.length) {
        return fail('E_SLICE', { attribute }, `has ${list.length} numbers, starts has ${starts.length}`);
      }
    }
    if (!checkAxes(dims.length > 0 ? dims : [...starts.keys()], x.shape, 'dims', fail)) return null;
    if (steps.includes(0)) return fail('E_SLICE', { attribute: 'steps' }, 'a step of 0 goes nowhere');
    const shape = windowsOf(x.shape, attributes).map((window) => window.length);
    const empty = shape.indexOf(0);
    if (empty >= 0) {
      const text = `dimension ${empty} of ${formatShape(x.shape)} from ${source('x')}`;
      return fail('E_SLICE', { attribute: 'ends' }, `nothing is left of ${text}`);
    }
    return { outputs: { y: { dtype: x.dtype, shape } } };
  },
  forward({ emit, inputs: { x }, attributes }) {
    const cut = windowsOf(x.shape, attributes).reduce<Operand>(
      (operand, { start, length, step }, axis) => sliceAxis(operand, axis, start, length, step),
      x,
    );
    return { outputs: { y: emit.copy(cut) } };
  },
  gradient({ emit, inputs: { x }, attributes, cotangents }) {
    const windows = windowsOf(x.shape, attributes);
    const piece = {
      operand: cotangents.y,
      at: windows.map(({ start }) => start),
      steps: windows.map(({ step }) => step),
    };
    return { x: emit.assemble(x.shape, [piece]) };
  },
  reference: ({ inputs: { x }, attributes, outputs }) => ({
    y: reindexReference(x, outputs.y.shape, (i) => sourceOf(x.shape, attributes, outputs.y.shape, i)),
  }),
  explain: ({ inputs: { x }, attributes, outputs, index }) =>
    explainCopy(factorOf('x', x, sourceOf(x.shape, attributes, outputs.y.shape, index))),
  flops: () => 0,
  onnx: { op: 'Slice', attributes: { starts: 'starts', ends: 'ends', dims: 'axes', steps: 'steps' } },
  pytorch: null,
  samples: [
    { attributes: { starts: [1, 0], ends: [3, 4] }, inputs: { x: [4, 5] } },
    { attributes: { starts: [0], ends: [7], dims: [1], steps: [2] }, inputs: { x: [2, 7] } },
    { attributes: { starts: [-1], ends: [-1000], dims: [-1], steps: [-2] }, inputs: { x: [2, 5] } },
  ],
});

function sourceOf(x: Shape, attributes: Attributes, y: Shape, index: number): number {
  const windows = windowsOf(x, attributes);
  const at = coordinatesOf(index, y).map(
    (i, axis) => (windows[axis] as Window).start + i * (windows[axis] as Window).step,
  );
  return flatIndex(at, x);
}
