// What made a gradient smaller or larger at one node, measured on the numbers. The operator says where to look (`gradientFlow`);
// where it says nothing, slopes and sizes speak for themselves.
import type { Instance } from '../../compiler/network.ts';
import type { GradientFlow } from '../../operators/define-operator.ts';
import type { NumericArray } from '../../tensor/dtype.ts';
import { formatNumber } from '../../tensor/number-text.ts';
import { numel, type Shape } from '../../tensor/shape.ts';
import { cotangentsOf, type ExplainSource, type PlanNumbers } from './source.ts';
import { unitsOf } from './units.ts';

export interface GradientCause {
  readonly kind:
    | 'dead'
    | 'saturated'
    | 'weights'
    | 'averaging'
    | 'selection'
    | 'normalization'
    | 'mask'
    | 'slope'
    | 'sum'
    | 'branch'
    | 'passes'
    | 'nothing'
    | 'broken';
  /** With its numbers: `78 % of the elements are off`. */
  readonly text: string;
}

export interface NodePassage {
  readonly instance: Instance;
  readonly port: string;
  readonly output: string;
  /** Indices of ∂L/∂output and of what comes out at the port. */
  readonly gradient: number;
  readonly share: number;
  readonly fromNorm: number;
  readonly toNorm: number;
}

/** Slopes below this count as saturated. */
const flat = 0.05;

/** Why the norm changed from the gradient of a node's output to the share that goes back from it. */
export function causeOf(source: ExplainSource, numbers: PlanNumbers, passage: NodePassage): GradientCause {
  const { instance, port, gradient, share, fromNorm, toNorm } = passage;
  if (gradient === share) return { kind: 'passes', text: 'passes it on unchanged' };
  const plain = plainCause(fromNorm, toNorm);
  if (plain) return plain;
  const [dy, dx] = [numbers.read(gradient), numbers.read(share)];
  const [from, to] = [source.valueOf(gradient).shape, source.valueOf(share).shape];
  const { operator } = instance;
  const isParameter = Object.hasOwn(operator.parameters, port);
  const flow: GradientFlow | undefined = isParameter ? undefined : operator.gradientFlow;
  switch (flow) {
    case 'rectifies':
      return dead(dy, dx, to);
    case 'saturates':
      return operator.traits.elementwise ? saturated(dy, dx) : squashed(fromNorm, toNorm);
    case 'weighs':
      return weights(source, numbers, passage);
    case 'averages':
      return averaging(dy, dx);
    case 'selects':
      return {
        kind: 'selection',
        text: `only the winners get it: ${percent(shareOf(dx, (x) => x !== 0))} of the elements`,
      };
    case 'normalizes':
      return {
        kind: 'normalization',
        text: `scaled to unit spread: slopes of about ${formatNumber(rms(dx) / (rms(dy) || 1))}, without the parts along mean and spread`,
      };
    case 'masks':
      return { kind: 'mask', text: `${percent(1 - keptShare(dy, dx))} of the elements are dropped` };
    default:
  }
  if (isParameter) return intoParameter(source, numbers, passage, from, to);
  if (operator.traits.loss && dy.length === 1) return scored(source, numbers, passage, dy, dx);
  if (dy.length === dx.length && operator.traits.elementwise) return slopes(dy, dx);
  if (operator.traits.view) return moved(source, numbers, passage);
  return sizes(dy, dx);
}

/** What needs no look at the node: nothing arrives, or what is no number. */
function plainCause(fromNorm: number, toNorm: number): GradientCause | null {
  if (fromNorm === 0) return { kind: 'nothing', text: 'nothing arrives' };
  if (!Number.isFinite(fromNorm)) return { kind: 'broken', text: 'NaN or infinity arrives' };
  if (!Number.isFinite(toNorm)) return { kind: 'broken', text: 'NaN or infinity begins here' };
  return null;
}

/** Where several gradients meet: what the largest is to the sum. */
export function meetingCause(
  shares: readonly { readonly name: string; readonly norm: number }[],
  total: number,
): GradientCause {
  const plain = plainCause(shares[0]?.norm ?? 0, total);
  if (plain) return plain;
  const all = shares.reduce((sum, share) => sum + share.norm, 0);
  const largest = shares[0]?.norm ?? 0;
  const part = all === 0 ? 0 : largest / all;
  const cancels = all > 0 && total < 0.5 * largest ? '; they cancel for the most part' : '';
  return {
    kind: 'branch',
    text: `${shares.length} gradients meet, the largest with ${percent(part)} of their sizes${cancels}`,
  };
}

