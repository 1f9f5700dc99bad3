// Elements that change places by splitting axes, exchanging them and joining them again: what blocks of pixels need.
import { permuteAxes, type Ref } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import type { Shape } from '../../tensor/shape.ts';
import { coordinatesOf, flatIndex } from './axes.ts';

export interface Rearrangement {
  /** x read in this shape, */
  readonly split: Shape;
  /** its axes in this order, */
  readonly order: readonly number[];
  /** and the result read in this one. */
  readonly shape: Shape;
}

function exchanged({ split, order }: Rearrangement): Shape {
  return order.map((axis) => split[axis] as number);
}

/** A copy of x with its elements in their new order. */
export function emitRearranged(emit: Emitter, x: Ref, rearrangement: Rearrangement): Ref {
  const { split, order, shape } = rearrangement;
  return emit.view(emit.copy(permuteAxes(emit.view(x, split), order)), shape);
}

/** What leads back to `x`. */
export function inverted(rearrangement: Rearrangement, x: Shape): Rearrangement {
  const { order } = rearrangement;
  return { split: exchanged(rearrangement), order: order.map((_, axis) => order.indexOf(axis)), shape: x };
}

/** Flat index in x of element `index`. */
export function sourceOf(rearrangement: Rearrangement, index: number): number {
  const { split, order } = rearrangement;
  const at = coordinatesOf(index, exchanged(rearrangement));
  return flatIndex(
    split.map((_, axis) => at[order.indexOf(axis)] as number),
    split,
  );
}
