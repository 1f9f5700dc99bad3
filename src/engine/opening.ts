// How one graph follows another: what of the run that stood goes on in the one that is opened. The same world: everything stands as
// it is. The same training: it trains on. Otherwise a project is made anew, and numbers whose names and shapes fit come along.
import type { Registry } from '../compiler/compile.ts';
import { nodeOf } from '../debugger/timeline/finding.ts';
import { movedNodes } from '../graph/moved-nodes.ts';
import type { GraphFile } from '../graph/schema.ts';
import type { KernelLibrary } from '../kernels/library.ts';
import { parameterPath } from '../language/value-name.ts';
import type { Threads } from '../runtime/threads.ts';
import type { Diagnostic } from '../tensor/diagnostic.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { compileReport } from './answers/compile-report.ts';
import type { DataShelf } from './data-shelf.ts';
import { sampleNotes } from './feed-samples.ts';
import type { OpenFiles } from './files/open-files.ts';
import type { Halts } from './halts.ts';
import type { History } from './history/history.ts';
import type { HistoryApi } from './history/history-api.ts';
import { stepsTo } from './history/journeys.ts';
import { createIncomingNumbers } from './numbers/incoming-numbers.ts';
import { type NumbersNow, readKept } from './numbers/kept-numbers.ts';
import { createParkedTensors } from './numbers/parked-tensors.ts';
import { rateStateOf } from './numbers/rate-state.ts';
import type { OpenGraph } from './open-graph.ts';
import { createProject, type Debug, type ProjectOptions } from './project.ts';
import type { CompileReport, OpenRequest } from './protocol.ts';
import type { Standing } from './standing.ts';
import type { TrainingSeat } from './training-seat.ts';
import { worldOf } from './world.ts';

export interface OpeningOptions {
  readonly registry: Registry;
  readonly library: KernelLibrary;
  readonly shared: boolean;
  readonly threads: Threads | null;
  readonly open: OpenGraph;
  readonly shelf: DataShelf;
  readonly files: OpenFiles;
  readonly history: History;
  readonly halts: Halts;
  readonly standing: Standing;
  readonly seat: TrainingSeat;
  readonly past: () => Pick<HistoryApi, 'overtake' | 'walk'>;
  /** What was worked out of the graph that stood is not asked for any more. */
  readonly forget: () => void;
}

export interface Opening {
  /** Puts a graph in the place of the one that is open. */
  open(request: OpenRequest): Promise<CompileReport>;
  /** The open graph from its beginning, with the numbers that its seed gives. */
  reset(): void;
  /** A graph made to stand beside the open one, for itself. */
  beside(graph: GraphFile): Debug | null;
  /** Numbers of what cannot run, for when it can. */
  waitingNumbers(): ReadonlyMap<string, Tensor>;
  /** What there is to keep; null while it is kept where it comes from. */
  numbersNow(): NumbersNow | null;
}

