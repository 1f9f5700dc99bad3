// Which elements a kernel's outputs hang on, whatever the numbers: marks carried back from outputs to inputs, or on from inputs to
// outputs. Convolutions and products go by windows, rows and columns, so that a field costs about as much as the tensors are large.

import { keptStrides } from '../../kernels/reference/reduce.ts';
import { walk } from '../../kernels/reference/walk.ts';
import { visitWindows } from '../../kernels/reference/window.ts';
import { columnShift } from '../../program/gemm-columns.ts';
import type {
  Access,
  Conv2dSpec,
  Epilogue,
  Expression,
  GemmSpec,
  KernelOp,
  KernelSpec,
} from '../../program/kernel-spec.ts';
import { rowMajorStrides, type Shape } from '../../tensor/shape.ts';
import { usedInputs } from './rows/used-inputs.ts';

/** 1 where marked, one array a value. */
export type Marks = Uint8Array;

export type Direction = 'back' | 'on';

/** Joins an element of an output with one of an input: marks go over in the direction asked for. */
type Join = (slot: number, output: number, input: number, index: number) => void;

type Place = Pick<Access, 'offset' | 'strides'>;

/** Carries marks through one instruction. Arrays by slot; undefined: nobody keeps marks there. */
export function carryMarks(
  spec: KernelSpec,
  inputs: readonly (Marks | undefined)[],
  outputs: readonly (Marks | undefined)[],
  direction: Direction,
  numbers: (input: number) => ArrayLike<number>,
): void {
  const join: Join =
    direction === 'back'
      ? (slot, output, input, index) => {
          const to = inputs[input];
          if (to && outputs[slot]?.[output]) to[index] = 1;
        }
      : (slot, output, input, index) => {
          const to = outputs[slot];
          if (to && inputs[input]?.[index]) to[output] = 1;
        };
  const carry = carriers[spec.op] as (spec: KernelSpec, join: Join, more: More) => void;
  carry(spec, join, { inputs, outputs, direction, numbers });
}

interface More {
  readonly inputs: readonly (Marks | undefined)[];
  readonly outputs: readonly (Marks | undefined)[];
  readonly direction: Direction;
  readonly numbers: (input: number) => ArrayLike<number>;
}

/** An output of a pass over points, and the line of the body that it holds. */
interface PointOutput extends Place {
  readonly slot: number;
  readonly line: number;
}

function pointwise(
  shape: Shape,
  outputs: readonly PointOutput[],
  inputs: readonly Place[],
  body: readonly Expression[] | null,
  join: Join,
): void {
  const pairs = outputs.flatMap(({ line }, o) => {
    const used = body === null ? inputs.map((_, i) => i) : [...usedInputs(body, line)];
    return used.map((i) => [o, i] as const);
  });
  walk(shape, [...outputs, ...inputs], (_, at) => {
    for (const [o, i] of pairs)
      join((outputs[o] as PointOutput).slot, at[o] as number, i, at[outputs.length + i] as number);
  });
}

/** Operands of an epilogue are inputs 2, 3, …; every output element reads them at its own place. */
function epilogue(given: Epilogue | null, shape: Shape, join: Join): void {
  if (!given || given.inputs.length === 0) return;
  const own = { offset: 0, strides: rowMajorStrides(shape) };
  walk(shape, [own, ...given.inputs], (_, at) => {
    for (let i = 0; i < given.inputs.length; i++) join(0, at[0] as number, i + 2, at[i + 1] as number);
  });
}

function pool(
  spec: Extract<KernelSpec, { op: 'max_pool2d' | 'avg_pool2d' | 'max_pool2d_grad' }>,
  join: Join,
  flip: boolean,
): void {
  const g = spec.geometry;
  const [inPlane, outPlane] = [g.inSize[0] * g.inSize[1], g.outSize[0] * g.outSize[1]];
  const pairs: number[] = [];
  visitWindows(g, (x, y) => pairs.push(x, y));
  for (let plane = 0; plane < g.planes; plane++) {
    for (let k = 0; k < pairs.length; k += 2) {
      const [x, y] = [plane * inPlane + (pairs[k] as number), plane * outPlane + (pairs[k + 1] as number)];
      if (flip) join(0, x, 0, y);
      else {
        join(0, y, 0, x);
        if (spec.op === 'max_pool2d') join(1, y, 0, x);
      }
    }
  }
}

/** Every element of a group (by `groupOf`) of the output hangs on every one of the same group of the input. */
function byGroups(
  count: number,
  output: { readonly slot: number; readonly size: number; groupOf(index: number): number },
  input: { readonly slot: number; readonly size: number; groupOf(index: number): number },
  { inputs, outputs, direction }: More,
): void {
  const [from, to, source, target] =
    direction === 'back'
      ? [output, input, outputs[output.slot], inputs[input.slot]]
      : [input, output, inputs[input.slot], outputs[output.slot]];
  if (!source || !target) return;
  const any = new Uint8Array(count);
  for (let i = 0; i < from.size; i++) if (source[i]) any[from.groupOf(i)] = 1;
  for (let i = 0; i < to.size; i++) if (any[to.groupOf(i)]) target[i] = 1;
}

