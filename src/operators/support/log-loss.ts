// −Σ q·ln p over classes, for cross_entropy and nll_loss. q is what the target says: 1 − ε at the class number, spread over
// all classes by ε (label smoothing), times the class's weight; or given probabilities. Examples whose class number is
// ignore_index count nothing; a class number that does not exist makes the loss NaN. A mean divides by the sum of the
// weights of the class numbers (PyTorch), with probabilities by the number of examples.
import { insertAxis, type Operand, type Ref } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import type { Explanation, Term } from '../../program/explanation.ts';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import { exponential } from '../../tensor/elementary.ts';
import { numel, type Shape } from '../../tensor/shape.ts';
import type { GradientStory, ReferenceTensor } from '../define-operator.ts';
import {
  alongScores,
  classAxis,
  forEachExample,
  hasClassNumbers,
  notANumber,
  outside,
  perClass,
  scoreIndex,
} from './class-loss.ts';
import { explainSum, factorOf, say } from './explain.ts';
import { lossReference, type Reduction } from './loss.ts';

export interface LogLossOptions {
  readonly reduction: Reduction;
  readonly ignore_index: number;
  /** ε */
  readonly label_smoothing: number;
}

interface Given<T> {
  readonly target: T;
  readonly weight: T | undefined;
}

/** The class dimension, what the target says, and how: without smoothing where an operator has none. */
export function logLossSetup<T extends { readonly shape: Shape }>({
  inputs: { x, target, weight },
  attributes,
}: {
  readonly inputs: Given<T> & { readonly x: T };
  readonly attributes: Omit<LogLossOptions, 'label_smoothing'> & {
    readonly dim: number;
    readonly label_smoothing?: number;
  };
}): { readonly axis: number; readonly given: Given<T>; readonly options: LogLossOptions } {
  const axis = classAxis(attributes.dim, x.shape.length) as number;
  return { axis, given: { target, weight }, options: { label_smoothing: 0, ...attributes } };
}

interface Lines {
  readonly target: Line;
  readonly weight: Line | undefined;
}

/** Target and weight as operands beside the scores, and their lines among a pass's inputs. */
function operandsOf({ target, weight }: Given<Ref>, scores: Shape, axis: number): Operand[] {
  return [alongScores(target, scores, axis), ...(weight ? [perClass(weight, scores, axis)] : [])];
}

interface Rule {
  readonly axis: number;
  readonly classes: number;
  readonly numbers: boolean;
  readonly options: LogLossOptions;
}

function ruleOf(target: { readonly shape: Shape }, scores: Shape, axis: number, options: LogLossOptions): Rule {
  return { axis, classes: scores[axis] as number, numbers: hasClassNumbers(target, scores), options };
}

/** `line` where the example counts, 0 where it is ignored, NaN where its class number does not exist. */
function whereCounted(e: ExpressionBuilder, { classes, numbers, options }: Rule, target: Line, line: Line): Line {
  if (!numbers) return line;
  const checked = e.select(outside(e, target, classes), notANumber(e), line);
  return e.select(e.eq(target, e.constant(options.ignore_index)), e.constant(0), checked);
}

/** q without weight: what the target says of the class at this coordinate. */
function share(e: ExpressionBuilder, { axis, classes, numbers, options }: Rule, target: Line): Line {
  const own = numbers ? e.eq(e.coordinate(axis), target) : target;
  const smoothing = options.label_smoothing;
  if (smoothing === 0) return own;
  return e.add(e.mul(own, e.constant(1 - smoothing)), e.constant(smoothing / classes));
}

function weighted(e: ExpressionBuilder, line: Line, weight: Line | undefined): Line {
  return weight === undefined ? line : e.mul(line, weight);
}

/** −q·ln p at one class; a class without share adds 0 even where ln p is −∞. */
function lossLine(e: ExpressionBuilder, rule: Rule, logP: Line, { target, weight }: Lines): Line {
  const part = share(e, rule, target);
  const loss = e.neg(weighted(e, e.mul(part, logP), weight));
  return whereCounted(e, rule, target, e.select(e.eq(part, e.constant(0)), e.constant(0), loss));
}

/** The loss, and what a mean divided by (a scalar; absent where it is a plain number). */
export function logLossForward(
  emit: Emitter,
  logP: Ref,
  given: Given<Ref>,
  axis: number,
  options: LogLossOptions,
): { y: Ref; divisor?: Ref } {
  const scores = logP.shape;
  const rule = ruleOf(given.target, scores, axis, options);
  const operands = [logP, ...operandsOf(given, scores, axis)];
  const loss = (e: ExpressionBuilder, p: Line, target: Line, weight?: Line) => lossLine(e, rule, p, { target, weight });
  const all = [...scores.keys()];
  if (options.reduction === 'none') return { y: emit.reduce(operands, { axes: [axis], value: loss }) };
  if (options.reduction === 'sum') return { y: emit.reduce(operands, { axes: all, value: loss }) };
  if (!rule.numbers) {
    const examples = numel(scores) / rule.classes;
    return {
      y: emit.reduce(operands, { axes: all, value: loss, finish: (e, sum) => e.div(sum, e.constant(examples)) }),
    };
  }
  const [total, divisor] = emit.reduceMany(operands, {
    axes: all,
    values: (e, p, target, weight) => {
      const own = e.eq(e.coordinate(axis), target as Line);
      const counts = e.select(e.eq(target as Line, e.constant(options.ignore_index)), e.constant(0), own);
      return [loss(e, p as Line, target as Line, weight), weighted(e, counts, weight)];
    },
  }) as [Ref, Ref];
  return { y: emit.map([total, divisor], (e, sum, count) => e.div(sum, count)), divisor };
}

