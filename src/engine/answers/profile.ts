// Measured time of every instruction of a plan: in a memory of its own, so that nothing that is looked at changes. Each is run
// until the clock can tell, several times over; the median counts. In slices, so that messages are heard; one at a time.
import type { KernelLibrary } from '../../kernels/library.ts';
import type { Plan } from '../../program/plan.ts';
import { type BoundPlan, createWorkspace } from '../../runtime/workspace.ts';
import { type Diagnostic, error } from '../../tensor/diagnostic.ts';
import type { Project } from '../project.ts';
import type { ProfileFacts, ProfileRequest, ProfileRow } from '../protocol/plans.ts';
import type { EngineEvent } from '../protocol.ts';
import { planSteps } from './plan-facts.ts';

export interface Profiler {
  profile(
    project: Project,
    request: ProfileRequest,
    revision: number,
  ): Promise<ProfileFacts | { readonly diagnostics: readonly Diagnostic[] } | null>;
  /** Whatever is being measured is called off. */
  cancel(): void;
}

/** One measurement at a time: another calls it off. Progress goes out through `emit`. */
export function createProfiler(library: KernelLibrary, shared: boolean, emit: (event: EngineEvent) => void): Profiler {
  /** Grows with every question: who holds an older number is called off. */
  let generation = 0;
  return {
    async profile(project, { plan: kind, runs }, revision) {
      generation += 1;
      const own = generation;
      const contents = project.debug?.bound;
      const plan = kind === 'stepping' ? project.compilation.plan : project.fastPlan();
      if (!contents || !plan) return { diagnostics: [error('E_NO_GRAPH', 'nothing is ready to run')] };
      try {
        const measured = await profilePlan(plan, {
          library,
          shared,
          runs: Math.min(mostRuns, Math.max(1, Math.round(runs))),
          contents,
          cancelled: () => own !== generation,
          progress: (share) => emit({ kind: 'profile', share }),
        });
        return measured && { revision, plan: kind, runs, ...measured };
      } catch (fault) {
        if (!(fault instanceof RangeError)) throw fault;
        return { diagnostics: [error('E_MEMORY', `there is not enough memory: ${fault.message}`)] };
      }
    },
    cancel() {
      generation += 1;
    },
  };
}

const mostRuns = 101;

interface ProfileOptions {
  readonly library: KernelLibrary;
  readonly shared: boolean;
  /** Passes over the plan; the median of them counts. */
  readonly runs: number;
  /** The numbers to work on, by name: time may depend on them (denormals). */
  readonly contents: BoundPlan;
  /** Asked between slices. */
  cancelled(): boolean;
  progress(share: number): void;
}

interface Profile {
  readonly rows: readonly ProfileRow[];
  /** The whole plan once, in one go: median. */
  readonly totalMs: number;
}

/** A measurement this long is told apart from the clock's steps (5 µs where the page is isolated, 100 µs elsewhere). */
const measureMs = 0.25;
const mostRepeats = 256;
const sliceMs = 12;

/** null where it was called off. Throws RangeError where the memory cannot be had. */
async function profilePlan(plan: Plan, options: ProfileOptions): Promise<Profile | null> {
  const { runs } = options;
  const workspace = createWorkspace([plan], { library: options.library, shared: options.shared });
  workspace.initialize(plan.seed);
  const bound = workspace.plans[0] as BoundPlan;
  copyContents(options.contents, bound);
  const persistent = workspace.persistent.slice();
  const count = plan.instructions.length;
  const repeats = new Uint16Array(count).fill(1);
  const samples = Array.from({ length: count }, () => new Float64Array(runs));
  const totals = new Float64Array(runs);
  let since = performance.now();

  // The first pass warms up and says how often each must run to be measured; it is not counted.
  for (let run = -1; run < runs; run++) {
    for (let i = 0; i < count; i++) {
      const times = repeats[i] as number;
      const started = performance.now();
      for (let k = 0; k < times; k++) bound.run(i, i + 1);
      const each = (performance.now() - started) / times;
      if (run >= 0) (samples[i] as Float64Array)[run] = each;
      else repeats[i] = Math.max(1, Math.min(mostRepeats, Math.ceil(measureMs / Math.max(each, 1e-3))));
      if (performance.now() - since < sliceMs) continue;
      options.progress((run + 1 + i / count) / (runs + 1));
      await nextTask();
      if (options.cancelled()) return null;
      since = performance.now();
    }
    workspace.persistent.set(persistent);
    const started = performance.now();
    bound.run(0, count);
    if (run >= 0) totals[run] = performance.now() - started;
    workspace.persistent.set(persistent);
  }
  const rows = planSteps(plan).map(({ node, phase, role, label, kernel, flops, bytes }, i) => ({
    node,
    phase,
    role,
    label,
    kernel,
    flops,
    bytes,
    ms: median(samples[i] as Float64Array),
  }));
  return { rows, totalMs: median(totals) };
}

function median(samples: Float64Array): number {
  const sorted = samples.slice().sort();
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] as number) + high) / 2;
}

/** What the debugger holds under the same names: parameters and feeds. */
function copyContents(from: BoundPlan, to: BoundPlan): void {
  to.plan.values.forEach((value, index) => {
    if (value.kind === 'computed' || value.kind === 'constant') return;
    const known = from.find(value.name);
    const source = known === undefined ? undefined : from.view(known);
    const target = to.view(index);
    if (source?.length === target.length) target.set(source);
  });
}

/** Lets messages in. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
