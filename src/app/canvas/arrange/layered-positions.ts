// The simple layout: a column for every length of the longest path, in the order of the columns before; what does not hang on
// the input stands beside what it feeds. Long networks go on in the next row, as lines of a text do, so that they fit a window.
import type { FlowEdge, FlowNode, Positions } from '../flow-types.ts';
import { topologicalOrder } from '../model/node-model.ts';

const columnGap = 84;
const rowGap = 40;
/** Between lines of columns. */
const lineGap = 110;
/** So many columns may stand in one line, whatever its shape. */
const shortLine = 16;
/** Width through height of what fits a window. */
const aspect = 1.9;

type Sized = Pick<FlowNode, 'id'> & {
  readonly data: { readonly geometry: { readonly width: number; readonly height: number } };
};
type Wired = Pick<FlowEdge, 'source' | 'target'>;

interface Column {
  readonly nodes: readonly Sized[];
  readonly width: number;
  readonly height: number;
}

/** Columns by longest path from the sources; no two nodes overlap, every wire leads to the right or to a lower line. */
export function layeredPositions(nodes: readonly Sized[], edges: readonly Wired[]): Positions {
  const columns = columnsOf(nodes, edges);
  const positions: Record<string, readonly [number, number]> = {};
  let top = 0;
  for (const line of linesOf(columns)) {
    let x = 0;
    for (const { nodes: inside, width } of line) {
      let y = top;
      for (const { id, data } of inside) {
        positions[id] = [x, y];
        y += data.geometry.height + rowGap;
      }
      x += width + columnGap;
    }
    top += heightOf(line) + lineGap;
  }
  return positions;
}

/** Of a recurrence that lies unfolded: its time steps, nodes called `[3]/cell`, side by side and all alike, within the border. */
export function unfoldedPositions(nodes: readonly Sized[], edges: readonly Wired[]): Positions {
  const stepOf = (id: string): string => /^\[\d+\]\//.exec(id)?.[0] ?? '';
  const steps = [...new Set(nodes.map(({ id }) => stepOf(id)))].filter((step) => step !== '');
  steps.sort((a, b) => Number.parseInt(a.slice(1), 10) - Number.parseInt(b.slice(1), 10));
  const first = steps[0] ?? '';
  const one = nodes.filter(({ id }) => stepOf(id) === first);
  const inside = edges.filter(({ source, target }) => stepOf(source) === first && stepOf(target) === first);
  const places = layeredPositions(one, inside);
  const right = one.map(({ id, data }) => (places[id]?.[0] ?? 0) + data.geometry.width + columnGap);
  const stride = Math.max(0, ...right);
  return Object.fromEntries(
    nodes.map(({ id, data }) => {
      const step = stepOf(id);
      const at = steps.indexOf(step);
      if (at < 0) return [id, [id === 'in' ? -data.geometry.width - columnGap : steps.length * stride, 0] as const];
      const [x, y] = places[first + id.slice(step.length)] ?? [0, 0];
      return [id, [x + at * stride, y] as const];
    }),
  );
}

function columnsOf(nodes: readonly Sized[], edges: readonly Wired[]): readonly Column[] {
  const order = topologicalOrder(
    nodes.map(({ id }) => id),
    edges.map(({ source, target }) => ({ from: `${source}.y`, to: `${target}.x` })),
  );
  const targets = new Map<string, string[]>();
  const fed = new Set<string>();
  for (const { source, target } of edges) {
    targets.set(source, [...(targets.get(source) ?? []), target]);
    fed.add(target);
  }
  const depth = new Map(order.map((id) => [id, 0]));
  for (const id of order) {
    const next = (depth.get(id) as number) + 1;
    for (const target of targets.get(id) ?? []) depth.set(target, Math.max(depth.get(target) ?? 0, next));
  }
  const main = downstream(order, targets, fed);
  for (const id of order.toReversed()) {
    const nearest = Math.min(...(targets.get(id) ?? []).map((target) => depth.get(target) as number));
    if (!main.has(id) && Number.isFinite(nearest)) depth.set(id, nearest - 1);
  }
  const sized = new Map(nodes.map((node) => [node.id, node]));
  const columns: Sized[][] = [];
  for (const id of [...order.filter((each) => main.has(each)), ...order.filter((each) => !main.has(each))]) {
    const column = depth.get(id) as number;
    columns[column] ??= [];
    columns[column].push(sized.get(id) as Sized);
  }
  return Array.from(columns, (inside = []) => ({
    nodes: inside,
    width: Math.max(0, ...inside.map(({ data }) => data.geometry.width)),
    height: inside.reduce((sum, { data }) => sum + data.geometry.height + rowGap, -rowGap),
  }));
}

/** What hangs on the sources of the longest paths. The rest, as shapes made of constants, only feeds it. */
function downstream(
  order: readonly string[],
  targets: ReadonlyMap<string, readonly string[]>,
  fed: ReadonlySet<string>,
): ReadonlySet<string> {
  const reach = new Map<string, number>();
  for (const id of order.toReversed()) {
    reach.set(id, 1 + Math.max(0, ...(targets.get(id) ?? []).map((target) => reach.get(target) ?? 0)));
  }
  const longest = Math.max(0, ...reach.values());
  const main = new Set(order.filter((id) => !fed.has(id) && reach.get(id) === longest));
  for (const id of order) if (main.has(id)) for (const target of targets.get(id) ?? []) main.add(target);
  return main;
}

/** One line, or as many as make the whole about as wide as a window. */
function linesOf(columns: readonly Column[]): readonly (readonly Column[])[] {
  if (columns.length <= shortLine) return [columns];
  const width = columns.reduce((sum, column) => sum + column.width + columnGap, 0);
  for (let count = 1; ; count++) {
    const lines = broken(columns, width / count);
    const height = lines.reduce((sum, line) => sum + heightOf(line) + lineGap, 0);
    if (width / count <= aspect * height || lines.length === columns.length) return lines;
  }
}

function broken(columns: readonly Column[], most: number): readonly (readonly Column[])[] {
  const lines: Column[][] = [[]];
  let x = 0;
  for (const column of columns) {
    if (x > 0 && x + column.width > most) {
      lines.push([]);
      x = 0;
    }
    lines.at(-1)?.push(column);
    x += column.width + columnGap;
  }
  return lines;
}

function heightOf(line: readonly Column[]): number {
  return Math.max(0, ...line.map(({ height }) => height));
}
