// Fragments written node by node: where a node stands on the canvas, what is wired into it, what leaves the whole.
import type { Fragment } from '../../program/fragment.ts';

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
