// What one unit of a recurrent step tells of itself: its gates with the sums before them, its states, and the sentence that puts
// the new state together. Cells and whole sequences tell it alike.
import type { Part } from '../../program/explanation.ts';
import { say } from '../support/explain.ts';

export interface UnitStory {
  readonly parts: readonly Part[];
  /** How the new state comes together, without the result. */
  readonly h: string;
  /** Of cells that have one: the new cell state. */
  readonly c?: string;
}

function sigmoid(z: number): number {
  return 1 / (1 + Math.exp(-z));
}

/** `sums`: of i, f, g and o; `old`: the cell state before. */
export function explainLstmUnit([zi, zf, zg, zo]: readonly [number, number, number, number], old: number): UnitStory {
  const [i, f, g, o] = [sigmoid(zi), sigmoid(zf), Math.tanh(zg), sigmoid(zo)];
  const c = f * old + i * g;
  return {
    parts: [
      { label: `i, input gate: σ(${say(zi)})`, value: i },
      { label: `f, forget gate: σ(${say(zf)})`, value: f },
      { label: `g, candidate: tanh(${say(zg)})`, value: g },
      { label: `o, output gate: σ(${say(zo)})`, value: o },
      { label: 'c, cell state before', value: old },
      { label: "c' = f·c + i·g", value: c },
    ],
    h: `o·tanh(f·c + i·g) = ${say(o)}·tanh(${say(f)}·${say(old)} + ${say(i)}·${say(g)})`,
    c: `f·c + i·g = ${say(f)}·${say(old)} + ${say(i)}·${say(g)}`,
  };
}

/** `a`, `b`: the halves of the sums of r, z and n that come from the input and from the state; `old`: the state before. */
export function explainGruUnit(
  [ar, az, an]: readonly [number, number, number],
  [br, bz, bn]: readonly [number, number, number],
  old: number,
): UnitStory {
  const [r, z] = [sigmoid(ar + br), sigmoid(az + bz)];
  const n = Math.tanh(an + r * bn);
  return {
    parts: [
      { label: `r, reset gate: σ(${say(ar + br)})`, value: r },
      { label: `z, update gate: σ(${say(az + bz)})`, value: z },
      { label: `n, candidate: tanh(${say(an)} + r·${say(bn)})`, value: n },
      { label: 'h, state before', value: old },
    ],
    h: `(1 − z)·n + z·h = (1 − ${say(z)})·${say(n)} + ${say(z)}·${say(old)}`,
  };
}

/** `fromX`, `fromH`: the halves of the sum. */
export function explainRnnUnit(activation: string, fromX: number, fromH: number): UnitStory {
  return {
    parts: [
      { label: 'Σ x·w_ih + b_ih', value: fromX },
      { label: 'Σ h·w_hh + b_hh', value: fromH },
      { label: 'z, their sum', value: fromX + fromH },
    ],
    h: `${activation}(${say(fromX)} + ${say(fromH)})`,
  };
}
