// What stands on the canvas for a breadcrumb: the graph, the inside of a block, or an operator opened as it computes.

import type { Block, GraphEdge, GraphFile, GraphNode, Note } from '../../graph/schema.ts';
import type { Expansion } from './expansion-store.ts';
import { type TimeWindow, unfold } from './unfold.ts';
import type { ScopeStep } from './view-store.ts';

export interface ScopeGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly notes: readonly Note[];
  /** Name of the block that is edited here; null at the top and in expansions. */
  readonly block: string | null;
  /** Ports at the border, inside a block or an expansion. */
  readonly border: {
    readonly inputs: readonly string[];
    readonly outputs: readonly string[];
    readonly layout: Block['layout'];
  } | null;
  readonly readOnly: boolean;
  /** Of an unfolded recurrence. */
  readonly window?: TimeWindow;
}

/** Takes expansions by the path of the node without time steps; null when the breadcrumb leads nowhere any more. */
export function openScope(
  graph: GraphFile,
  scope: readonly ScopeStep[],
  expansions: Readonly<Record<string, Expansion | undefined>>,
): ScopeGraph | null {
  let current: ScopeGraph = {
    nodes: graph.nodes,
    edges: graph.edges,
    notes: graph.notes,
    block: null,
    border: null,
    readOnly: false,
  };
  const path: string[] = [];
  for (const step of scope) {
    path.push(step.node);
    const node = current.nodes.find((each) => each.id === step.node);
    if (node === undefined) return null;
    const inner =
      step.kind === 'expansion'
        ? fromExpansion(expansions[path.join('/').replace(/\/\[\d+\]/g, '')])
        : fromBlock(graph, node, current.readOnly, step);
    if (inner === null) return null;
    current = inner;
  }
  return current;
}

function fromBlock(graph: GraphFile, node: GraphNode, readOnly: boolean, step: ScopeStep): ScopeGraph | null {
  const name = node.block;
  const block = name !== undefined && Object.hasOwn(graph.blocks, name) ? graph.blocks[name] : undefined;
  if (name === undefined || block === undefined) return null;
  const { notes, layout } = block;
  const whole = step.unfolded === undefined ? null : unfold(node, block, step.unfolded, step.first);
  const { nodes, edges } = whole ?? block;
  return {
    nodes,
    edges,
    notes: whole ? [] : notes,
    block: whole ? null : name,
    border: {
      inputs: block.inputs.map((input) => input.name),
      outputs: block.outputs,
      layout: whole ? undefined : layout,
    },
    readOnly: readOnly || whole !== null,
    ...(whole ? { window: whole.window } : {}),
  };
}

/** Operators draw their inside on a narrow grid; nodes with pictures need more room. */
const spread = [1.3, 1.25] as const;

function fromExpansion(expansion: Expansion | undefined): ScopeGraph | null {
  if (expansion === undefined) return null;
  const nodes = expansion.nodes.map(
    (node): GraphNode => ({
      id: node.id,
      op: node.op,
      attributes: node.attributes ?? {},
      parameters: {},
      ...(node.position ? { position: [node.position[0] * spread[0], node.position[1] * spread[1]] as const } : {}),
    }),
  );
  const inputs = new Set<string>();
  const outputs = new Set<string>();
  for (const { from, to } of expansion.edges) {
    if (from.startsWith('in.')) inputs.add(from.slice(3));
    if (to.startsWith('out.')) outputs.add(to.slice(4));
  }
  return {
    nodes,
    edges: expansion.edges,
    notes: [],
    block: null,
    border: { inputs: [...inputs], outputs: [...outputs], layout: undefined },
    readOnly: true,
  };
}
