// The engine in process: implements the worker contract over one project at a time. Tests and the command line use it as it
// is, the page through worker.ts. Owns what outlives a project: data, parked tensors, breakpoints.
// Length: one method of the contract after the other, over one state.
import type { Registry } from '../compiler/compile.ts';
import { nodeOf } from '../debugger/timeline/finding.ts';
import { movedNodes } from '../graph/moved-nodes.ts';
import { readGraph } from '../graph/read-graph.ts';
import type { GraphFile } from '../graph/schema.ts';
import { createKernelLibrary, type KernelLibrary } from '../kernels/library.ts';
import { parameterPath } from '../language/value-name.ts';
import type { Threads } from '../runtime/threads.ts';
import { type Diagnostic, error, hasErrors } from '../tensor/diagnostic.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { compileReport, isPublicName } from './answers/compile-report.ts';
import { createQuestions } from './answers/questions.ts';
import { control, type StopReason } from './control.ts';
import { createDataShelf } from './data-shelf.ts';
import { sampleNotes } from './feed-samples.ts';
import { exportFile } from './files/export-file.ts';
import { createOpenFiles } from './files/open-files.ts';
import { createHalts } from './halts.ts';
import { createHistory } from './history/history.ts';
import { createHistoryApi, type Movement, stepsTo } from './history/history-api.ts';
import { assignWeights } from './numbers/assign-weights.ts';
import { createIncomingNumbers } from './numbers/incoming-numbers.ts';
import { keptState, readKept } from './numbers/kept-numbers.ts';
import { createParkedTensors } from './numbers/parked-tensors.ts';
import { rateStateOf } from './numbers/rate-state.ts';
import { createProject, type Debug, type Project, type ProjectOptions } from './project.ts';
import type { CompileReport, EngineApi, EngineEvent, SessionState } from './protocol.ts';
import { createTrainingSeat } from './training-seat.ts';
import { worldOf } from './world.ts';

export interface EngineOptions {
  readonly registry: Registry;
  /** Memory that other threads may see: where the page is cross-origin isolated. */
  readonly shared?: boolean;
  /** Threads beside the engine's own; their memory is shared. */
  readonly threads?: Threads | null;
  /** Where kernels are made; for such a memory. */
  readonly library?: KernelLibrary;
  emit(event: EngineEvent): void;
}