/** Where nothing is cut off (a leaky rectifier), its slopes tell. */
function dead(dy: NumericArray, dx: NumericArray, shape: Shape): GradientCause {
  const off = 1 - keptShare(dy, dx);
  if (off === 0) {
    const { mean, low } = slopesOf(dy, dx);
    return { kind: 'slope', text: `mean slope ${formatNumber(mean)}; ${percent(low)} of it below ${flat}` };
  }
  const text = `${percent(off)} of what arrives falls on units that are off`;
  const { count, inner } = unitsOf(shape);
  if (count < 2 || dy.length !== dx.length) return { kind: 'dead', text };
  // A unit that nothing arrives at may well be on.
  const [reached, alive] = [new Set<number>(), new Set<number>()];
  dy.forEach((d, i) => {
    if (d === 0) return;
    const unit = Math.floor(i / inner) % count;
    reached.add(unit);
    if (dx[i] !== 0) alive.add(unit);
  });
  const gone = reached.size - alive.size;
  return { kind: 'dead', text: gone === 0 ? text : `${text}; ${gone} of ${count} units are off for every example` };
}

/** Of the elements with dy ≠ 0: the mean |dx / dy|, and the share of those that are flat. */
function slopesOf(dy: NumericArray, dx: NumericArray): { readonly mean: number; readonly low: number } {
  let [sum, low, count] = [0, 0, 0];
  dy.forEach((d, i) => {
    if (d === 0) return;
    const slope = Math.abs((dx[i] as number) / d);
    sum += slope;
    if (slope < flat) low++;
    count++;
  });
  return count === 0 ? { mean: 0, low: 0 } : { mean: sum / count, low: low / count };
}

function saturated(dy: NumericArray, dx: NumericArray): GradientCause {
  const { mean, low } = slopesOf(dy, dx);
  return {
    kind: low > 0.25 ? 'saturated' : 'slope',
    text: `mean slope ${formatNumber(mean)}; ${percent(low)} of the elements are saturated (slope below ${flat})`,
  };
}

/** A curve whose elements hang together (softmax): no element has a slope of its own. */
function squashed(fromNorm: number, toNorm: number): GradientCause {
  const factor = toNorm / fromNorm;
  const text = `passes on ${formatNumber(factor)} of the norm`;
  return factor < flat ? { kind: 'saturated', text: `saturated: ${text}` } : { kind: 'slope', text };
}

/** A loss: what its mean divides by, and how steep it is besides. */
function scored(
  source: ExplainSource,
  numbers: PlanNumbers,
  { instance, port }: NodePassage,
  dy: NumericArray,
  dx: NumericArray,
): GradientCause {
  const { reduction, dim, ignore_index: ignored } = instance.attributes;
  const [x, target] = [source.atPort(instance, 'x'), source.atPort(instance, 'target')];
  if ((reduction !== 'mean' && reduction !== 'batchmean') || x === undefined || target === undefined)
    return sizes(dy, dx);
  const [shape, given] = [source.valueOf(x).shape, source.valueOf(target)];
  let count = reduction === 'batchmean' ? (shape[0] ?? 1) : numel(given.shape);
  if (given.dtype === 'int32') {
    count = 0;
    for (const label of numbers.read(target)) if (label !== ignored) count++;
  } else if (typeof dim === 'number') {
    // Probabilities: one result for all classes.
    count /= shape[shape.length === 1 ? 0 : dim < 0 ? dim + shape.length : dim] ?? 1;
  }
  if (count < 2) return sizes(dy, dx);
  if (source.atPort(instance, 'weight') !== undefined)
    return { kind: 'averaging', text: `a weighted mean over ${count} results; ${sizes(dy, dx).text}` };
  const slope = (rms(dx) / (rms(dy) || 1)) * count;
  const of = port === 'target' ? 'the target' : 'the prediction';
  return {
    kind: 'averaging',
    text: `a mean over ${count} results: each counts 1/${count}; beside that its slope by ${of} is about ${formatNumber(slope)} (rms)`,
  };
}

/** What only moves numbers: all of them, one port's part, copies that are added, or parts that come together. */
function moved(source: ExplainSource, numbers: PlanNumbers, passage: NodePassage): GradientCause {
  const { instance, fromNorm, toNorm, gradient, share } = passage;
  const factor = toNorm / fromNorm;
  if (Math.abs(factor - 1) < 1e-6) return { kind: 'passes', text: 'moves it, without changing it' };
  const given = [...cotangentsOf(source, instance).values()];
  if (given.length > 1) {
    const arrived = given.filter((each) => numbers.read(each.gradient).some((d) => d !== 0)).length;
    return { kind: 'branch', text: `${arrived} gradients come together here, side by side; the largest is followed` };
  }
  if (instance.inputs.size > 1)
    return { kind: 'branch', text: `one part of what arrives: ${percent(factor)} of its norm belongs to this input` };
  const copies = numbers.read(gradient).length / Math.max(1, numbers.read(share).length);
  if (copies > 1)
    return { kind: 'sum', text: `what arrives at ${formatNumber(copies)} copies of each element is added` };
  return sizes(numbers.read(gradient), numbers.read(share));
}

