// What the debugger feeds where neither the graph nor a data set gives numbers: seeded samples, named as such to the page.
import type { TypedNetwork } from '../compiler/network.ts';
import { outputName } from '../compiler/network.ts';
import type { BoundPlan } from '../runtime/workspace.ts';
import { createRandom } from '../tensor/random.ts';

/** Fills fixed inputs from the graph. Answers the names filled. */
export function feedFixed(bound: BoundPlan, network: TypedNetwork): Set<string> {
  const filled = new Set<string>();
  for (const instance of network.instances) {
    if (!instance.fixed) continue;
    const name = outputName(instance, 'y');
    const index = bound.find(name);
    if (index === undefined || bound.plan.values[index]?.kind !== 'feed') continue;
    const view = bound.view(index);
    for (let i = 0; i < view.length; i++) view[i] = instance.fixed[i % instance.fixed.length] as number;
    filled.add(name);
  }
  return filled;
}

/** Standard normal numbers for float feeds, zeros for integers; the same every iteration. */
export function feedSamples(bound: BoundPlan, names: readonly string[]): void {
  for (const name of names) {
    const index = bound.find(name);
    if (index === undefined) continue;
    const view = bound.view(index);
    if (view instanceof Int32Array) {
      view.fill(0);
      continue;
    }
    const random = createRandom(bound.plan.seed, `sample ${name}`);
    for (let i = 0; i < view.length; i++) view[i] = random.normal();
  }
}
