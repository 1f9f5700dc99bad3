// Where a cursor of one plan stands in another: before the same step, so that an edit, or stepping inside an operator, does
// not move the run. Where the step is gone, before what stands for it.
import type { CompileReport } from '../../engine/protocol.ts';

type Steps = CompileReport['steps'];
type Step = Pick<Steps[number], 'node' | 'phase'>;

/** @param cursor number of steps executed; `before[cursor]` is next */
export function samePlace(before: readonly Step[], cursor: number, after: readonly Step[]): number {
  const next = before[cursor];
  if (cursor === 0 || next === undefined) return cursor === 0 ? 0 : after.length;
  const found = sameStep(before, cursor, after) ?? firstOf(after, next, (node) => node.startsWith(`${next.node}/`));
  if (found !== undefined) return found;
  for (let path = outer(next.node); path !== ''; path = outer(path)) {
    const at = firstOf(after, next, (node) => node === path);
    if (at !== undefined) return at;
  }
  // The step itself was deleted: after the last one that ran and is still there.
  for (let last = cursor - 1; last >= 0; last--) {
    const at = sameStep(before, last, after);
    if (at !== undefined) return at + 1;
  }
  return 0;
}

/** The step of the same node in the same phase; where a node has several there, the one of the same rank. */
function sameStep(before: readonly Step[], index: number, after: readonly Step[]): number | undefined {
  const wanted = before[index] as Step;
  const alike = (step: Step): boolean => step.node === wanted.node && step.phase === wanted.phase;
  let rank = before.slice(0, index).filter(alike).length;
  const at = after.findIndex((step) => alike(step) && rank-- === 0);
  return at < 0 ? undefined : at;
}

function firstOf(steps: readonly Step[], { phase }: Step, fits: (node: string) => boolean): number | undefined {
  const at = steps.findIndex((step) => step.phase === phase && fits(step.node));
  return at < 0 ? undefined : at;
}

function outer(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
