// A training whose past can be gone back to, for programs: every iteration is recorded, any step of it comes back bit for bit, what
// is edited in the past forks the run, and questions are asked of all that happened. Mistakes of the caller throw.

import { createHistory } from '../engine/history/history.ts';
import { createHistorySearches } from '../engine/history/history-search.ts';
import { assignWeights } from '../engine/numbers/assign-weights.ts';
import { createParkedTensors } from '../engine/numbers/parked-tensors.ts';
import { createProject, type Debug } from '../engine/project.ts';
import type {
  BranchFacts,
  CompareAnswer,
  FirstTimeAnswer,
  LossCurve,
  Position,
  Question,
} from '../engine/protocol/timeline.ts';
import type { GraphFile } from '../graph/schema.ts';
import { createKernelLibrary } from '../kernels/library.ts';
import { parseHaltPlace } from '../language/halt-place.ts';
import { optimizers } from '../operators/optimizers/registry.generated.ts';
import { operators } from '../operators/registry.generated.ts';
import type { Plan, PlanStep, PlanValue } from '../program/plan.ts';
import { type Diagnostic, error } from '../tensor/diagnostic.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { Refused, settle, unlessRefused } from './refused.ts';
import { prepareTraining, type TrainingOptions } from './training.ts';
import { spellings, weightsOf } from './value-lookup.ts';

export interface TimeTravelOptions extends TrainingOptions {
  /** Bytes for snapshots, 256 MiB by default: with fewer, going back replays more. */
  readonly limitBytes?: number;
}

export interface SearchOptions {
  /** How much is searched, 0…1, and the iteration looked at. */
  readonly onProgress?: (share: number, iteration: number) => void;
  /** Calls the search off. */
  readonly signal?: AbortSignal;
}

export type FirstTime = Omit<FirstTimeAnswer, 'revision'>;

export interface TimeTravel {
  /** The plan that is stepped: what each step of an iteration is. It keeps every value. */
  readonly plan: Plan;
  /** `step` steps of iteration `iteration` are done. */
  readonly position: Position;
  /** The number of the branch that is stood on; 1 to begin with. */
  readonly branch: number;
  readonly branches: readonly BranchFacts[];
  readonly recording: { readonly snapshots: number; readonly bytes: number; readonly limitBytes: number };
  /** Of this iteration. Written, the rates of all later ones grow or shrink by as much; forks like any edit. */
  learningRate: number;
  /** Whole iterations from the start of this one: as they were where they are recorded, new ones from there on. */
  train(iterations: number): void;
  /** False: the run has not come so far. */
  seek(position: { readonly iteration: number; readonly step?: number }): boolean;
  /** One node in one phase; null at the end of an iteration, after which the next begins. */
  step(): PlanStep | null;
  /** One node in one phase, into earlier iterations, too; false at the very start. */
  stepBack(): boolean;
  /** A copy of a value as it is here. Error: unknown, or not computed yet. */
  read(name: string): Tensor;
  /** Copies of all parameters and state as they are here. */
  weights(): ReadonlyMap<string, Tensor>;
  /**
   * Writes elements of a value: a parameter, a feed, or what a step has computed; what follows from it is computed anew. Forks where
   * this iteration was run or stepped through before. Error: unknown, or not computed yet.
   */
  write(name: string, changes: readonly { readonly index: number; readonly value: number }[]): void;
  /** Weights by name at the start of this iteration; what does not fit is named. Forks like any edit. */
  loadWeights(tensors: ReadonlyMap<string, Tensor>): readonly Diagnostic[];
  /** Stands on another branch, where that was left. RangeError: there is none of that number. */
  goTo(branch: number): void;
  /** The loss of every iteration of a branch, its ancestors' part included. */
  losses(branch?: number): LossCurve;
  /**
   * The first step after which something held, along this branch: `'non_finite'`, or a condition with its place, as breakpoints have
   * it (`fc1.backward: norm(grad(weight)) > 10`). Moves nothing. What is wrong with the text is diagnosed.
   */
  firstTime(question: string, options?: SearchOptions): Promise<FirstTime>;
  /** The first step where two branches differ. Moves nothing. */
  firstDifference(a: number, b: number, options?: SearchOptions): Promise<CompareAnswer>;
}

