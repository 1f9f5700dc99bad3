// lbfgs: limited-memory BFGS over all parameters as one vector.  Formula  p ← p − t·H·g, H from the last m pairs s, y
// The loss may be needed at several points of a line. Each iteration looks at one: it measures loss and gradient where the last
// one left the parameters, and its update decides whether the search is over (then comes a new direction) or tries another step.
// So a search is ordinary iterations, stepped, replayed and inspected as such; like every update, the last one is not measured.
// Source  Nocedal 1980; Nocedal & Wright 2006, algorithm 7.4; PyTorch optim.LBFGS (its tolerances; pairs only where sᵀy > 1e-10)
import { z } from 'zod';
import { insertAxis, type Operand, type Ref, type Strided, selectIndex, sliceAxis } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import { zeros } from '../../program/initializer.ts';
import { numel, rowMajorStrides } from '../../tensor/shape.ts';
import { defineOptimizer } from './define-optimizer.ts';
import { judgeTrial, type SearchState, searchSlots, type Trial } from './strong-wolfe.ts';

type Named<T> = Readonly<Record<string, T>>;

const options = z.strictObject({
  history_size: z
    .int()
    .min(1)
    .max(100)
    .default(10)
    .meta({ title: 'Memory m', description: 'Pairs of steps and changes of the gradient that are kept' }),
  line_search_fn: z.enum(['strong_wolfe', 'none']).default('strong_wolfe').meta({
    title: 'Line search',
    description: 'none takes every step as long as the learning rate says',
  }),
  tolerance_grad: z
    .number()
    .min(0)
    .default(1e-7)
    .meta({ title: 'Smallest gradient', description: 'Stands still where no element of the gradient is larger' }),
  tolerance_change: z
    .number()
    .min(0)
    .default(1e-9)
    .meta({ title: 'Smallest change', description: 'Of the loss that a step promises, and of parameters in a search' }),
  max_ls: z.int().min(1).default(25).meta({ title: 'Trials of a search' }),
});

/** A pair with less curvature than this is left out. */
const leastCurvature = 1e-10;

