// A recurrence unfolded over time: time steps of its block beside one another, states wired from one to the next; of a long
// sequence a window of them. For looking at; nothing of it is in the file.
import type { Block, GraphEdge, GraphNode } from '../../graph/schema.ts';

export interface Unfolded {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly window: TimeWindow;
}

/** Time steps [first, first + count) of so many stand on the canvas. */
export interface TimeWindow {
  readonly first: number;
  readonly count: number;
  readonly steps: number;
}

/** As many nodes are drawn one by one, with pictures and wires; beyond, one cannot tell them apart anyway. */
const mostNodes = 160;
/** Between the same node of two steps at least; nodes are 216 wide. */
const gap = 300;

/**
 * Nodes are called `[3]/cell`, so that behind the recurrence's path they are instance paths. `from`: the first time step, as far as
 * there are enough behind it. null where the steps are not known.
 */
export function unfold(node: GraphNode, block: Block, steps: number, from = 0): Unfolded | null {
  if (steps < 1) return null;
  const count = Math.max(1, Math.min(steps, Math.floor(mostNodes / Math.max(1, block.nodes.length))));
  const first = Math.min(Math.max(0, from), steps - count);
  const xs = block.nodes.map(({ position }) => position?.[0] ?? 0);
  const stride = Math.max(...xs) - Math.min(...xs) + gap;
  const placed = block.nodes.every(({ position }) => position !== undefined);
  const carry = asNames(node.attributes['carry']);
  const stacked = new Set(Object.values(asNames(node.attributes['stack'])));
  const last = new Set(Object.values(asNames(node.attributes['last'])));
  /** Output of the block → what makes it. */
  const makers = new Map(
    block.edges.filter(({ to }) => to.startsWith('out.')).map(({ from, to }) => [to.slice('out.'.length), from]),
  );
  const nodes: GraphNode[] = [];
  const edges: GraphEdge[] = [];
  for (let t = first; t < first + count; t++) {
    const at = (end: string): string => `[${t}]/${end}`;
    for (const each of block.nodes) {
      const { position, ...rest } = each;
      const place = placed && position ? { position: [position[0] + (t - first) * stride, position[1]] as const } : {};
      nodes.push({ ...rest, id: at(each.id), ...place });
    }
    for (const { from, to } of block.edges) {
      if (to.startsWith('out.')) {
        const name = to.slice('out.'.length);
        const given = stacked.has(name) || (last.has(name) && t === steps - 1);
        if (given && !from.startsWith('in.')) edges.push({ from: at(from), to });
        continue;
      }
      if (!from.startsWith('in.')) {
        edges.push({ from: at(from), to: at(to) });
        continue;
      }
      const state = carry[from.slice('in.'.length)];
      // The first one drawn takes its state from the border, whoever made it.
      const maker = t === first || state === undefined ? undefined : makers.get(state);
      edges.push({ from: maker === undefined ? from : `[${t - 1}]/${maker}`, to: at(to) });
    }
  }
  return { nodes, edges, window: { first, count, steps } };
}

function asNames(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
