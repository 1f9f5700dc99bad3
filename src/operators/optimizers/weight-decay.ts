// L2 weight decay as torch.optim means it: λ·p is added to the gradient before anything else happens to it.
import { z } from 'zod';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';

export const weightDecay = z
  .number()
  .min(0)
  .default(0)
  .meta({ title: 'Weight decay λ', description: 'Adds λ times the parameter to its gradient' });

/** g + λ·p; `g` itself where λ is 0. */
export function decayed(e: ExpressionBuilder, p: Line, g: Line, lambda: number): Line {
  return lambda === 0 ? g : e.add(g, e.mul(p, e.constant(lambda)));
}
