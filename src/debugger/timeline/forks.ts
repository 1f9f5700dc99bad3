// The histories of a run as data: branches that share what came before their fork, who ran which iteration, what was edited
// where, the loss of every iteration. Numbers of tensors are recording.ts's; moving through it is timeline.ts's.

/** `step` steps of iteration `iteration` are executed. */
export interface Moment {
  readonly iteration: number;
  readonly step: number;
}

/**
 * Which plan ran an iteration. training: the fast one. stepping: the debugger's, which keeps every value. In `fast` numerics their
 * last bits may differ.
 */
export type RunBy = 'training' | 'stepping';

/** Something written from outside, always again when the iteration is replayed. */
export type Edit = { readonly at: Moment } & (
  | {
      readonly kind: 'elements';
      readonly name: string;
      readonly changes: readonly { readonly index: number; readonly value: number }[];
    }
  /** `factor`: by how much the rates of later iterations differ from the schedule's; null: they all are `rate`. */
  | { readonly kind: 'rate'; readonly rate: number; readonly factor: number | null }
  /** The whole persistent region after weights were loaded. */
  | { readonly kind: 'weights'; readonly state: Uint8Array<ArrayBuffer> }
);

/** Iterations [from, to) by one plan. */
export interface Span {
  readonly from: number;
  to: number;
  readonly by: RunBy;
  /** Which of the debugger's plans: opened nodes make another. */
  readonly variant: string;
}

export type Origin = 'start' | 'reset' | 'graph' | Edit['kind'];

export interface Branch {
  readonly id: number;
  name: string;
  readonly parent: Branch | null;
  /** Where it left its parent, or began. */
  readonly from: Moment;
  readonly origin: Origin;
  /** Which graph. Of a parent with another graph nothing is restored here. */
  readonly world: string;
  /** Iterations done. */
  length: number;
  readonly spans: Span[];
  /** From iteration `from` on, those of the parent at that iteration included. */
  readonly edits: Edit[];
  readonly losses: LossLog;
  /** Validation loss by epoch, for schedules that follow it. */
  readonly measured: (number | undefined)[];
  /** Where it was left. */
  left: Moment;
}

/** Losses in the order of iterations; grows by blocks, so that hardly any iteration allocates. */
export interface LossLog {
  readonly count: number;
  /** The first number of `loss`; without one NaN. */
  push(loss: ArrayLike<number> | null): void;
  at(index: number): number;
}

const block = 4096;

/** Empty; what nobody measured reads NaN. */
export function createLossLog(): LossLog {
  const blocks: Float32Array[] = [];
  let count = 0;
  return {
    get count() {
      return count;
    },
    push(loss) {
      if (count % block === 0) blocks.push(new Float32Array(block));
      (blocks[blocks.length - 1] as Float32Array)[count % block] = loss?.[0] ?? Number.NaN;
      count++;
    },
    at: (index) => blocks[Math.floor(index / block)]?.[index % block] ?? Number.NaN,
  };
}

export interface Forks {
  readonly branches: readonly Branch[];
  readonly current: Branch;
  /** A history of its own, which begins at an iteration; it becomes the current one. */
  begin(options: {
    readonly iteration: number;
    readonly world: string;
    readonly origin: Origin;
    readonly parent?: Branch | null;
  }): Branch;
  /** A branch of the current one from `at` on; it becomes the current one. `epochs`: whole epochs done there. */
  fork(at: Moment, origin: Origin, epochs: number): Branch;
  switchTo(branch: Branch): void;
  find(id: number): Branch | undefined;
  remove(branch: Branch): void;
  /** Nothing branches off it. */
  isLeaf(branch: Branch): boolean;
}

/** One branch, of that world, that begins before iteration `first`. */
export function createForks(world: string, first: number): Forks {
  let branches: Branch[] = [];
  let next = 1;
  let current: Branch;

  function add(given: Omit<Branch, 'id' | 'name' | 'length' | 'spans' | 'losses' | 'left'>): Branch {
    const id = next++;
    const { iteration } = given.from;
    current = {
      ...given,
      id,
      name: `run ${id}`,
      length: iteration,
      spans: [],
      losses: createLossLog(),
      left: { iteration, step: 0 },
    };
    branches.push(current);
    return current;
  }

  const begin: Forks['begin'] = ({ iteration, world: own, origin, parent = null }) =>
    add({
      parent,
      from: { iteration, step: 0 },
      origin,
      world: own,
      edits: [],
      measured: [],
    });

  begin({ iteration: first, world, origin: 'start' });
  return {
    get branches() {
      return branches;
    },
    get current() {
      return current;
    },
    begin,
    fork: (at, origin, epochs) =>
      add({
        parent: current,
        from: at,
        origin,
        world: current.world,
        edits: current.edits.filter((edit) => edit.at.iteration === at.iteration),
        measured: current.measured.slice(0, epochs),
      }),
    switchTo(branch) {
      current = branch;
    },
    find: (id) => branches.find((branch) => branch.id === id),
    remove(branch) {
      branches = branches.filter((each) => each !== branch);
    },
    isLeaf: (branch) => !branches.some(({ parent }) => parent === branch),
  };
}

