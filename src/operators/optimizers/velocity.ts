// The step that momentum and nesterov share: v ← μv + (1 − d)g, where the first v is g itself; p ← p − lr·v, or with
// Nesterov's look-ahead p ← p − lr·(g + μv).
import type { Ref } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import { zeros } from '../../program/initializer.ts';
import type { SlotSpec } from './define-optimizer.ts';
import { decayed } from './weight-decay.ts';

export interface VelocityOptions {
  readonly momentum: number;
  readonly dampening: number;
  readonly nesterov: boolean;
  readonly weight_decay: number;
}

type Named<T> = Readonly<Record<string, T>>;

/** Only dampening tells the first step from the others: then the steps are counted. */
export function velocityShared({ dampening }: VelocityOptions): Named<SlotSpec> {
  return dampening === 0 ? {} : { step: { shape: [], init: zeros } };
}

/** Counts the step, where steps are counted. */
export function velocityPrepare(emit: Emitter, shared: Named<Ref>): Named<Ref> {
  const step = shared['step'];
  return step ? { step: emit.map([step], (e, t) => e.add(t, e.constant(1))) } : {};
}

/** One step of one parameter; weight decay joins the gradient first. */
export function velocityUpdate(
  emit: Emitter,
  tensors: {
    readonly parameter: Ref;
    readonly gradient: Ref;
    readonly lr: Ref;
    readonly velocity: Ref;
    readonly step: Ref | undefined;
  },
  options: VelocityOptions,
): { readonly parameter: Ref; readonly slots: Named<Ref> } {
  const { parameter, gradient, lr, velocity, step } = tensors;
  const [next, v] = emit.mapMany(
    [parameter, gradient, lr, velocity, ...(step ? [step] : [])],
    (e, p, raw, rate, old, t) => {
      const g = decayed(e, p, raw, options.weight_decay);
      const kept = e.mul(old, e.constant(options.momentum));
      const later = e.add(kept, options.dampening === 0 ? g : e.mul(g, e.constant(1 - options.dampening)));
      const now = e.flush(t === undefined ? later : e.select(e.eq(t, e.constant(1)), g, later));
      const direction = options.nesterov ? e.add(g, e.mul(now, e.constant(options.momentum))) : now;
      return [e.sub(p, e.mul(rate, direction)), now];
    },
  ) as [Ref, Ref];
  return { parameter: next, slots: { momentum: v } };
}
