// The step that adam and adamw share. Bias corrections c = 1 − βᵗ grow by c ← c + (1 − β)(1 − c), and moments move by
// (1 − β)(new − old): float32 holds 1 − β well, but not β. So c stays within 4e-5 of 1 − βᵗ (relative), early and late.
import { z } from 'zod';
import type { Ref } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import { zeros } from '../../program/initializer.ts';
import type { Shape } from '../../tensor/shape.ts';
import type { SlotSpec } from './define-optimizer.ts';

const beta = z.number().min(0).lt(1);

export const momentsOptions = {
  betas: z
    .tuple([beta, beta])
    .default([0.9, 0.999])
    .meta({ title: 'β₁, β₂', description: 'Memory of the mean and of the mean square' }),
  eps: z.number().min(0).default(1e-8).meta({ title: 'ε', description: 'Added to the root' }),
  amsgrad: z
    .boolean()
    .default(false)
    .meta({ title: 'AMSGrad', description: 'Divides by the largest mean square so far' }),
};

export interface MomentsOptions {
  readonly betas: readonly [number, number];
  readonly eps: number;
  readonly amsgrad: boolean;
}

type Named<T> = Readonly<Record<string, T>>;

/** Mean and mean square of every element, and the largest mean square for AMSGrad. */
export function momentsSlots({ amsgrad }: MomentsOptions, shape: Shape): Named<SlotSpec> {
  const zero = { shape, init: zeros };
  return { exp_avg: zero, exp_avg_sq: zero, ...(amsgrad ? { max_exp_avg_sq: zero } : {}) };
}

/** Bias corrections of both means: scalars, one of each for all parameters. */
export function momentsShared(): Named<SlotSpec> {
  const zero = { shape: [], init: zeros };
  return { correction1: zero, correction2: zero };
}

/** old + (1 − β)(now − old) */
export function towards(e: ExpressionBuilder, old: Line, now: Line, memory: number): Line {
  return e.add(old, e.mul(e.sub(now, old), e.constant(1 - memory)));
}

/** The bias corrections one step on, before any parameter moves. */
export function momentsPrepare(emit: Emitter, shared: Named<Ref>, { betas }: MomentsOptions): Named<Ref> {
  const grown = (name: string, memory: number) =>
    emit.map([shared[name] as Ref], (e, c) => towards(e, c, e.constant(1), memory));
  return { correction1: grown('correction1', betas[0]), correction2: grown('correction2', betas[1]) };
}

/** `gradientOf` and `shrink` say where weight decay acts: on the gradient, or on the parameter itself. */
export function momentsUpdate(
  emit: Emitter,
  tensors: {
    readonly parameter: Ref;
    readonly gradient: Ref;
    readonly lr: Ref;
    readonly slots: Named<Ref>;
    readonly shared: Named<Ref>;
  },
  options: MomentsOptions,
  decay: {
    readonly gradientOf?: (e: ExpressionBuilder, p: Line, g: Line) => Line;
    readonly shrink?: (e: ExpressionBuilder, p: Line, rate: Line) => Line;
  },
): { readonly parameter: Ref; readonly slots: Named<Ref> } {
  const { parameter, gradient, lr, slots, shared } = tensors;
  const names = Object.keys(momentsSlots(options, []));
  const corrections = [shared['correction1'] as Ref, shared['correction2'] as Ref];
  const operands = [parameter, gradient, lr, ...corrections, ...names.map((name) => slots[name] as Ref)];
  const results = emit.mapMany(operands, (e, p, raw, rate, c1, c2, oldMean, oldSquare, oldLargest) => {
    const g = decay.gradientOf ? decay.gradientOf(e, p, raw) : raw;
    const mean = e.flush(towards(e, oldMean, g, options.betas[0]));
    const square = e.flush(towards(e, oldSquare, e.mul(g, g), options.betas[1]));
    const largest = oldLargest === undefined ? square : e.max(oldLargest, square);
    const root = e.add(e.div(e.sqrt(largest), e.sqrt(c2)), e.constant(options.eps));
    const step = e.mul(e.div(rate, c1), e.div(mean, root));
    const start = decay.shrink ? decay.shrink(e, p, rate) : p;
    return [e.sub(start, step), mean, square, ...(oldLargest === undefined ? [] : [largest])];
  });
  return {
    parameter: results[0] as Ref,
    slots: Object.fromEntries(names.map((name, i) => [name, results[i + 1] as Ref])),
  };
}
