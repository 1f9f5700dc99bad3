// Losses over classes beyond what ONNX's two operators cover: label smoothing, probabilities as targets, the hinge. The
// class dimension is brought to place 1 first, where ONNX has it; one example becomes a batch of one.
import { arithmetic, reduce, reshape, unsqueeze } from '../arithmetic.ts';
import {
  int,
  ints,
  type OnnxInput,
  type OnnxValue,
  text,
  type WriteContext,
  type WriteForm,
} from '../write-context.ts';

interface Scores {
  /** [N, C, …] */
  readonly x: OnnxInput;
  /** [N, …], or as x where it holds probabilities. */
  readonly target: OnnxInput;
  readonly rank: number;
  readonly classes: number;
  readonly probabilities: boolean;
}

function scoresOf(context: WriteContext): Scores {
  const [x, target] = [context.inputs['x'], context.inputs['target']] as [OnnxValue, OnnxValue];
  const rank = x.shape.length;
  const probabilities = target.shape.length === rank;
  if (rank === 1) {
    return {
      x: unsqueeze(context, x, [0]),
      target: unsqueeze(context, target, [0]),
      rank: 2,
      classes: x.shape[0] as number,
      probabilities,
    };
  }
  const dim = context.attributes['dim'] as number;
  const axis = dim < 0 ? dim + rank : dim;
  const classes = x.shape[axis] as number;
  if (axis === 1) return { x, target, rank, classes, probabilities };
  const others = [...x.shape.keys()].filter((each) => each !== axis);
  const perm = { perm: ints([others[0] as number, axis, ...others.slice(1)]) };
  return {
    x: context.value('Transpose', [x], perm),
    target: probabilities ? context.value('Transpose', [target], perm) : target,
    rank,
    classes,
    probabilities,
  };
}

/** Gives y from losses [N, …]; a single example's batch of one is taken off again. */
function finish(context: WriteContext, losses: OnnxInput, reduction: unknown): void {
  if (reduction === 'none') single(context, losses);
  else reduce(context, reduction === 'sum' ? 'ReduceSum' : 'ReduceMean', losses, { port: 'y' });
}

function single(context: WriteContext, losses: OnnxInput): void {
  const y = context.outputs['y'] as OnnxValue;
  if (y.shape.length === 0) reshape(context, losses, [1], [], y.name);
  else context.result('Identity', [losses]);
}

/** ONNX's own operator where its rules are ours. */
function native(context: WriteContext, op: string, scores: Scores): void {
  const { reduction, ignore_index: ignored } = context.attributes;
  const attributes = { reduction: text(reduction as string), ignore_index: int(ignored as number) };
  const inputs = [scores.x, scores.target, context.inputs['weight']];
  const alone = (context.inputs['x'] as OnnxValue).shape.length === 1 && reduction === 'none';
  if (alone) single(context, context.value(op, inputs, attributes));
  else context.result(op, inputs, attributes);
}

/** [1, C, 1, …] */
function perClass(context: WriteContext, weight: OnnxInput, rank: number): string {
  const shape = Array.from({ length: rank }, (_, axis) => (axis === 1 ? -1 : 1));
  return context.value('Reshape', [weight, context.int64(shape)]);
}

const crossEntropy: WriteForm = (context) => {
  const scores = scoresOf(context);
  const { label_smoothing: given, reduction, ignore_index: ignored } = context.attributes;
  const smoothing = given as number;
  if (!scores.probabilities && smoothing === 0) {
    native(context, 'SoftmaxCrossEntropyLoss', scores);
    return;
  }
  const a = arithmetic(context);
  const { classes, rank, probabilities, target } = scores;
  const numbers = Array.from({ length: classes }, (_, k) => k);
  const own = probabilities
    ? target
    : a.real(
        a.equal(
          context.value('Cast', [unsqueeze(context, target, [1])], { to: int(7) }),
          perClass(context, context.int64(numbers), rank),
        ),
      );
  const smoothed = smoothing === 0 ? own : a.add(a.mul(own, a.number(1 - smoothing)), a.number(smoothing / classes));
  const logP = context.value('LogSoftmax', [scores.x], { axis: int(1) });
  const weight = context.inputs['weight'] && perClass(context, context.inputs['weight'], rank);
  const weighted = (values: OnnxInput) => (weight === undefined ? values : a.mul(values, weight));
  const zero = a.number(0);
  const terms = a.where(a.equal(smoothed, zero), zero, weighted(a.mul(smoothed, logP)));
  const losses = a.neg(reduce(context, 'ReduceSum', terms, { axes: [1] }));
  if (probabilities) {
    finish(context, losses, reduction);
    return;
  }
  const counts = a.not(a.equal(context.value('Cast', [target], { to: int(7) }), context.int64(ignored as number)));
  const counted = a.where(counts, losses, zero);
  if (reduction !== 'mean') {
    finish(context, counted, reduction);
    return;
  }
  const shares = a.where(counts, reduce(context, 'ReduceSum', weighted(own), { axes: [1] }), zero);
  context.result('Div', [reduce(context, 'ReduceSum', counted), reduce(context, 'ReduceSum', shares)]);
};

const hinge: WriteForm = (context) => {
  const { x, target } = scoresOf(context);
  const a = arithmetic(context);
  const {
    margin,
    reduction,
    ignore_index: ignored,
  } = context.attributes as {
    readonly margin: number;
    readonly reduction: string;
    readonly ignore_index: number;
  };
  const labels = context.value('Cast', [target], { to: int(7) });
  const counts = a.not(a.equal(labels, context.int64(ignored)));
  const existing = a.where(counts, labels, context.int64(0));
  const right = context.value('GatherElements', [x, unsqueeze(context, existing, [1])], { axis: int(1) });
  const violations = context.value('Relu', [a.add(a.sub(x, right), a.number(margin))]);
  // The right class itself is in the sum with its margin.
  const sums = a.sub(reduce(context, 'ReduceSum', violations, { axes: [1] }), a.number(Math.max(0, margin)));
  const { weight } = context.inputs;
  const weighed = weight ? a.mul(sums, context.value('Gather', [weight, existing])) : sums;
  const losses = a.where(counts, weighed, a.number(0));
  if (reduction === 'mean') {
    context.result('Div', [reduce(context, 'ReduceSum', losses), reduce(context, 'ReduceSum', a.real(counts))]);
  } else finish(context, losses, reduction);
};

export const classLosses: Readonly<Record<string, WriteForm>> = {
  cross_entropy: crossEntropy,
  nll_loss: (context) => native(context, 'NegativeLogLikelihoodLoss', scoresOf(context)),
  multiclass_hinge: hinge,
};
