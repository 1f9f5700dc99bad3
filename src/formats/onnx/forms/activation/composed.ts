// Activations that are one operator of ours for some attributes only, or several in any case.
import type { OnnxForm } from '../../onnx-form.ts';
import type { ReadContext, Wire } from '../../reading/read-context.ts';
import { float, type WriteContext } from '../../writing/write-context.ts';

const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-6 * Math.abs(b);

/** Klambauer et al. 2017; operator set 1 rounds them to five digits. */
const [seluAlpha, seluGamma] = [1.6732632423543772, 1.0507009873554805];

const selu: OnnxForm = {
  op: 'Selu',
  read(context) {
    const old = context.opset < 6;
    const alpha = context.float('alpha', old ? 1.6732 : seluAlpha);
    const gamma = context.float('gamma', old ? 1.0507 : seluGamma);
    const x = context.wire(0);
    if (near(alpha, seluAlpha) && near(gamma, seluGamma)) context.result('selu', { x });
    else context.result('mul', { a: context.value('elu', { x }, { alpha }), b: context.number(gamma) });
  },
  write: {
    selu: ({ inputs, result }) => result('Selu', [inputs['x']], { alpha: float(seluAlpha), gamma: float(seluGamma) }),
  },
};

/** √(2/π) */
const tanhScale = 0.7978845608028654;

const gelu: OnnxForm = {
  op: 'Gelu',
  read(context) {
    const mode = context.text('approximate', 'none');
    const x = context.wire(0);
    if (mode === 'none') context.result('gelu', { x });
    else if (mode === 'tanh') {
      // x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))
      const cube = context.value('mul', {
        a: context.value('pow', { a: x }, { exponent: 3 }),
        b: context.number(0.044715),
      });
      const inner = context.value('mul', {
        a: context.value('add', { a: x, b: cube }),
        b: context.number(tanhScale),
      });
      const gate = context.value('add', { a: context.value('tanh', { x: inner }), b: context.number(1) });
      context.result('mul', { a: context.value('mul', { a: x, b: context.number(0.5) }), b: gate });
    } else context.fail(`approximate ${mode} is not supported`);
  },
  write: { gelu: writeGelu },
};

/** Gelu exists from operator set 20 on; before, by the error function. */
function writeGelu(context: WriteContext): void {
  const { x } = context.inputs;
  if (context.opset >= 20) {
    context.result('Gelu', [x]);
    return;
  }
  const erf = context.value('Erf', [context.value('Mul', [x, context.float32(Math.SQRT1_2)])]);
  const gate = context.value('Add', [erf, context.float32(1)]);
  context.result('Mul', [context.value('Mul', [x, context.float32(0.5)]), gate]);
}

function composed(op: string, read: (context: ReadContext, x: Wire) => void): OnnxForm {
  return { op, read: (context) => read(context, context.wire(0)) };
}

export const composedActivationForms: readonly OnnxForm[] = [
  selu,
  gelu,
  composed('Swish', (context, x) => {
    const alpha = context.float('alpha', 1);
    if (alpha === 1) {
      context.result('silu', { x });
      return;
    }
    const scaled = context.value('mul', { a: x, b: context.number(alpha) });
    context.result('mul', { a: x, b: context.value('sigmoid', { x: scaled }) });
  }),
  composed('ThresholdedRelu', (context, x) => {
    const above = context.value('greater', { a: x, b: context.number(context.float('alpha', 1)) });
    context.result('where', { condition: above, a: x, b: context.number(0) });
  }),
  composed('Shrink', (context, x) => {
    const [lambda, bias] = [context.float('lambd', 0.5), context.float('bias', 0)];
    const above = context.value('greater', { a: x, b: context.number(lambda) });
    const below = context.value('less', { a: x, b: context.number(-lambda) });
    const raised = context.value('add', { a: x, b: context.number(bias) });
    const low = context.value('where', { condition: below, a: raised, b: context.number(0) });
    const lowered = context.value('sub', { a: x, b: context.number(bias) });
    context.result('where', { condition: above, a: lowered, b: low });
  }),
];