export interface LogLossBackward {
  readonly logP: Ref;
  readonly given: Given<Ref>;
  readonly axis: number;
  readonly options: LogLossOptions;
  readonly dy: Ref;
  readonly divisor: Ref | undefined;
}

/** dy as it broadcasts against the scores, and what divides it. */
function upstreamOf({ logP, dy, axis, options, divisor }: LogLossBackward): {
  operands: Operand[];
  line: (e: ExpressionBuilder, dy: Line, divisor?: Line) => Line;
} {
  if (options.reduction === 'none') return { operands: [insertAxis(dy, axis)], line: (_, d) => d };
  if (options.reduction === 'sum') return { operands: [dy], line: (_, d) => d };
  if (divisor) return { operands: [dy, divisor], line: (e, d, count) => e.div(d, count as Line) };
  const examples = numel(logP.shape) / (logP.shape[axis] as number);
  return { operands: [dy], line: (e, d) => e.div(d, e.constant(examples)) };
}

/** ∂loss/∂x where ln p = log_softmax(x): (p·Σq − q)·dy. */
export function logSoftmaxLossGradient(emit: Emitter, backward: LogLossBackward): Ref {
  const { logP, given, axis, options } = backward;
  const rule = ruleOf(given.target, logP.shape, axis, options);
  const operands = operandsOf(given, logP.shape, axis);
  const { operands: up, line } = upstreamOf(backward);
  const hasWeight = given.weight !== undefined;
  const q = (e: ExpressionBuilder, target: Line, weight?: Line) => weighted(e, share(e, rule, target), weight);
  // Class numbers without weights: Σq is 1.
  const sum = rule.numbers && !hasWeight ? [] : [emit.reduce(operands, { axes: [axis], keepdim: true, value: q })];
  return emit.map([logP, ...operands, ...sum, ...up], (e, p, target, ...rest) => {
    const weight = hasWeight ? rest.shift() : undefined;
    const probability = e.exp(p as Line);
    const pull = sum.length > 0 ? e.mul(probability, rest.shift() as Line) : probability;
    const slope = e.sub(pull, q(e, target as Line, weight));
    return whereCounted(e, rule, target as Line, e.mul(slope, line(e, rest[0] as Line, rest[1])));
  });
}

/** ∂loss/∂(ln p) = −q·dy */
export function logLossGradient(emit: Emitter, backward: LogLossBackward): Ref {
  const { logP, given, axis, options } = backward;
  const rule = ruleOf(given.target, logP.shape, axis, options);
  const { operands: up, line } = upstreamOf(backward);
  const hasWeight = given.weight !== undefined;
  const operands = [...operandsOf(given, logP.shape, axis), ...up];
  const slope = (e: ExpressionBuilder, target: Line, ...rest: Line[]) => {
    const q = weighted(e, share(e, rule, target), hasWeight ? rest.shift() : undefined);
    return whereCounted(e, rule, target, e.neg(e.mul(q, line(e, rest[0] as Line, rest[1]))));
  };
  return emit.map(operands, slope, { shape: logP.shape });
}

/** ∂loss/∂(probabilities given as target) = −(1 − ε)·w·ln p·dy */
export function targetGradient(emit: Emitter, backward: LogLossBackward): Ref {
  const { logP, given, axis, options } = backward;
  const { operands: up, line } = upstreamOf(backward);
  const weight = given.weight ? [perClass(given.weight, logP.shape, axis)] : [];
  return emit.map([logP, ...weight, ...up], (e, p, ...rest) => {
    const own = weighted(e, p as Line, given.weight ? rest.shift() : undefined);
    return e.mul(e.mul(own, e.constant(options.label_smoothing - 1)), line(e, rest[0] as Line, rest[1]));
  });
}

interface Example {
  readonly loss: number;
  /** Its part of what a mean divides by. */
  readonly count: number;
}

