// Forms that know of "before" and "after": CumSum, Trilu, EyeLike.
import { allocate } from '../../../../tensor/dtype.ts';
import type { OnnxForm } from '../../onnx-form.ts';
import { knownSingle } from '../../reading/known-input.ts';
import { filled, literalOf } from '../../reading/literal.ts';
import { int, type WriteContext } from '../../writing/write-context.ts';

export const cumSumForm: OnnxForm = {
  op: 'CumSum',
  read(context) {
    const [dim = 0] = context.decisive(1);
    const [exclusive, reverse] = [context.int('exclusive', 0) !== 0, context.int('reverse', 0) !== 0];
    context.result('cumsum', { x: context.wire(0) }, { dim, exclusive, reverse });
  },
  write: {
    cumsum({ inputs, attributes, int64, result }) {
      const { dim, exclusive, reverse } = attributes;
      const flags = { exclusive: int(exclusive === true ? 1 : 0), reverse: int(reverse === true ? 1 : 0) };
      result('CumSum', [inputs['x'], int64(dim as number)], flags);
    },
  },
};

export const triluForm: OnnxForm = {
  op: 'Trilu',
  read(context) {
    const shift = knownSingle(context, 1, 'diagonal');
    const op = context.int('upper', 1) === 0 ? 'tril' : 'triu';
    context.result(op, { x: context.wire(0), ...shift.inputs }, shift.attributes);
  },
  write: { tril: (context) => triangle(context, 0), triu: (context) => triangle(context, 1) },
};

/** onnxruntime's does not take int32. */
function triangle(context: WriteContext, upper: 0 | 1): void {
  const { x } = context.inputs;
  const whole = x?.dtype === 'int32';
  const given = whole ? context.value('Cast', [x], { to: int(7) }) : x;
  const inputs = [given, context.int64(context.attributes['diagonal'] as number)];
  if (!whole) context.result('Trilu', inputs, { upper: int(upper) });
  else context.result('Cast', [context.value('Trilu', inputs, { upper: int(upper) })], { to: int(6) });
}

export const eyeLikeForm: OnnxForm = {
  op: 'EyeLike',
  read(context) {
    const [rows, columns] = context.sizes(0);
    if (typeof rows !== 'number' || typeof columns !== 'number')
      return context.fail('a matrix of unknown size is not supported');
    const shift = context.int('k', 0);
    const element = context.int('dtype');
    const dtype =
      element === undefined ? context.type(0).dtype : [1, 10, 11, 16].includes(element) ? 'float32' : 'int32';
    const data = allocate(dtype, context.bounded(rows * columns));
    for (let i = 0; i < rows; i++) if (i + shift >= 0 && i + shift < columns) data[i * columns + i + shift] = 1;
    context.giveLiteral(
      0,
      data.length === 0 ? filled(dtype, [rows, columns], 0) : literalOf({ dtype, shape: [rows, columns], data }),
    );
  },
};
