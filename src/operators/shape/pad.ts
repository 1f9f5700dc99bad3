// pad: a border around a tensor.                 Formula  y[i] = x[i − before]; outside x: value, or x mirrored, repeated or continued
// Shapes  x any of rank ≥ 1  y with before + after added to each dimension named; negative numbers cut off
// Errors  E_PAD  E_EMPTY                         Gradient  dx: dy added up over the copies of each element
// Source  PyTorch pad (pairs from the last dimension forwards), ONNX Pad-18 (reflect, edge, wrap)
import { z } from 'zod';
import { type Operand, sliceAxis } from '../../program/access.ts';
import { formatShape, numel, type Shape } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { coordinatesOf, flatIndex } from '../support/axes.ts';
import { explainCopy, factorOf, say } from '../support/explain.ts';
import { knownNumber, knownNumbers } from '../support/known.ts';
import { oneOutput } from '../support/unary.ts';

const attributes = z.strictObject({
  pad: z
    .array(z.int().min(-1_000_000).max(1_000_000))
    .max(16)
    .default([1, 1])
    .meta({ title: 'Padding', description: 'Before and after the last dimension, then the one before it, …' }),
  mode: z
    .enum(['constant', 'reflect', 'replicate', 'circular'])
    .default('constant')
    .meta({ title: 'Border', description: 'A constant, the mirror image, the edge, or the other side' }),
  value: z.number().default(0).meta({ title: 'Value', description: 'Of a constant border' }),
});
type Attributes = z.output<typeof attributes>;

interface Border {
  readonly before: number;
  readonly after: number;
}

/** One border for each axis. */
function bordersOf({ pad }: Attributes, rank: number): Border[] {
  return Array.from({ length: rank }, (_, axis) => {
    const at = 2 * (rank - 1 - axis);
    return { before: pad[at] ?? 0, after: pad[at + 1] ?? 0 };
  });
}

/** Where element `at` of a padded line of `size` comes from; −1: from outside. */
function sourceOf(mode: Attributes['mode'], at: number, size: number): number {
  if (at >= 0 && at < size) return at;
  switch (mode) {
    case 'constant':
      return -1;
    case 'replicate':
      return at < 0 ? 0 : size - 1;
    case 'circular':
      return ((at % size) + size) % size;
    case 'reflect': {
      const period = Math.max(1, 2 * (size - 1));
      const turned = ((at % period) + period) % period;
      return Math.min(turned, period - turned);
    }
  }
}

function linesOf(a: Attributes, x: Shape) {
  return bordersOf(a, x.length).map(({ before, after }, axis) => {
    const size = x[axis] as number;
    const sources = Array.from({ length: size + before + after }, (_, i) => sourceOf(a.mode, i - before, size));
    return { axis, size, sources, changes: before !== 0 || after !== 0, before, after };
  });
}

/** What of x is seen, and where it stands in y. */
function visible(a: Attributes, x: Shape) {
  return bordersOf(a, x.length).map(({ before, after }, axis) => ({
    start: Math.max(0, -before),
    length: (x[axis] as number) + Math.min(0, before) + Math.min(0, after),
    at: Math.max(0, before),
  }));
}

function elementOf(a: Attributes, x: Shape, y: Shape, index: number): number {
  const at = coordinatesOf(index, y).map((i, axis) =>
    sourceOf(a.mode, i - (bordersOf(a, x.length)[axis] as Border).before, x[axis] as number),
  );
  return at.includes(-1) ? -1 : flatIndex(at, x);
}

