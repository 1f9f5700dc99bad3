// ScatterElements along one axis, where the indices have the shape of the data but for that axis: our unpooling puts numbers
// down by their places in a plane and adds up what meets there. Here a plane is one line along the axis.
import type { OnnxForm } from '../../onnx-form.ts';
import type { ReadContext, Wire } from '../../reading/read-context.ts';

export const scatterElementsForm: OnnxForm = {
  op: 'ScatterElements',
  read(context: ReadContext) {
    const rank = context.rank(0);
    const given = context.int('axis', 0);
    const axis = given < 0 ? given + rank : given;
    const reduction = context.text('reduction', 'none');
    if (reduction !== 'none' && reduction !== 'add') context.fail(`reduction ${reduction} is not supported`);
    if (context.type(0).dtype !== 'float32') context.fail('whole numbers are not supported');
    const [sizes, places] = [context.sizes(0), context.sizes(1)];
    const length = sizes[axis];
    if (typeof length !== 'number' || typeof places[axis] !== 'number')
      context.fail('an axis of unknown size is not supported');
    if (sizes.some((size, i) => i !== axis && size !== places[i]))
      context.fail('indices for a part of the data only are not supported');
    const order = [...sizes.keys()];
    const swapped = order.with(axis, rank - 1).with(rank - 1, axis);
    const lines = swapped.slice(0, -1).map((i) => sizes[i] ?? null);
    if (lines.slice(1).includes(null))
      context.fail('sizes that are only known when the graph is compiled are not supported');
    const turn = (x: Wire) => (axis === rank - 1 ? x : context.value('transpose', { x }, { dims: swapped }));
    const planes = rank > 1 ? [0, lines.slice(1).reduce<number>((all, size) => all * (size as number), 1)] : [1, 1];

    const negative = context.value('less', { a: context.wire(1), b: context.number(0, 'int32') });
    const wrapped = context.value('add', { a: context.wire(1), b: context.number(length, 'int32') });
    const index = context.value('where', { condition: negative, a: wrapped, b: context.wire(1) });
    const asPlane = (x: Wire) =>
      context.value('reshape', { x: turn(x) }, { shape: [...planes, places[axis] as number, 1] });
    const indices = asPlane(index);
    const put = (x: Wire) => {
      const attributes = { kernel_size: 1, output_size: [length, 1] };
      const line = context.value('max_unpool2d', { x: asPlane(x), indices }, attributes);
      const shape = rank > 1 ? [0, ...(lines.slice(1) as number[]), length] : [length];
      return turn(context.value('reshape', { x: line }, { shape }));
    };
    const scattered = put(context.wire(2));
    if (reduction === 'add') {
      context.result('add', { a: context.wire(0), b: scattered });
      return;
    }
    const ones = context.value('equal', { a: context.wire(1), b: context.wire(1) });
    const condition = put(context.value('cast', { x: ones }, { dtype: 'float32' }));
    context.result('where', { condition, a: scattered, b: context.wire(0) });
  },
};
