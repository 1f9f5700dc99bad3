// The GRU cell as a graph of simpler operators: two linear maps, sliced into the gates' halves a (of x) and b (of h), meet in
// r, z and n; then h = n + z·(h_old − n), which is (1 − z)·n + z·h_old.
import type { Fragment, FragmentNode } from '../../program/fragment.ts';

type Edge = Fragment['edges'][number];

const columnPx = 240;
const rowPx = 150;

/** `hasState`: whether h is wired. A state that is not wired is zero, but its bias still counts. */
export function gruFragment(hidden: number, bias: boolean, hasState: boolean): Fragment {
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
  const linear = (id: string, port: 'x' | 'h', suffix: 'ih' | 'hh', row: number) => {
    const given = { x: `in.${port}`, weight: `in.weight_${suffix}`, ...(bias ? { bias: `in.bias_${suffix}` } : {}) };
    node(id, 'linear', 0, row, given, { out_features: 3 * hidden, bias });
  };
  const gate = (half: string, name: 'r' | 'z' | 'n', row: number, from: string) => {
    const part = ['r', 'z', 'n'].indexOf(name);
    const window = { starts: [part * hidden], ends: [(part + 1) * hidden], dims: [-1] };
    node(`${half}_${name}`, 'slice', 1, row, { x: from }, window);
  };
  linear('a', 'x', 'ih', 1);
  if (hasState) linear('b', 'h', 'hh', 4);
  const state = hasState ? 'b.y' : bias ? 'in.bias_hh' : undefined;
  gate('a', 'z', 1, 'a.y');
  gate('a', 'n', 2, 'a.y');
  if (state) {
    gate('a', 'r', 0, 'a.y');
    gate('b', 'r', 3, state);
    gate('b', 'z', 4, state);
    gate('b', 'n', 5, state);
    node('sum_r', 'add', 2, 0, { a: 'a_r.y', b: 'b_r.y' });
    node('sum_z', 'add', 2, 1, { a: 'a_z.y', b: 'b_z.y' });
    node('r', 'sigmoid', 3, 0, { x: 'sum_r.y' });
    node('seen', 'mul', 4, 3, { a: 'r.y', b: 'b_n.y' });
    node('sum_n', 'add', 5, 2, { a: 'a_n.y', b: 'seen.y' });
  }
  node('z', 'sigmoid', 3, 1, { x: state ? 'sum_z.y' : 'a_z.y' });
  node('n', 'tanh', 6, 2, { x: state ? 'sum_n.y' : 'a_n.y' });
  if (hasState) node('change', 'sub', 7, 3, { a: 'in.h', b: 'n.y' });
  else node('change', 'neg', 7, 3, { x: 'n.y' });
  node('kept', 'mul', 8, 1, { a: 'z.y', b: 'change.y' });
  node('h', 'add', 9, 2, { a: 'n.y', b: 'kept.y' });
  edges.push({ from: 'h.y', to: 'out.h' });
  return { nodes, edges };
}
