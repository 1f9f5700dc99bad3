// Mod: the rest of a division, with fmod of the sign of what is divided, else of the divisor.
import type { OnnxForm } from '../../onnx-form.ts';
import { arithmetic } from '../../writing/arithmetic.ts';
import { int, type WriteContext } from '../../writing/write-context.ts';
import { operands } from './legacy-broadcast.ts';

export const modForm: OnnxForm = {
  op: 'Mod',
  read(context) {
    context.result(context.int('fmod', 0) === 0 ? 'remainder' : 'fmod', operands(context));
  },
  write: {
    fmod: ({ inputs, result }) => result('Mod', [inputs['a'], inputs['b']], { fmod: int(1) }),
    remainder,
  },
};

/** Of float32 ONNX only has the rest with the sign of the dividend. */
function remainder(context: WriteContext): void {
  const { a, b } = context.inputs;
  if (a?.dtype === 'int32') {
    context.result('Mod', [a, b]);
    return;
  }
  const rest = context.value('Mod', [a, b], { fmod: int(1) });
  const { less, equal, add, not, number } = arithmetic(context);
  const zero = number(0);
  const opposite = context.value('Xor', [less(rest, zero), less(b, zero)]);
  const differs = context.value('And', [opposite, not(equal(rest, zero))]);
  context.result('Where', [differs, add(rest, b), rest]);
}
