// What made a gradient smaller or larger at one node, measured on the numbers. The operator says where to look (`gradientFlow`);
// where it says nothing, slopes and sizes speak for themselves.
import type { Instance } from '../../compiler/network.ts';
import type { GradientFlow } from '../../operators/define-operator.ts';
import type { NumericArray } from '../../tensor/dtype.ts';
import { formatNumber } from '../../tensor/number-text.ts';
import { numel, type Shape } from '../../tensor/shape.ts';
import type { ExplainSource, PlanNumbers } from './source.ts';

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
    | 'passes';
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

export function causeOf(source: ExplainSource, numbers: PlanNumbers, passage: NodePassage): GradientCause {
  const { instance, port, gradient, share } = passage;
  if (gradient === share) return { kind: 'passes', text: 'passes it on unchanged' };
  const [dy, dx] = [numbers.read(gradient), numbers.read(share)];
  const [from, to] = [source.valueOf(gradient).shape, source.valueOf(share).shape];
  const { operator } = instance;
  const isParameter = Object.hasOwn(operator.parameters, port);
  const flow: GradientFlow | undefined = isParameter ? undefined : operator.gradientFlow;
  switch (flow) {
    case 'rectifies':
      return dead(dy, dx, to);
    case 'saturates':
      return dy.length === dx.length ? saturated(dy, dx) : sizes(dy, dx);
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
  if (dy.length === dx.length && operator.traits.elementwise) return slopes(dy, dx);
  if (operator.traits.view) return { kind: 'passes', text: 'moves it, without changing it' };
  return sizes(dy, dx);
}

/** Where several gradients meet: what the largest is to the sum. */
export function meetingCause(
  shares: readonly { readonly name: string; readonly norm: number }[],
  total: number,
): GradientCause {
  const all = shares.reduce((sum, share) => sum + share.norm, 0);
  const largest = shares[0]?.norm ?? 0;
  const part = all === 0 ? 0 : largest / all;
  const cancels = all > 0 && total < 0.5 * largest ? '; they cancel for the most part' : '';
  return {
    kind: 'branch',
    text: `${shares.length} gradients meet, the largest with ${percent(part)} of their sizes${cancels}`,
  };
}

function dead(dy: NumericArray, dx: NumericArray, shape: Shape): GradientCause {
  const off = 1 - keptShare(dy, dx);
  const text = `${percent(off)} of what arrives falls on units that are off`;
  // Units lie along the second dimension, or the last of two.
  const units = shape.length >= 2 ? (shape[1] as number) : 0;
  if (units < 2) return { kind: 'dead', text };
  const inner = numel(shape.slice(2));
  const alive = new Uint8Array(units);
  dx.forEach((x, i) => {
    if (x !== 0) alive[Math.floor(i / inner) % units] = 1;
  });
  const gone = alive.reduce((sum, one) => sum - one, units);
  return { kind: 'dead', text: gone === 0 ? text : `${text}; ${gone} of ${units} units are off for every example` };
}

function saturated(dy: NumericArray, dx: NumericArray): GradientCause {
  let [sum, low, count] = [0, 0, 0];
  dy.forEach((d, i) => {
    if (d === 0) return;
    const slope = Math.abs((dx[i] as number) / d);
    sum += slope;
    if (slope < flat) low++;
    count++;
  });
  const mean = count === 0 ? 0 : sum / count;
  const kind = count > 0 && low / count > 0.25 ? 'saturated' : 'slope';
  return {
    kind,
    text: `mean slope ${formatNumber(mean)}; ${percent(count === 0 ? 0 : low / count)} of the elements are saturated (slope below ${flat})`,
  };
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
  const { instance, port } = passage;
  const other = Object.hasOwn(instance.operator.parameters, 'weight') ? 'weight' : port === 'a' ? 'b' : 'a';
  const at = source.atPort(instance, other);
  if (at === undefined) return sizes(numbers.read(passage.gradient), numbers.read(passage.share));
  const factor = passage.toNorm / (passage.fromNorm || 1);
  const size = rms(numbers.read(at));
  const said = `${source.nameOf(at)} has numbers of size ${formatNumber(size)} (rms)`;
  return { kind: 'weights', text: factor < 1 ? `small weights: ${said}` : `weights: ${said}` };
}

function intoParameter(
  source: ExplainSource,
  numbers: PlanNumbers,
  { instance, gradient }: NodePassage,
  from: Shape,
  to: Shape,
): GradientCause {
  const times = numel(from) / Math.max(1, numel(to));
  const x = source.atPort(instance, 'x');
  const inputs =
    x === undefined ? '' : `; what arrives there has numbers of size ${formatNumber(rms(numbers.read(x)))} (rms)`;
  const said =
    times > 1
      ? `gathered over the batch and all places (${formatNumber(times)} for each element)`
      : 'gathered over the batch';
  return { kind: 'sum', text: `${said}${numbers.read(gradient).length > 0 ? inputs : ''}` };
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

function rms(numbers: NumericArray): number {
  let sum = 0;
  for (const x of numbers) sum += x * x;
  return Math.sqrt(sum / Math.max(1, numbers.length));
}

function percent(share: number): string {
  return `${share > 0 && share < 0.01 ? '< 1' : Math.round(100 * share)} %`;
}