/** The branch whose own iteration this is: an ancestor's before the fork. Null where that ran another graph. */
export function ownerOf(branch: Branch, iteration: number): Branch | null {
  let at = branch;
  while (iteration < at.from.iteration) {
    if (!at.parent || at.parent.world !== at.world) return null;
    at = at.parent;
  }
  return at;
}

/** The span that holds an iteration, or undefined where it was not run. */
export function spanAt(branch: Branch, iteration: number): Span | undefined {
  const owner = ownerOf(branch, iteration);
  if (!owner) return undefined;
  for (let i = owner.spans.length - 1; i >= 0; i--) {
    const span = owner.spans[i] as Span;
    if (iteration >= span.from) return iteration < span.to ? span : undefined;
  }
  return undefined;
}

/** Notes that the branch's next iteration was run; `loss` holds its loss, if it has one. */
export function extend(branch: Branch, by: RunBy, variant: string, loss: ArrayLike<number> | null): void {
  const last = branch.spans[branch.spans.length - 1];
  if (last && last.by === by && last.variant === variant && last.to === branch.length) last.to++;
  else branch.spans.push({ from: branch.length, to: branch.length + 1, by, variant });
  branch.length++;
  branch.losses.push(loss);
}

/** Calls `visit` for each edit of an iteration, in the order in which they were made. Allocates nothing. */
export function eachEdit(branch: Branch, iteration: number, visit: (edit: Edit) => void): void {
  const edits = ownerOf(branch, iteration)?.edits;
  if (!edits || edits.length === 0) return;
  for (let i = 0; i < edits.length; i++) {
    const edit = edits[i] as Edit;
    if (edit.at.iteration === iteration) visit(edit);
  }
}

/** Whether an iteration has an edit at or behind a step. */
export function hasEdits(branch: Branch, iteration: number, step = 0): boolean {
  const edits = ownerOf(branch, iteration)?.edits;
  if (!edits) return false;
  for (let i = 0; i < edits.length; i++) {
    const { at } = edits[i] as Edit;
    if (at.iteration === iteration && at.step >= step) return true;
  }
  return false;
}

export type RateEdit = Extract<Edit, { readonly kind: 'rate' }>;

/** The edit that the learning rate of an iteration follows; null: its schedule alone. Allocates nothing. */
export function rateEditAt(branch: Branch, iteration: number): RateEdit | null {
  let last = iteration;
  for (let at: Branch | null = ownerOf(branch, iteration); at; at = parentIn(at)) {
    for (let i = at.edits.length - 1; i >= 0; i--) {
      const edit = at.edits[i] as Edit;
      if (edit.kind === 'rate' && edit.at.iteration <= last) return edit;
    }
    // What the parent had at the fork is among the branch's own.
    last = at.from.iteration - 1;
  }
  return null;
}

/** The learning rate of an iteration, in place of what its schedule says. */
export function applyRate(branch: Branch, iteration: number, rate: Float32Array): void {
  const edit = rateEditAt(branch, iteration);
  if (!edit) return;
  rate[0] = edit.factor === null || edit.at.iteration === iteration ? edit.rate : (rate[0] as number) * edit.factor;
}

/** Whose history this one goes on; null where that ran another graph. */
export function parentIn(branch: Branch): Branch | null {
  return branch.parent && branch.parent.world === branch.world ? branch.parent : null;
}

/** A branch and those it shares history with, oldest first. */
export function lineage(branch: Branch): readonly Branch[] {
  const line: Branch[] = [];
  for (let at: Branch | null = branch; at; at = parentIn(at)) line.unshift(at);
  return line;
}

/** Where two branches part; null where they share nothing. */
export function forkOf(a: Branch, b: Branch): Moment | null {
  const [first, second] = [lineage(a), lineage(b)];
  let common = 0;
  while (common < first.length && first[common] === second[common]) common++;
  if (common === 0) return null;
  const ends = [first, second].flatMap((line) => line[common]?.from ?? []);
  if (ends.length === 0) return { iteration: Math.min(a.length, b.length), step: 0 };
  return ends.reduce((least, at) =>
    at.iteration < least.iteration || (at.iteration === least.iteration && at.step < least.step) ? at : least,
  );
}
