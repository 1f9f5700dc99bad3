// The way between document and engine: a changed graph is opened (debounced, one at a time), the run is brought back to where
// the user stood, and summaries of visible values are fetched. Answers to an older graph are dropped. When the worker dies it
// (engine-life.ts) the same graph is opened again. Effects only write to the session store; what the page shows is left to the page.
// Length: all of it shares one queue and one worker that may die.

import type { SummaryRequest, Theme } from '../../engine/protocol/views.ts';
import type {
  CompileReport,
  ControlCommand,
  EngineApi,
  FileRequest,
  KeptState,
  SessionState,
  TrainCommand,
} from '../../engine/protocol.ts';
import type { ReadResult } from '../../graph/read-graph.ts';
import type { GraphFile } from '../../graph/schema.ts';
import { texts } from '../ui/texts.ts';
import { type Aim, aimOf } from './aim.ts';
import { createEngineEvents, movement, newest } from './engine-events.ts';
import { createEngineLife } from './engine-life.ts';
import type { CreateEngineClient } from './engine-port.ts';
import { createFileReading, type FileAnswer } from './file-reading.ts';
import type { Notices } from './notices.ts';
import { type RunEvent, runTransition } from './run-state.ts';
import { canStep, isTraining, lastStepsOf, type SessionStore } from './session-store.ts';
import { createSummaryFetcher } from './summary-fetcher.ts';
import type { ViewStore } from './view-store.ts';

export interface EngineLinkOptions {
  readonly createClient: CreateEngineClient;
  /** The graph as drawn, and the paths of nodes that are stepped inside. */
  readonly graph: () => {
    readonly graph: GraphFile;
    readonly expand: readonly string[];
    /** Names the document: of another one nothing trained is carried over. */
    readonly document?: string;
    /** The file whose tensors the engine holds for it. */
    readonly weights?: number | undefined;
  };
  /** What was kept of a document's numbers (`keep`). */
  readonly kept?: (document: string) => Promise<Blob | undefined>;
  readonly theme: () => Theme;
  readonly session: SessionStore;
  readonly view: ViewStore;
  readonly notices: Notices;
  /** Quiet time after an edit before it is compiled. */
  readonly debounceMs?: number;
}

export interface EngineLink {
  /** The graph changed in a way that matters to the engine; `another`: it is not the same graph any more. */
  graphChanged(another?: boolean): void;
  control(command: ControlCommand): Promise<void>;
  /** Any other way to move the run; pauses training. */
  move(question: (api: EngineApi) => Promise<SessionState>): Promise<void>;
  /** Calls off what a command replays: the run stays where it was. */
  stay(): void;
  /** The next compilation stands on that branch of the history. */
  standOn(branch: number): void;
  train(command: TrainCommand): Promise<void>;
  reset(): Promise<void>;
  /** Whose values are on screen; an empty list takes the owner out. */
  watch(owner: string, requests: readonly SummaryRequest[]): void;
  /** All that is visible is asked for again (theme or example changed). */
  refresh(): void;
  /** Data sets changed. */
  loadSources(): Promise<void>;
  /** Checks a graph file (text, or what was kept of it); waits for a worker that is being restarted. null: there is none. */
  readGraph(source: unknown): Promise<ReadResult | null>;
  /** Reads a network of another format; null when it was called off, or when there is no engine. */
  openFile(file: Omit<FileRequest, 'id' | 'cancel'>): Promise<FileAnswer | null>;
  /** Resolves when the graph as drawn has been compiled, or cannot be. */
  settled(): Promise<void>;
  /** The numbers of the document that the engine holds, up to so many bytes; null where they are no others than last time. */
  keep(most: number): Promise<(KeptState & { readonly document: string }) | null>;
  /** Calls off what `openFile` is reading. */
  cancelFile(): void;
  /** A question of one's own; null when the worker died meanwhile. */
  ask<T>(question: (api: EngineApi) => Promise<T>): Promise<T | null>;
  /** One about what is on screen: behind every edit and every command before it. */
  askOfScreen<T>(question: (api: EngineApi) => Promise<T>): Promise<T | null>;
  crashForTest(): void;
  dispose(): void;
}

/** Crashes in a row, without a successful compilation between, after which the page gives up. */
const mostCrashes = 3;