/** Of one engine: it holds what travels from graph to graph. */
export function createOpening(options: OpeningOptions): Opening {
  const { registry, library, open, shelf, files, history, halts, standing, seat } = options;
  const parked = createParkedTensors();
  const incoming = createIncomingNumbers();
  /** As it was asked for: more than could be opened. */
  let toExpand: readonly string[] = [];
  /** What of the graph is trained (World). */
  let trained = '';

  /** `graph` with its data; `at`: the iteration that it begins with. */
  function projectOf(graph: GraphFile, expand: readonly string[], at: number, own: Partial<ProjectOptions>) {
    const { data } = graph.training;
    const opened = data ? shelf.open(data, graph.seed) : null;
    const dataset = opened?.dataset ?? null;
    const made = createProject(graph, {
      registry,
      library,
      shared: options.shared,
      threads: options.threads,
      expand,
      parked,
      iteration: at,
      dataset,
      partial: true,
      ...own,
    });
    return { made, remarks: opened?.diagnostics ?? [] };
  }

  function waitingNumbers(): ReadonlyMap<string, Tensor> {
    const { project } = open;
    if (!project || project.isWhole) return incoming.rest;
    const { network, stopped } = project.compilation;
    const drawn = new Set([...network.instances.map(({ owner }) => owner), ...stopped.keys()].map(parameterPath));
    const own = [...parked.latest()].filter(([name]) => drawn.has(nodeOf(name)));
    return new Map([...own, ...incoming.rest]);
  }

  /** Whether the data at hand for this graph is what feeds the one that stands. */
  function isFed({ training: { data }, seed }: GraphFile): boolean {
    const { project } = open;
    return project !== null && (data ? shelf.open(data, seed).dataset : null) === project.dataset;
  }

  /** Whether the same nodes are open when these are asked for. */
  function opensAlike(expand: readonly string[]): boolean {
    return open.expanded.every((path) => expand.includes(path)) && expand.every((path) => toExpand.includes(path));
  }

  /** Numbers of the graph that stood, as the next one finds them. */
  function takeLeave(fresh: boolean): void {
    if (fresh) {
      parked.clear();
      open.iteration = 0;
      open.given = open.loaded = false;
    } else if (open.project?.debug) {
      open.project.settle();
      open.project.park();
      open.iteration = open.project.debug.stepper.iteration;
    }
  }

  /** Writes the numbers that wait, and says what became of them. */
  function fill(at: Debug, isWhole: boolean): readonly Diagnostic[] {
    const how = { fusedMultiplyAdd: library.fma, isWhole };
    const { diagnostics, weights, stands } = incoming.assign(at, history.timeline, how);
    if (weights) open.given = open.loaded = true;
    if (stands) {
      standing.changedFrom(0);
      standing.stoppedBy = 'step';
    }
    return diagnostics;
  }

  return {
    async open({ graph, revision: next, expand = [], fresh = false, weights, kept, branch, steady = false }) {
      const started = performance.now();
      const world = worldOf(graph, registry);
      const back = kept === undefined ? null : await readKept(kept);
      const taken = weights === undefined ? null : files.take(weights);
      const own = steady && !fresh && !taken && !back && branch === undefined && isFed(graph) ? open.project : null;
      if (own?.debug && world.key === history.timeline.forks.current.world && opensAlike(expand)) {
        const moves = movedNodes(own.graph, graph);
        parked.follow(moves);
        own.redraw(graph, world);
        history.redraw(graph);
        open.revision = next;
        const report = compileReport(own.compilation, next, performance.now() - started);
        const diagnostics = [...report.diagnostics, ...sampleNotes(own.debug.sampled)];
        const stands = { session: standing.state(), training: seat.state };
        return { ...report, ...movedFacts(moves), diagnostics, stands };
      }
      const trainsOn = own !== null && seat.running && world.training === trained;
      trained = world.training;
      seat.clear();
      const { stepper } = open.debug ?? {};
      const stood = stepper ? { iteration: stepper.iteration, step: stepper.cursor } : null;
      const beginning = incoming.replace(taken, back, fresh);
      takeLeave(fresh);
      const moves = fresh || !open.project ? new Map<string, string>() : movedNodes(open.project.graph, graph);
      parked.follow(moves);
      if (beginning) {
        open.iteration = beginning.iteration;
        open.given = open.loaded = beginning.given;
      }
      open.revision = next;
      toExpand = expand;
      options.past().overtake();
      options.forget();
      const left = history.timeline.forks.current;
      const place = history.open({
        graph,
        world: world.key,
        fresh: fresh || (back !== null && taken === null),
        branch,
        debug: open.debug,
        stood,
        iteration: open.iteration,
      });
      const { made, remarks } = projectOf(graph, expand, open.iteration, { timeline: history.timeline });
      const project = made;
      open.project = project;
      open.expanded = made.opened;
      const at = project.debug;
      if (at && place) {
        const { timeline } = history;
        timeline.stand(at.stepper, timeline.forks.current, { ...place, step: 0 });
        open.iteration = at.stepper.iteration;
      } else if (at && history.timeline.forks.current !== left) halts.rewind(at);
      standing.begin();
      const report = compileReport(project.compilation, next, performance.now() - started);
      const diagnostics = [
        ...report.diagnostics,
        ...remarks.map((d) => (d.severity === 'error' ? { ...d, severity: 'warning' as const } : d)),
        ...sampleNotes(at?.sampled ?? []),
        ...(back?.diagnostics ?? []),
        ...(at ? fill(at, project.isWhole) : []),
      ];
      // To the step last: called off, it stands on the way there.
      if (at && place) await options.past().walk(stepsTo(at.stepper, place.step));
      const trains = trainsOn && at ? { trains: seat.command('start') } : {};
      return { ...report, ...movedFacts(moves), ...trains, diagnostics };
    },

    reset() {
      parked.clear();
      open.iteration = 0;
      open.writes++;
      open.given = open.loaded = false;
      history.reset(open.debug);
      const { project, expanded } = open;
      if (project) open.project = projectOf(project.graph, expanded, 0, { timeline: history.timeline }).made;
    },

    beside(graph) {
      return projectOf(graph, [], 0, { threads: null, parked: createParkedTensors() }).made.debug;
    },

    waitingNumbers,

    numbersNow() {
      const at = open.debug;
      // Numbers on their way back are where they were kept.
      if (open.project === null || incoming.returning) return null;
      const running = seat.running ? seat.iteration : undefined;
      const iteration = running ?? at?.stepper.settledIteration ?? open.iteration;
      const { weights } = incoming;
      const rateState = rateStateOf(history.timeline, iteration, at?.machine.iterationsPerEpoch);
      return {
        debug: at,
        parked,
        incoming: weights,
        waiting: waitingNumbers(),
        iteration,
        rateState,
        own: open.given || weights !== null || iteration > 0 || rateState.rate !== undefined,
        mark: `${open.revision} ${open.writes} ${iteration}`,
      };
    },
  };
}

function movedFacts(moves: ReadonlyMap<string, string>): Pick<CompileReport, 'moved'> {
  return moves.size === 0 ? {} : { moved: Object.fromEntries(moves) };
}
