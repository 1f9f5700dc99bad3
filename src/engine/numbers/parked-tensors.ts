// Parameters, running statistics and optimiser slots by name, across recompilations: what is unchanged in shape and start
// keeps its trained numbers, a node that is renamed or goes into a block takes them along, and one that is deleted and brought
// back by undo finds its own again.

import { followPath } from '../../graph/moved-nodes.ts';
import { mapNodePath } from '../../graph/references.ts';
import type { PlanValue } from '../../program/plan.ts';
import type { BoundPlan, View } from '../../runtime/workspace.ts';
import type { Tensor } from '../../tensor/tensor.ts';

export interface ParkedTensors {
  /** Copies the persistent values of a plan in, as they are between iterations. */
  park(bound: BoundPlan, settled: (index: number) => View): void;
  /** Copies what fits back; everything else keeps its initial numbers. */
  restore(bound: BoundPlan): void;
  /** Nodes have moved (instance path before → after): their numbers follow. */
  follow(moved: ReadonlyMap<string, string>): void;
  clear(): void;
  /** By name, what was parked last. The numbers are those that are parked. */
  latest(): ReadonlyMap<string, Tensor>;
}

/** What two values of one name must have in common for one to take the other's numbers over. */
function kindOf(value: PlanValue, seed: number): string {
  return `${value.shape.join('×')} ${seed} ${value.init?.kind === 'values' ? '' : JSON.stringify(value.init)}`;
}

function persistent(value: PlanValue): boolean {
  return (
    value.region === 'persistent' && (value.kind === 'parameter' || value.kind === 'state' || value.kind === 'slot')
  );
}

/** Empty: the first graph parks when it leaves. */
export function createParkedTensors(): ParkedTensors {
  let tensors = new Map<string, { readonly name: string; readonly kind: string; readonly tensor: Tensor }>();
  const keyOf = (name: string, kind: string): string => `${name} ${kind}`;
  return {
    park(bound, settled) {
      bound.plan.values.forEach((value, index) => {
        if (!persistent(value)) return;
        const { name, dtype, shape } = value;
        const kind = kindOf(value, bound.plan.seed);
        const key = keyOf(name, kind);
        // Anew, to stand last.
        tensors.delete(key);
        tensors.set(key, { name, kind, tensor: { dtype, shape, data: settled(index).slice() } });
      });
    },
    restore(bound) {
      bound.plan.values.forEach((value, index) => {
        const kept = persistent(value) ? tensors.get(keyOf(value.name, kindOf(value, bound.plan.seed))) : undefined;
        if (kept) bound.view(index).set(kept.tensor.data);
      });
    },
    follow(moved) {
      if (moved.size === 0) return;
      const before = tensors;
      tensors = new Map();
      for (const { name, kind, tensor } of before.values()) {
        const now = mapNodePath(name, (path) => followPath(path, moved)) ?? name;
        // Numbers of a node that has gone wait for it to come back, unless another has taken its place.
        const key = keyOf(now, kind);
        tensors.delete(key);
        tensors.set(key, { name: now, kind, tensor });
      }
    },
    clear: () => tensors.clear(),
    latest: () => new Map([...tensors.values()].map(({ name, tensor }) => [name, tensor])),
  };
}
