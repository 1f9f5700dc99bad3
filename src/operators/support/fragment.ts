// Fragments written node by node: where a node stands on the canvas, what is wired into it, what leaves the whole. Fixed ones
// are a table; those whose nodes hang on what is wired grow.
import type { Fragment, FragmentNode } from '../../program/fragment.ts';

const columnPx = 240;
const rowPx = 150;

export interface Placed {
  readonly op: string;
  /** Column and row on the canvas. */
  readonly at: readonly [column: number, row: number];
  /** Port → `id.port` or `in.<port>`. */
  readonly wires?: Readonly<Record<string, string>>;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

interface GrowingFragment {
  /** What has been placed so far. */
  readonly fragment: Fragment;
  /** `wires`: port → `id.port` or `in.<port>`. */
  place(
    id: string,
    op: string,
    column: number,
    row: number,
    wires: Readonly<Record<string, string>>,
    attributes?: Readonly<Record<string, unknown>>,
  ): void;
  /** The value that leaves as the operator's output `port`. */
  leave(port: string, from: string): void;
}

/** An empty fragment and what adds to it, in the order of the calls. */
export function growFragment(): GrowingFragment {
  const nodes: FragmentNode[] = [];
  const edges: Fragment['edges'][number][] = [];
  return {
    fragment: { nodes, edges },
    place(id, op, column, row, wires, attributes = {}) {
      nodes.push({ id, op, attributes, position: [column * columnPx, row * rowPx] });
      for (const [port, from] of Object.entries(wires)) edges.push({ from, to: `${id}.${port}` });
    },
    leave: (port, from) => void edges.push({ from, to: `out.${port}` }),
  };
}

/** `y`: the value that leaves as the operator's output. */
export function fragmentOf(nodes: Readonly<Record<string, Placed>>, y: string): Fragment {
  const entries = Object.entries(nodes);
  const edges = entries.flatMap(([id, { wires = {} }]) =>
    Object.entries(wires).map(([port, from]) => ({ from, to: `${id}.${port}` })),
  );
  return {
    nodes: entries.map(
      ([
        id,
        {
          op,
          at: [column, row],
          attributes,
        },
      ]) => ({
        id,
        op,
        ...(attributes ? { attributes } : {}),
        position: [column * columnPx, row * rowPx],
      }),
    ),
    edges: [...edges, { from: y, to: 'out.y' }],
  };
}