export const lbfgs = defineOptimizer({
  id: 'lbfgs',
  title: 'L-BFGS',
  summary:
    'Bends the gradient by the curvature that earlier steps have met, and searches along that direction: full batch.',
  formula: 'p \\leftarrow p - t\\,H g, \\quad H \\approx (\\nabla^2 f)^{-1}',
  source: 'Nocedal 1980; Nocedal & Wright 2006; PyTorch torch.optim.LBFGS',
  options,
  defaultLr: 1,
  fullBatch: true,
  shared({ history_size, line_search_fn }, count) {
    const scalar = { shape: [], init: zeros };
    const vector = { shape: [count], init: zeros };
    const history = { shape: [history_size, count], init: zeros };
    const common = {
      iterations: scalar,
      scale: { shape: [], init: { kind: 'constant' as const, value: 1 } },
      inverse_curvature: { shape: [history_size], init: zeros },
      direction: vector,
      start_grad: vector,
      steps: history,
      grad_changes: history,
    };
    if (line_search_fn === 'none') return { step: scalar, ...common };
    const search = Object.fromEntries(searchSlots.map((name) => [name, scalar]));
    return { ...search, ...common, start: vector, low_grad: vector };
  },
  updateAll({ emit, parameters, gradients, loss, lr, shared, options: given }) {
    const old = (name: string) => shared[name] as Ref;
    const g = flatten(emit, gradients);
    const searching = given.line_search_fn === 'strong_wolfe';
    const slope = dot(emit, g, old('direction'));
    const trial = searching ? judgeTrial(emit, shared as unknown as SearchState, loss, slope, given) : null;

    // The point from which the next direction is taken, if the search is over.
    const x = trial ? flatten(emit, parameters) : null;
    const start = trial && x ? acceptedPoint(emit, trial, x, shared) : null;
    const startGrad = trial ? choose(emit, trial.here, g, old('low_grad')) : g;
    const accepted = trial ? trial.accepted : emit.fill([], 1);
    const memory = remember(emit, accepted, trial ? trial.step : old('step'), startGrad, shared);
    const fresh = bend(emit, startGrad, memory);
    const direction = choose(emit, accepted, fresh, old('direction'));

    const [first, largest, reach] = [
      emit.reduce([startGrad], { axes: [0], value: (e, d) => e.abs(d) }),
      emit.reduce([startGrad], { axes: [0], by: 'max', value: (e, d) => e.abs(d) }),
      emit.reduce([fresh], { axes: [0], by: 'max', value: (e, d) => e.abs(d) }),
    ];
    const freshSlope = dot(emit, startGrad, fresh);
    const [begins, stands] = emit.mapMany(
      [old('iterations'), lr, first, largest, freshSlope],
      (e, iterations, rate, sum, most, fall) => {
        const still = e.or(
          e.le(most, e.constant(given.tolerance_grad)),
          e.not(e.le(fall, e.constant(-given.tolerance_change))),
        );
        const careful = e.mul(rate, e.min(e.constant(1), e.reciprocal(sum)));
        const whole = e.select(e.eq(iterations, e.constant(0)), careful, rate);
        return [e.select(still, e.constant(0), whole), still];
      },
    ) as [Ref, Ref];

    const iterations = emit.map([old('iterations'), accepted], (e, n, yes) => e.add(n, yes));
    const common = {
      ...memory,
      iterations,
      direction,
      start_grad: choose(emit, accepted, startGrad, old('start_grad')),
    };
    if (!trial || !start) {
      return {
        shared: { ...common, step: emit.copy(begins) },
        parameter: (index) => moved(emit, parameters, index, parameters[index] as Ref, begins, direction),
      };
    }
    const begin: Named<Ref> = {
      mode: emit.map([stands], (e, still) => e.not(still)),
      trial: emit.fill([], 0),
      step: begins,
      start_loss: trial.loss,
      start_slope: freshSlope,
      reach,
      low_step: emit.fill([], 0),
      low_loss: trial.loss,
      low_slope: freshSlope,
      high_step: emit.fill([], 0),
      high_loss: trial.loss,
      high_slope: freshSlope,
      stuck: emit.fill([], 0),
    };
    const goesOn: Named<Ref> = { ...trial.next };
    const search = Object.fromEntries(
      searchSlots.map((name) => [name, choose(emit, accepted, begin[name] as Ref, goesOn[name] ?? old(name))]),
    );
    const lowGrad = emit.map([accepted, trial.here, startGrad, g, old('low_grad')], (e, over, here, a, b, c) =>
      e.select(over, a, e.select(here, b, c)),
    );
    return {
      shared: { ...common, ...search, start, low_grad: lowGrad },
      parameter: (index) =>
        moved(emit, parameters, index, windowOf(start, parameters, index), search['step'] as Ref, direction),
    };
  },
});

/** All tensors one after the other. */
function flatten(emit: Emitter, tensors: readonly Ref[]): Ref {
  let at = 0;
  const pieces = tensors.map((ref) => {
    const count = numel(ref.shape);
    const piece = { operand: { ref, shape: [count], offset: 0, strides: [1] }, at: [at] };
    at += count;
    return piece;
  });
  return emit.assemble([at], pieces);
}

/** The part of a flat vector that belongs to the tensor at `index`, in its shape. */
function windowOf(flat: Ref, tensors: readonly Ref[], index: number): Strided {
  const offset = tensors.slice(0, index).reduce((sum, { shape }) => sum + numel(shape), 0);
  const { shape } = tensors[index] as Ref;
  return { ref: flat, shape, offset, strides: rowMajorStrides(shape) };
}

function moved(
  emit: Emitter,
  parameters: readonly Ref[],
  index: number,
  from: Operand,
  step: Ref,
  direction: Ref,
): Ref {
  return emit.map([from, step, windowOf(direction, parameters, index)], (e, p, t, d) => e.add(p, e.mul(t, d)));
}

