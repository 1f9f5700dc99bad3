// Losses that compare element by element, which ONNX has no operators for: f(x, t) as arithmetic, then the reduction.
import { type Arithmetic, arithmetic, inOrder, reduce } from '../arithmetic.ts';
import type { OnnxInput, WriteContext, WriteForm } from '../write-context.ts';

/** Ends a loss: one number for all, or what each element gave. */
function reduced(context: WriteContext, losses: OnnxInput, reduction: unknown): void {
  if (reduction === 'none') context.result('Identity', [losses]);
  else reduce(context, reduction === 'sum' ? 'ReduceSum' : 'ReduceMean', losses, { port: 'y' });
}

type Pair = (a: Arithmetic, x: OnnxInput, target: OnnxInput, context: WriteContext) => string;

function pairLoss(each: Pair): WriteForm {
  return (context) => {
    const { x, target, weight } = context.inputs;
    const a = arithmetic(context);
    const losses = each(a, x, target, context);
    reduced(context, weight ? a.mul(losses, weight) : losses, context.attributes['reduction']);
  };
}

/** d²/2 below the limit; the line that continues it above. `scale` multiplies both. */
function bent(a: Arithmetic, distance: string, limit: number, [square, line]: readonly [number, number]): string {
  const below = a.mul(a.mul(distance, distance), a.number(square));
  const above = a.mul(a.sub(distance, a.number(limit / 2)), a.number(line));
  return a.where(a.less(distance, a.number(limit)), below, above);
}

export const pairLosses: Readonly<Record<string, WriteForm>> = {
  l1_loss: pairLoss((a, x, target) => a.abs(a.sub(x, target))),
  mse_loss: pairLoss((a, x, target) => {
    const difference = a.sub(x, target);
    return a.mul(difference, difference);
  }),
  huber_loss: pairLoss((a, x, target, { attributes }) => {
    const delta = attributes['delta'] as number;
    return bent(a, a.abs(a.sub(x, target)), delta, [0.5, delta]);
  }),
  smooth_l1_loss: pairLoss((a, x, target, { attributes }) => {
    const beta = attributes['beta'] as number;
    return bent(a, a.abs(a.sub(x, target)), beta, [0.5 / beta, 1]);
  }),
  binary_cross_entropy: pairLoss((a, x, target) => {
    const logarithm = (p: OnnxInput) => a.max(a.log(p), a.number(-100));
    const rest = (p: OnnxInput) => a.sub(a.number(1), p);
    return a.neg(a.add(a.mul(target, logarithm(x)), a.mul(rest(target), logarithm(rest(x)))));
  }),
  binary_cross_entropy_with_logits: pairLoss((a, x, target, context) => {
    const weight = context.inputs['pos_weight'];
    const softplus = context.value('Softplus', [a.neg(x)]);
    const pulled = weight ? a.mul(a.add(a.mul(a.sub(weight, a.number(1)), target), a.number(1)), softplus) : softplus;
    return a.add(a.mul(a.sub(a.number(1), target), x), pulled);
  }),
  kl_div(context) {
    const { x, target } = context.inputs;
    const a = arithmetic(context);
    const { reduction, log_target: logs } = context.attributes;
    const zero = a.number(0);
    const divergence = () => {
      if (logs) return a.mul(a.exp(target), a.sub(target, x));
      const none = a.equal(target, zero);
      const safe = a.where(none, a.number(1), target);
      return a.where(none, zero, a.mul(target, a.sub(a.log(safe), x)));
    };
    const losses = divergence();
    if (reduction !== 'batchmean') {
      reduced(context, losses, reduction);
      return;
    }
    const rank = x?.shape.length ?? 0;
    const rest = Array.from({ length: Math.max(0, rank - 1) }, (_, i) => i + 1);
    const sums = rest.length > 0 ? reduce(context, 'ReduceSum', losses, { axes: rest }) : losses;
    reduce(context, 'ReduceMean', sums, { port: 'y' });
  },
  l1_penalty: (context) => context.result('Identity', [penalty(context, 'ReduceL1', 'weight')]),
  l2_penalty: (context) => context.result('Identity', [penalty(context, 'ReduceSumSquare', 'weight')]),
  elastic_net_penalty: (context) =>
    context.result('Add', [penalty(context, 'ReduceL1', 'l1'), penalty(context, 'ReduceSumSquare', 'l2')]),
};

/** Of all tensors wired, times the attribute `strength`. */
function penalty(context: WriteContext, op: string, strength: string): string {
  const a = arithmetic(context);
  const sums = inOrder(context.inputs, 'x').map((x) => reduce(context, op, x));
  const total = sums.reduce((left, right) => a.add(left, right));
  return a.mul(total, a.number(context.attributes[strength] as number));
}
