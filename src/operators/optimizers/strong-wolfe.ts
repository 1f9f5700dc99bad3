// A line search for the strong Wolfe conditions, one trial a call: first steps grow until an interval must hold a good one,
// then the interval shrinks around the minimum of a cubic through its ends. What it knows stands in scalars that persist from
// trial to trial: `low` is the best point so far (the one before, while steps still grow), `high` the other end.
// Source  Nocedal & Wright 2006, algorithms 3.5 and 3.6; constants of PyTorch's optim.LBFGS. Losses that are not numbers count
// as too high.
import type { Ref } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';

/** Share of the promised fall that a step must keep. */
const sufficientFall = 1e-4;
/** Share of the starting slope that may be left. */
const slopeLeft = 0.9;

/** Scalars of a search. `mode`: 0 stands at its start, 1 steps grow, 2 the interval shrinks. */
export const searchSlots = [
  'mode',
  'trial',
  'step',
  'start_loss',
  'start_slope',
  'reach',
  'low_step',
  'low_loss',
  'low_slope',
  'high_step',
  'high_loss',
  'high_slope',
  'stuck',
] as const;

export type SearchState = Readonly<Record<(typeof searchSlots)[number], Ref>>;

export interface Trial {
  /** 1 where the search is over: its point becomes the start of the next. */
  readonly accepted: Ref;
  /** 1 where that point (or the new `low`) is the one just tried, 0 where it is `low` as it was. */
  readonly here: Ref;
  /** Step and loss of the point accepted. */
  readonly step: Ref;
  readonly loss: Ref;
  /** How the search goes on if it is not over. */
  readonly next: Pick<SearchState, Exclude<keyof SearchState, 'start_loss' | 'start_slope' | 'reach'>>;
}

interface Point {
  readonly step: Line;
  readonly loss: Line;
  readonly slope: Line;
}

const continued = [
  'mode',
  'trial',
  'step',
  'low_step',
  'low_loss',
  'low_slope',
  'high_step',
  'high_loss',
  'high_slope',
  'stuck',
] as const;

/** What the loss and the slope along the direction at the point tried mean for the search. */
export function judgeTrial(
  emit: Emitter,
  state: SearchState,
  loss: Ref,
  slope: Ref,
  options: { readonly tolerance_change: number; readonly max_ls: number },
): Trial {
  const operands = [loss, slope, ...searchSlots.map((name) => state[name])];
  const results = emit.mapMany(operands, (e, f, g, ...known) => {
    const old = Object.fromEntries(searchSlots.map((name, i) => [name, known[i] as Line])) as Readonly<
      Record<(typeof searchSlots)[number], Line>
    >;
    const zero = e.constant(0);
    const all = (...lines: Line[]) => lines.reduce((a, b) => e.and(a, b));
    const any = (...lines: Line[]) => lines.reduce((a, b) => e.or(a, b));
    const choose = (condition: Line, a: Point, b: Point): Point => ({
      step: e.select(condition, a.step, b.step),
      loss: e.select(condition, a.loss, b.loss),
      slope: e.select(condition, a.slope, b.slope),
    });

    const tried: Point = { step: old.step, loss: f, slope: g };
    const low: Point = { step: old.low_step, loss: old.low_loss, slope: old.low_slope };
    const high: Point = { step: old.high_step, loss: old.high_loss, slope: old.high_slope };
    const growing = e.eq(old.mode, e.constant(1));
    const shrinking = e.eq(old.mode, e.constant(2));

    const promised = e.mul(e.mul(e.constant(sufficientFall), old.step), old.start_slope);
    const tooHigh = e.not(e.le(f, e.add(old.start_loss, promised)));
    const flat = e.le(e.abs(g), e.mul(e.constant(-slopeLeft), old.start_slope));
    const lower = e.lt(f, low.loss);
    const last = e.ge(old.trial, e.constant(options.max_ls));

    const past = e.or(tooHigh, e.and(e.gt(old.trial, e.constant(1)), e.not(lower)));
    const good = e.or(all(growing, e.not(past), flat), all(shrinking, e.not(tooHigh), lower, flat));
    const bracketed = all(growing, e.not(good), e.or(past, e.ge(g, zero)));
    const grows = all(growing, e.not(good), e.not(bracketed), e.not(last));

    const takes = e.or(grows, lower);
    const nextLow = choose(takes, tried, low);
    const crossed = e.ge(e.mul(g, e.sub(high.step, low.step)), zero);
    const keepsHigh = all(shrinking, e.not(tooHigh), e.not(crossed));
    const nextHigh = choose(lower, choose(keepsHigh, high, low), tried);

    const width = e.abs(e.sub(nextHigh.step, nextLow.step));
    const tiny = e.lt(e.mul(width, old.reach), e.constant(options.tolerance_change));
    const over = e.and(e.not(grows), e.or(last, tiny));
    const standing = e.eq(old.mode, zero);
    const accepted = any(standing, good, over);
    const here = any(standing, good, takes);

    const between = shrink(e, nextLow, nextHigh, old.stuck);
    const next: Readonly<Record<(typeof continued)[number], Line>> = {
      mode: e.select(grows, e.constant(1), e.constant(2)),
      trial: e.add(old.trial, e.constant(1)),
      step: e.select(grows, grow(e, low, tried), between.step),
      low_step: nextLow.step,
      low_loss: nextLow.loss,
      low_slope: nextLow.slope,
      high_step: nextHigh.step,
      high_loss: nextHigh.loss,
      high_slope: nextHigh.slope,
      stuck: e.and(e.not(grows), between.stuck),
    };
    return [
      accepted,
      here,
      e.select(here, old.step, low.step),
      e.select(here, f, low.loss),
      ...continued.map((name) => next[name]),
    ];
  });
  const [accepted, here, step, acceptedLoss, ...rest] = results as [Ref, Ref, Ref, Ref, ...Ref[]];
  const next = Object.fromEntries(continued.map((name, i) => [name, rest[i] as Ref])) as Trial['next'];
  return { accepted, here, step, loss: acceptedLoss, next };
}

