// The way between document and engine: a changed graph is opened (debounced, one at a time), the run is brought back to where
// the user stood, and summaries of visible values are fetched. Answers to an older graph are dropped. When the worker dies it
// is started again with the same graph. Effects only write to the session store; what the page shows is left to the page.
// Length: all of it shares one queue and one worker that may die.

import type { SummaryRequest, Theme } from '../../engine/protocol/views.ts';
import type {
  CompileReport,
  ControlCommand,
  EngineApi,
  EngineEvent,
  FileRequest,
  KeptState,
  OpenedFile,
  SessionState,
  TrainCommand,
  TrainState,
} from '../../engine/protocol.ts';
import type { ReadResult } from '../../graph/read-graph.ts';
import type { GraphFile } from '../../graph/schema.ts';
import { texts } from '../ui/texts.ts';
import type { CreateEngineClient, EngineClient } from './engine-port.ts';
import type { Notices } from './notices.ts';
import { type RunEvent, runTransition } from './run-state.ts';
import { samePlace } from './same-place.ts';
import { canStep, isTraining, lastStepsOf, type SessionStore } from './session-store.ts';
import { createSummaryFetcher, type SummaryFetcher } from './summary-fetcher.ts';
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

export type FileAnswer = OpenedFile & { readonly id: number };

/** Beyond this many operations the page does not run an iteration by itself after an edit. */
const flopsToRunUnasked = 4e10;

/** The engine's number for the replay of a command, among those of searches. */
const movement = 0;

