// The engine in process: implements the worker contract over one graph at a time. Tests and the command line use it as it is, the
// page through worker.ts. Owns what outlives a graph (data, files, history, breakpoints); what computes has a file of its own.
import type { Registry } from '../compiler/compile.ts';
import { readGraph } from '../graph/read-graph.ts';
import { createKernelLibrary, type KernelLibrary } from '../kernels/library.ts';
import type { Threads } from '../runtime/threads.ts';
import { error, hasErrors } from '../tensor/diagnostic.ts';
import { createQuestions } from './answers/questions.ts';
import { control } from './control.ts';
import { createDataShelf } from './data-shelf.ts';
import { exportFile } from './files/export-file.ts';
import { createOpenFiles } from './files/open-files.ts';
import { createHalts } from './halts.ts';
import { createHistory } from './history/history.ts';
import { createHistoryApi } from './history/history-api.ts';
import { assignWeights } from './numbers/assign-weights.ts';
import { keptState } from './numbers/kept-numbers.ts';
import { createOpenGraph } from './open-graph.ts';
import { createOpening } from './opening.ts';
import type { EngineApi, EngineEvent } from './protocol.ts';
import { createStanding } from './standing.ts';
import { createTrainingSeat } from './training-seat.ts';

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

/** With nothing open. Answers come from the calls, what happens by itself (training, searches, hits) through `emit`. */
export function createEngine({
  registry,
  shared = false,
  threads = null,
  library = createKernelLibrary({ shared }),
  emit,
}: EngineOptions): EngineApi {
  const plain = shared ? createKernelLibrary({ shared: false }) : library;
  const open = createOpenGraph();
  const shelf = createDataShelf();
  const files = createOpenFiles();
  const history = createHistory();
  const halts = createHalts(emit, () => history.timeline.forks);
  const standing = createStanding(open, history, halts);
  const project = () => open.project;
  const revision = () => open.revision;

  const seat = createTrainingSeat({
    history,
    halts,
    project,
    revision,
    expanded: () => open.expanded,
    show: standing.showTraining,
    showHit: standing.showHit,
    ended: (at) => {
      open.iteration = at;
    },
    state: standing.state,
    emit,
  });

  const { api: questions, forget } = createQuestions({
    registry,
    library,
    plain,
    shared,
    project,
    revision,
    pause: seat.pause,
    emit,
  });

  const opening = createOpening({
    registry,
    library,
    shared,
    threads,
    open,
    shelf,
    files,
    history,
    halts,
    standing,
    seat,
    past: () => past,
    forget,
  });

  const past = createHistoryApi({
    history,
    debug: () => open.debug,
    revision,
    isTraining: () => seat.running,
    pause: seat.pause,
    moved: (how = 'gone') => {
      const at = open.debug;
      if (at && how !== 'gone') open.writes++;
      if (at && how === 'edited') halts.rewind(at);
      if (at) standing.arrive(at);
      return standing.state();
    },
    state: standing.state,
    elsewhere: (branch) => opening.beside(history.graphOf(branch)),
    emit,
  });

  const api: EngineApi = {
    ...past.api,
    ...questions,

    async readGraph(source) {
      return readGraph(source, { keepUnknown: true });
    },

    open: opening.open,

    async openFile(request) {
      return files.read(request, (share) => emit({ kind: 'file', id: request.id, share }));
    },

    async session() {
      return standing.state();
    },

    async control(command) {
      const at = open.debug;
      if (!at) return standing.state();
      seat.pause();
      const before = { cursor: at.stepper.cursor, iteration: at.stepper.iteration };
      const entry = past.enter(command);
      const entered = entry instanceof Promise ? await entry : entry;
      if (entered === false) return standing.state();
      halts.forgetHits();
      const walk = past.walk(control(at, command, (cursor) => halts.stopsAt(at, cursor), entered === 'stands'));
      const walked = walk instanceof Promise ? await walk : walk;
      if (walked === 'overtaken') return standing.state();
      standing.stoppedBy = walked === 'called off' ? 'step' : walked.done;
      if (command.kind === 'reverse_continue' && standing.stoppedBy === 'start') {
        // In this iteration there is none: in those before, however they were run.
        const from = { iteration: before.iteration, step: before.cursor };
        const back = await past.lastStop(halts.settings.breakpoints, from);
        if (back === 'stopped' && open.debug === at)
          standing.stoppedBy = halts.stopsAt(at, at.stepper.cursor) ? 'breakpoint' : 'step';
        else if (back === 'called off') standing.stoppedBy = 'step';
      }
      if (standing.stoppedBy !== 'breakpoint') halts.forgetHits();
      standing.noteHits();
      halts.passed(at);
      halts.look(at);
      halts.flush(open.revision);
      const same = at.stepper.iteration === before.iteration;
      standing.changedFrom(same ? before.cursor : 0);
      open.iteration = at.stepper.iteration;
      return standing.state();
    },

    async setBreakpoints(list) {
      halts.setBreakpoints(list);
      const at = open.debug;
      // Where other values must be kept readable, training's plan is another.
      if (at && seat.taken && open.project?.isArmed(halts.needs(at, open.expanded)) === false) {
        const { running } = seat;
        seat.clear();
        if (running) seat.command('start');
      }
      return halts.facts(open.debug);
    },

    async breakpointFacts() {
      return halts.facts(open.debug);
    },

    async setWatches(list) {
      halts.setWatches(list);
      halts.look(open.debug);
      return halts.watches(open.debug, open.revision);
    },

    async watches() {
      return halts.watches(open.debug, open.revision);
    },

    async setElements(name, changes) {
      past.overtake();
      seat.pause();
      const at = open.debug;
      const index = at?.bound.find(name);
      if (!at || index === undefined) return standing.state();
      if (!history.edits.edit(at.stepper, { kind: 'elements', name, changes })) return standing.state();
      if (at.bound.plan.values[index]?.region === 'persistent') {
        open.given = true;
        open.writes++;
      }
      halts.rewind(at);
      // What is asked from here on is asked of the rest.
      halts.passed(at);
      halts.look(at);
      standing.changedFrom(0);
      return standing.state();
    },

    async train(command) {
      past.overtake();
      return seat.command(command);
    },

    async reset() {
      past.overtake();
      seat.clear();
      opening.reset();
      standing.begin();
      const at = open.debug;
      if (at) halts.rewind(at);
      halts.forgetHits();
      halts.unseen();
      return standing.state();
    },

    async dataSources() {
      return shelf.list();
    },

    async addData(files) {
      return shelf.add(files);
    },

    async exportFile(format, scope = []) {
      if (format === 'chainrule') seat.pause();
      const stops = { ...halts.settings, expanded: open.expanded, scope };
      return exportFile(format, open.project, registry, {
        timeline: history.timeline,
        stops,
        fusedMultiplyAdd: library.fma,
        loaded: open.loaded,
        waiting: opening.waitingNumbers(),
      });
    },

    async loadWeights(bytes, name = '') {
      const at = open.debug;
      if (!at) return [error('E_NO_GRAPH', 'no graph is ready to take weights')];
      const { readWeights } = await import('../formats/weights/read-weights.ts');
      const { tensors, diagnostics } = readWeights(bytes, name);
      if (hasErrors(diagnostics)) return diagnostics;
      if (open.debug !== at) return [error('E_NO_GRAPH', 'the graph changed while the file was being read')];
      seat.clear();
      past.overtake();
      const found = [...diagnostics];
      const write = () => void found.push(...assignWeights(at.bound, tensors));
      history.edits.edit(at.stepper, { kind: 'weights', write });
      halts.rewind(at);
      open.given = open.loaded = true;
      open.writes++;
      emit({ kind: 'session', state: standing.state() });
      return found;
    },

    async keepState(request) {
      return keptState(opening.numbersNow, request);
    },
  };
  return api;
}
