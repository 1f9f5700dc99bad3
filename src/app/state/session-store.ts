// What the engine has told: facts of the compiled graph, the run, summaries of values, training. Filled only by its answers,
// thrown away freely; every fact belongs to a revision, and what belongs to an older one is marked stale or dropped.
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { LogLine, WatchAnswers } from '../../engine/protocol/halts.ts';
import type { ProfileFacts } from '../../engine/protocol/plans.ts';
import type { Saliency, Summary } from '../../engine/protocol/views.ts';
import type { CompileReport, CurvePoint, DataSourceFacts, SessionState, TrainState } from '../../engine/protocol.ts';
import type { Diagnostic } from '../../tensor/diagnostic.ts';
import type { RunState } from './run-state.ts';

export interface SessionData {
  readonly run: RunState;
  /** Of the graph as drawn now; `report.revision` is less while it is being compiled. */
  readonly wanted: number;
  readonly report: CompileReport | null;
  readonly session: SessionState | null;
  /** Node path → index of its last step in each phase, blocks included; derived from the report. */
  readonly lastSteps: Readonly<Record<string, LastSteps>>;
  /** Value name → what is known of it; only values that are or were on screen. */
  readonly summaries: Readonly<Record<string, Summary>>;
  /** Rises with every answer about values: who shows one at full size asks again. */
  readonly summariesVersion: number;
  /** Of the graph that the summaries belong to. */
  readonly summariesRevision: number;
  readonly training: TrainState | null;
  readonly curves: readonly CurvePoint[];
  readonly sources: readonly DataSourceFacts[];
  /** The last saliency map, to be shown on its input's node while it is true. */
  readonly saliency: SaliencyOnNode | null;
  /** Faults that the compiler and training report. */
  readonly problems: readonly Diagnostic[];
  /** The last measurement of times; of an older graph where its revision says so. */
  readonly profile: ProfileFacts | null;
  /** How much of one is measured, 0…1; null: none is under way. */
  readonly profiling: number | null;
  /** What parts of the page leave for overlays to show, by the overlay's id. */
  readonly overlayFacts: Readonly<Record<string, unknown>>;
  /** Lines that log points wrote, oldest first. */
  readonly log: readonly LogLine[];
  readonly watches: WatchAnswers | null;
  /** The history that is being searched. */
  readonly search: { readonly id: number; readonly share: number; readonly iteration: number } | null;
  /** How far a command is that replays a long history; null: none does. */
  readonly replay: { readonly share: number; readonly iteration: number } | null;
  /** A file of another format that the engine is reading. */
  readonly reading: { readonly name: string; readonly share: number } | null;
}

export interface SaliencyOnNode {
  /** Value that it is a map of. */
  readonly input: string;
  readonly example: number;
  readonly iteration: number;
  readonly picture: Saliency;
}

export interface LastSteps {
  readonly forward?: number;
  readonly backward?: number;
  readonly update?: number;
}

export type SessionStore = StoreApi<SessionData>;

export function createSessionStore(): SessionStore {
  return createStore<SessionData>(() => ({
    run: { kind: 'starting', again: false },
    wanted: 0,
    report: null,
    session: null,
    lastSteps: {},
    summaries: {},
    summariesVersion: 0,
    summariesRevision: 0,
    training: null,
    curves: [],
    sources: [],
    saliency: null,
    problems: [],
    profile: null,
    profiling: null,
    overlayFacts: {},
    log: [],
    watches: null,
    search: null,
    replay: null,
    reading: null,
  }));
}

/** Whether what is on screen belongs to an older graph than the one drawn. */
export function isStale(data: SessionData): boolean {
  const { report, wanted, summariesRevision } = data;
  return report !== null && (report.revision !== wanted || (report.runnable && summariesRevision !== wanted));
}

/** The step that runs next, or undefined at the end. */
export function nextStep(data: SessionData): CompileReport['steps'][number] | undefined {
  return data.report?.steps[data.session?.cursor ?? 0];
}

/** The step that ran last in this iteration. */
export function lastStep(data: SessionData): CompileReport['steps'][number] | undefined {
  return data.report?.steps[(data.session?.cursor ?? 0) - 1];
}

export function isTraining(data: SessionData): boolean {
  return data.training?.status === 'running';
}

/** All epochs of this set-up are done: more of them, or new parameters, are needed to go on. */
export function hasFinished({ training, wanted }: SessionData): boolean {
  return training?.status === 'finished' && training.revision === wanted;
}

/** The map, unless parameters, graph or example have changed since it was made. */
export function trueSaliency(data: SessionData, example: number): SaliencyOnNode | null {
  const { saliency, wanted, session } = data;
  if (saliency === null || saliency.picture.revision !== wanted) return null;
  return saliency.example === example && saliency.iteration === session?.iteration ? saliency : null;
}

/** Whether the debugger's commands can act. */
export function canStep(data: SessionData): boolean {
  const { run, report } = data;
  // An empty graph has no steps.
  if (report?.steps.length === 0) return false;
  // While one command runs, or an edit is compiled, the next may be given: they run in order, so that quick keys are not lost.
  const will = run.kind === 'running' || (run.kind === 'compiling' && report?.runnable === true);
  return (will || (run.kind === 'ready' && run.runnable)) && !isTraining(data);
}

/** Whether there is anything before: in this iteration or an earlier one. */
export function canGoBack({ session }: SessionData): boolean {
  return session !== null && (session.cursor > 0 || session.iteration > 0);
}

/** Which step ends each node's part of each phase; a block ends with the last node inside, whatever the time step. */
export function lastStepsOf(steps: CompileReport['steps']): Readonly<Record<string, LastSteps>> {
  const last: Record<string, { -readonly [K in keyof LastSteps]: LastSteps[K] }> = {};
  steps.forEach(({ node, phase }, index) => {
    for (const path of withAncestors(node)) {
      last[path] ??= {};
      last[path][phase] = index;
    }
  });
  return last;
}

/** `rnn[3]/lstm` → itself, `rnn[3]`, `rnn`. */
export function withAncestors(path: string): readonly string[] {
  const paths: string[] = [];
  for (let rest = path; rest !== ''; rest = rest.slice(0, Math.max(0, rest.lastIndexOf('/')))) {
    paths.push(rest);
    const bare = rest.replace(/\[\d+\]$/, '');
    if (bare !== rest) paths.push(bare);
  }
  return paths;
}