export const pad = defineOperator({
  id: 'pad',
  family: 'shape',
  title: 'Pad',
  summary: 'Puts a border around a tensor: a constant, a mirror image, its edge or its other side.',
  formula: 'y_i = x_{i - p}',
  gradientFormula: 'dx_j = \\sum_{i \\to j} dy_i',
  gradientNote: 'The sum runs over the copies of each element; a constant border gets nothing.',
  shapes: { x: 'any of rank 1 or more', y: 'before + after added to each dimension; negative numbers cut off' },
  source: 'PyTorch torch.nn.functional.pad; ONNX Pad',
  keywords: ['border', 'zero padding', 'reflect', 'replicate', 'edge', 'wrap', 'crop'],
  inputs: {
    x: { title: 'Input', dtype: 'any', rank: [1, 8] },
    pad: knownNumbers('Padding'),
    value: knownNumber('Value'),
  },
  parameters: {},
  outputs: { y: { ...oneOutput.y, dtype: 'any' } },
  attributes,
  traits: {},
  infer({ inputs: { x }, attributes: a, source, fail }) {
    const at = { attribute: 'pad' };
    const of = `${formatShape(x.shape)} from ${source('x')}`;
    if (a.pad.length % 2 !== 0) return fail('E_PAD', at, `${a.pad.length} numbers are no pairs of before and after`);
    if (a.pad.length > 2 * x.shape.length) {
      return fail('E_PAD', at, `${a.pad.length / 2} pairs for ${x.shape.length} dimensions of ${of}`);
    }
    const lines = linesOf({ ...a, mode: 'constant' }, x.shape);
    const shape = lines.map(({ sources }) => sources.length);
    const empty = visible(a, x.shape).findIndex(({ length }) => length <= 0);
    if (empty >= 0) return fail('E_EMPTY', at, `nothing is left of dimension ${empty} of ${of}`);
    const most = { constant: Number.POSITIVE_INFINITY, reflect: -1, replicate: Number.POSITIVE_INFINITY, circular: 0 }[
      a.mode
    ];
    const far = lines.find(({ size, before, after }) => Math.max(before, after) > size + most);
    if (far) {
      const limit = `at most ${far.size + most}, padding is ${far.before} and ${far.after}`;
      return fail('E_PAD', at, `mode ${a.mode} reaches over dimension ${far.axis} of ${of}: ${limit}`);
    }
    if (x.dtype === 'int32' && !Number.isInteger(a.value)) {
      return fail('E_VALUE', { attribute: 'value' }, `${a.value} is not a whole number (int32)`);
    }
    return { outputs: { y: { dtype: x.dtype, shape } } };
  },
  forward({ emit, inputs: { x }, attributes: a, outputs }) {
    if (a.mode === 'constant') {
      const parts = visible(a, x.shape);
      const operand = parts.reduce<Operand>((part, { start, length }, axis) => sliceAxis(part, axis, start, length), x);
      return { outputs: { y: emit.assemble(outputs.y.shape, [{ operand, at: parts.map(({ at }) => at) }], a.value) } };
    }
    const lines = linesOf(a, x.shape).filter(({ changes }) => changes);
    const y = lines.reduce(
      (part, { axis, sources }) => emit.gather(part, axis, emit.constant([sources.length], sources, 'int32')),
      x,
    );
    return { outputs: { y: lines.length === 0 ? emit.copy(x) : y } };
  },
  gradient({ emit, inputs: { x }, attributes: a, cotangents }) {
    if (a.mode === 'constant') {
      const parts = visible(a, x.shape);
      const operand = parts.reduce<Operand>(
        (part, { at, length }, axis) => sliceAxis(part, axis, at, length),
        cotangents.y,
      );
      return { x: emit.assemble(x.shape, [{ operand, at: parts.map(({ start }) => start) }]) };
    }
    const lines = linesOf(a, x.shape).filter(({ changes }) => changes);
    const dx = lines.reduceRight(
      (part, { axis, size, sources }) =>
        emit.scatterAdd(part, axis, emit.constant([sources.length], sources, 'int32'), part.shape.with(axis, size)),
      cotangents.y,
    );
    return { x: lines.length === 0 ? emit.view(cotangents.y, x.shape) : dx };
  },
  reference({ inputs: { x }, attributes: a, outputs }) {
    const { shape } = outputs.y;
    const at = (i: number) => elementOf(a, x.shape, shape, i);
    return { y: Float64Array.from({ length: numel(shape) }, (_, i) => x.data[at(i)] ?? a.value) };
  },
  explain({ inputs: { x }, attributes: a, outputs, index }) {
    const from = elementOf(a, x.shape, outputs.y.shape, index);
    if (from >= 0) return explainCopy(factorOf('x', x, from));
    return {
      by: 'function',
      terms: [{ value: a.value, factors: [] }],
      result: a.value,
      text: `border ${say(a.value)}`,
    };
  },
  flops: ({ outputs }) => numel(outputs.y.shape),
  onnx: { op: 'Pad', attributes: { pad: 'pads', mode: 'mode', value: 'constant_value' } },
  pytorch: 'torch.nn.functional.pad',
  samples: [
    { attributes: { pad: [1, 2, 0, 1], value: 0.5 }, inputs: { x: [2, 2, 3] } },
    { attributes: { pad: [2, 1, 1, 0], mode: 'reflect' }, inputs: { x: [1, 2, 2, 3] } },
    { attributes: { pad: [3, 0, 0, 2], mode: 'replicate' }, inputs: { x: [2, 2] } },
    { attributes: { pad: [2, 3], mode: 'circular' }, inputs: { x: [2, 3] } },
    { attributes: { pad: [-1, 2, 1, -1] }, inputs: { x: [3, 3] } },
    { attributes: { pad: [] }, inputs: { x: [3] } },
  ],
});
