// Adagrad, Adam and Momentum of ai.onnx.preview.training: each tensor's update as arithmetic. Inputs are R, T, then all
// tensors, all gradients and all slots; outputs all new tensors, then all new slots.
import type { OnnxForm } from '../../onnx-form.ts';
import type { ReadContext, Wire } from '../../reading/read-context.ts';

const domain = 'ai.onnx.preview.training';

interface Words {
  readonly add: (a: Wire, b: Wire) => Wire;
  readonly sub: (a: Wire, b: Wire) => Wire;
  readonly mul: (a: Wire, b: Wire) => Wire;
  readonly div: (a: Wire, b: Wire) => Wire;
  readonly pow: (a: Wire, b: Wire) => Wire;
  readonly sqrt: (x: Wire) => Wire;
  readonly number: (value: number) => Wire;
  /** `a` after the first update, `b` at it. */
  readonly later: (a: Wire, b: Wire) => Wire;
}

/** One tensor with its gradient and slots → the new tensor and the new slots. */
type Update = (words: Words, given: { x: Wire; g: Wire; slots: readonly Wire[]; rate: Wire; count: Wire }) => Wire[];

function readUpdates(context: ReadContext, slots: number, update: Update): void {
  const each = 2 + slots;
  const tensors = (context.inputCount - 2) / each;
  if (!Number.isInteger(tensors) || tensors < 1) context.fail(`${context.inputCount} inputs`);
  const binary = (op: string) => (a: Wire, b: Wire) => context.value(op, { a, b });
  const rate = scalar(context, 0);
  const count = scalar(context, 1);
  const first = context.value('less_equal', { a: count, b: context.number(0) });
  const words: Words = {
    add: binary('add'),
    sub: binary('sub'),
    mul: binary('mul'),
    div: binary('div'),
    pow: binary('pow'),
    sqrt: (x) => context.value('sqrt', { x }),
    number: (value) => context.number(value),
    later: (a, b) => context.value('where', { condition: first, a: b, b: a }),
  };
  for (let i = 0; i < tensors; i++) {
    const group = Array.from({ length: each }, (_, k) => context.wire(2 + k * tensors + i)) as [Wire, Wire, ...Wire[]];
    const [x, g, ...own] = group;
    const results = update(words, { x, g, slots: own, rate, count });
    for (const [k, wire] of results.entries()) context.give(k * tensors + i, wire);
  }
}

/** R and T as float32 scalars. */
function scalar(context: ReadContext, input: number): Wire {
  const wire = context.wire(input);
  const real =
    context.type(input).dtype === 'float32' ? wire : context.value('cast', { x: wire }, { dtype: 'float32' });
  return context.rank(input) === 0 ? real : context.value('reshape', { x: real }, { shape: [] });
}

/** The gradient with that of norm_coefficient/2·x². */
function regularized({ add, mul, number }: Words, x: Wire, g: Wire, coefficient: number): Wire {
  return coefficient === 0 ? g : add(mul(number(coefficient), x), g);
}

export const adagradForm: OnnxForm = {
  op: 'Adagrad',
  domain,
  read(context) {
    const decay = context.float('decay_factor', 0);
    const epsilon = context.float('epsilon', 0);
    const norm = context.float('norm_coefficient', 0);
    readUpdates(context, 1, (words, { x, g, slots: [h = ''], rate, count }) => {
      const { add, sub, mul, div, sqrt, number } = words;
      const slowed = div(rate, add(number(1), mul(count, number(decay))));
      const gradient = regularized(words, x, g, norm);
      const squares = add(h, mul(gradient, gradient));
      return [sub(x, div(mul(slowed, gradient), add(sqrt(squares), number(epsilon)))), squares];
    });
  },
};

export const adamForm: OnnxForm = {
  op: 'Adam',
  domain,
  read(context) {
    const alpha = context.float('alpha', 0.9);
    const beta = context.float('beta', 0.999);
    const epsilon = context.float('epsilon', 0);
    const norm = context.float('norm_coefficient', 0);
    const post = context.float('norm_coefficient_post', 0);
    readUpdates(context, 2, (words, { x, g, slots: [v = '', h = ''], rate, count }) => {
      const { add, sub, mul, div, pow, sqrt, number, later } = words;
      const gradient = regularized(words, x, g, norm);
      const mean = add(mul(number(alpha), v), mul(number(1 - alpha), gradient));
      const squares = add(mul(number(beta), h), mul(number(1 - beta), mul(gradient, gradient)));
      const rest = (base: number) => sub(number(1), pow(number(base), count));
      // At T = 0 both are 0: the choice comes before the division.
      const correction = div(sqrt(later(rest(beta), number(1))), later(rest(alpha), number(1)));
      const step = mul(mul(rate, correction), div(mean, add(sqrt(squares), number(epsilon))));
      const moved = sub(x, step);
      return [post === 0 ? moved : mul(number(1 - post), moved), mean, squares];
    });
  },
};

export const momentumForm: OnnxForm = {
  op: 'Momentum',
  domain,
  read(context) {
    const alpha = context.float('alpha', 0);
    const beta = context.float('beta', 0);
    const norm = context.float('norm_coefficient', 0);
    const nesterov = context.text('mode', 'standard') === 'nesterov';
    readUpdates(context, 1, (words, { x, g, slots: [v = ''], rate }) => {
      const { add, sub, mul, number, later } = words;
      const gradient = regularized(words, x, g, norm);
      const velocity = add(mul(number(alpha), v), mul(later(number(beta), number(1)), gradient));
      const direction = nesterov ? add(gradient, mul(number(alpha), velocity)) : velocity;
      return [sub(x, mul(rate, direction)), velocity];
    });
  },
};
