// Add, Sub, Mul, Div, Pow: two operands that broadcast.
import type { OnnxForm } from '../../onnx-form.ts';
import { operands } from './legacy-broadcast.ts';

function binary(op: string, ours: string): OnnxForm {
  return {
    op,
    read: (context) => void context.result(ours, operands(context)),
    write: { [ours]: ({ inputs, result }) => result(op, [inputs['a'], inputs['b']]) },
  };
}

/** The result has the element type of the base, whatever that of the exponent. */
const pow: OnnxForm = {
  op: 'Pow',
  read(context) {
    const exponent = context.literal(1);
    const whole = context.type(0).dtype === 'int32';
    if (!whole && exponent && exponent.shape.length === 0) {
      context.ignore('axis', 'broadcast');
      context.result('pow', { a: context.wire(0) }, { exponent: exponent.data()[0] });
      return;
    }
    const { a, b } = operands(context);
    const real = (wire: string) =>
      context.typeOf(wire).dtype === 'int32' ? context.value('cast', { x: wire }, { dtype: 'float32' }) : wire;
    const y = context.result('pow', { a: real(a), b: real(b) });
    if (whole) context.give(0, context.value('cast', { x: y.y }, { dtype: 'int32' }));
  },
  write: {
    pow: ({ inputs, attributes, result, float32 }) =>
      result('Pow', [inputs['a'], inputs['b'] ?? float32(Number(attributes['exponent']))]),
  },
};

export const binaryForms: readonly OnnxForm[] = [
  binary('Add', 'add'),
  binary('Sub', 'sub'),
  binary('Mul', 'mul'),
  binary('Div', 'div'),
  pow,
];
