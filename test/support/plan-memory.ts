// The memory of a plan, worked out from the plan alone: which bytes hold which value when, by reads and writes in order.
// Shares nothing with the allocator: lifetimes, views and overlaps are found anew here.
import type { Plan } from '../../src/program/plan.ts';

interface Occupied {
  readonly what: string;
  readonly from: number;
  readonly to: number;
  /** Instruction during which it is written first, and the last one that needs it. */
  first: number;
  last: number;
}

export interface MemoryFacts {
  /** Pairs of buffers that are needed at the same time and overlap; empty when the plan is sound. */
  readonly clashes: readonly string[];
  /** Buffers that leave their region. */
  readonly outside: readonly string[];
  /** Most bytes (unpadded) of distinct buffers needed at one instruction. */
  readonly liveBytes: number;
}

/**
 * `workspaceBytes` of each kernel of the plan. Feeds are needed from the start; the loss, metrics, what is retained and, where
 * everything is, every value, to the end.
 */
export function memoryFacts(plan: Plan, workspaceBytes: readonly number[]): MemoryFacts {
  const end = plan.instructions.length;
  const scratch = (index: number) => plan.values[index]?.region === 'scratch';
  /** A view lives in the buffer of its source. */
  const source = new Map<number, number>();
  const buffer = (index: number): number => {
    let at = index;
    for (let next = source.get(at); next !== undefined; next = source.get(at)) at = next;
    return at;
  };
  const occupied = new Map<number, Occupied>();
  const touch = (index: number, when: number): void => {
    if (!scratch(index)) return;
    const root = buffer(index);
    const value = plan.values[root] as Plan['values'][number];
    const known = occupied.get(root);
    if (known) {
      known.first = Math.min(known.first, when);
      known.last = Math.max(known.last, when);
    } else {
      const { name, offset, bytes } = value;
      occupied.set(root, { what: name, from: offset, to: offset + bytes, first: when, last: when });
    }
  };
  const workspaces: Occupied[] = [];
  const misplaced: string[] = [];
  plan.instructions.forEach(({ kernel, inputs, outputs, workspace }, when) => {
    if (plan.kernels[kernel]?.op === 'view') {
      const [from, to] = [inputs[0] as number, outputs[0] as number];
      source.set(to, from);
      const [a, b] = [plan.values[from], plan.values[to]];
      if (a?.offset !== b?.offset || a?.region !== b?.region)
        misplaced.push(`view ${b?.name} does not lie on ${a?.name}`);
    }
    for (const index of [...inputs, ...outputs]) touch(index, when);
    const bytes = workspaceBytes[kernel] as number;
    if (bytes > 0)
      workspaces.push({
        what: `workspace of ${when}`,
        from: workspace,
        to: workspace + bytes,
        first: when,
        last: when,
      });
  });
  plan.values.forEach((value, index) => {
    if (value.kind === 'feed') touch(index, 0);
  });
  const results =
    plan.retain === 'all'
      ? Object.keys(plan.names)
      : [...plan.retain, ...(plan.loss === null ? [] : [plan.loss]), ...plan.metrics.map((metric) => metric.name)];
  for (const name of results) touch(plan.names[name] as number, end);

  const all = [...occupied.values(), ...workspaces];
  const outside = [
    ...misplaced,
    ...all
      .filter(({ from, to }) => from < 0 || to > plan.arena.scratchBytes || from % 64 !== 0)
      .map(({ what }) => what),
  ];
  const clashes: string[] = [];
  const byStart = [...all].sort((a, b) => a.from - b.from);
  byStart.forEach((a, i) => {
    for (let j = i + 1; j < byStart.length; j++) {
      const b = byStart[j] as Occupied;
      if (b.from >= a.to) break;
      if (a.first <= b.last && b.first <= a.last)
        clashes.push(`${a.what} [${a.first}, ${a.last}] and ${b.what} [${b.first}, ${b.last}]`);
    }
  });
  const change = new Array<number>(end + 2).fill(0);
  for (const { from, to, first, last } of all) {
    change[first] = (change[first] as number) + to - from;
    change[last + 1] = (change[last + 1] as number) - (to - from);
  }
  let [live, most] = [0, 0];
  for (const by of change) {
    live += by;
    most = Math.max(most, live);
  }
  return { clashes, outside, liveBytes: most };
}

/** Persistent values and constants must not overlap at all. */
export function regionClashes(plan: Plan): string[] {
  const clashes: string[] = [];
  for (const region of ['persistent', 'constant'] as const) {
    const limit = region === 'persistent' ? plan.arena.persistentBytes : plan.arena.constantBytes;
    const own = plan.values
      .filter((value) => value.region === region && value.kind !== 'computed')
      .sort((a, b) => a.offset - b.offset);
    own.forEach((value, i) => {
      const next = own[i + 1]?.offset ?? limit;
      if (value.offset + value.bytes > next) clashes.push(`${value.name} runs into what follows`);
    });
  }
  return clashes;
}
