// Forms that take tensors apart and put them together: Slice, Split, Concat, Transpose, and what ours become of them.
import type { OnnxForm } from '../../onnx-form.ts';
import { clampToInt32, knownList } from '../../reading/known-input.ts';
import { filled } from '../../reading/literal.ts';
import type { Attributes, ReadContext, Sources } from '../../reading/read-context.ts';
import { inOrder, unsqueeze } from '../../writing/arithmetic.ts';
import { int, ints, type OnnxValue, type WriteContext } from '../../writing/write-context.ts';

/** Attributes of operator sets below 10, inputs from there on. */
export const sliceForm: OnnxForm = {
  op: 'Slice',
  read(context) {
    const lists = [
      ['starts', 'starts'],
      ['ends', 'ends'],
      ['axes', 'dims'],
      ['steps', 'steps'],
    ] as const;
    let inputs: Sources = { x: context.wire(0) };
    let attributes: Attributes = {};
    for (const [i, [theirs, ours]] of lists.entries()) {
      const given = context.ints(theirs);
      const list = given
        ? { inputs: {}, attributes: { [ours]: given.map(clampToInt32) } }
        : knownList(context, i + 1, ours);
      inputs = { ...inputs, ...list.inputs };
      attributes = { ...attributes, ...list.attributes };
    }
    attributes = { ...attributes, ...toTheEnd(attributes) };
    const shape = Object.keys(inputs).length === 1 ? slicedShape(context.sizes(0), attributes) : null;
    // Our operator takes an empty window for a mistake.
    if (shape?.includes(0)) context.giveLiteral(0, filled(context.type(0).dtype, shape, 0));
    else context.result('slice', inputs, attributes);
  },
  write: {
    slice(context) {
      const { starts, ends, dims, steps } = context.attributes as Readonly<Record<string, readonly number[]>>;
      const axes = dims?.length ? dims : [...(starts ?? []).keys()];
      const lists = [starts ?? [], ends ?? [], axes, ...(steps?.length ? [steps] : [])];
      context.result('Slice', [context.inputs['x'], ...lists.map((list) => context.int64(list))]);
    },
  },
};

/** The largest number stands for "to the end" in files also where a step is negative: there the end is in front. */
function toTheEnd({ ends, steps }: Attributes): Attributes {
  if (!Array.isArray(ends) || !Array.isArray(steps)) return {};
  return { ends: ends.map((end, i) => (end === 0x7fff_ffff && steps[i] < 0 ? -0x8000_0000 : end)) };
}

/** What is left of known sizes, by ONNX's rules of clipping; null where a size is not known. */
function slicedShape(sizes: readonly (number | null)[], lists: Attributes): number[] | null {
  const list = (name: string) => (lists[name] ?? []) as readonly number[];
  const shape = sizes.map((size) => size ?? Number.NaN);
  for (const [i, start] of list('starts').entries()) {
    const given = list('dims')[i] ?? i;
    const axis = given < 0 ? given + shape.length : given;
    const size = sizes[axis];
    if (typeof size !== 'number') continue;
    const step = list('steps')[i] ?? 1;
    const most = step > 0 ? size : size - 1;
    const clip = (at: number, least: number) => Math.min(most, Math.max(least, at < 0 ? at + size : at));
    const [from, past] = [clip(start, 0), clip(list('ends')[i] ?? size, step > 0 ? 0 : -1)];
    shape[axis] = Math.max(0, Math.ceil((past - from) / step));
  }
  return shape.includes(Number.NaN) ? null : shape;
}

/** Sizes of the pieces: listed, or as many equal ones as there are outputs, the last one smaller. */
function piecesOf(context: ReadContext, axis: number): readonly number[] {
  const listed = context.ints('split') ?? (context.given(1) ? context.decisive(1) : undefined);
  if (listed) return listed;
  const count = context.int('num_outputs', context.outputCount);
  if (count !== context.outputCount) context.fail(`num_outputs is ${count}, it has ${context.outputCount} outputs`);
  const total = context.sizes(0).at(axis);
  if (typeof total !== 'number') context.fail('equal parts of the batch are not supported');
  const each = Math.ceil(total / count);
  return Array.from({ length: count }, (_, i) => Math.max(0, Math.min(each, total - i * each)));
}

export const splitForm: OnnxForm = {
  op: 'Split',
  read(context) {
    const axis = context.int('axis', 0);
    const pieces = piecesOf(context, axis);
    const full = pieces.filter((size) => size > 0);
    const split =
      full.length > 0 ? context.result('split', { x: context.wire(0) }, { split_size: full, dim: axis }) : null;
    let place = 0;
    for (const [i, size] of pieces.entries()) {
      if (size > 0 && split) context.give(i, split.port(`y${place++}`));
      else context.giveLiteral(i, filled(context.type(0).dtype, context.shape(0).with(axis, 0), 0));
    }
  },
  write: {
    split(context) {
      const outputs = Object.values(context.outputs);
      const dim = context.attributes['dim'] as number;
      const lengths = outputs.map(({ shape }) => shape.at(dim) as number);
      split(
        context,
        lengths,
        dim,
        outputs.map(({ name }) => name),
      );
    },
    unbind(context) {
      const outputs = Object.entries(context.outputs);
      const dim = context.attributes['dim'] as number;
      const slices = outputs.map(([port]) => `${context.path}:${port}`);
      split(context, new Array<number>(outputs.length).fill(1), dim, slices);
      outputs.forEach(([port], i) => {
        context.result('Squeeze', [slices[i], context.int64([dim])], {}, port);
      });
    },
  },
};

function split(context: WriteContext, lengths: readonly number[], dim: number, outputs: readonly string[]): void {
  context.node('Split', [context.inputs['x'], context.int64(lengths)], { axis: int(dim) }, { outputs });
}

/** Tensors side by side; of one tensor nothing but itself. */
export const concatForm: OnnxForm = {
  op: 'Concat',
  read(context) {
    const dim = context.int('axis', 1);
    if (context.inputCount === 1) {
      context.same(0, 0);
      return;
    }
    const wires = Array.from({ length: context.inputCount }, (_, i) => [`x${i}`, context.wire(i)] as const);
    context.result('concat', Object.fromEntries(wires), { dim });
  },
  write: {
    concat: (context) =>
      context.result('Concat', inOrder(context.inputs, 'x'), { axis: int(context.attributes['dim'] as number) }),
    stack(context) {
      const dim = context.attributes['dim'] as number;
      const slices = inOrder(context.inputs, 'x').map((x) => unsqueeze(context, x, [dim]));
      context.result('Concat', slices, { axis: int(dim) });
    },
  },
};

export const transposeForm: OnnxForm = {
  op: 'Transpose',
  read: (context) => void context.result('transpose', { x: context.wire(0) }, { dims: context.ints('perm') ?? [] }),
  write: {
    transpose(context) {
      const { dims } = context.attributes as { readonly dims: readonly number[] };
      const rank = (context.inputs['x'] as OnnxValue).shape.length;
      const perm = dims.map((axis) => (axis < 0 ? axis + rank : axis));
      context.result('Transpose', [context.inputs['x']], { perm: dims.length > 0 ? ints(perm) : undefined });
    },
  },
};
