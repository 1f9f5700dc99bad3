// The history of what is open, across graphs: which branch an opened graph stands on, what the page is told of branches and
// snapshots. Moving within one graph is the timeline's; searching is history-search.ts's.

import { createEditUndo, type EditUndo } from '../../debugger/timeline/edit-undo.ts';
import type { Branch, Edit } from '../../debugger/timeline/forks.ts';
import { lineage, ownerOf, rateEditAt } from '../../debugger/timeline/forks.ts';
import { snapshotFor } from '../../debugger/timeline/machine.ts';
import { createTimeline, type Timeline } from '../../debugger/timeline/timeline.ts';
import type { GraphFile } from '../../graph/schema.ts';
import { assert } from '../../tensor/assert.ts';
import type { Debug } from '../project.ts';
import type { BranchFacts, EditFacts, HitFacts, LossCurve, Position, TimelineFacts } from '../protocol/timeline.ts';

export interface Opening {
  readonly graph: GraphFile;
  /** Tells apart what graphs compute (worldOf). */
  readonly world: string;
  /** Another document, or numbers that no history here leads to. */
  readonly fresh: boolean;
  /** The branch to stand on. */
  readonly branch: number | undefined;
  /** Of what was open. */
  readonly debug: Debug | null;
  /** Where that stood. */
  readonly stood: Position | null;
  /** Iterations done. */
  readonly iteration: number;
}

export interface History {
  readonly timeline: Timeline;
  /** Edits of numbers, to be taken back. */
  readonly edits: EditUndo;
  /**
   * Before the plans of a graph are made to stand: chooses the branch. Answers the position to be restored once they stand, or
   * null: the memory is to be taken over.
   */
  open(opening: Opening): Position | null;
  /** The graph of the open world is drawn otherwise. */
  redraw(graph: GraphFile): void;
  /** New parameters: another history of the same graph. */
  reset(debug: Debug | null): void;
  /** Graph of a branch, as it was opened. */
  graphOf(branch: Branch): GraphFile;
  noteHit(hit: Omit<HitFacts, 'branch'>): void;
  facts(debug: Debug | null, revision: number): TimelineFacts;
  curve(branch: Branch, most: number): LossCurve;
  remove(branch: Branch): void;
}

const mostHits = 1000;

/** Without a graph; the first that is opened is its first branch. */
export function createHistory(): History {
  let timeline = createTimeline('');
  const edits = createEditUndo(() => timeline);
  /** Graphs by their worlds, as they were drawn last. */
  let graphs = new Map<string, GraphFile>();
  let hits: HitFacts[] = [];

  function settings(): { readonly limitBytes: number; readonly on: boolean } {
    return { limitBytes: timeline.recording.limitBytes, on: timeline.on };
  }

  function forgetUnused(): void {
    const used = new Set(timeline.forks.branches.map(({ world }) => world));
    for (const world of graphs.keys()) if (!used.has(world)) graphs.delete(world);
  }

  return {
    get timeline() {
      return timeline;
    },
    edits,
    open({ graph, world, fresh, branch, debug, stood, iteration }) {
      if (fresh || graphs.size === 0) {
        const { limitBytes, on } = settings();
        timeline = createTimeline(world, iteration);
        timeline.recording.limitBytes = limitBytes;
        timeline.on = on;
        graphs = new Map([[world, graph]]);
        hits = [];
        edits.clear();
        return null;
      }
      const { forks } = timeline;
      const wanted = branch === undefined ? undefined : forks.find(branch);
      graphs.set(world, graph);
      if (wanted?.world === world) {
        if (debug) timeline.leave(debug.stepper);
        if (stood) forks.current.left = stood;
        forks.switchTo(wanted);
        return wanted.left;
      }
      const { current } = forks;
      if (current.world === world) return null;
      const { parent } = current;
      const isUndone = parent?.world === world && current.length === current.from.iteration && forks.isLeaf(current);
      if (isUndone && snapshotFor(timeline.recording, parent, iteration)) {
        forks.switchTo(parent);
        forks.remove(current);
        forgetUnused();
        return { iteration, step: 0 };
      }
      const before = graphs.get(current.world);
      const begun = timeline.begin(iteration, world, 'graph', debug?.stepper ?? null);
      if (before && sameRates(before.training, graph.training))
        keepRateState(current, begun, debug?.machine.iterationsPerEpoch);
      if (stood) current.left = stood;
      forgetUnused();
      return null;
    },
    redraw(graph) {
      graphs.set(timeline.forks.current.world, graph);
    },
    reset(debug) {
      timeline.begin(0, timeline.forks.current.world, 'reset', debug?.stepper ?? null);
    },
    graphOf(branch) {
      const graph = graphs.get(branch.world);
      assert(graph, `the graph of branch ${branch.id}`);
      return graph;
    },
    noteHit(hit) {
      hits.push({ ...hit, branch: timeline.forks.current.id });
      if (hits.length > mostHits) hits = hits.slice(-mostHits);
    },
    facts(debug, revision) {
      const { forks, recording, iterationMs } = timeline;
      const { current } = forks;
      const position = debug ? { iteration: debug.stepper.iteration, step: debug.stepper.cursor } : current.left;
      const iterations = longestReplay(timeline, current);
      const slower = Math.max(iterationMs.training, iterationMs.stepping);
      return {
        revision,
        branch: current.id,
        position,
        stepCount: debug?.bound.plan.steps.length ?? 0,
        branches: forks.branches.map((branch) => branchFacts(branch, current, position)),
        snapshots: recording.snapshots.map(({ branch, iteration, bytes }) => ({
          branch,
          iteration,
          bytes: bytes.byteLength,
        })),
        bytes: recording.bytes,
        limitBytes: recording.limitBytes,
        on: timeline.on,
        interval: recording.interval,
        iterationMs: { ...iterationMs },
        worst: { iterations, ms: iterations * slower },
        hits: [...hits],
      };
    },
    curve: lossCurve,
    remove(branch) {
      timeline.forks.remove(branch);
      timeline.recording.forget(branch.id);
      forgetUnused();
    },
  };
}

