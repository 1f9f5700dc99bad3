// Parameters, running statistics and optimiser slots by name, across recompilations: what is unchanged in shape and start
// keeps its trained numbers, and a node that is deleted and brought back by undo finds its own again.

import type { PlanValue } from '../program/plan.ts';
import type { BoundPlan, View } from '../runtime/workspace.ts';
import type { Tensor } from '../tensor/tensor.ts';

export interface ParkedTensors {
  /** Copies the persistent values of a plan in, as they are between iterations. */
  park(bound: BoundPlan, settled: (index: number) => View): void;
  /** Copies what fits back; everything else keeps its initial numbers. */
  restore(bound: BoundPlan): void;
  clear(): void;
  /** By name, what was parked last. The numbers are those that are parked. */
  latest(): ReadonlyMap<string, Tensor>;
}

function identity(value: PlanValue, seed: number): string {
  return `${value.name} ${value.shape.join('×')} ${seed} ${value.init?.kind === 'values' ? '' : JSON.stringify(value.init)}`;
}

function persistent(value: PlanValue): boolean {
  return (
    value.region === 'persistent' && (value.kind === 'parameter' || value.kind === 'state' || value.kind === 'slot')
  );
}

export function createParkedTensors(): ParkedTensors {
  const tensors = new Map<string, { readonly name: string; readonly tensor: Tensor }>();
  return {
    park(bound, settled) {
      bound.plan.values.forEach((value, index) => {
        if (!persistent(value)) return;
        const { name, dtype, shape } = value;
        const key = identity(value, bound.plan.seed);
        // Anew, to stand last.
        tensors.delete(key);
        tensors.set(key, { name, tensor: { dtype, shape, data: settled(index).slice() } });
      });
    },
    restore(bound) {
      bound.plan.values.forEach((value, index) => {
        const kept = persistent(value) ? tensors.get(identity(value, bound.plan.seed)) : undefined;
        if (kept) bound.view(index).set(kept.tensor.data);
      });
    },
    clear: () => tensors.clear(),
    latest: () => new Map([...tensors.values()].map(({ name, tensor }) => [name, tensor])),
  };
}