/** Lines of log points that are kept. */
const mostLogLines = 2000;

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
  let lastFile = 0;
  /** Steps at which the session of a file stands. */
  let arriving: { readonly file: number; readonly step: number } | null = null;
  let callOff: () => void = () => undefined;
  let client: EngineClient;
  let crashed: Promise<null>;
  let stopListening: () => void = () => undefined;
  let fetcher: SummaryFetcher;

  const dispatch = (event: RunEvent): void => session.setState(({ run }) => ({ run: runTransition(run, event) }));
  const now = () => session.getState();

  function start(): void {
    const own = options.createClient();
    client = own;
    let tellCrash: (value: null) => void = () => undefined;
    crashed = new Promise((resolve) => {
      tellCrash = resolve;
    });
    const offEvent = own.onEvent((event) => own === client && onEvent(event));
    const offCrash = own.onCrash(() => {
      if (own !== client || disposed) return;
      tellCrash(null);
      onCrash();
    });
    stopListening = () => {
      offEvent();
      offCrash();
    };
    queue = Promise.resolve();
  }

  function onCrash(): void {
    crashes++;
    stopListening();
    client.dispose();
    opened = undefined;
    mark = undefined;
    const givesUp = crashes >= mostCrashes;
    dispatch({ kind: 'crash', givesUp });
    session.setState({ session: null, training: null });
    notices.add(
      givesUp ? { kind: 'error', text: texts.engine.keepsFailing } : { kind: 'warning', text: texts.engine.crashed },
    );
    start();
    if (!givesUp) {
      void loadSources();
      schedule(0);
    }
  }

  function onEvent(event: EngineEvent): void {
    switch (event.kind) {
      case 'training': {
        const before = now();
        // One that comes late is of the graph before, or brings nothing new but its points.
        if (event.state.revision < (before.report?.revision ?? 0)) return;
        const training = newest(before.training, event.state);
        const starts = training.iteration < (before.training?.iteration ?? 0);
        session.setState({
          training,
          curves: [...(starts ? [] : before.curves), ...event.points],
          ...(starts || event.state.diagnostics.length > 0
            ? { problems: [...(before.report?.diagnostics ?? []), ...event.state.diagnostics] }
            : {}),
        });
        if (training.status !== 'running' && before.training?.status === 'running') stopped();
        return;
      }
      case 'session':
        if (event.state.revision !== now().wanted) return;
        session.setState({ session: event.state });
        if (!isTraining(now())) aimHere();
        fetcher.refresh();
        return;
      case 'file':
        if (event.id === lastFile && now().reading !== null)
          session.setState(({ reading }) => ({ reading: reading && { ...reading, share: event.share } }));
        return;
      case 'log':
        session.setState(({ log }) => ({ log: [...log, ...event.entries].slice(-mostLogLines) }));
        return;
      case 'search':
        // What is told travels another way than the answer to a command, and may come after it.
        if (event.id === movement && now().run.kind === 'running') session.setState({ replay: event });
        else if (event.id === now().search?.id) session.setState({ search: event });
        return;
      case 'gradient_check':
        session.setState({ overlayFacts: { ...now().overlayFacts, check: event.state } });
        return;
      case 'profile':
        if (now().profiling !== null) session.setState({ profiling: event.share });
        return;
      case 'failed':
        notices.add({ kind: 'error', text: texts.engine.failed(event.message) });
        return;
    }
  }

  /** Calls run one after the other; a crash ends the wait of all. */
  function ask<T>(question: (api: EngineApi) => Promise<T>): Promise<T | null> {
    const own = client;
    return Promise.race([question(own.api), crashed]).catch((reason: unknown) => {
      if (own === client && !disposed) {
        notices.add({
          kind: 'error',
          text: texts.engine.failed(reason instanceof Error ? reason.message : String(reason)),
        });
      }
      return null;
    });
  }

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
    const stands = arriving !== null && arriving.file === weights ? arriving : null;
    arriving = null;
    if (fromKept) recallAim(report);
    fromKept = false;
    const step = left?.position.step ?? stands?.step ?? aimOf(report, aim);
    if (aim !== 'all' || stands !== null) aim = { cursor: step, steps: report.steps };
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
      const own = client;
      const answer = await ask((api) => api.readGraph(source));
      if (answer !== null || own === client || disposed) return answer;
    }
    return null;
  }

  async function openFile(file: Omit<FileRequest, 'id' | 'cancel'>): Promise<FileAnswer | null> {
    callOff();
    lastFile += 1;
    const id = lastFile;
    // While it reads, the worker hears nothing but what stands in memory that both see.
    const cancel = globalThis.crossOriginIsolated === true ? new Int32Array(new SharedArrayBuffer(4)) : undefined;
    session.setState({ reading: { name: file.name, share: 0 } });
    const calledOff = new Promise<null>((resolve) => {
      callOff = () => {
        if (cancel) Atomics.store(cancel, 0, 1);
        resolve(null);
      };
    });
    const answer = await Promise.race([
      ask((api) => api.openFile({ id, ...file, ...(cancel ? { cancel } : {}) })),
      calledOff,
    ]);
    if (id === lastFile) session.setState({ reading: null });
    if (answer?.session) arriving = { file: id, step: answer.session.position.step };
    return answer && { ...answer, id };
  }

  fetcher = createSummaryFetcher({
    session,
    theme: options.theme,
    fetch: (requests, theme) => ask((api) => api.summaries(requests, theme)),
  });
  start();
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
    openFile,
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
    cancelFile: () => callOff(),
    ask,
    askOfScreen: (question) => commanded(() => ask(question)),
    crashForTest: () => client.crashForTest(),
    dispose() {
      disposed = true;
      clearTimeout(timer);
      stopWatchingBreakpoints();
      fetcher.dispose();
      stopListening();
      client.dispose();
    },
  };
}

/** Answers and events travel different ways: what comes last need not be what was told last. */
function newest(known: TrainState | null, told: TrainState): TrainState {
  return known !== null && known.order > told.order ? known : told;
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

/** Everything but the updates, or a place among the steps of some compilation. */
type Aim = 'all' | { readonly cursor: number; readonly steps: CompileReport['steps'] };

/** The cursor to run to; updates of parameters are never run unasked, nor those of the iteration behind one that was finished. */
function aimOf(report: CompileReport, aim: Aim): number {
  if (aim !== 'all' && aim.cursor < aim.steps.length) return samePlace(aim.steps, aim.cursor, report.steps);
  const firstUpdate = report.steps.findIndex((step) => step.phase === 'update');
  const settled = firstUpdate < 0 ? report.steps.length : firstUpdate;
  let flops = 0;
  for (const node of Object.values(report.nodes)) flops += node.flops;
  return flops > flopsToRunUnasked ? 0 : settled;
}
