// The simple layout: a column for every length of the longest path, rows in the order of the columns before.
import type { FlowEdge, FlowNode, Positions } from '../flow-types.ts';
import { topologicalOrder } from '../model/node-model.ts';

const columnGap = 84;
const rowGap = 40;

type Sized = Pick<FlowNode, 'id'> & {
  readonly data: { readonly geometry: { readonly width: number; readonly height: number } };
};
type Wired = Pick<FlowEdge, 'source' | 'target'>;

/** Columns by longest path from the sources; no two nodes overlap. */
export function layeredPositions(nodes: readonly Sized[], edges: readonly Wired[]): Positions {
  const order = topologicalOrder(
    nodes.map(({ id }) => id),
    edges.map(({ source, target }) => ({ from: `${source}.y`, to: `${target}.x` })),
  );
  const depth = new Map(order.map((id) => [id, 0]));
  for (const id of order) {
    for (const { source, target } of edges) {
      if (source === id) depth.set(target, Math.max(depth.get(target) ?? 0, (depth.get(id) ?? 0) + 1));
    }
  }
  const sizes = new Map(nodes.map(({ id, data }) => [id, data.geometry]));
  const positions: Record<string, readonly [number, number]> = {};
  let x = 0;
  for (let column = 0; column <= Math.max(0, ...depth.values()); column++) {
    const inside = order.filter((id) => depth.get(id) === column);
    let y = 0;
    for (const id of inside) {
      positions[id] = [x, y];
      y += (sizes.get(id)?.height ?? 0) + rowGap;
    }
    x += Math.max(0, ...inside.map((id) => sizes.get(id)?.width ?? 0)) + columnGap;
  }
  return positions;
}
