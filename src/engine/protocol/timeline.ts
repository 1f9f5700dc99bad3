// Time travel: where a run can be taken back to, how it forks, what is asked of its history. Plain cloneable data. A position is
// restored by replay from a snapshot, bit for bit; nothing here says what stands in memory there (ask for summaries).

import type { ComparisonResult } from '../../debugger/timeline/compare.ts';
import type { Finding } from '../../debugger/timeline/finding.ts';
import type { RunBy as Executor, Moment as Position } from '../../debugger/timeline/forks.ts';
import type { GraphFile } from '../../graph/schema.ts';
import type { Phase } from '../../program/program.ts';
import type { Diagnostic } from '../../tensor/diagnostic.ts';
import type { SessionState } from '../protocol.ts';

export type { Difference } from '../../debugger/timeline/compare.ts';
export type { OperandFacts } from '../../debugger/timeline/finding.ts';
export type { Executor, Finding, Position };

export interface EditFacts {
  readonly position: Position;
  readonly kind: 'elements' | 'rate' | 'weights';
  /** The value that was written; null: many (weights from a file). */
  readonly name: string | null;
  readonly elements: number;
  /** Of a single element, and the learning rate. */
  readonly value: number | null;
}

/** One history of the run. Up to `from` it is its parent's. */
export interface BranchFacts {
  readonly id: number;
  readonly name: string;
  /** null: begins by itself. */
  readonly parent: number | null;
  readonly from: Position;
  /** Why it exists. `graph`: the graph was edited; `reset`: new parameters. */
  readonly origin: 'start' | 'reset' | 'graph' | EditFacts['kind'];
  /** Iterations done: positions up to iteration `length`, at any step, exist. */
  readonly length: number;
  /** First iteration that can be restored without opening another graph. */
  readonly first: number;
  /** Where it stands, or stood when it was left. */
  readonly position: Position;
  /** Runs under the plan that is open: can be switched to at once. */
  readonly open: boolean;
  readonly edits: readonly EditFacts[];
  /** Who ran its own iterations: [from, to). */
  readonly runs: readonly { readonly from: number; readonly to: number; readonly executor: Executor }[];
}

export interface SnapshotFacts {
  readonly branch: number;
  readonly iteration: number;
  readonly bytes: number;
}

export interface HitFacts {
  readonly branch: number;
  readonly position: Position;
  readonly node: string;
  readonly phase: Phase;
}

export interface TimelineFacts {
  readonly revision: number;
  /** The branch that is stood on. */
  readonly branch: number;
  readonly position: Position;
  /** Steps of an iteration. */
  readonly stepCount: number;
  readonly branches: readonly BranchFacts[];
  /** Oldest first, by branch. */
  readonly snapshots: readonly SnapshotFacts[];
  readonly bytes: number;
  readonly limitBytes: number;
  /** Whether training is recorded. */
  readonly on: boolean;
  /** One snapshot in so many iterations is kept; grows as memory fills. */
  readonly interval: number;
  /** Milliseconds of an iteration as measured; 0: not known yet. */
  readonly iterationMs: Readonly<Record<Executor, number>>;
  /** The most that a seek on this branch replays. */
  readonly worst: { readonly iterations: number; readonly ms: number };
  /** Where breakpoints stopped, oldest first; the last thousand. */
  readonly hits: readonly HitFacts[];
}

export interface TakenBack {
  readonly state: SessionState;
  /** False: the edit is not known any more, or its branch is gone. Then, and called off, everything stands as it stood. */
  readonly done: boolean | 'called off';
}

export interface SwitchAnswer {
  readonly state: SessionState;
  /**
   * Not null: the branch runs another graph. Nothing has moved yet; the page makes this graph its document and calls `open` with
   * it and `branch`.
   */
  readonly graph: GraphFile | null;
}

/** What *run back to the first time* looks for. */
export type Question =
  /** The first value with NaN or ±∞ among all that is computed. */
  | { readonly kind: 'non_finite' }
  /** A condition of a breakpoint on a node (instance path) in a phase. */
  | { readonly kind: 'condition'; readonly path: string; readonly phase: Phase; readonly text: string };

export interface FirstTimeRequest {
  /** The page's number for the search, from 1: names it in `search` events and in `cancelSearch`. 0 is whatever moves the run. */
  readonly id: number;
  readonly question: Question;
  /** Default: the oldest position that can be restored. */
  readonly from?: Position;
  /** Last position looked at; default: where the branch ends. */
  readonly to?: Position;
}

export interface FirstTimeAnswer {
  readonly revision: number;
  readonly branch: number;
  /** null: never, in what was searched. */
  readonly finding: Finding | null;
  readonly searched: { readonly from: Position; readonly to: Position };
  readonly cancelled: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

export interface CompareRequest {
  readonly id: number;
  readonly a: number;
  readonly b: number;
}

export interface CompareAnswer extends ComparisonResult {
  readonly a: number;
  readonly b: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** Loss by iteration along a branch, its parents' part included as far as the plan is the same. */
export interface LossCurve {
  readonly branch: number;
  /** Where a point stands for several iterations: the last of them, and the mean. */
  readonly iterations: Float64Array<ArrayBuffer>;
  readonly losses: Float32Array<ArrayBuffer>;
  /** From this iteration on it is the branch's own. */
  readonly own: number;
}

export interface RecordingSettings {
  /** Bytes for snapshots; the oldest intervals are thinned to keep below. */
  readonly limitBytes?: number;
  /** Off: training is not recorded, and only what has been is restored. */
  readonly on?: boolean;
}

/** The part of the worker contract that is about history. */
export interface TimelineApi {
  timeline(): Promise<TimelineFacts>;
  /**
   * To a position on this branch, earlier or later, as far as it has come; pauses training. A long replay tells how far it is as
   * search 0; called off, by `cancelSearch(0)`, another seek or whatever else moves the run, it leaves everything where it was.
   */
  seek(position: Position): Promise<SessionState>;
  /** To where that branch was left. */
  switchBranch(id: number): Promise<SwitchAnswer>;
  renameBranch(id: number, name: string): Promise<TimelineFacts>;
  /** Forgets a branch that is not stood on and has no children. */
  removeBranch(id: number): Promise<TimelineFacts>;
  /** The rate of this iteration; those of later ones grow or shrink by as much. Forks like any edit. */
  setLearningRate(rate: number): Promise<SessionState>;
  /**
   * Takes the edit of numbers or of the rate back that was the `count`-th (SessionState.edits): what forked goes back to where it
   * left its parent, and is forgotten unless it was run on. A long replay is told and called off as that of `seek`.
   */
  takeBack(count: number): Promise<TakenBack>;
  /** Moves nothing: seek to the finding's position to stand there. */
  firstTime(request: FirstTimeRequest): Promise<FirstTimeAnswer>;
  compareBranches(request: CompareRequest): Promise<CompareAnswer>;
  cancelSearch(id: number): Promise<void>;
  /** At most `most` points. */
  lossCurve(branch: number, most: number): Promise<LossCurve>;
  setRecording(settings: RecordingSettings): Promise<TimelineFacts>;
}
