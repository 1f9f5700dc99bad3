// The LSTM cell as a graph of simpler operators, as textbooks draw it: two linear maps meet in the gates' sums z, four slices
// of z go through their non-linearities f, i, g and o, then c = f·c + i·g and h = o·tanh(c).
import type { Fragment } from '../../program/fragment.ts';
import { growFragment } from '../support/fragment.ts';

/** Rows on the canvas from top to bottom; `part` is the gate's place in the parameters. */
const gates = [
  { id: 'f', op: 'sigmoid', part: 1 },
  { id: 'i', op: 'sigmoid', part: 0 },
  { id: 'g', op: 'tanh', part: 2 },
  { id: 'o', op: 'sigmoid', part: 3 },
] as const;

/** `hasState`, `hasCell`: whether h and c are wired; without c nothing is kept, so that f is left out. */
export function lstmFragment(hidden: number, bias: boolean, hasState: boolean, hasCell: boolean): Fragment {
  const { fragment, place, leave } = growFragment();
  const linear = (port: 'x' | 'h', suffix: 'ih' | 'hh', row: number) => {
    const given = { x: `in.${port}`, weight: `in.weight_${suffix}`, ...(bias ? { bias: `in.bias_${suffix}` } : {}) };
    place(`from_${port}`, 'linear', 0, row, given, { out_features: 4 * hidden, bias });
  };
  linear('x', 'ih', 1);
  if (hasState) linear('h', 'hh', 2);
  // A state that is not wired is zero: its bias still counts.
  const other = hasState ? 'from_h.y' : bias ? 'in.bias_hh' : undefined;
  if (other) place('z', 'add', 1, 1.5, { a: 'from_x.y', b: other });
  for (const [row, { id, op, part }] of gates.entries()) {
    if (id === 'f' && !hasCell) continue;
    const window = { starts: [part * hidden], ends: [(part + 1) * hidden], dims: [-1] };
    place(`z_${id}`, 'slice', 2, row, { x: other ? 'z.y' : 'from_x.y' }, window);
    place(id, op, 3, row, { x: `z_${id}.y` });
  }
  if (hasCell) {
    place('kept', 'mul', 4, 0, { a: 'f.y', b: 'in.c' });
    place('written', 'mul', 4, 1, { a: 'i.y', b: 'g.y' });
    place('c', 'add', 5, 0.5, { a: 'kept.y', b: 'written.y' });
  } else place('c', 'mul', 5, 1, { a: 'i.y', b: 'g.y' });
  place('tanh_c', 'tanh', 6, 1, { x: 'c.y' });
  place('h', 'mul', 7, 2, { a: 'o.y', b: 'tanh_c.y' });
  leave('h', 'h.y');
  leave('c', 'c.y');
  return fragment;
}