export function createEngineLink(options: EngineLinkOptions): EngineLink {
  const { session, view, notices, debounceMs = 120 } = options;
  let disposed = false;
  let crashes = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Where the run is to stand after compiling: `all`: forward and backward done, as after opening. */
  let aim: Aim = 'all';
  /** The document that the engine holds. */
  let opened: string | undefined;
  /** Of the history, to stand on after the next compilation. */
  let nextBranch: number | undefined;
  /** A document that the engine did not hold is to stand where it was left. */
  let fromKept = false;
  /** Whether the page has heard of what the engine stands on. */
  let isTold = false;
  /** Of what was last kept of it. */
  let mark: string | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  const dispatch = (event: RunEvent): void => session.setState(({ run }) => ({ run: runTransition(run, event) }));
  const now = () => session.getState();

  const life = createEngineLife({
    createClient: options.createClient,
    onEvent: createEngineEvents({
      session,
      notices,
      isReading: (file) => files.isReading(file),
      onMoved() {
        if (!isTraining(now())) aimHere();
        fetcher.refresh();
      },
      onTrainingHalts: stopped,
    }),
    onCrash,
    onFault: (message) => notices.add({ kind: 'error', text: texts.engine.failed(message) }),
  });
  const { ask } = life;
  const files = createFileReading(session, ask);
  const fetcher = createSummaryFetcher({
    session,
    theme: options.theme,
    fetch: (requests, theme) => ask((api) => api.summaries(requests, theme)),
  });

  function onCrash(): void {
    crashes++;
    queue = Promise.resolve();
    opened = undefined;
    mark = undefined;
    const givesUp = crashes >= mostCrashes;
    dispatch({ kind: 'crash', givesUp });
    session.setState({ session: null, training: null });
    notices.add(
      givesUp ? { kind: 'error', text: texts.engine.keepsFailing } : { kind: 'warning', text: texts.engine.crashed },
    );
    if (!givesUp) {
      void loadSources();
      schedule(0);
    }
  }

  /** Calls run one after the other; a crash ends the wait of all. */
  function inOrder<T>(work: () => Promise<T>): Promise<T> {
    const result = queue.then(work);
    queue = result.catch(() => undefined);
    return result;
  }

  function schedule(delayMs: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => void inOrder(openPending), delayMs);
  }

  /** What was drawn last is opened, if it waits for that. */
  async function openPending(): Promise<void> {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    await open();
  }

  /** A command is given to what is on screen: an edit just before it comes first, however quick the hand was. */
  function commanded<T>(work: () => Promise<T>): Promise<T> {
    return inOrder(async () => {
      while (timer !== undefined) await openPending();
      return work();
    });
  }

  async function open(): Promise<void> {
    const { graph, expand, document, weights } = options.graph();
    const fresh = opened !== undefined && opened !== document;
    const revision = now().wanted;
    dispatch({ kind: 'compile' });
    const another = document !== undefined && opened !== document;
    const kept = another ? await options.kept?.(document) : undefined;
    const branch = nextBranch;
    nextBranch = undefined;
    const request = { graph, revision, expand, fresh, steady: isTold, ...(kept === undefined ? {} : { kept }) };
    const more = { ...(weights === undefined ? {} : { weights }), ...(branch === undefined ? {} : { branch }) };
    const report = await ask((api) => api.open({ ...request, ...more }));
    if (another) {
      mark = undefined;
      fromKept = true;
    }
    if (report !== null) opened = document;
    if (report?.stands === undefined) isTold = false;
    if (report === null || disposed || revision !== now().wanted) return;
    isTold = true;
    crashes = 0;
    accept(report);
    // Ready is what stands where it is to stand: before, values would be shown as of the first step.
    const ready = (): void => dispatch({ kind: 'compiled', runnable: report.runnable });
    const { moved } = report;
    if (moved !== undefined) {
      const { followMoved } = await import('./follow-moved.ts');
      view.setState((state) => followMoved(state, moved));
    }
    if (!report.runnable) {
      ready();
      return;
    }
    const goesOn = (): void => {
      ready();
      fetcher.refresh();
    };
    if (report.stands !== undefined) {
      goesOn();
      return;
    }
    await ask((api) => api.setBreakpoints(view.getState().breakpoints));
    if (view.getState().watches.length > 0) await setWatches();
    if (report.trains !== undefined) {
      goesOn();
      return;
    }
    // A branch stands where it was left.
    const left = branch === undefined ? null : await ask((api) => api.timeline());
    const arrival = files.takeArrival(weights);
    if (fromKept) recallAim(report);
    fromKept = false;
    const step = left?.position.step ?? arrival ?? aimOf(report, aim);
    if (aim !== 'all' || arrival !== null) aim = { cursor: step, steps: report.steps };
    keepAim();
    ready();
    if (step > 0 || left !== null) await command((api) => api.control({ kind: 'run_to', step }));
    fetcher.refresh();
  }

  function accept(report: CompileReport): void {
    // Opening a graph that computes something else ends training; its curves stay until training starts again.
    const { session: state = startOf(report), training = report.trains ?? null } = report.stands ?? {};
    session.setState({
      report,
      problems: [...report.diagnostics, ...(training?.diagnostics ?? [])],
      session: state,
      lastSteps: lastStepsOf(report.steps),
      training: training && newest(now().training, training),
      ...(report.runnable ? {} : { summaries: {} }),
    });
  }

  /** A command to a graph that has meanwhile changed again is still answered, and its answer dropped. */
  async function command(question: (api: EngineApi) => Promise<SessionState>): Promise<void> {
    dispatch({ kind: 'command' });
    const state = await ask(question);
    if (now().replay !== null) session.setState({ replay: null });
    if (state !== null && state.revision === now().wanted) {
      session.setState({ session: state });
      fetcher.refresh();
    }
    dispatch({ kind: 'stopped' });
  }

  async function moveBy(question: (api: EngineApi) => Promise<SessionState>): Promise<void> {
    await command(question);
    aimHere();
  }

  /** After the next edit, or the next start of the page, the run is to stand where it stands now. */
  function aimHere(): void {
    const { session: state, report } = now();
    if (state === null || report?.revision !== state.revision) return;
    const { cursor } = state;
    aim = cursor === aimOf(report, 'all') ? 'all' : { cursor, steps: report.steps };
    keepAim();
  }

  function keepAim(): void {
    const stood = aim === 'all' ? [] : [aim.cursor, aim.steps.length];
    if (stood.join() !== view.getState().stood.join()) view.setState({ stood });
  }

  /** Training has come to a halt. */
  function stopped(): void {
    aimHere();
    fetcher.refresh();
  }

  /** As an earlier page left it, if it is the same iteration still. */
  function recallAim({ steps }: CompileReport): void {
    const [cursor, count] = view.getState().stood;
    if (cursor !== undefined && count === steps.length && steps[cursor]) aim = { cursor, steps };
  }

  async function setWatches(): Promise<void> {
    const watches = await ask((api) => api.setWatches(view.getState().watches));
    session.setState({ watches });
  }

  async function loadSources(): Promise<void> {
    const sources = await ask((api) => api.dataSources());
    if (sources !== null) session.setState({ sources });
  }

  async function readGraph(source: unknown): Promise<ReadResult | null> {
    for (let tries = 0; tries < mostCrashes; tries++) {
      const { number } = life;
      const answer = await ask((api) => api.readGraph(source));
      if (answer !== null || number === life.number || disposed) return answer;
    }
    return null;
  }

  void loadSources();
  const stopWatchingBreakpoints = view.subscribe((state, before) => {
    if (state.breakpoints !== before.breakpoints && now().report?.runnable) {
      void inOrder(() => ask((api) => api.setBreakpoints(state.breakpoints)));
    }
    if (state.watches !== before.watches && now().report?.runnable) void inOrder(setWatches);
    if (state.example !== before.example) fetcher.refresh();
  });

  return {
    graphChanged(another = false) {
      if (another) aim = 'all';
      session.setState({ wanted: now().wanted + 1 });
      if (now().run.kind === 'gone') crashes = 0;
      schedule(debounceMs);
    },
    control: (each) =>
      commanded(async () => {
        if (canStep(now())) await moveBy((api) => api.control(each));
      }),
    move: (question) => commanded(() => moveBy(question)),
    stay: () => void ask((api) => api.cancelSearch(movement)),
    standOn(branch) {
      nextBranch = branch;
    },
    train: (each) =>
      commanded(async () => {
        // What came on screen since may be nothing that runs.
        if (each !== 'pause' && each !== 'stop' && !canStep(now()) && !isTraining(now())) return;
        if (each === 'start') session.setState({ curves: [] });
        const told = await ask((api) => api.train(each));
        if (told === null) return;
        const training = newest(now().training, told);
        session.setState({
          training,
          problems: [...(now().report?.diagnostics ?? []), ...training.diagnostics],
        });
        if (!isTraining(now())) stopped();
      }),
    reset: () =>
      commanded(async () => {
        session.setState({ curves: [], training: null });
        const report = now().report;
        await command((api) => api.reset());
        if (report && aimOf(report, aim) > 0) {
          await command((api) => api.control({ kind: 'run_to', step: aimOf(report, aim) }));
        }
      }),
    watch: fetcher.watch,
    refresh: fetcher.refresh,
    loadSources,
    readGraph,
    openFile: files.open,
    settled: () =>
      new Promise((resolve) => {
        const done = ({ report, wanted, run }: ReturnType<typeof now>): boolean =>
          report?.revision === wanted || run.kind === 'gone' || disposed;
        if (done(now())) {
          resolve();
          return;
        }
        const stop = session.subscribe((state) => {
          if (!done(state)) return;
          stop();
          resolve();
        });
      }),
    keep: (most) =>
      inOrder(async () => {
        const document = opened;
        const kept = document === undefined ? null : await ask((api) => api.keepState({ since: mark, most }));
        if (document === undefined || kept === null) return null;
        mark = kept.mark;
        return { ...kept, document };
      }),
    cancelFile: files.cancel,
    ask,
    askOfScreen: (question) => commanded(() => ask(question)),
    crashForTest: life.crashForTest,
    dispose() {
      disposed = true;
      clearTimeout(timer);
      stopWatchingBreakpoints();
      fetcher.dispose();
      life.dispose();
    },
  };
}

function startOf(report: CompileReport): SessionState | null {
  if (!report.runnable) return null;
  return {
    revision: report.revision,
    cursor: 0,
    stepCount: report.steps.length,
    iteration: 0,
    stoppedBy: 'start',
    changed: [],
    loss: null,
    sampled: [],
  };
}
