// The LSTM cell as a graph of simpler operators, as textbooks draw it: two linear maps meet in the gates' sums z, four slices
// of z go through their non-linearities f, i, g and o, then c = f·c + i·g and h = o·tanh(c).
import type { Fragment, FragmentNode } from '../../program/fragment.ts';

type Edge = Fragment['edges'][number];

const columnPx = 240;
const rowPx = 150;

/** Rows on the canvas from top to bottom; `part` is the gate's place in the parameters. */
const gates = [
  { id: 'f', op: 'sigmoid', part: 1 },
  { id: 'i', op: 'sigmoid', part: 0 },
  { id: 'g', op: 'tanh', part: 2 },
  { id: 'o', op: 'sigmoid', part: 3 },
] as const;

/** `hasState`, `hasCell`: whether h and c are wired; without c nothing is kept, so that f is left out. */
export function lstmFragment(hidden: number, bias: boolean, hasState: boolean, hasCell: boolean): Fragment {
  const nodes: FragmentNode[] = [];
  const edges: Edge[] = [];
  const node = (
    id: string,
    op: string,
    column: number,
    row: number,
    given: Readonly<Record<string, string>>,
    attributes = {},
  ) => {
    nodes.push({ id, op, attributes, position: [column * columnPx, row * rowPx] });
    for (const [port, from] of Object.entries(given)) edges.push({ from, to: `${id}.${port}` });
  };
  const linear = (port: 'x' | 'h', suffix: 'ih' | 'hh', row: number) => {
    const given = { x: `in.${port}`, weight: `in.weight_${suffix}`, ...(bias ? { bias: `in.bias_${suffix}` } : {}) };
    node(`from_${port}`, 'linear', 0, row, given, { out_features: 4 * hidden, bias });
  };
  linear('x', 'ih', 1);
  if (hasState) linear('h', 'hh', 2);
  // A state that is not wired is zero: its bias still counts.
  const other = hasState ? 'from_h.y' : bias ? 'in.bias_hh' : undefined;
  if (other) node('z', 'add', 1, 1.5, { a: 'from_x.y', b: other });
  for (const [row, { id, op, part }] of gates.entries()) {
    if (id === 'f' && !hasCell) continue;
    const window = { starts: [part * hidden], ends: [(part + 1) * hidden], dims: [-1] };
    node(`z_${id}`, 'slice', 2, row, { x: other ? 'z.y' : 'from_x.y' }, window);
    node(id, op, 3, row, { x: `z_${id}.y` });
  }
  if (hasCell) {
    node('kept', 'mul', 4, 0, { a: 'f.y', b: 'in.c' });
    node('written', 'mul', 4, 1, { a: 'i.y', b: 'g.y' });
    node('c', 'add', 5, 0.5, { a: 'kept.y', b: 'written.y' });
  } else node('c', 'mul', 5, 1, { a: 'i.y', b: 'g.y' });
  node('tanh_c', 'tanh', 6, 1, { x: 'c.y' });
  node('h', 'mul', 7, 2, { a: 'o.y', b: 'tanh_c.y' });
  edges.push({ from: 'h.y', to: 'out.h' }, { from: 'c.y', to: 'out.c' });
  return { nodes, edges };
}
