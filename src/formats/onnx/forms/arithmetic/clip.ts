// Clip: bounds are attributes up to operator set 10, inputs from 11 on. Bounds that cross give the upper one.
import { clamp } from '../../../../operators/arithmetic/clamp.ts';
import type { OnnxForm } from '../../onnx-form.ts';
import type { ReadContext, Wire } from '../../reading/read-context.ts';

export const clipForm: OnnxForm = {
  op: 'Clip',
  read(context) {
    if (context.opset < 11) {
      bounded(context, context.float('min'), context.float('max'));
      return;
    }
    const numbers = [1, 2].map((input) => context.numbers(input)?.[0]);
    const literal = [1, 2].every((input, i) => !context.given(input) || numbers[i] !== undefined);
    if (literal && context.type(0).dtype === 'float32') bounded(context, numbers[0], numbers[1]);
    else wired(context);
  },
  write: {
    [clamp.id]({ inputs, attributes, result, float32 }) {
      const bound = (name: 'min' | 'max') =>
        attributes[name] === undefined ? undefined : float32(Number(attributes[name]));
      result('Clip', [inputs['x'], bound('min'), bound('max')]);
    },
  },
};

function bounded(context: ReadContext, low: number | undefined, high: number | undefined): void {
  const min = low === Number.NEGATIVE_INFINITY ? undefined : low;
  const max = high === Number.POSITIVE_INFINITY ? undefined : high;
  if (min === undefined && max === undefined) context.same(0, 0);
  else {
    const least = min !== undefined && max !== undefined ? Math.min(min, max) : min;
    context.result('clamp', { x: context.wire(0) }, { min: least, max });
  }
}

function wired(context: ReadContext): void {
  let y: Wire = context.wire(0);
  if (!context.given(1) && !context.given(2)) context.same(0, 0);
  if (context.given(1)) {
    const bounds = { a: y, b: context.wire(1) };
    y = context.given(2) ? context.value('maximum', bounds) : context.result('maximum', bounds).y;
  }
  if (context.given(2)) context.result('minimum', { a: y, b: context.wire(2) });
}