export interface TimeTravelOpening {
  /** null after an error. */
  readonly travel: TimeTravel | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** Training that is recorded. Never throws for what a graph has wrong: `travel` is null where nothing can run. */
export function createTimeTravel(graph: GraphFile, options: TimeTravelOptions = {}): TimeTravelOpening {
  const diagnostics: Diagnostic[] = [];
  return unlessRefused(
    (): TimeTravelOpening => ({ travel: open(graph, options, diagnostics), diagnostics }),
    (found): TimeTravelOpening => ({ travel: null, diagnostics: found }),
  );
}

/** As a graph's edits are numbered in the page; here there are none. */
const revision = 0;
const nonFinite = 'non_finite';

function open(source: GraphFile, options: TimeTravelOptions, diagnostics: Diagnostic[]): TimeTravel {
  const { graph, dataset } = prepareTraining(source, options, diagnostics);
  const history = createHistory();
  history.open({ graph, world: '', fresh: true, branch: undefined, debug: null, stood: null, iteration: 0 });
  const { timeline } = history;
  const { forks, recording } = timeline;
  if (options.limitBytes !== undefined) recording.limitBytes = options.limitBytes;
  const project = createProject(graph, {
    registry: { operators, optimizers },
    library: createKernelLibrary(),
    shared: false,
    expand: [],
    dataset,
    parked: createParkedTensors(),
    iteration: 0,
    timeline,
  });
  settle(project.compilation.diagnostics, diagnostics);
  const ready = project.training();
  if ('diagnostics' in ready) throw new Refused([...diagnostics, ...ready.diagnostics]);
  const { bound, stepper, twin } = project.debug as Debug;
  const { plan } = bound;

  let lastSearch = 0;
  const listeners = new Map<number, NonNullable<SearchOptions['onProgress']>>();
  const searches = createHistorySearches({
    timeline: () => timeline,
    machineOf: twin,
    emit(event) {
      if (event.kind === 'search') listeners.get(event.id)?.(event.share, event.iteration);
    },
  });

  /** A search with a number of its own. */
  async function search<T>({ onProgress, signal }: SearchOptions, run: (id: number) => Promise<T>): Promise<T> {
    lastSearch++;
    const id = lastSearch;
    if (onProgress) listeners.set(id, onProgress);
    const cancel = () => searches.cancel(id);
    signal?.addEventListener('abort', cancel);
    timeline.leave(stepper);
    try {
      const answer = run(id);
      if (signal?.aborted) cancel();
      return await answer;
    } finally {
      signal?.removeEventListener('abort', cancel);
      listeners.delete(id);
    }
  }

  function branchOf(id: number) {
    const found = forks.find(id);
    if (!found) throw new RangeError(`there is no branch ${id}`);
    return found;
  }

  /** Index of a value that stands here. */
  function standing(name: string): number {
    const index = spellings(name)
      .map(bound.find)
      .find((each) => each !== undefined);
    if (index === undefined) throw new RangeError(`there is no value \`${name}\``);
    if (!stepper.isComputed(index)) throw new Error(`\`${name}\` is not computed yet`);
    return index;
  }

  return {
    plan,
    get position() {
      return { iteration: stepper.iteration, step: stepper.cursor };
    },
    get branch() {
      return forks.current.id;
    },
    get branches() {
      return history.facts(project.debug, revision).branches;
    },
    get recording() {
      const { snapshots, bytes, limitBytes } = recording;
      return { snapshots: snapshots.length, bytes, limitBytes };
    },
    get learningRate() {
      return bound.read('lr')[0] as number;
    },
    set learningRate(rate) {
      if (!(rate >= 0) || rate === Number.POSITIVE_INFINITY) throw new RangeError(`${rate} is no learning rate`);
      timeline.edit(stepper, { kind: 'rate', rate });
    },
    train(iterations) {
      if (stepper.settledIteration > stepper.iteration) stepper.nextIteration();
      stepper.suspend();
      const end = stepper.iteration + Math.max(0, Math.floor(iterations));
      for (let at = stepper.iteration; at < end; at++) timeline.train(at);
      stepper.reset(end);
    },
    seek: ({ iteration, step = 0 }) => {
      timeline.leave(stepper);
      return iteration <= forks.current.length && stepper.seek(iteration, step);
    },
    step() {
      if (stepper.cursor === plan.steps.length) stepper.nextIteration();
      const next = plan.steps[stepper.cursor] ?? null;
      stepper.step();
      return next;
    },
    stepBack() {
      timeline.leave(stepper);
      return stepper.stepBack();
    },
    read(name) {
      const index = standing(name);
      const { dtype, shape } = plan.values[index] as PlanValue;
      return { dtype, shape, data: bound.view(index).slice() };
    },
    weights: () => weightsOf(bound),
    write(name, changes) {
      const { name: own } = plan.values[standing(name)] as PlanValue;
      timeline.edit(stepper, { kind: 'elements', name: own, changes });
    },
    loadWeights(tensors) {
      const found: Diagnostic[] = [];
      timeline.edit(stepper, { kind: 'weights', write: () => void found.push(...assignWeights(bound, tensors)) });
      return found;
    },
    goTo(id) {
      const branch = branchOf(id);
      if (branch === forks.current) return;
      timeline.leave(stepper);
      timeline.stand(stepper, branch, branch.left);
    },
    losses: (id = forks.current.id) => history.curve(branchOf(id), Number.MAX_SAFE_INTEGER),
    async firstTime(text, more = {}) {
      const question = questionOf(text);
      const nowhere = { iteration: forks.current.from.iteration, step: 0 };
      if ('code' in question)
        return {
          branch: forks.current.id,
          finding: null,
          searched: { from: nowhere, to: nowhere },
          cancelled: false,
          diagnostics: [question],
        };
      const { revision: _, ...answer } = await search(more, (id) =>
        searches.firstTime({ id, question }, forks.current, revision),
      );
      return answer;
    },
    async firstDifference(a, b, more = {}) {
      const [first, second] = [branchOf(a), branchOf(b)];
      return search(more, (id) => searches.compare({ id, a, b }, first, second));
    },
  };
}

function questionOf(text: string): Question | Diagnostic {
  if (text === nonFinite) return { kind: nonFinite };
  const place = parseHaltPlace(text);
  if (!place.ok) return error('E_CONDITION', place.fault.message);
  const { path, phase = 'forward', rest } = place.value;
  return { kind: 'condition', path, phase, text: rest };
}
