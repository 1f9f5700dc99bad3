// Breakpoints, log points and watches between page and engine. Texts are checked on the page with the same grammar
// (language/condition.ts, complete-condition.ts); what names stand for only the engine knows, and answers as faults with places.
import type { BreakpointFacts, LogEntry, WatchAnswer, WatchSetting } from '../../debugger/halts/halt.ts';

export type {
  Breakpoint,
  BreakpointFacts,
  BreakpointFault,
  BreakpointHit,
  WatchAnswer,
  WatchSetting,
} from '../../debugger/halts/halt.ts';

export interface WatchAnswers {
  readonly revision: number;
  readonly iteration: number;
  readonly cursor: number;
  /** In the order in which they were set. */
  readonly watches: readonly WatchAnswer[];
}

/** A line, and the branch of the history that it was written on. */
export interface LogLine extends LogEntry {
  readonly branch: number;
}

/** Lines that log points wrote since the last event, oldest first; at most 10 events a second while training. */
export interface LogEvent {
  readonly kind: 'log';
  readonly revision: number;
  readonly entries: readonly LogLine[];
  /** Lines left out because there were too many. */
  readonly dropped: number;
}

/** The part of the worker contract that is about what stops and what is watched. */
export interface HaltsApi {
  /** What became of the breakpoints that are set, in their order: faults, where they are asked, how often they were hit. */
  breakpointFacts(): Promise<readonly BreakpointFacts[]>;
  /** Replaces all watches; what stays keeps its history. Evaluated whenever the session stops and when training reports. */
  setWatches(watches: readonly WatchSetting[]): Promise<WatchAnswers>;
  watches(): Promise<WatchAnswers>;
}
