// Why a gradient is small or large: the way of the largest shares from the loss down to it, with the factor by which every node
// and every meeting of gradients changed the norm. The factors multiply to ‖gradient‖ / ‖gradient at the start‖.
import { outputName } from '../../compiler/network.ts';
import type { NumericArray } from '../../tensor/dtype.ts';
import { causeOf, type GradientCause, meetingCause } from './gradient-cause.ts';
import type { ExplainSource, PlanNumbers, Use } from './source.ts';
import { cotangentsOf } from './source.ts';

/** One factor on the way from the loss to the gradient. */
export interface GradientFactor {
  /** Instance path; of a meeting, the node whose output the gradients meet at. */
  readonly node: string;
  readonly op: string | null;
  readonly kind: 'node' | 'meeting';
  /** Gradient that goes in (nearer to the loss) and the one that comes out. */
  readonly from: string;
  readonly to: string;
  readonly fromNorm: number;
  readonly toNorm: number;
  /** toNorm / fromNorm; null where nothing arrives any more. */
  readonly factor: number | null;
  readonly cause: GradientCause;
  /** Of a meeting: every share and its norm, largest first. */
  readonly shares?: readonly { readonly name: string; readonly norm: number }[];
}

export interface GradientAccount {
  readonly name: string;
  readonly norm: number;
  /** Where it starts (the loss or a seed), and the norm there. */
  readonly start: string;
  readonly startNorm: number;
  readonly ratio: number;
  readonly verdict: 'zero' | 'vanishing' | 'healthy' | 'exploding' | 'broken';
  /** Nearest to the loss first. */
  readonly factors: readonly GradientFactor[];
}

/** Ratios beyond these are called vanishing and exploding. */
const least = 1e-4;
const most = 1e4;

/** √Σ x², without overflow. */
export function normOf(numbers: NumericArray): number {
  let largest = 0;
  for (const x of numbers) {
    if (!Number.isFinite(x)) return Number.isNaN(x) ? Number.NaN : Number.POSITIVE_INFINITY;
    largest = Math.max(largest, Math.abs(x));
  }
  if (largest === 0) return 0;
  let sum = 0;
  for (const x of numbers) sum += (x / largest) * (x / largest);
  return largest * Math.sqrt(sum);
}

/** Null where the plan has no gradient of that name (a value's own name is taken for its gradient's). */
export function gradientAccount(source: ExplainSource, numbers: PlanNumbers, asked: string): GradientAccount | null {
  const [, of, isShare] = /^grad\((.*)\)(:in)?$/.exec(asked) ?? [];
  const inner = of ?? asked;
  const name = isShare === undefined ? `grad(${inner})` : asked;
  const index = source.find(name);
  const at = isShare === undefined ? source.find(inner) : arriving(source, inner);
  if (index === undefined || at === undefined) return null;
  const norms = new Map<number, number>();
  const norm = (value: number): number => {
    const known = norms.get(value) ?? normOf(numbers.read(value));
    norms.set(value, known);
    return known;
  };
  const factors: GradientFactor[] = [];
  /** A share asked for by its port is one way of several: the account begins there. */
  let single = source.gradientOf(index) === undefined || source.valueOf(at).name !== inner || isShare !== undefined;
  let value = source.valueOf(at).name;
  let gradient = index;
  for (;;) {
    const uses = source.usesOf(value).filter((use) => use.share !== undefined);
    const own: readonly Use[] = single ? uses.filter((use) => use.share === gradient) : uses;
    single = false;
    const largest = own.reduce<Use | undefined>(
      (best, use) => (!best || size(norm(use.share as number)) > size(norm(best.share as number)) ? use : best),
      undefined,
    );
    if (!largest) break;
    const share = largest.share as number;
    if (share !== gradient) factors.push(meeting(source, value, gradient, share, own, norm));
    const step = through(source, numbers, largest, share, norm);
    if (!step) {
      gradient = share;
      break;
    }
    factors.push(step.factor);
    value = step.value;
    gradient = step.gradient;
  }
  const [own, startNorm] = [norm(index), norm(gradient)];
  const ratio = own === 0 ? 0 : own / startNorm;
  return {
    name,
    norm: own,
    start: source.nameOf(gradient),
    startNorm,
    ratio,
    verdict:
      own === 0
        ? 'zero'
        : !Number.isFinite(own)
          ? 'broken'
          : ratio < least
            ? 'vanishing'
            : ratio > most
              ? 'exploding'
              : 'healthy',
    factors: factors.reverse(),
  };
}

/** What is no number is the largest: its way is the one to be told. */
function size(norm: number): number {
  return Number.isNaN(norm) ? Number.POSITIVE_INFINITY : norm;
}

function ratioOf(to: number, from: number): number | null {
  return from === 0 ? null : to / from;
}

/** What arrives at an input (`path.port`) that may be called as an output is. */
function arriving(source: ExplainSource, arrival: string): number | undefined {
  const dot = arrival.lastIndexOf('.');
  const found = source.instanceAt(arrival.slice(0, Math.max(0, dot)));
  return found && source.atPort(found.instance, arrival.slice(dot + 1));
}

function meeting(
  source: ExplainSource,
  value: string,
  total: number,
  share: number,
  uses: readonly Use[],
  norm: (value: number) => number,
): GradientFactor {
  const shares = uses
    .map((use) => ({ name: `grad(${use.instance.path}.${use.port})`, norm: norm(use.share as number) }))
    .sort((a, b) => size(b.norm) - size(a.norm));
  const [fromNorm, toNorm] = [norm(share), norm(total)];
  return {
    node: value.slice(0, Math.max(0, value.lastIndexOf('.'))),
    op: null,
    kind: 'meeting',
    from: shares[0]?.name ?? source.nameOf(share),
    to: source.nameOf(total),
    fromNorm,
    toNorm,
    factor: ratioOf(toNorm, fromNorm),
    cause: meetingCause(shares, toNorm),
    shares,
  };
}

/** One node up: from the share that it gives to the largest gradient that it gets; null where it gets none (the start). */
function through(
  source: ExplainSource,
  numbers: PlanNumbers,
  { instance, port }: Use,
  share: number,
  norm: (value: number) => number,
): { readonly factor: GradientFactor; readonly value: string; readonly gradient: number } | null {
  const given = [...cotangentsOf(source, instance)].reduce<[string, { readonly gradient: number }] | undefined>(
    (best, each) => (!best || size(norm(each[1].gradient)) > size(norm(best[1].gradient)) ? each : best),
    undefined,
  );
  if (!given) return null;
  const [output, { gradient }] = given;
  const [fromNorm, toNorm] = [norm(gradient), norm(share)];
  const factor: GradientFactor = {
    node: instance.path,
    op: instance.operator.id,
    kind: 'node',
    from: source.nameOf(gradient),
    to: `grad(${instance.path}.${port})`,
    fromNorm,
    toNorm,
    factor: ratioOf(toNorm, fromNorm),
    cause: causeOf(source, numbers, { instance, port, output, gradient, share, fromNorm, toNorm }),
  };
  return { factor, value: outputName(instance, output), gradient };
}
