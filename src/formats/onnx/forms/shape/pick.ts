// Forms that choose elements: by number (Gather, GatherElements, rows of a table), or by a condition (Where).
import type { OnnxForm } from '../../onnx-form.ts';
import type { ReadContext, Wire } from '../../reading/read-context.ts';
import { int, type OnnxInput, type WriteContext } from '../../writing/write-context.ts';

function gather(context: WriteContext, x: OnnxInput, indices: OnnxInput, dim: unknown): void {
  context.result('Gather', [x, indices], { axis: int(dim as number) });
}

export const gatherForm: OnnxForm = {
  op: 'Gather',
  read(context) {
    context.result('gather', { x: context.wire(0), indices: context.wire(1) }, { dim: context.int('axis', 0) });
  },
  write: {
    gather: (context) => gather(context, context.inputs['x'], context.inputs['indices'], context.attributes['dim']),
    select: (context) =>
      gather(
        context,
        context.inputs['x'],
        context.int64(context.attributes['index'] as number),
        context.attributes['dim'],
      ),
    embedding: (context) => gather(context, context.inputs['weight'], context.inputs['x'], 0),
  },
};

/** In x as one line: where the slices of the other axes begin, plus the index along `axis`. An open batch is compared instead. */
export const gatherElementsForm: OnnxForm = {
  op: 'GatherElements',
  read(context: ReadContext) {
    const sizes = context.sizes(0);
    const places = context.sizes(1);
    const rank = sizes.length;
    const given = context.int('axis', 0);
    const axis = given < 0 ? given + rank : given;
    const inner = sizes.slice(1).concat(1);
    const length = sizes[axis];
    if (typeof length !== 'number') context.fail('an axis of unknown size');
    if (inner.includes(null) || places.includes(null)) {
      compareAlong(context, axis, length);
      return;
    }
    const strides = (inner as number[]).map((_, i) => (inner as number[]).slice(i).reduce((a, b) => a * b, 1));
    const whole = (value: number) => context.number(value, 'int32');
    const index = fromZero(context, length);
    let flat = context.value('mul', { a: index, b: whole(strides[axis] as number) });
    for (const [i, size] of places.entries()) {
      if (i === axis || size === null || size === 1) continue;
      const shape = places.map((_, k) => (k === i ? size : 1));
      const starts = Int32Array.from({ length: size }, (_, k) => k * (strides[i] as number));
      flat = context.value('add', { a: flat, b: context.constant({ dtype: 'int32', shape, data: starts }) });
    }
    const line = context.value('reshape', { x: context.wire(0) }, { shape: [-1] });
    context.result('gather', { x: line, indices: flat }, { dim: 0 });
  },
};

/** The indices, negative ones counted from the end. */
function fromZero(context: ReadContext, length: number): Wire {
  const own = context.wire(1);
  const wrapped = context.value('add', { a: own, b: context.number(length, 'int32') });
  const negative = context.value('less', { a: own, b: context.number(0, 'int32') });
  return context.value('where', { condition: negative, a: wrapped, b: own });
}

/** y[…, j, …] = Σ_k x[…, k, …]·[index j is k]: where nothing but the axis tells x and the indices apart. */
function compareAlong(context: ReadContext, axis: number, length: number): void {
  const fits = context.sizes(0).every((size, i) => i === axis || size === context.sizes(1)[i]);
  if (!fits) context.fail('sizes that are only known when the graph is compiled');
  const rank = context.rank(0);
  const shape = Array.from({ length: rank + 1 }, (_, i) => (i === axis ? length : 1));
  const numbers = context.constant({ dtype: 'int32', shape, data: Int32Array.from({ length }, (_, k) => k) });
  const index = context.value('unsqueeze', { x: fromZero(context, length) }, { dim: [axis] });
  const condition = context.value('equal', { a: index, b: numbers });
  const x = context.value('unsqueeze', { x: context.wire(0) }, { dim: [axis + 1] });
  const zero = context.number(0, context.type(0).dtype);
  const picked = context.value('where', { condition, a: x, b: zero });
  context.result('sum', { x: picked }, { dim: [axis] });
}

/** Conditions are bool in ONNX, with us any number that is not 0. */
export const whereForm: OnnxForm = {
  op: 'Where',
  read(context) {
    context.result('where', { condition: context.wire(0), a: context.wire(1), b: context.wire(2) });
  },
  write: {
    where({ inputs, value, result }) {
      const condition = value('Cast', [inputs['condition']], { to: int(9) });
      result('Where', [condition, inputs['a'], inputs['b']]);
    },
  },
};
