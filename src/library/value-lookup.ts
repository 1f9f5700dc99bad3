// Names of a plan's values as people write them, and what of them can be read at the end.
import type { Plan } from '../program/plan.ts';
import type { BoundPlan } from '../runtime/workspace.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { feedName } from '../training/feed-batches.ts';

/** Whether the numbers of a value (index into plan.values) stand until the end. */
export function keeps(plan: Plan, index: number): boolean {
  const value = plan.values[index];
  return value !== undefined && (value.region !== 'scratch' || value.live[1] >= plan.instructions.length);
}

/** What a name may stand for: `x` for `x.y`, `grad(x)` for `grad(x.y)`, `block1.conv1.weight` for `block1/conv1.weight`. */
export function spellings(name: string): readonly string[] {
  const inner = /^grad\((.*)\)$/.exec(name)?.[1];
  if (inner !== undefined) return spellings(inner).map((each) => `grad(${each})`);
  return [name, feedName(name), dotted(name)];
}

/** Names with dots for nesting, as other libraries save them: `block1.conv1.weight` is `block1/conv1.weight`. */
export function dotted(name: string): string {
  const parts = name.split('.');
  const port = parts.pop() ?? '';
  return `${parts.join('/')}.${port}`;
}

/** Copies of parameters and state. */
export function weightsOf({ plan, view }: BoundPlan): ReadonlyMap<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  plan.values.forEach(({ name, kind, dtype, shape }, index) => {
    if (kind === 'parameter' || kind === 'state') tensors.set(name, { dtype, shape, data: view(index).slice() });
  });
  return tensors;
}
