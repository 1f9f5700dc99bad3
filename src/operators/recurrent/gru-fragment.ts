// The GRU cell as a graph of simpler operators: two linear maps, sliced into the gates' halves a (of x) and b (of h), meet in
// r, z and n; then h = n + z·(h_old − n), which is (1 − z)·n + z·h_old.
import type { Fragment } from '../../program/fragment.ts';
import { growFragment } from '../support/fragment.ts';

/** `hasState`: whether h is wired. A state that is not wired is zero, but its bias still counts. */
export function gruFragment(hidden: number, bias: boolean, hasState: boolean): Fragment {
  const { fragment, place, leave } = growFragment();
  const linear = (id: string, port: 'x' | 'h', suffix: 'ih' | 'hh', row: number) => {
    const given = { x: `in.${port}`, weight: `in.weight_${suffix}`, ...(bias ? { bias: `in.bias_${suffix}` } : {}) };
    place(id, 'linear', 0, row, given, { out_features: 3 * hidden, bias });
  };
  const gate = (half: string, name: 'r' | 'z' | 'n', row: number, from: string) => {
    const part = ['r', 'z', 'n'].indexOf(name);
    const window = { starts: [part * hidden], ends: [(part + 1) * hidden], dims: [-1] };
    place(`${half}_${name}`, 'slice', 1, row, { x: from }, window);
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
    place('sum_r', 'add', 2, 0, { a: 'a_r.y', b: 'b_r.y' });
    place('sum_z', 'add', 2, 1, { a: 'a_z.y', b: 'b_z.y' });
    place('r', 'sigmoid', 3, 0, { x: 'sum_r.y' });
    place('seen', 'mul', 4, 3, { a: 'r.y', b: 'b_n.y' });
    place('sum_n', 'add', 5, 2, { a: 'a_n.y', b: 'seen.y' });
  }
  place('z', 'sigmoid', 3, 1, { x: state ? 'sum_z.y' : 'a_z.y' });
  place('n', 'tanh', 6, 2, { x: state ? 'sum_n.y' : 'a_n.y' });
  if (hasState) place('change', 'sub', 7, 3, { a: 'in.h', b: 'n.y' });
  else place('change', 'neg', 7, 3, { x: 'n.y' });
  place('kept', 'mul', 8, 1, { a: 'z.y', b: 'change.y' });
  place('h', 'add', 9, 2, { a: 'n.y', b: 'kept.y' });
  leave('h', 'h.y');
  return fragment;
}
