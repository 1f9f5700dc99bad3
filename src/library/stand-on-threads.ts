// Plans in a memory of their own, run by as many threads as were asked for: where there are no others to be had, or nothing in the
// plans is worth a meeting, by the caller's alone.
import { createKernelLibrary } from '../kernels/library.ts';
import type { Plan } from '../program/plan.ts';
import { isWorthThreads } from '../runtime/share-plan.ts';
import { createThreads, type Threads } from '../runtime/threads.ts';
import { createWorkspace, type Workspace } from '../runtime/workspace.ts';

/** What threads tell one another has room for so many. */
const mostThreads = 64;

export interface Standing {
  readonly workspace: Workspace;
  /** Beside the caller's; null: none. */
  readonly others: Threads | null;
  /** Ends them; the plans go on with one. */
  dispose(): void;
}

/** Throws RangeError where the memory cannot be had. */
export function standOnThreads(plans: readonly Plan[], count: number): Standing {
  const alone = createKernelLibrary();
  const others =
    count > 1 && isWorthThreads(plans, alone) ? createThreads({ count: Math.min(count, mostThreads) }) : null;
  try {
    const library = others ? createKernelLibrary({ shared: true }) : alone;
    const workspace = createWorkspace(plans, { library, threads: others });
    return { workspace, others, dispose: () => others?.end() };
  } catch (fault) {
    others?.end();
    throw fault;
  }
}
