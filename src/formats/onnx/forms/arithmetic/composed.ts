// Functions of one number that we compose of others: Erf, Tan, Sinh, Cosh.
import type { OnnxForm } from '../../onnx-form.ts';
import type { ReadContext, Wire } from '../../reading/read-context.ts';

const binary = (context: ReadContext, op: string, a: Wire, b: Wire) => context.value(op, { a, b });

/**
 * erf(x) = 2·Φ(z) − 1 with z = √2·x, and Φ(z) = gelu(z)/z; around 0, where both vanish, the tangent 2z/√(2π): its error there is
 * below 3e-10.
 */
const erf: OnnxForm = {
  op: 'Erf',
  read(context) {
    const z = binary(context, 'mul', context.wire(0), context.number(Math.SQRT2));
    const near = binary(context, 'less', context.value('abs', { x: z }), context.number(1e-3));
    const safe = context.value('where', { condition: near, a: context.number(1), b: z });
    const share = binary(context, 'div', context.value('gelu', { x: safe }), safe);
    const outer = binary(context, 'sub', binary(context, 'mul', share, context.number(2)), context.number(1));
    const tangent = binary(context, 'mul', z, context.number(Math.sqrt(2 / Math.PI)));
    context.result('where', { condition: near, a: tangent, b: outer });
  },
};

const tan: OnnxForm = {
  op: 'Tan',
  read(context) {
    const x = context.wire(0);
    context.result('div', { a: context.value('sin', { x }), b: context.value('cos', { x }) });
  },
};

/** (eˣ ∓ e⁻ˣ)/2 */
function hyperbolic(op: string, join: 'add' | 'sub'): OnnxForm {
  return {
    op,
    read(context) {
      const x = context.wire(0);
      const [up, down] = [x, context.value('neg', { x })].map((each) => context.value('exp', { x: each }));
      context.result('mul', { a: binary(context, join, up as Wire, down as Wire), b: context.number(0.5) });
    },
  };
}

export const composedFunctionForms: readonly OnnxForm[] = [
  erf,
  tan,
  hyperbolic('Sinh', 'sub'),
  hyperbolic('Cosh', 'add'),
];
