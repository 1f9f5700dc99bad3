// How many nodes a graph has once blocks are opened and recurrences unrolled: a short file can mean billions.
import { isArgument } from './check-attributes.ts';
import { limits } from './limits.ts';
import { usesBlock } from './ports.ts';
import type { GraphFile, GraphNode } from './schema.ts';

type Members = Readonly<Record<string, unknown>>;

export interface ExpandedSize {
  /** Infinity where blocks contain themselves. */
  readonly nodes: number;
  /** Levels of blocks within blocks. */
  readonly depth: number;
}

/** Steps that come from arguments are counted with the block's defaults, or as the limit of steps when passed in. */
export function expandedSize(graph: Pick<GraphFile, 'nodes' | 'blocks'>): ExpandedSize {
  const known = new Map<string, ExpandedSize>();

  function ofBlock(name: string, level: number): ExpandedSize {
    const cached = known.get(name);
    if (cached !== undefined) return cached;
    if (level > limits.blockDepth) return { nodes: Number.POSITIVE_INFINITY, depth: level };
    const block = Object.hasOwn(graph.blocks, name) ? graph.blocks[name] : undefined;
    const size = block === undefined ? { nodes: 0, depth: 0 } : ofNodes(block.nodes, block.arguments, level);
    known.set(name, size);
    return size;
  }

  function ofNodes(nodes: readonly GraphNode[], values: Members, level: number): ExpandedSize {
    let count = 0;
    let depth = 0;
    for (const node of nodes) {
      count++;
      if (!usesBlock(node) || node.block === undefined) continue;
      const inside = ofBlock(node.block, level + 1);
      count += inside.nodes * (node.op === 'recurrence' ? steps(node.attributes['steps'], values) : 1);
      depth = Math.max(depth, inside.depth + 1);
    }
    return { nodes: count, depth };
  }

  return ofNodes(graph.nodes, {}, 0);
}

function steps(value: unknown, values: Members): number {
  const given = isArgument(value) ? values[value.arg] : value;
  return typeof given === 'number' ? given : limits.recurrenceSteps;
}