/** Whether two set-ups give the same rate to every iteration. */
function sameRates(a: GraphFile['training'], b: GraphFile['training']): boolean {
  const schedulingOf = ({ optimizer: { kind, lr }, schedule, epochs, batch, data }: GraphFile['training']) =>
    JSON.stringify([kind, lr, schedule, epochs, batch, data]);
  return schedulingOf(a) === schedulingOf(b);
}

/** What of the rates is not in the graph goes on: the rate as it was edited, the losses that a schedule follows. */
function keepRateState(from: Branch, to: Branch, iterationsPerEpoch = Number.POSITIVE_INFINITY): void {
  const { iteration } = to.from;
  const edit = rateEditAt(from, iteration);
  if (edit) to.edits.push(edit);
  to.measured.push(...from.measured.slice(0, Math.floor(iteration / iterationsPerEpoch)));
}

function branchFacts(branch: Branch, current: Branch, position: Position): BranchFacts {
  const { id, name, parent, from, origin, length, spans, edits, left } = branch;
  return {
    id,
    name,
    parent: parent?.id ?? null,
    from,
    origin,
    length,
    first: lineage(branch)[0]?.from.iteration ?? from.iteration,
    position: branch === current ? position : left,
    open: branch.world === current.world,
    // An edit of the rate may be from before.
    edits: edits.filter(({ at }) => at.iteration >= from.iteration).map(editFacts),
    runs: spans.map((span) => ({ from: span.from, to: span.to, executor: span.by })),
  };
}

function editFacts(edit: Edit): EditFacts {
  const { at: position, kind } = edit;
  if (kind === 'rate') return { position, kind, name: 'lr', elements: 1, value: edit.rate };
  if (kind === 'weights') return { position, kind, name: null, elements: edit.state.byteLength / 4, value: null };
  const [only] = edit.changes.length === 1 ? edit.changes : [];
  return { position, kind, name: edit.name, elements: edit.changes.length, value: only?.value ?? null };
}

/** The most iterations between a place on a branch and the snapshot before it. */
function longestReplay({ recording }: Timeline, branch: Branch): number {
  let longest = 0;
  let at = lineage(branch)[0]?.from.iteration ?? 0;
  for (const owner of lineage(branch)) {
    const end = nextFork(branch, owner);
    for (const snapshot of recording.snapshots) {
      if (snapshot.branch !== owner.id || snapshot.iteration > end) continue;
      longest = Math.max(longest, snapshot.iteration - at - 1);
      at = snapshot.iteration;
    }
  }
  return Math.max(longest, branch.length - at);
}

/** Where the line that leads to a branch leaves one of its ancestors. */
function nextFork(branch: Branch, owner: Branch): number {
  if (owner === branch) return branch.length;
  const line = lineage(branch);
  return line[line.indexOf(owner) + 1]?.from.iteration ?? branch.length;
}

function lossCurve(branch: Branch, most: number): LossCurve {
  const first = lineage(branch)[0]?.from.iteration ?? 0;
  const count = branch.length - first;
  const each = Math.max(1, Math.ceil(count / Math.max(1, most)));
  const points = Math.ceil(count / each);
  const iterations = new Float64Array(points);
  const losses = new Float32Array(points);
  for (let point = 0; point < points; point++) {
    const from = first + point * each;
    const to = Math.min(branch.length, from + each);
    let sum = 0;
    for (let at = from; at < to; at++) sum += lossAt(branch, at);
    iterations[point] = to - 1;
    losses[point] = sum / (to - from);
  }
  return { branch: branch.id, iterations, losses, own: branch.from.iteration };
}

/** The loss of an iteration as it was when it was run. */
function lossAt(branch: Branch, iteration: number): number {
  const owner = ownerOf(branch, iteration);
  return owner ? owner.losses.at(iteration - owner.from.iteration) : Number.NaN;
}
