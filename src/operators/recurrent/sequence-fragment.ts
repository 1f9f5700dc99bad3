// A recurrent layer as the graph it stands for: one cell a step, layer and direction, time from left to right.
import type { Fragment } from '../../program/fragment.ts';
import { growFragment } from '../support/fragment.ts';
import { type SequenceAttributes, tracksOf } from './sequence-ports.ts';

/** The state that a step leaves, by its name in the graph. */
export function stepName(slot: number, step: number, state: 'h' | 'c'): string {
  return `cell_${slot}_${step}.${state}`;
}

/** `cell`: the operator of one step and its attributes; `wired`: which first states are. */
export function sequenceFragment(
  a: SequenceAttributes,
  time: number,
  cell: {
    readonly op: string;
    readonly states: readonly ('h' | 'c')[];
    readonly attributes: Readonly<Record<string, unknown>>;
  },
  wired: (port: string) => boolean,
): Fragment {
  const { fragment, place, leave } = growFragment();
  const tracks = tracksOf(a, time);
  const steps = Array.from({ length: time }, (_, t) => t);
  const parts = ['weight_ih', 'weight_hh', ...(a.bias ? ['bias_ih', 'bias_hh'] : [])];
  for (const t of steps) place(`x_${t}`, 'select', 0, t, { x: 'in.x' }, { dim: 0, index: t });
  const given = cell.states.filter((state) => wired(`${state}0`));
  for (const [i, state] of given.entries()) {
    for (const { slot } of tracks) {
      const row = time + i * tracks.length + slot;
      place(`${state}0_${slot}`, 'select', 0, row, { x: `in.${state}0` }, { dim: 0, index: slot });
    }
  }
  let below = steps.map((t) => `x_${t}.y`);
  for (let layer = 0; layer < a.num_layers; layer++) {
    const first = 1 + layer * (time + 1);
    const own = tracks.filter((track) => track.layer === layer);
    for (const { slot, direction, suffix, order } of own) {
      for (const [k, t] of order.entries()) {
        const before = order[k - 1];
        const states = cell.states.flatMap((state) => {
          if (before !== undefined) return [[state, stepName(slot, before, state)]];
          return given.includes(state) ? [[state, `${state}0_${slot}.y`]] : [];
        });
        const weights = parts.map((part) => [part, `in.${part}_${suffix}`]);
        const wires = Object.fromEntries([['x', below[t] as string], ...states, ...weights]);
        place(`cell_${slot}_${t}`, cell.op, first + k, direction, wires, cell.attributes);
      }
    }
    below = steps.map((t) => {
      const [forwards, backwards] = own.map(({ slot }) => stepName(slot, t, 'h')) as [string, string | undefined];
      if (backwards === undefined) return forwards;
      place(`both_${layer}_${t}`, 'concat', first + time, t, { x0: forwards, x1: backwards }, { dim: -1 });
      return `both_${layer}_${t}.y`;
    });
  }
  const end = 1 + a.num_layers * (time + 1);
  const list = (from: readonly string[]) => Object.fromEntries(from.map((each, i) => [`x${i}`, each]));
  place('all', 'stack', end, 0, list(below));
  leave('y', 'all.y');
  for (const [i, state] of cell.states.entries()) {
    const last = tracks.map(({ slot, order }) => stepName(slot, order.at(-1) as number, state));
    place(`last_${state}`, 'stack', end, 1 + i, list(last));
    leave(`${state}_n`, `last_${state}.y`);
  }
  return fragment;
}
