// Forms that repeat elements or tell sizes: Expand, Tile, Shape, Size, Range, OneHot.
import type { OnnxForm } from '../../onnx-form.ts';
import { knownList } from '../../reading/known-input.ts';
import { filled, literalOf } from '../../reading/literal.ts';
import type { ReadContext } from '../../reading/read-context.ts';
import { int, type OnnxValue } from '../../writing/write-context.ts';

/** A list shorter than the rank leaves the dimensions in front as they are. */
export const expandForm: OnnxForm = {
  op: 'Expand',
  read(context) {
    const list = context.known(1);
    const missing = list ? Math.max(0, context.rank(0) - list.length) : 0;
    const shape = list
      ? { inputs: {}, attributes: { shape: [...new Array<number>(missing).fill(1), ...list] } }
      : knownList(context, 1, 'shape');
    context.result('expand', { x: context.wire(0), ...shape.inputs }, shape.attributes);
  },
  write: {
    expand(context) {
      const y = context.outputs['y'] as OnnxValue;
      context.result('Expand', [context.inputs['x'], context.sizes(y.sizes)]);
    },
  },
};

/** Axis by axis: a new dimension of copies in front of each, expanded and joined with it. */
export const tileForm: OnnxForm = {
  op: 'Tile',
  read(context) {
    const sizes: (number | null)[] = [...context.sizes(0)];
    const repeats = repeatsOf(context, sizes.length);
    let x = context.wire(0);
    for (const [axis, count] of repeats.entries()) {
      if (count === 1) continue;
      const own = sizes[axis] ?? null;
      const lifted = context.value('unsqueeze', { x }, { dim: [axis] });
      const shape = Array.from({ length: sizes.length + 1 }, (_, i) => (i === axis ? count : -1));
      const copies = context.value('expand', { x: lifted }, { shape });
      sizes[axis] = own === null ? null : own * count;
      if (sizes.some((size, i) => size === null && i > axis)) context.fail('an open size behind an axis that repeats');
      const joined = sizes.map((size, i) => size ?? (i === axis ? -1 : 0));
      x = context.value('reshape', { x: copies }, { shape: joined });
    }
    if (repeats.every((count) => count === 1)) context.same(0, 0);
    else context.give(0, x);
  },
};

/** Copies along each axis; operator sets below 6 repeat one axis. */
function repeatsOf(context: ReadContext, rank: number): number[] {
  const repeats = [...context.decisive(1)];
  if (context.given(2)) {
    const [axis = 0] = context.decisive(2);
    return Array.from({ length: rank }, (_, i) => (i === axis ? (repeats[0] ?? 1) : 1));
  }
  if (repeats.length !== rank) context.fail(`${repeats.length} repeats for ${rank} dimensions`);
  if (repeats.some((count) => count < 1)) context.fail('nothing would be left');
  return repeats;
}

export const shapeForm: OnnxForm = {
  op: 'Shape',
  read(context) {
    const [start, end] = [context.int('start', 0), context.int('end')];
    context.result('shape', { x: context.wire(0) }, end === undefined ? { start } : { start, end });
  },
  write: {
    shape(context) {
      const { start, end } = context.attributes as { readonly start: number; readonly end?: number };
      const sizes = context.value('Shape', [context.inputs['x']], {
        start: start === 0 ? undefined : int(start),
        end: end === undefined ? undefined : int(end),
      });
      context.result('Cast', [sizes], { to: int(6) });
    },
  },
};

export const sizeForm: OnnxForm = {
  op: 'Size',
  read(context) {
    const sizes = context.sizes(0);
    const count = sizes.reduce((total, size) => (total === null || size === null ? null : total * size), 1);
    if (count !== null) {
      context.giveLiteral(0, filled('int32', [], count));
      return;
    }
    const shape = context.value('shape', { x: context.wire(0) });
    const product = context.value('prod', { x: context.value('cast', { x: shape }, { dtype: 'float32' }) });
    context.result('cast', { x: product }, { dtype: 'int32' });
  },
};

/** Most elements of a range that a file may ask for. */
const mostNumbers = 1 << 24;

export const rangeForm: OnnxForm = {
  op: 'Range',
  read(context) {
    const [start, limit, delta] = [0, 1, 2].map((input) => context.decisive(input)[0]) as [number, number, number];
    const count = Math.max(0, Math.ceil((limit - start) / delta));
    if (!(count <= mostNumbers)) context.fail(`${count} numbers`);
    const { dtype } = context.type(0);
    const numbers = Array.from({ length: count }, (_, i) => start + i * delta);
    const data = dtype === 'int32' ? Int32Array.from(numbers) : Float32Array.from(numbers);
    context.giveLiteral(0, literalOf({ dtype, shape: [count], data }));
  },
};

/** Where the index equals the place along a new axis stands the second value, elsewhere the first. */
export const oneHotForm: OnnxForm = {
  op: 'OneHot',
  read(context) {
    const [given] = context.decisive(1);
    const depth = Math.trunc(given ?? 0);
    if (depth < 1 || depth > mostNumbers) context.fail(`depth ${given}`);
    const rank = context.rank(0);
    const axis = context.int('axis', -1);
    const place = axis < 0 ? axis + rank + 1 : axis;
    const shape = Array.from({ length: rank + 1 }, (_, i) => (i === place ? depth : 1));
    const numbers = context.constant({ dtype: 'int32', shape, data: Int32Array.from({ length: depth }, (_, i) => i) });
    const matches = context.value('equal', { a: wholeIndices(context, place, depth), b: numbers });
    const value = (index: number) => context.value('select', { x: context.wire(2) }, { dim: 0, index });
    context.result('where', { condition: matches, a: value(1), b: value(0) });
  },
};

/** int32 with the new axis; negative ones count from the end. */
function wholeIndices(context: ReadContext, place: number, depth: number) {
  const cast = context.type(0).dtype === 'float32';
  const whole = cast ? context.value('cast', { x: context.wire(0) }, { dtype: 'int32' }) : context.wire(0);
  const indices = context.value('unsqueeze', { x: whole }, { dim: [place] });
  const negative = context.value('less', { a: indices, b: context.number(0, 'int32') });
  const wrapped = context.value('add', { a: indices, b: context.number(depth, 'int32') });
  return context.value('where', { condition: negative, a: wrapped, b: indices });
}
