// Floor, Ceil, Round, Mod, from the cast to whole numbers, which cuts off towards zero. From 2²³ on every float32 is whole.
import type { OnnxForm } from '../../onnx-form.ts';
import type { ReadContext, Wire } from '../../reading/read-context.ts';

const wholeFrom = 2 ** 23;

const binary = (context: ReadContext, op: string, a: Wire, b: Wire) => context.value(op, { a, b });

/** Towards zero. */
function truncated(context: ReadContext, x: Wire): Wire {
  const whole = context.value('cast', { x }, { dtype: 'int32' });
  const cut = context.value('cast', { x: whole }, { dtype: 'float32' });
  const large = binary(context, 'greater_equal', context.value('abs', { x }), context.number(wholeFrom));
  return context.value('where', { condition: large, a: x, b: cut });
}

function floored(context: ReadContext, x: Wire): Wire {
  const cut = truncated(context, x);
  const above = context.value('cast', { x: binary(context, 'greater', cut, x) }, { dtype: 'float32' });
  return binary(context, 'sub', cut, above);
}

/** Halves go to the even neighbour. */
function rounded(context: ReadContext, x: Wire): Wire {
  const raised = binary(context, 'add', x, context.number(0.5));
  const up = floored(context, raised);
  const half = binary(context, 'mul', up, context.number(0.5));
  const isOdd = binary(context, 'not_equal', floored(context, half), half);
  const isHalf = binary(context, 'equal', raised, up);
  const lowered = context.value('where', {
    condition: binary(context, 'mul', isOdd, isHalf),
    a: binary(context, 'sub', up, context.number(1)),
    b: up,
  });
  const large = binary(context, 'greater_equal', context.value('abs', { x }), context.number(wholeFrom));
  return context.value('where', { condition: large, a: x, b: lowered });
}

function roundingForm(op: string, round: (context: ReadContext, x: Wire) => Wire): OnnxForm {
  return { op, read: (context) => context.give(0, round(context, context.wire(0))) };
}

/** The rest of a division: with fmod of the sign of what is divided, else of the divisor. */
const mod: OnnxForm = {
  op: 'Mod',
  read(context) {
    const [a, b] = [context.wire(0), context.wire(1)];
    const ofDividend = context.int('fmod', 0) !== 0;
    const real = context.type(0).dtype === 'float32';
    const quotient = binary(context, 'div', a, b);
    const cut = real ? truncated(context, quotient) : quotient;
    const rest = binary(context, 'sub', a, binary(context, 'mul', cut, b));
    if (ofDividend) {
      context.give(0, rest);
      return;
    }
    const zero = context.number(0, real ? 'float32' : 'int32');
    const isNegative = (x: Wire) => binary(context, 'less', x, zero);
    const differ = binary(context, 'not_equal', isNegative(rest), isNegative(b));
    const condition = binary(context, 'mul', differ, binary(context, 'not_equal', rest, zero));
    context.result('where', { condition, a: binary(context, 'add', rest, b), b: rest });
  },
};

export const roundingForms: readonly OnnxForm[] = [
  roundingForm('Floor', floored),
  roundingForm('Ceil', (context, x) => context.value('neg', { x: floored(context, context.value('neg', { x })) })),
  roundingForm('Round', rounded),
  mod,
];
