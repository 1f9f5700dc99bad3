// Forms that know of "before" and "after": CumSum as a product with a triangle of ones, Trilu as a mask, EyeLike.
import type { OnnxForm } from '../../onnx-form.ts';
import { filled, literalOf } from '../../reading/literal.ts';
import type { ReadContext, Wire } from '../../reading/read-context.ts';

/** Most numbers of a matrix that is written into the graph. */
const mostNumbers = 1 << 20;

function matrix(
  context: ReadContext,
  rows: number,
  columns: number,
  holds: (row: number, column: number) => boolean,
): Wire {
  if (rows * columns > mostNumbers) context.fail(`a matrix of ${rows}×${columns} numbers`);
  const value = Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (__, j) => Number(holds(i, j))));
  return context.value('constant', {}, { value });
}

export const cumSumForm: OnnxForm = {
  op: 'CumSum',
  read(context) {
    const [given = 0] = context.decisive(1);
    const rank = context.rank(0);
    const axis = given < 0 ? given + rank : given;
    const length = context.sizes(0)[axis];
    if (typeof length !== 'number') return context.fail('sums along the batch');
    const [without, backwards] = [context.int('exclusive', 0) !== 0, context.int('reverse', 0) !== 0];
    const sums = matrix(context, length, length, (i, j) => (without && i === j ? false : backwards ? j >= i : j <= i));
    const { dtype } = context.type(0);
    const real =
      dtype === 'float32' ? context.wire(0) : context.value('cast', { x: context.wire(0) }, { dtype: 'float32' });
    const order = [...Array(rank).keys()];
    const swapped = order.with(axis, rank - 1).with(rank - 1, axis);
    const turn = (x: Wire) => (axis === rank - 1 ? x : context.value('transpose', { x }, { dims: swapped }));
    const product = context.value('linear', { x: turn(real), weight: sums }, { out_features: length, bias: false });
    const y = turn(product);
    context.give(0, dtype === 'float32' ? y : context.value('cast', { x: y }, { dtype }));
  },
};

export const triluForm: OnnxForm = {
  op: 'Trilu',
  read(context) {
    const [rows, columns] = context.sizes(0).slice(-2);
    if (typeof rows !== 'number' || typeof columns !== 'number') return context.fail('matrices of unknown size');
    const [shift = 0] = context.given(1) ? context.decisive(1) : [];
    const upper = context.int('upper', 1) !== 0;
    const condition = matrix(context, rows, columns, (i, j) => (upper ? j - i >= shift : j - i <= shift));
    const zero = context.number(0, context.type(0).dtype);
    context.result('where', { condition, a: context.wire(0), b: zero });
  },
};

export const eyeLikeForm: OnnxForm = {
  op: 'EyeLike',
  read(context) {
    const [rows, columns] = context.sizes(0);
    if (typeof rows !== 'number' || typeof columns !== 'number') return context.fail('a matrix of unknown size');
    const shift = context.int('k', 0);
    const element = context.int('dtype');
    const dtype =
      element === undefined ? context.type(0).dtype : [1, 10, 11, 16].includes(element) ? 'float32' : 'int32';
    const data = dtype === 'float32' ? new Float32Array(rows * columns) : new Int32Array(rows * columns);
    for (let i = 0; i < rows; i++) if (i + shift >= 0 && i + shift < columns) data[i * columns + i + shift] = 1;
    context.giveLiteral(
      0,
      data.length === 0 ? filled(dtype, [rows, columns], 0) : literalOf({ dtype, shape: [rows, columns], data }),
    );
  },
};
