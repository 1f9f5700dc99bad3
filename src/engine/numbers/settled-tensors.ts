// Persistent values of the open graph as they are between iterations.
import type { PlanValue } from '../../program/plan.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Debug } from '../project.ts';

/** By name. The numbers are views: to be used before anything runs. */
export function settledTensors(
  { bound, stepper }: Debug,
  kinds: readonly PlanValue['kind'][],
): ReadonlyMap<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  bound.plan.values.forEach((value, index) => {
    const { name, dtype, shape } = value;
    if (kinds.includes(value.kind)) tensors.set(name, { dtype, shape, data: stepper.settled(index) });
  });
  return tensors;
}