function slopes(dy: NumericArray, dx: NumericArray): GradientCause {
  const zero = 1 - keptShare(dy, dx);
  const mean = rms(dx) / (rms(dy) || 1);
  return {
    kind: 'slope',
    text: `slopes of about ${formatNumber(mean)}${zero > 0.01 ? `, 0 on ${percent(zero)} of the elements` : ''}`,
  };
}

function averaging(dy: NumericArray, dx: NumericArray): GradientCause {
  const times = dx.length / Math.max(1, dy.length);
  return times > 1
    ? {
        kind: 'averaging',
        text: `each result is shared out over ${formatNumber(times)} elements: they get ${formatNumber(rms(dx) / (rms(dy) || 1))} of it`,
      }
    : slopes(dy, dx);
}

function weights(source: ExplainSource, numbers: PlanNumbers, passage: NodePassage): GradientCause {
  const { instance, port, fromNorm, toNorm } = passage;
  const found = weightsOf(source, instance, port);
  if (found.length === 0) return sizes(numbers.read(passage.gradient), numbers.read(passage.share));
  const list = found.map(
    (at) => `${source.nameOf(at)} has numbers of size ${formatNumber(rms(numbers.read(at)))} (rms)`,
  );
  // Of a cell: how much of it comes as far as the sums in front of its gates.
  const sums = source.find(`grad(${instance.path}.sums)`);
  const gates = sums === undefined ? null : norm(numbers.read(sums)) / fromNorm;
  const factor = toNorm / (gates === null ? fromNorm : gates * fromNorm || 1);
  const said = `${factor < 1 ? 'small weights: ' : factor > 10 ? 'large weights: ' : 'weights: '}${list.join('; ')}`;
  if (gates === null) return { kind: 'weights', text: said };
  const away = (times: number) => (times > 0 ? Math.max(times, 1 / times) : Number.POSITIVE_INFINITY);
  return {
    kind: gates < 1 && away(gates) > away(factor) ? 'saturated' : 'weights',
    text: `its gates × ${formatNumber(gates)}, its weights × ${formatNumber(factor)}; ${said}`,
  };
}

/** What a port's gradient is multiplied with: one matrix, the other factor, or the matrices of a cell. */
function weightsOf(source: ExplainSource, instance: Instance, port: string): number[] {
  const own = Object.keys(source.instanceAt(instance.path)?.types.parameters ?? {});
  const recurrent = own.filter((name) => /^weight_[ih]h/.test(name));
  const names =
    recurrent.length === 0
      ? [Object.hasOwn(instance.operator.parameters, 'weight') ? 'weight' : port === 'a' ? 'b' : 'a']
      : recurrent.length > 2
        ? recurrent.slice(0, 2)
        : recurrent.filter((name) => isSequence(instance) || name.startsWith(port === 'x' ? 'weight_i' : 'weight_h'));
  return names.flatMap((name) => source.atPort(instance, name) ?? []);
}

/** It goes through time on its own: both of its matrices count at every step. */
function isSequence(instance: Instance): boolean {
  return Object.hasOwn(instance.operator.inputs, 'h0');
}

function intoParameter(
  source: ExplainSource,
  numbers: PlanNumbers,
  { instance }: NodePassage,
  from: Shape,
  to: Shape,
): GradientCause {
  const x = source.atPort(instance, 'x');
  const inputs =
    x === undefined ? '' : `; what arrives there has numbers of size ${formatNumber(rms(numbers.read(x)))} (rms)`;
  // Of one number for each unit it is known how many it gathers.
  const times = to.length <= 1 ? numel(from) / Math.max(1, numel(to)) : 1;
  const each = times > 1 ? ` (${formatNumber(times)} for each element)` : '';
  return { kind: 'sum', text: `gathered over the batch and all places${each}${inputs}` };
}

function sizes(dy: NumericArray, dx: NumericArray): GradientCause {
  return {
    kind: 'slope',
    text: `elements of size ${formatNumber(rms(dy))} become elements of size ${formatNumber(rms(dx))} (rms)`,
  };
}

/** Share, by count, of the elements with dy ≠ 0 that let something through. */
function keptShare(dy: NumericArray, dx: NumericArray): number {
  if (dy.length !== dx.length) return shareOf(dx, (x) => x !== 0);
  let [kept, count] = [0, 0];
  dy.forEach((d, i) => {
    if (d === 0) return;
    count++;
    if (dx[i] !== 0) kept++;
  });
  return count === 0 ? 1 : kept / count;
}

function shareOf(numbers: NumericArray, holds: (x: number) => boolean): number {
  let count = 0;
  for (const x of numbers) if (holds(x)) count++;
  return count / Math.max(1, numbers.length);
}

function norm(numbers: NumericArray): number {
  return rms(numbers) * Math.sqrt(numbers.length);
}

function rms(numbers: NumericArray): number {
  let sum = 0;
  for (const x of numbers) sum += x * x;
  return Math.sqrt(sum / Math.max(1, numbers.length));
}

function percent(share: number): string {
  return `${share > 0 && share < 0.01 ? '< 1' : Math.round(100 * share)} %`;
}