function dot(emit: Emitter, a: Operand, b: Operand): Ref {
  return emit.reduce([a, b], { axes: [0], value: (e, p, q) => e.mul(p, q) });
}

function choose(emit: Emitter, condition: Ref, a: Operand, b: Operand): Ref {
  return emit.map([condition, a, b], (e, yes, one, other) => e.select(yes, one, other));
}

/** Where the search stands that may be over: the point tried, or the best one before; else its start. */
function acceptedPoint(emit: Emitter, { accepted, here, step }: Trial, x: Ref, shared: Named<Ref>): Ref {
  const operands = [accepted, here, step, x, shared['start'] as Ref, shared['direction'] as Ref];
  return emit.map(operands, (e, over, now, t, tried, start, d) =>
    e.select(over, e.select(now, tried, e.add(start, e.mul(t, d))), start),
  );
}

/** The history with the step just taken at its end, if it was one and has curvature. */
function remember(emit: Emitter, accepted: Ref, t: Ref, startGrad: Ref, shared: Named<Ref>) {
  const old = (name: string) => shared[name] as Ref;
  const step = emit.map([t, old('direction')], (e, a, d) => e.mul(a, d));
  const change = emit.map([startGrad, old('start_grad')], (e, now, before) => e.sub(now, before));
  const [sy, yy] = [dot(emit, step, change), dot(emit, change, change)];
  const [keeps, scale, inverse] = emit.mapMany(
    [accepted, old('iterations'), sy, yy, old('scale')],
    (e, over, iterations, product, square, before) => {
      const yes = e.and(e.and(over, iterations), e.gt(product, e.constant(leastCurvature)));
      return [yes, e.select(yes, e.div(product, square), before), e.reciprocal(product)];
    },
  ) as [Ref, Ref, Ref];
  const pushed = (name: string, newest: Operand): Ref => {
    const before = old(name);
    const kept = (before.shape[0] as number) - 1;
    const place = before.shape.map(() => 0);
    const shifted = emit.assemble(before.shape, [
      ...(kept > 0 ? [{ operand: sliceAxis(before, 0, 1, kept), at: place }] : []),
      { operand: insertAxis(newest, 0), at: place.with(0, kept) },
    ]);
    return choose(emit, keeps, shifted, before);
  };
  return {
    steps: pushed('steps', step),
    grad_changes: pushed('grad_changes', change),
    inverse_curvature: pushed('inverse_curvature', inverse),
    scale,
  };
}

/** −H·g by the two loops over the history; what is not there yet has an inverse curvature of 0 and changes nothing. */
function bend(
  emit: Emitter,
  g: Ref,
  { steps, grad_changes, inverse_curvature, scale }: ReturnType<typeof remember>,
): Ref {
  const size = steps.shape[0] as number;
  const pair = (index: number) => ({
    s: selectIndex(steps, 0, index),
    y: selectIndex(grad_changes, 0, index),
    rho: selectIndex(inverse_curvature, 0, index),
  });
  let d = emit.map([g], (e, x) => e.neg(x));
  const along: Ref[] = [];
  for (let index = size - 1; index >= 0; index--) {
    const { s, y, rho } = pair(index);
    const share = dot(emit, s, d);
    along[index] = share;
    d = emit.map([d, y, rho, share], (e, q, change, r, a) => e.sub(q, e.mul(e.mul(r, a), change)));
  }
  d = emit.map([d, scale], (e, q, h) => e.mul(q, h));
  for (let index = 0; index < size; index++) {
    const { s, y, rho } = pair(index);
    const back = dot(emit, y, d);
    d = emit.map([d, s, rho, along[index] as Ref, back], (e, q, step, r, a, b) =>
      e.add(q, e.mul(e.mul(r, e.sub(a, b)), step)),
    );
  }
  return d;
}