export function createEngine({
  registry,
  shared = false,
  threads = null,
  library = createKernelLibrary({ shared }),
  emit,
}: EngineOptions): EngineApi {
  const plain = shared ? createKernelLibrary({ shared: false }) : library;
  const shelf = createDataShelf();
  const parked = createParkedTensors();
  const files = createOpenFiles();
  const incoming = createIncomingNumbers();
  /** Whether there are numbers that neither seed nor training gave, and how often such were written. */
  let given = false;
  /** Among them those of a file. */
  let loaded = false;
  let writes = 0;
  let project: Project | null = null;
  let revision = -1;
  let stoppedBy: StopReason = 'start';
  let changed: readonly string[] = [];
  let iteration = 0;
  let expanded: readonly string[] = [];
  /** As it was asked for: more than could be opened. */
  let toExpand: readonly string[] = [];
  /** What of the graph is trained (World). */
  let trained = '';
  const history = createHistory();
  const halts = createHalts(emit, () => history.timeline.forks);

  const debug = (): Debug | null => project?.debug ?? null;

  const { api: questions, forget } = createQuestions({
    registry,
    library,
    plain,
    shared,
    project: () => project,
    revision: () => revision,
    pause: () => seat.pause(),
    emit,
  });

  function sessionState(): SessionState {
    const at = debug();
    const plan = at?.bound.plan;
    const loss = plan?.loss ?? null;
    const index = loss === null ? undefined : at?.bound.find(loss);
    const known = at && index !== undefined && at.stepper.isComputed(index);
    return {
      revision,
      cursor: at?.stepper.cursor ?? 0,
      stepCount: plan?.steps.length ?? 0,
      iteration: at?.stepper.iteration ?? 0,
      stoppedBy,
      changed,
      loss: known ? (at.bound.view(index)[0] as number) : null,
      sampled: at?.sampled ?? [],
      edits: history.edits.count,
      hits: halts.hits,
      stoppedTraining: halts.stoppedTraining,
    };
  }

  function numbersWritten(): void {
    given = true;
    writes++;
  }

  function namesWritten(from: number, to: number): string[] {
    const at = debug();
    if (!at) return [];
    const names = new Set<string>();
    for (let step = Math.min(from, to); step < Math.max(from, to); step++) {
      for (const index of at.stepper.writes(step)) {
        const name = at.bound.plan.values[index]?.name;
        if (name !== undefined && isPublicName(name)) names.add(name);
      }
    }
    return [...names];
  }

  /** Stands the debugger where training is, with forward and backward done, so that nodes show true numbers. */
  function showTraining(at: Debug, run: { readonly iteration: number }): void {
    at.stepper.reset(run.iteration);
    const end = at.bound.plan.steps.findIndex((step) => step.phase === 'update');
    at.stepper.runTo(end < 0 ? at.bound.plan.steps.length : end);
    stoppedBy = 'step';
    changed = namesWritten(0, at.stepper.cursor);
    halts.forgetHits();
    halts.unseen();
    halts.lookAhead(at);
  }

  function noteHits(): void {
    for (const { iteration: at, cursor, node, phase } of halts.hits)
      history.noteHit({ position: { iteration: at, step: cursor }, node, phase });
  }

  /** Stands the debugger where a breakpoint stopped training. */
  function showHit(at: Debug, run: { readonly iteration: number }, cursor: number): void {
    at.stepper.reset(run.iteration);
    at.stepper.runTo(cursor);
    stoppedBy = 'breakpoint';
    changed = namesWritten(0, cursor);
    noteHits();
    halts.passed(at);
    halts.look(at);
  }

  const seat = createTrainingSeat({
    history,
    halts,
    project: () => project,
    revision: () => revision,
    expanded: () => expanded,
    show: showTraining,
    showHit,
    ended: (at) => {
      iteration = at;
    },
    state: sessionState,
    emit,
  });

  /** `graph` with its data; `at`: the iteration that it begins with. */
  function projectOf(graph: GraphFile, expand: readonly string[], at: number, own: Partial<ProjectOptions>) {
    const { data } = graph.training;
    const opened = data ? shelf.open(data, graph.seed) : null;
    const dataset = opened?.dataset ?? null;
    const made = createProject(graph, {
      registry,
      library,
      shared,
      threads,
      expand,
      parked,
      iteration: at,
      dataset,
      partial: true,
      ...own,
    });
    return { made, remarks: opened?.diagnostics ?? [] };
  }

  /** Numbers of what cannot run, for when it can. */
  function waitingNumbers(): ReadonlyMap<string, Tensor> {
    if (!project || project.isWhole) return incoming.rest;
    const { network, stopped } = project.compilation;
    const drawn = new Set([...network.instances.map(({ owner }) => owner), ...stopped.keys()].map(parameterPath));
    const own = [...parked.latest()].filter(([name]) => drawn.has(nodeOf(name)));
    return new Map([...own, ...incoming.rest]);
  }

  /** Whether the data at hand for this graph is what feeds the one that stands. */
  function isFed({ training: { data }, seed }: GraphFile): boolean {
    return project !== null && (data ? shelf.open(data, seed).dataset : null) === project.dataset;
  }

  /** Whether the same nodes are open when these are asked for. */
  function opensAlike(expand: readonly string[]): boolean {
    return expanded.every((path) => expand.includes(path)) && expand.every((path) => toExpand.includes(path));
  }

  /** What the debugger shows once it stands elsewhere in the history. */
  function moved(how: Movement = 'gone'): SessionState {
    const at = debug();
    if (!at) return sessionState();
    if (how !== 'gone') writes++;
    if (how === 'edited') halts.rewind(at);
    const { cursor } = at.stepper;
    iteration = at.stepper.iteration;
    stoppedBy = cursor === 0 ? 'start' : cursor === at.bound.plan.steps.length ? 'end' : 'step';
    changed = namesWritten(0, cursor);
    halts.forgetHits();
    halts.unseen();
    halts.look(at);
    return sessionState();
  }

  const past = createHistoryApi({
    history,
    debug,
    revision: () => revision,
    isTraining: () => seat.running,
    pause: seat.pause,
    moved,
    state: sessionState,
    elsewhere: (branch) => {
      const own = { threads: null, parked: createParkedTensors() };
      return projectOf(history.graphOf(branch), [], 0, own).made.debug;
    },
    emit,
  });

  const api: EngineApi = {
    ...past.api,
    ...questions,

    async readGraph(source) {
      return readGraph(source, { keepUnknown: true });
    },

    async open({ graph, revision: next, expand = [], fresh = false, weights, kept, branch, steady = false }) {
      const started = performance.now();
      const world = worldOf(graph, registry);
      const back = kept === undefined ? null : await readKept(kept);
      const taken = weights === undefined ? null : files.take(weights);
      const own = steady && !fresh && !taken && !back && branch === undefined && isFed(graph) ? project : null;
      if (own?.debug && world.key === history.timeline.forks.current.world && opensAlike(expand)) {
        const moves = movedNodes(own.graph, graph);
        parked.follow(moves);
        own.redraw(graph, world);
        history.redraw(graph);
        revision = next;
        const report = compileReport(own.compilation, revision, performance.now() - started);
        const diagnostics = [...report.diagnostics, ...sampleNotes(own.debug.sampled)];
        const stands = { session: sessionState(), training: seat.state };
        return { ...report, ...movedFacts(moves), diagnostics, stands };
      }
      const trainsOn = own !== null && seat.running && world.training === trained;
      trained = world.training;
      seat.clear();
      const { stepper } = debug() ?? {};
      const stood = stepper ? { iteration: stepper.iteration, step: stepper.cursor } : null;
      const beginning = incoming.replace(taken, back, fresh);
      if (fresh) {
        parked.clear();
        iteration = 0;
        given = loaded = false;
      } else if (project?.debug) {
        project.settle();
        project.park();
        iteration = project.debug.stepper.iteration;
      }
      const moves = fresh || !project ? new Map<string, string>() : movedNodes(project.graph, graph);
      parked.follow(moves);
      if (beginning) {
        ({ iteration, given } = beginning);
        loaded = given;
      }
      revision = next;
      toExpand = expand;
      past.overtake();
      forget();
      const left = history.timeline.forks.current;
      const place = history.open({
        graph,
        world: world.key,
        fresh: fresh || (back !== null && taken === null),
        branch,
        debug: debug(),
        stood,
        iteration,
      });
      const { made, remarks } = projectOf(graph, expand, iteration, { timeline: history.timeline });
      project = made;
      expanded = made.opened;
      if (project.debug && place) {
        const { timeline } = history;
        timeline.stand(project.debug.stepper, timeline.forks.current, { ...place, step: 0 });
        iteration = project.debug.stepper.iteration;
      } else if (project.debug && history.timeline.forks.current !== left) halts.rewind(project.debug);
      stoppedBy = 'start';
      changed = [];
      const report = compileReport(project.compilation, revision, performance.now() - started);
      const extra: Diagnostic[] = remarks.map((d) =>
        d.severity === 'error' ? { ...d, severity: 'warning' as const } : d,
      );
      extra.push(...sampleNotes(project.debug?.sampled ?? []));
      const at = project.debug;
      if (back !== null) extra.push(...back.diagnostics);
      if (at) {
        const {
          diagnostics,
          weights: written,
          stands,
        } = incoming.assign(at, history.timeline, {
          fusedMultiplyAdd: library.fma,
          isWhole: project.isWhole,
        });
        extra.push(...diagnostics);
        if (written) given = loaded = true;
        if (stands) {
          changed = namesWritten(0, at.stepper.cursor);
          stoppedBy = 'step';
        }
      }
      // To the step last: called off, it stands on the way there.
      if (at && place) await past.walk(stepsTo(at.stepper, place.step));
      const trains = trainsOn && at ? { trains: seat.command('start') } : {};
      return { ...report, ...movedFacts(moves), ...trains, diagnostics: [...report.diagnostics, ...extra] };
    },

    async openFile(request) {
      return files.read(request, (share) => emit({ kind: 'file', id: request.id, share }));
    },

    async session() {
      return sessionState();
    },

    async control(command) {
      const at = debug();
      if (!at) return sessionState();
      seat.pause();
      const before = { cursor: at.stepper.cursor, iteration: at.stepper.iteration };
      const entry = past.enter(command);
      const entered = entry instanceof Promise ? await entry : entry;
      if (entered === false) return sessionState();
      halts.forgetHits();
      const walk = past.walk(control(at, command, (cursor) => halts.stopsAt(at, cursor), entered === 'stands'));
      const walked = walk instanceof Promise ? await walk : walk;
      if (walked === 'overtaken') return sessionState();
      stoppedBy = walked === 'called off' ? 'step' : walked.done;
      if (command.kind === 'reverse_continue' && stoppedBy === 'start') {
        // In this iteration there is none: in those before, however they were run.
        const from = { iteration: before.iteration, step: before.cursor };
        const back = await past.lastStop(halts.settings.breakpoints, from);
        if (back === 'stopped' && debug() === at)
          stoppedBy = halts.stopsAt(at, at.stepper.cursor) ? 'breakpoint' : 'step';
        else if (back === 'called off') stoppedBy = 'step';
      }
      if (stoppedBy !== 'breakpoint') halts.forgetHits();
      noteHits();
      halts.passed(at);
      halts.look(at);
      halts.flush(revision);
      const same = at.stepper.iteration === before.iteration;
      changed = namesWritten(same ? before.cursor : 0, at.stepper.cursor);
      iteration = at.stepper.iteration;
      return sessionState();
    },

    async setBreakpoints(list) {
      halts.setBreakpoints(list);
      const at = debug();
      // Where other values must be kept readable, training's plan is another.
      if (at && seat.taken && project?.isArmed(halts.needs(at, expanded)) === false) {
        const { running } = seat;
        seat.clear();
        if (running) seat.command('start');
      }
      return halts.facts(debug());
    },

    async breakpointFacts() {
      return halts.facts(debug());
    },

    async setWatches(list) {
      halts.setWatches(list);
      halts.look(debug());
      return halts.watches(debug(), revision);
    },

    async watches() {
      return halts.watches(debug(), revision);
    },

    async setElements(name, changes) {
      past.overtake();
      seat.pause();
      const at = debug();
      const index = at?.bound.find(name);
      if (!at || index === undefined) return sessionState();
      if (!history.edits.edit(at.stepper, { kind: 'elements', name, changes })) return sessionState();
      if (at.bound.plan.values[index]?.region === 'persistent') numbersWritten();
      halts.rewind(at);
      // What is asked from here on is asked of the rest.
      halts.passed(at);
      halts.look(at);
      changed = namesWritten(0, at.stepper.cursor);
      return sessionState();
    },

    async train(command) {
      past.overtake();
      return seat.command(command);
    },

    async reset() {
      past.overtake();
      seat.clear();
      parked.clear();
      iteration = 0;
      writes++;
      given = loaded = false;
      history.reset(debug());
      if (project) project = projectOf(project.graph, expanded, iteration, { timeline: history.timeline }).made;
      stoppedBy = 'start';
      changed = [];
      const at = debug();
      if (at) halts.rewind(at);
      halts.forgetHits();
      halts.unseen();
      return sessionState();
    },

    async dataSources() {
      return shelf.list();
    },

    async addData(files) {
      return shelf.add(files);
    },

    async exportFile(format, scope = []) {
      if (format === 'chainrule') seat.pause();
      const stops = { ...halts.settings, expanded, scope };
      return exportFile(format, project, registry, {
        timeline: history.timeline,
        stops,
        fusedMultiplyAdd: library.fma,
        loaded,
        waiting: waitingNumbers(),
      });
    },

    async loadWeights(bytes, name = '') {
      const at = debug();
      if (!at) return [error('E_NO_GRAPH', 'no graph is ready to take weights')];
      const { readWeights } = await import('../formats/weights/read-weights.ts');
      const { tensors, diagnostics } = readWeights(bytes, name);
      if (hasErrors(diagnostics)) return diagnostics;
      if (debug() !== at) return [error('E_NO_GRAPH', 'the graph changed while the file was being read')];
      seat.clear();
      past.overtake();
      const found = [...diagnostics];
      const write = () => void found.push(...assignWeights(at.bound, tensors));
      history.edits.edit(at.stepper, { kind: 'weights', write });
      halts.rewind(at);
      loaded = true;
      numbersWritten();
      emit({ kind: 'session', state: sessionState() });
      return found;
    },

    async keepState(request) {
      return keptState(() => {
        const at = debug();
        // Numbers on their way back are where they were kept.
        if (project === null || incoming.returning) return null;
        const running = seat.running ? seat.iteration : undefined;
        const done = running ?? at?.stepper.settledIteration ?? iteration;
        const { weights } = incoming;
        const waiting = waitingNumbers();
        const rateState = rateStateOf(history.timeline, done, at?.machine.iterationsPerEpoch);
        const own = given || weights !== null || done > 0 || rateState.rate !== undefined;
        return {
          debug: at,
          parked,
          incoming: weights,
          waiting,
          iteration: done,
          rateState,
          own,
          mark: `${revision} ${writes} ${done}`,
        };
      }, request);
    },
  };
  return api;
}

function movedFacts(moves: ReadonlyMap<string, string>): Pick<CompileReport, 'moved'> {
  return moves.size === 0 ? {} : { moved: Object.fromEntries(moves) };
}