function gemm(spec: GemmSpec, join: Join, more: More): void {
  const shape = [...spec.batch, spec.m, spec.n];
  const own = rowMajorStrides(shape);
  const rank = spec.batch.length;
  const batchStrides = rowMajorStrides(spec.batch);
  const size = shape.reduce((a, b) => a * b, 1);
  epilogue(spec.epilogue, shape, join);
  const sides = [
    { input: 0, count: spec.m, kept: spec.a.row, folded: spec.a.column, side: spec.a, axis: rank },
    { input: 1, count: spec.n, kept: spec.b.column, folded: spec.b.row, side: spec.b, axis: rank + 1 },
  ];
  for (const { input, count, kept, folded, side, axis } of sides) {
    const marks = more.inputs[input];
    if (!marks) continue;
    // Rows of a (columns of b) of one batch are a group; broadcast batches make groups overlap, so batch by batch.
    const groups = spec.batch.reduce((a, b) => a * b, 1) * count;
    const any = new Uint8Array(groups);
    const walkOperand = (visit: (group: number, at: number) => void) =>
      walk(
        [...spec.batch, count, spec.k],
        [
          { offset: 0, strides: [...batchStrides.map((stride) => stride * count), 1, 0] },
          { offset: side.offset, strides: [...side.batch, kept, folded] },
        ],
        (index, at) =>
          visit(at[0] as number, (at[1] as number) + (input === 1 ? columnShift(spec.b, index[rank] as number) : 0)),
      );
    const groupOf = (i: number): number => {
      let group = 0;
      for (let b = 0; b < rank; b++)
        group += (Math.floor(i / (own[b] as number)) % (shape[b] as number)) * (batchStrides[b] as number) * count;
      return group + (Math.floor(i / (own[axis] as number)) % (shape[axis] as number));
    };
    const output = more.outputs[0];
    if (!output) continue;
    if (more.direction === 'back') {
      for (let i = 0; i < size; i++) if (output[i]) any[groupOf(i)] = 1;
      walkOperand((group, at) => {
        if (any[group]) marks[at] = 1;
      });
    } else {
      walkOperand((group, at) => {
        if (marks[at]) any[group] = 1;
      });
      for (let i = 0; i < size; i++) if (any[groupOf(i)]) output[i] = 1;
    }
  }
}

/** Channels of a group at one place stand or fall together, so do all taps of a filter. */
function conv2d(spec: Conv2dSpec, join: Join, more: More): void {
  const g = spec.geometry;
  const { groups } = g;
  const [inPlane, outPlane] = [g.inSize[0] * g.inSize[1], g.outSize[0] * g.outSize[1]];
  const [channels, filters] = [g.inChannels / groups, g.outChannels / groups];
  const forward = spec.direction === 'forward';
  const xSize = g.batch * g.inChannels * inPlane;
  const ySize = g.batch * g.outChannels * outPlane;
  const wSize = g.outChannels * channels * g.kernel[0] * g.kernel[1];
  epilogue(
    spec.epilogue,
    forward ? [g.batch, g.outChannels, ...g.outSize] : [g.batch, g.inChannels, ...g.inSize],
    join,
  );
  const perFilter = wSize / g.outChannels;
  if (spec.direction === 'weight_grad') {
    // Padding apart, a tap sees all of its channel in every example.
    const ofGroup = (perChannel: number, of: number) => (i: number) =>
      Math.floor((Math.floor(i / perChannel) % of) / (of / groups));
    byGroups(
      groups,
      { slot: 0, size: wSize, groupOf: (i) => Math.floor(i / (perFilter * filters)) },
      { slot: 0, size: xSize, groupOf: ofGroup(inPlane, g.inChannels) },
      more,
    );
    byGroups(
      g.outChannels,
      { slot: 0, size: wSize, groupOf: (i) => Math.floor(i / perFilter) },
      { slot: 1, size: ySize, groupOf: (i) => Math.floor(i / outPlane) % g.outChannels },
      more,
    );
    return;
  }
  // By places: [N, group] planes on both sides.
  const [outSlot, imageSlot] = [more.outputs[0], more.inputs[0]];
  if (outSlot && imageSlot) {
    const planes = g.batch * groups;
    const coarse = (marks: Marks, perGroup: number, plane: number) => {
      const any = new Uint8Array(planes * plane);
      for (let i = 0; i < marks.length; i++)
        if (marks[i]) any[Math.floor(i / (perGroup * plane)) * plane + (i % plane)] = 1;
      return any;
    };
    const fine = (any: Uint8Array, marks: Marks, perGroup: number, plane: number) => {
      for (let i = 0; i < marks.length; i++)
        if (any[Math.floor(i / (perGroup * plane)) * plane + (i % plane)]) marks[i] = 1;
    };
    const pairs: number[] = [];
    visitWindows({ ...g, planes: 1 }, (x, y) => pairs.push(x, y));
    // `forward` writes y from x, `input_grad` writes x from dy.
    const [outputs, inputs] = forward ? (['y', 'x'] as const) : (['x', 'y'] as const);
    const side = { x: { perGroup: channels, plane: inPlane }, y: { perGroup: filters, plane: outPlane } };
    const [fromSide, toSide, from, to] =
      more.direction === 'back' ? [outputs, inputs, outSlot, imageSlot] : [inputs, outputs, imageSlot, outSlot];
    const given = coarse(from, side[fromSide].perGroup, side[fromSide].plane);
    const found = new Uint8Array(planes * side[toSide].plane);
    for (let p = 0; p < planes; p++) {
      for (let k = 0; k < pairs.length; k += 2) {
        const [x, y] = [p * inPlane + (pairs[k] as number), p * outPlane + (pairs[k + 1] as number)];
        if (given[fromSide === 'x' ? x : y]) found[toSide === 'x' ? x : y] = 1;
      }
    }
    fine(found, to, side[toSide].perGroup, side[toSide].plane);
  }
  // The filter: all of it for each channel that it makes.
  if (forward)
    byGroups(
      g.outChannels,
      { slot: 0, size: ySize, groupOf: (i) => Math.floor(i / outPlane) % g.outChannels },
      { slot: 1, size: wSize, groupOf: (i) => Math.floor(i / perFilter) },
      more,
    );
  else
    byGroups(
      groups,
      { slot: 0, size: xSize, groupOf: (i) => Math.floor((Math.floor(i / inPlane) % g.inChannels) / channels) },
      { slot: 1, size: wSize, groupOf: (i) => Math.floor(i / (perFilter * filters)) },
      more,
    );
}

