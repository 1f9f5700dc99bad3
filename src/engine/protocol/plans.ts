// What the page is told of plans: steps, memory, passes, measured times, and what became of units and weights.
import type { Phase } from '../../program/program.ts';
import type { Diagnostic } from '../../tensor/diagnostic.ts';
import type { Shape } from '../../tensor/shape.ts';

export type BufferKind = 'feed' | 'value' | 'gradient' | 'intermediate' | 'workspace';

/** A place in the scratch memory and the time for which it is needed. */
export interface BufferFacts {
  readonly name: string;
  readonly kind: BufferKind;
  /** Whose value it holds, or whose step writes it; '' where that is nobody's. */
  readonly node: string;
  readonly shape: Shape;
  readonly offset: number;
  readonly bytes: number;
  /** With the allocator's padding. */
  readonly paddedBytes: number;
  /** First and last step that need it. */
  readonly live: readonly [number, number];
  /** Values that are the same bytes seen with another shape. */
  readonly views: readonly string[];
  /** Buffers (by index) whose bytes it re-uses. */
  readonly takesOver: readonly number[];
}

/** One kernel call of the plan. */
export interface PlanStepFacts {
  readonly label: string;
  readonly node: string;
  readonly phase: Phase;
  readonly role: 'node' | 'sum' | 'update' | 'metric' | 'fused';
  /** Nodes besides whose work was fused into it. */
  readonly others: readonly string[];
  /** What the kernel does: `gemm 32×120×400`. */
  readonly kernel: string;
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly shapes: { readonly reads: readonly Shape[]; readonly writes: readonly Shape[] };
  readonly flops: number;
  /** Read and written. */
  readonly bytes: number;
  /** Values that are written over, or are another's bytes seen anew. */
  readonly inPlace: readonly string[];
}

/** The plan that training runs (memory re-used); the debugger's own keeps everything. */
export interface PlanFacts {
  readonly steps: readonly PlanStepFacts[];
  readonly buffers: readonly BufferFacts[];
  /** The first step at which most is alive, and what (indices of `buffers`). */
  readonly peak: { readonly step: number; readonly bytes: number; readonly buffers: readonly number[] };
  readonly persistentBytes: number;
  readonly scratchBytes: number;
  readonly lowerBoundBytes: number;
  readonly sumBytes: number;
  readonly text: string;
}

/** training: what training runs, memory re-used and steps fused. stepping: what the debugger steps through. */
export type PlanKind = 'training' | 'stepping';

export interface PassesRequest {
  readonly plan: PlanKind;
  /** Names of passes to leave out. */
  readonly off: readonly string[];
}

export interface PassFacts {
  readonly name: string;
  /** `left out`: it would merge the debugger's steps. `unasked`: it runs only where a plan is compiled for it (saving memory). */
  readonly state: 'ran' | 'off' | 'left out' | 'unasked';
  /** Instructions before and after; null where it did not run. */
  readonly before: number | null;
  readonly after: number | null;
  readonly changed: boolean;
}

/** What the compiler makes of the graph with these passes. */
export interface PassesFacts {
  readonly revision: number;
  /** In the order in which they run. */
  readonly passes: readonly PassFacts[];
  readonly diagnostics: readonly Diagnostic[];
  readonly instructions: number;
  /** Different ones. */
  readonly kernels: number;
  readonly flops: number;
  readonly scratchBytes: number;
  /** Largest workspace of a kernel. */
  readonly workspaceBytes: number;
}

/** The program as text. */
export interface PassText {
  readonly before: string;
  readonly after: string;
}

export interface ProfileRequest {
  readonly plan: PlanKind;
  /** How often everything is measured; the median counts. */
  readonly runs: number;
}

export interface ProfileRow {
  readonly node: string;
  readonly phase: Phase;
  readonly role: PlanStepFacts['role'];
  readonly label: string;
  readonly kernel: string;
  readonly flops: number;
  readonly bytes: number;
  /** Of one execution. */
  readonly ms: number;
}

export interface ProfileFacts {
  readonly revision: number;
  readonly plan: PlanKind;
  readonly runs: number;
  /** Every kernel call of the plan, in order. */
  readonly rows: readonly ProfileRow[];
  /** One iteration in one go. */
  readonly totalMs: number;
}

/** How alive a nonlinearity's units are. */
export interface UnitFacts {
  /** Feature maps, or elements of a vector. */
  readonly units: number;
  /** Units that give zero wherever one looks, for every example of the batch. */
  readonly dead: number;
  /** Share of the numbers where the curve is flat: less than a hundredth of the gradient passes. null before the backward phase. */
  readonly flat: number | null;
}

export interface UpdateFacts {
  /** Euclidean norms, of the weight before and of what is added to it. */
  readonly weight: number;
  readonly update: number;
}
