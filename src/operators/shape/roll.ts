// roll: moves elements round along dimensions.   Formula  y[…, i, …] = x[…, (i − shift) mod n, …] along each dimension of `dims`
// Shapes  x any of rank ≥ 1  y as x              Gradient  dx = dy, moved back
// Errors  E_DIM  E_ROLL
// Source  PyTorch roll; ONNX Concat-13 of two slices
import { z } from 'zod';
import { type Ref, sliceAxis } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import type { Shape } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { axisOf, checkAxes, coordinatesOf, flatIndex } from '../support/axes.ts';
import { explainCopy, factorOf } from '../support/explain.ts';
import { reindexReference } from '../support/reindex.ts';
import { shaped } from '../support/shaped.ts';
import { anyOutput } from '../support/unary.ts';

interface Attributes {
  readonly shifts: readonly number[];
  readonly dims: readonly number[];
}

/** The shape that is rolled (one line where no dimensions are named), and how far each of its axes moves, from 0 on. */
function movesOf(x: Shape, { shifts, dims }: Attributes): { readonly shape: Shape; readonly moves: readonly number[] } {
  const whole = dims.length === 0;
  const shape = whole ? [x.reduce((product, size) => product * size, 1)] : x;
  const moves = shape.map(() => 0);
  shifts.forEach((shift, i) => {
    const axis = whole ? 0 : axisOf(dims[i] as number, x.length);
    const size = shape[axis] as number;
    moves[axis] = size === 0 ? 0 : ((shift % size) + size) % size;
  });
  return { shape, moves };
}

function rolled(emit: Emitter, x: Ref, a: Attributes, back: boolean): Ref {
  const { shape, moves } = movesOf(x.shape, a);
  let y = shaped(emit, x, shape);
  for (const [axis, move] of moves.entries()) {
    const size = shape[axis] as number;
    const by = back ? (size - move) % size : move;
    if (by === 0) continue;
    const at = (place: number) => shape.map((_, i) => (i === axis ? place : 0));
    y = emit.assemble(shape, [
      { operand: sliceAxis(y, axis, size - by, by), at: at(0) },
      { operand: sliceAxis(y, axis, 0, size - by), at: at(by) },
    ]);
  }
  return y.id === x.id ? emit.copy(x) : shaped(emit, y, x.shape);
}

function sourceOf(x: Shape, a: Attributes, index: number): number {
  const { shape, moves } = movesOf(x, a);
  const at = coordinatesOf(index, shape).map((i, axis) => {
    const size = shape[axis] as number;
    return (i - (moves[axis] as number) + size) % size;
  });
  return flatIndex(at, shape);
}

export const roll = defineOperator({
  id: 'roll',
  family: 'shape',
  title: 'Roll',
  summary: 'Moves elements along dimensions; what leaves at one end comes in at the other.',
  formula: 'y_i = x_{(i - s) \\bmod n}',
  gradientFormula: 'dx_i = dy_{(i + s) \\bmod n}',
  shapes: { x: 'any of rank 1 or more', y: 'as x' },
  source: 'PyTorch torch.roll',
  keywords: ['shift', 'rotate', 'circular', 'cyclic'],
  inputs: { x: { title: 'Input', dtype: 'any', rank: [1, 8] } },
  parameters: {},
  outputs: anyOutput,
  attributes: z.strictObject({
    shifts: z.array(z.int()).max(8).default([1]).meta({ title: 'Shifts', description: 'One for each dimension' }),
    dims: z
      .array(z.int())
      .max(8)
      .default([])
      .meta({ title: 'Dimensions', description: 'None: all elements as one line' }),
  }),
  traits: { view: true },
  infer({ inputs: { x }, attributes: { shifts, dims }, fail }) {
    const wanted = Math.max(1, dims.length);
    if (shifts.length !== wanted) {
      return fail(
        'E_ROLL',
        { attribute: 'shifts' },
        `has ${shifts.length} numbers, expected ${wanted} as dims has ${dims.length}`,
      );
    }
    return checkAxes(dims, x.shape, 'dims', fail) && { outputs: { y: x } };
  },
  forward: ({ emit, inputs: { x }, attributes: a }) => ({ outputs: { y: rolled(emit, x, a, false) } }),
  gradient: ({ emit, attributes: a, cotangents }) => ({ x: rolled(emit, cotangents.y, a, true) }),
  reference: ({ inputs: { x }, attributes: a }) => ({
    y: reindexReference(x, x.shape, (index) => sourceOf(x.shape, a, index)),
  }),
  explain: ({ inputs: { x }, attributes: a, index }) => explainCopy(factorOf('x', x, sourceOf(x.shape, a, index))),
  flops: () => 0,
  onnx: { op: 'Concat' },
  pytorch: 'torch.roll',
  samples: [
    { inputs: { x: [2, 3] } },
    { attributes: { shifts: [1, -2], dims: [0, -1] }, inputs: { x: [2, 3, 5] } },
    { attributes: { shifts: [3], dims: [1] }, inputs: { x: [2, 3] } },
  ],
});
