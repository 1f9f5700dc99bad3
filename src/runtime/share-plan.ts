// Which instructions of a plan several threads run together, and what each of them is called with.
import type { KernelFunction, KernelLibrary } from '../kernels/library.ts';
import { workOf } from '../kernels/work.ts';
import type { KernelSpec } from '../program/kernel-spec.ts';
import type { Plan } from '../program/plan.ts';
import { alone, nothing, type ThreadPlan, together } from './thread-loop.ts';
import type { SharedPlan, Threads } from './threads.ts';

/** A plan with a function and addresses for every instruction. */
export interface CallablePlan {
  readonly plan: Plan;
  readonly calls: readonly (KernelFunction | null)[];
  /** Pointers, workspace, and the whole extent. */
  readonly operands: readonly (readonly number[])[];
}

/** Less work than this takes less time than two meetings save. */
const leastWorkNs = 3000;

function isShared(spec: KernelSpec, library: KernelLibrary): boolean {
  return library.extent(spec) > 1 && workOf(spec) >= leastWorkNs;
}

/** Whether there is anything in these plans that several threads would run together. */
export function isWorthThreads(plans: readonly Plan[], library: KernelLibrary): boolean {
  return plans.some(({ kernels }) => kernels.some((spec) => isShared(spec, library)));
}

/** Bytes of workspace that each further thread needs. */
export function sharedWorkspaceBytes(plans: readonly Plan[], library: KernelLibrary): number {
  const needs = plans.flatMap(({ kernels }) => kernels.filter((spec) => isShared(spec, library)));
  return needs.reduce((most, spec) => Math.max(most, padded(library.workspaceBytes(spec))), 0);
}

/** Room for vector reads past the end, and the next thread's cache lines apart. */
const padded = (bytes: number): number => (bytes === 0 ? 0 : Math.ceil((bytes + 64) / 64) * 64);

/** How to run each plan; `workspaces`: address of the further threads' workspaces. */
export function planSharing(
  threads: Threads,
  memory: WebAssembly.Memory,
  library: KernelLibrary,
  plans: readonly CallablePlan[],
  workspaces: number,
): ReturnType<Threads['adopt']> {
  const modules: WebAssembly.Module[] = [];
  const indices = new Map<WebAssembly.Module, number>();
  const indexOf = (module: WebAssembly.Module): number => {
    const known = indices.get(module);
    if (known !== undefined) return known;
    indices.set(module, modules.length);
    return modules.push(module) - 1;
  };
  const bytes = sharedWorkspaceBytes(
    plans.map(({ plan }) => plan),
    library,
  );
  const shared = plans.map(({ plan, calls, operands }): SharedPlan => {
    const wanted = plan.kernels.map((spec) => isShared(spec, library));
    const kernels = library
      .place(plan.kernels, plan.numerics)
      .map((placed, i) => (placed && wanted[i] ? { module: indexOf(placed.module), name: placed.exportName } : null));
    const kinds = Uint8Array.from(plan.instructions, ({ kernel }, i) =>
      calls[i] === null ? nothing : wanted[kernel] ? together : alone,
    );
    const partsOf = (thread: number): ThreadPlan['parts'] =>
      plan.instructions.map(({ kernel }, i) => {
        if (kinds[i] !== together) return null;
        const whole = operands[i] as readonly number[];
        const extent = whole.at(-1) as number;
        const workspace = thread === 0 ? (whole.at(-3) as number) : workspaces + (thread - 1) * bytes;
        const edge = (part: number) => Math.round((extent * part) / threads.count);
        return { kernel, operands: [...whole.slice(0, -3), workspace, edge(thread), edge(thread + 1)] };
      });
    return { kinds, calls, operands, kernels, parts: Array.from({ length: threads.count }, (_, t) => partsOf(t)) };
  });
  return threads.adopt(memory, modules, shared);
}
