// A recurrence unfolded over time: every time step of its block beside the others, states wired from one to the next. For
// looking at; nothing of it is in the file.
import type { Block, GraphEdge, GraphNode } from '../../graph/schema.ts';

export interface Unfolded {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** More nodes are not drawn: later steps are left out. */
const mostNodes = 160;
/** Between the same node of two steps at least; nodes are 216 wide. */
const gap = 300;

/** Nodes are called `[3]/cell`, so that behind the recurrence's path they are instance paths. null where the steps are not known. */
export function unfold(node: GraphNode, block: Block, steps: number): Unfolded | null {
  if (steps < 1) return null;
  const count = Math.max(1, Math.min(steps, Math.floor(mostNodes / Math.max(1, block.nodes.length))));
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
  for (let t = 0; t < count; t++) {
    const at = (end: string): string => `[${t}]/${end}`;
    for (const each of block.nodes) {
      const { position, ...rest } = each;
      const place = placed && position ? { position: [position[0] + t * stride, position[1]] as const } : {};
      nodes.push({ ...rest, id: at(each.id), ...place });
    }
    for (const { from, to } of block.edges) {
      if (to.startsWith('out.')) {
        const name = to.slice('out.'.length);
        const given = stacked.has(name) || (last.has(name) && t === count - 1);
        if (given && !from.startsWith('in.')) edges.push({ from: at(from), to });
        continue;
      }
      if (!from.startsWith('in.')) {
        edges.push({ from: at(from), to: at(to) });
        continue;
      }
      const state = carry[from.slice('in.'.length)];
      const maker = t === 0 || state === undefined ? undefined : makers.get(state);
      edges.push({ from: maker === undefined ? from : `[${t - 1}]/${maker}`, to: at(to) });
    }
  }
  return { nodes, edges };
}

function asNames(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