function exampleReference(
  logP: Float64Array,
  scores: Shape,
  axis: number,
  given: Given<ReferenceTensor>,
  options: LogLossOptions,
): Example[] {
  const classes = scores[axis] as number;
  const numbers = hasClassNumbers(given.target, scores);
  const weightOf = (k: number) => given.weight?.data[k] ?? 1;
  const examples: Example[] = [];
  forEachExample(scores, axis, (i, at) => {
    const label = numbers ? (given.target.data[i] as number) : -1;
    if (numbers && label === options.ignore_index) {
      examples[i] = { loss: 0, count: 0 };
      return;
    }
    let loss = numbers && !(label >= 0 && label < classes) ? Number.NaN : 0;
    for (let k = 0; k < classes; k++) {
      const own = numbers ? Number(k === label) : (given.target.data[at(k)] as number);
      const q = (1 - options.label_smoothing) * own + options.label_smoothing / classes;
      if (q !== 0) loss -= weightOf(k) * q * (logP[at(k)] as number);
    }
    examples[i] = { loss, count: numbers ? weightOf(label) : 1 };
  });
  return examples;
}

/** The reduced loss in float64, from ln p in the shape of the scores. */
export function logLossReference(
  logP: Float64Array,
  scores: Shape,
  axis: number,
  given: Given<ReferenceTensor>,
  options: LogLossOptions,
): Float64Array {
  const examples = exampleReference(logP, scores, axis, given, options);
  const count = examples.reduce((sum, example) => sum + example.count, 0);
  return lossReference(
    Float64Array.from(examples, ({ loss }) => loss),
    options.reduction,
    count,
  );
}

/** One element of ∂loss/∂x where ln p = log_softmax(x): p, y (what the target says) and what a mean divides by. */
export function tellLogSoftmaxGradient(
  {
    logP,
    x,
    axis,
    given,
    options,
    dy,
  }: {
    logP: Float64Array;
    x: ReferenceTensor;
    axis: number;
    given: Given<ReferenceTensor>;
    options: LogLossOptions;
    dy: ReferenceTensor;
  },
  index: number,
): GradientStory | null {
  const classes = x.shape[axis] as number;
  const numbers = hasClassNumbers(given.target, x.shape);
  const examples = exampleReference(logP, x.shape, axis, given, options);
  let found: GradientStory | null = null;
  forEachExample(x.shape, axis, (i, at) => {
    const own = Array.from({ length: classes }, (_, k) => at(k)).indexOf(index);
    const label = numbers ? (given.target.data[i] as number) : -1;
    if (own < 0 || (numbers && label === options.ignore_index)) return;
    const says = (k: number): number => {
      const said = numbers ? Number(k === label) : (given.target.data[at(k)] as number);
      return (given.weight?.data[k] ?? 1) * ((1 - options.label_smoothing) * said + options.label_smoothing / classes);
    };
    let all = 0;
    for (let k = 0; k < classes; k++) all += says(k);
    const [p, y] = [exponential(logP[index] as number), says(own)];
    const count = options.reduction === 'mean' ? examples.reduce((sum, example) => sum + example.count, 0) : 1;
    const d = dy.data[options.reduction === 'none' ? i : 0] as number;
    const result = ((p * all - y) * d) / count;
    const whole = Math.abs(all - 1) < 1e-12;
    const over = options.reduction === 'mean' ? [' / N', ` / ${say(count)}`] : ['', ''];
    const times = d === 1 ? ['', ''] : [' · ∂L/∂y', ` · ${say(d)}`];
    const names = `(p${whole ? '' : '·Σy'} − y)${times[0]}${over[0]}`;
    const filled = `(${say(p)}${whole ? '' : `·${say(all)}`} − ${say(y)})${times[1]}${over[1]}`;
    found = {
      text: `${names} = ${filled} = ${say(result)}`,
      parts: [
        { label: 'p = softmax(x)', value: p },
        { label: numbers ? `y (the target is class ${label}, this is ${own})` : 'y', value: y },
        { label: 'p − y', value: p * all - y },
        ...(options.reduction === 'mean' ? [{ label: 'N', value: count }] : []),
      ],
    };
  });
  return found;
}

/** Terms are examples: each one's loss, over the count for a mean. */
export function explainLogLoss(
  {
    logP,
    x,
    axis,
    given,
    options,
  }: { logP: Float64Array; x: ReferenceTensor; axis: number; given: Given<ReferenceTensor>; options: LogLossOptions },
  index: number,
): Explanation {
  const examples = exampleReference(logP, x.shape, axis, given, options);
  const classes = x.shape[axis] as number;
  const numbers = hasClassNumbers(given.target, x.shape);
  const count = options.reduction === 'mean' ? examples.reduce((sum, example) => sum + example.count, 0) : 1;
  const termOf = ({ loss }: Example, i: number): Term => {
    const row = Array.from({ length: classes }, (_, k) => scoreIndex(x.shape, axis, i, k));
    const targets = numbers
      ? [factorOf('target', given.target, i)]
      : row.map((k) => factorOf('target', given.target, k));
    const scores = row.map((k) => factorOf('x', x, k));
    return { value: loss / count, factors: [...scores, ...targets], label: `example ${i}: ${say(loss)}` };
  };
  if (options.reduction === 'none')
    return explainSum([termOf(examples[index] as Example, index)], `loss of example ${index}`);
  const text =
    options.reduction === 'mean'
      ? `Σ loss / ${say(count)} over ${examples.length} examples`
      : `Σ loss over ${examples.length} examples`;
  return explainSum(examples.map(termOf), text);
}
