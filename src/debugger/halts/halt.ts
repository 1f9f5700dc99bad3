// What stops a run and what is told about it, as plain cloneable data: breakpoints, log points, watches, their faults and hits.
import type { Span } from '../../language/tokens.ts';
import type { Phase } from '../../program/program.ts';
import type { Shape } from '../../tensor/shape.ts';

/**
 * Without a condition it stops before the first step of its node and phase. With one it stops just after the step that makes the
 * condition's values known: the node's last step of that phase, or the later step that writes what is read. On the whole graph
 * (path '') it is asked once an iteration, after the last step that writes what it reads, parameters included; before the first
 * step where it reads data or counters only. A log point (`log`) writes where it would stop, and goes on.
 */
export interface Breakpoint {
  /** Names it in faults, hits and logs; `conv1.forward` where there is none. */
  readonly id?: string;
  /** Instance path, with or without time steps; '' for the whole graph. */
  readonly path: string;
  /** Without meaning for the whole graph. */
  readonly phase: Phase;
  readonly enabled: boolean;
  /** language/condition.ts */
  readonly condition?: string;
  /** language/hit-count.ts: `>= 10`, `% 5`, `== 3`. */
  readonly hits?: string;
  /** language/log-message.ts: `loss {loss}`. */
  readonly log?: string;
}

export interface BreakpointFault {
  readonly field: 'path' | 'condition' | 'hits' | 'log';
  readonly span: Span;
  readonly message: string;
}

export interface BreakpointFacts {
  readonly id: string;
  /** Empty where it is in force. */
  readonly faults: readonly BreakpointFault[];
  /** Numbers of executed steps at which it is asked: stands before `steps[cursor]`. */
  readonly cursors: readonly number[];
  /** How often it was hit so far, stopping or not. */
  readonly count: number;
}

export interface BreakpointHit {
  readonly id: string;
  readonly iteration: number;
  readonly epoch: number;
  /** Steps executed. */
  readonly cursor: number;
  /** Of the step just executed; of the next one for a breakpoint without a condition. */
  readonly node: string;
  readonly phase: Phase;
  /** The condition in its canonical spelling; null without one. */
  readonly expression: string | null;
  /** What it compares, by its text, with the numbers found. */
  readonly values: Readonly<Record<string, number>>;
  /** The how manieth hit. */
  readonly count: number;
}

/** A line of a log point. */
export interface LogEntry extends BreakpointHit {
  readonly line: string;
  /** The expressions in braces, in order: a series each. */
  readonly series: readonly { readonly expression: string; readonly value: number }[];
}

export interface WatchSetting {
  readonly id: string;
  readonly expression: string;
  /** Instance path of the node whose ports bare names are; '' for the whole graph. */
  readonly path: string;
}

export interface WatchAnswer {
  readonly id: string;
  /** pending: its values are not computed yet in this iteration, and the numbers are those of before, if any. */
  readonly state: 'computed' | 'pending' | 'fault';
  readonly fault: { readonly span: Span; readonly message: string } | null;
  readonly shape: Shape;
  /** Of one number; of a tensor its mean. */
  readonly value: number;
  /** Of tensors. */
  readonly range: { readonly min: number; readonly max: number } | null;
  /** One for every time it was evaluated, oldest first; the last 512. */
  readonly history: {
    readonly iterations: Float64Array<ArrayBuffer>;
    readonly values: Float64Array<ArrayBuffer>;
  };
}
