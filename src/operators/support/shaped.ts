import type { Ref } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import { type Shape, sameShape } from '../../tensor/shape.ts';

/** The same numbers as `shape`; nothing is written where the shape is that already. */
export function shaped(emit: Emitter, x: Ref, shape: Shape): Ref {
  return sameShape(x.shape, shape) ? x : emit.view(x, shape);
}
