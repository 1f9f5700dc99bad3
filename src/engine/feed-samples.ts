// What the debugger feeds where neither the graph nor a data set gives numbers: seeded samples, named as such to the page.
import type { Plan } from '../program/plan.ts';
import type { BoundPlan } from '../runtime/workspace.ts';
import { type Diagnostic, note } from '../tensor/diagnostic.ts';
import { createRandom } from '../tensor/random.ts';

/** Feeds that hold a fixed value of the graph until they are fed. */
export function fixedFeeds({ values }: Plan): Set<string> {
  return new Set(values.filter(({ kind, data }) => kind === 'feed' && data !== undefined).map(({ name }) => name));
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

/** Says of each that its numbers are nobody's. */
export function sampleNotes(names: readonly string[]): readonly Diagnostic[] {
  const hint = { hint: 'Give it a value, or choose a data set in the Training tab.' };
  const message = 'has no data: seeded random numbers stand in';
  return names.map((name) => note('I_SAMPLED', message, { path: name.slice(0, name.lastIndexOf('.')) }, hint));
}