const nothing = (): void => {
  // draws hang on no element
};

const carriers: { readonly [O in KernelOp]: (spec: Extract<KernelSpec, { op: O }>, join: Join, more: More) => void } = {
  elementwise: ({ shape, outputs, inputs, body }, join) =>
    pointwise(
      shape,
      outputs.map((output) => ({ ...output, line: output.value })),
      inputs,
      body,
      join,
    ),
  reduce: (spec, join) => {
    const place = { offset: 0, strides: keptStrides(spec.shape, spec.axes) };
    const outputs = spec.outputs.map(({ value }, slot) => ({ ...place, slot, line: value }));
    pointwise(spec.shape, outputs, spec.inputs, spec.body, join);
  },
  integer: ({ shape, axes, inputs, body }, join) => {
    const output = { offset: 0, strides: keptStrides(shape, axes), slot: 0, line: body.length - 1 };
    pointwise(shape, [output], inputs, body, join);
  },
  arg_reduce: ({ shape, axis, input }, join) =>
    pointwise(shape, [{ offset: 0, strides: keptStrides(shape, [axis]), slot: 0, line: 0 }], [input], null, join),
  gemm,
  conv2d,
  max_pool2d: (spec, join) => pool(spec, join, false),
  max_pool2d_grad: (spec, join) => pool(spec, join, true),
  avg_pool2d: (spec, join) => pool(spec, join, spec.direction === 'backward'),
  softmax: ({ outer, size, inner }, _, more) => {
    const groupOf = (i: number) => Math.floor(i / (size * inner)) * inner + (i % inner);
    const side = { slot: 0, size: outer * size * inner, groupOf };
    byGroups(outer * inner, side, side, more);
  },
  assemble: (spec, join) => {
    spec.pieces.forEach(({ shape, input, output }, piece) => {
      walk(shape, [output, input], (_, at) => join(0, at[0] as number, piece, at[1] as number));
    });
  },
  gather: ({ outer, size, count, inner }, join, { numbers }) => {
    const index = numbers(1);
    for (let o = 0; o < outer; o++) {
      for (let c = 0; c < count; c++) {
        const row = index[c] as number;
        for (let i = 0; i < inner; i++) {
          const to = (o * count + c) * inner + i;
          join(0, to, 1, c);
          if (row >= 0 && row < size) join(0, to, 0, (o * size + row) * inner + i);
        }
      }
    }
  },
  scatter_add: ({ outer, size, count, inner }, join, { numbers }) => {
    const index = numbers(1);
    for (let o = 0; o < outer; o++) {
      for (let c = 0; c < count; c++) {
        const row = index[c] as number;
        if (row < 0 || row >= size) continue;
        for (let i = 0; i < inner; i++) join(0, (o * size + row) * inner + i, 0, (o * count + c) * inner + i);
      }
    }
  },
  bernoulli: nothing,
  greedy_select: ({ batch, count }, _, more) => {
    const [output, input] = [
      { slot: 0, size: batch * count, groupOf: (i: number) => Math.floor(i / count) },
      { slot: 0, size: batch * count * count, groupOf: (i: number) => Math.floor(i / (count * count)) },
    ];
    byGroups(batch, output, input, more);
  },
  view: (_, _join, { inputs: [input], outputs: [output], direction }) => {
    if (!input || !output) return;
    const [from, to] = direction === 'back' ? [output, input] : [input, output];
    for (let i = 0; i < from.length; i++) if (from[i]) to[i] = 1;
  },
};
