// Activations of recurrent nodes by their ONNX names, with the optional numbers that some of them take.
import type { ReadContext, Wire } from '../../reading/read-context.ts';

export interface Activation {
  readonly name: string;
  readonly alpha: number | undefined;
  readonly beta: number | undefined;
}

type Emit = (context: ReadContext, x: Wire, activation: Activation) => Wire;

function unary(op: string): Emit {
  return (context, x) => context.value(op, { x });
}

const emitters: Readonly<Record<string, Emit>> = {
  relu: unary('relu'),
  tanh: unary('tanh'),
  sigmoid: unary('sigmoid'),
  softplus: unary('softplus'),
  affine: (context, x, { alpha = 1, beta = 0 }) =>
    context.value('add', {
      a: context.value('mul', { a: x, b: context.number(alpha) }),
      b: context.number(beta),
    }),
  leakyrelu: (context, x, { alpha = 0.01 }) => context.value('leaky_relu', { x }, { negative_slope: alpha }),
  thresholdedrelu(context, x, { alpha = 1 }) {
    const condition = context.value('greater_equal', { a: x, b: context.number(alpha) });
    return context.value('where', { condition, a: x, b: context.number(0) });
  },
  scaledtanh(context, x, { alpha = 1, beta = 1 }) {
    const inner = context.value('tanh', { x: context.value('mul', { a: x, b: context.number(beta) }) });
    return context.value('mul', { a: inner, b: context.number(alpha) });
  },
  hardsigmoid: (context, x, { alpha = 0.2, beta = 0.5 }) => context.value('hard_sigmoid', { x }, { alpha, beta }),
  elu: (context, x, { alpha = 1 }) => context.value('elu', { x }, { alpha }),
  softsign(context, x) {
    const size = context.value('add', { a: context.value('abs', { x }), b: context.number(1) });
    return context.value('div', { a: x, b: size });
  },
};

/** Names that take alpha, and beta: the lists of the node hold numbers for these only, in their order. */
const withAlpha = new Set(['affine', 'leakyrelu', 'thresholdedrelu', 'scaledtanh', 'hardsigmoid', 'elu']);
const withBeta = new Set(['affine', 'scaledtanh', 'hardsigmoid']);

/** One list for each direction, of as many as a direction has. */
export function activationsOf(context: ReadContext, defaults: readonly string[], directions: number): Activation[][] {
  const names = context.texts('activations') ?? Array.from({ length: directions }, () => defaults).flat();
  if (names.length !== defaults.length * directions) context.fail(`${names.length} activations`);
  const alphas = [...(context.floats('activation_alpha') ?? [])];
  const betas = [...(context.floats('activation_beta') ?? [])];
  const all = names.map((given) => {
    const name = given.toLowerCase();
    if (!emitters[name]) context.fail(`the activation ${given} is not supported`);
    const alpha = withAlpha.has(name) ? alphas.shift() : undefined;
    return { name, alpha, beta: withBeta.has(name) ? betas.shift() : undefined };
  });
  return Array.from({ length: directions }, (_, i) => all.slice(i * defaults.length, (i + 1) * defaults.length));
}

/** The activation of `x`, as nodes of ours. */
export function activate(context: ReadContext, x: Wire, activation: Activation): Wire {
  const emit = emitters[activation.name] as Emit;
  return emit(context, x, activation);
}