/** A longer step: where the cubic has its minimum, between a little further and ten times as far. */
function grow(e: ExpressionBuilder, before: Point, tried: Point): Line {
  const least = e.add(tried.step, e.mul(e.constant(0.01), e.sub(tried.step, before.step)));
  return cubicMinimum(e, before, tried, least, e.mul(tried.step, e.constant(10)));
}

/**
 * A step inside the interval. One close to an end is let pass once (`stuck` remembers it); the second time, or when it is the end
 * itself, a tenth of the interval away from that end is taken.
 */
function shrink(
  e: ExpressionBuilder,
  low: Point,
  high: Point,
  stuck: Line,
): { readonly step: Line; readonly stuck: Line } {
  const [least, most] = [e.min(low.step, high.step), e.max(low.step, high.step)];
  const step = cubicMinimum(e, low, high, least, most);
  const margin = e.mul(e.constant(0.1), e.sub(most, least));
  const [above, below] = [e.sub(most, step), e.sub(step, least)];
  const close = e.lt(e.min(above, below), margin);
  const moves = e.and(close, e.or(stuck, e.le(e.min(above, below), e.constant(0))));
  const away = e.select(e.lt(above, below), e.sub(most, margin), e.add(least, margin));
  return { step: e.select(moves, away, step), stuck: e.and(close, e.not(moves)) };
}

/** Where the cubic through two points with their slopes is least, within bounds; the middle where it has no minimum. */
function cubicMinimum(e: ExpressionBuilder, one: Point, other: Point, least: Line, most: Line): Line {
  const swapped = e.gt(one.step, other.step);
  const pick = (name: keyof Point) => [
    e.select(swapped, other[name], one[name]),
    e.select(swapped, one[name], other[name]),
  ];
  const [x1, x2] = pick('step') as [Line, Line];
  const [f1, f2] = pick('loss') as [Line, Line];
  const [g1, g2] = pick('slope') as [Line, Line];
  const secant = e.mul(e.constant(3), e.div(e.sub(f1, f2), e.sub(x1, x2)));
  const d1 = e.sub(e.add(g1, g2), secant);
  const square = e.sub(e.mul(d1, d1), e.mul(g1, g2));
  const d2 = e.sqrt(square);
  const share = e.div(e.sub(e.add(g2, d2), d1), e.add(e.sub(g2, g1), e.mul(e.constant(2), d2)));
  const at = e.sub(x2, e.mul(e.sub(x2, x1), share));
  const middle = e.mul(e.constant(0.5), e.add(least, most));
  // Square roots of negative numbers, and points where the loss is none, end up here as NaN.
  return e.select(e.eq(at, at), e.max(least, e.min(most, at)), middle);
}
