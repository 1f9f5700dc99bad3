// What one unit of a recurrent step tells of itself: its gates with the sums before them, its states, and the sentence that puts
// the new state together. Cells and whole sequences tell it alike.
import type { Part } from '../../program/explanation.ts';
import { say } from '../support/explain.ts';
import { gruReference, lstmReference } from './units.ts';

export interface UnitStory {
  readonly parts: readonly Part[];
  /** How the new state comes together, without the result. */
  readonly h: string;
  /** Of cells that have one: the new cell state. */
  readonly c?: string;
  readonly back: UnitBack;
}

/** How the gradients of a unit come together from ∂L/∂h' and ∂L/∂c', without the results. */
export interface UnitBack {
  /** Of the gates' sums, in the order of their rows. */
  readonly sums: readonly string[];
  /** Of the half that comes from the state, where that is another. */
  readonly stateSums?: readonly string[];
  /** What the old cell state gets. */
  readonly c?: string;
}

export const lstmGates = ['input gate i', 'forget gate f', 'candidate g', 'output gate o'] as const;
export const gruGates = ['reset gate r', 'update gate z', 'candidate n'] as const;
export const rnnGates = ['sum z'] as const;

/** `sums`: of i, f, g and o; `old`: the cell state before. */
export function explainLstmUnit(sums: readonly [number, number, number, number], old: number): UnitStory {
  const [zi, zf, zg, zo] = sums;
  const { i, f, g, o, c } = lstmReference(sums, old);
  const shown = o * (1 - Math.tanh(c) ** 2);
  /** ∂L/∂c' in full, times something. */
  const times = (symbols: string, number: number) =>
    `(∂L/∂c' + ∂L/∂h'·o·(1 − tanh² c'))·${symbols} = (∂L/∂c' + ∂L/∂h'·${say(shown)})·${say(number)}`;
  return {
    back: {
      sums: [
        times('g·i·(1 − i)', g * i * (1 - i)),
        times('c·f·(1 − f)', old * f * (1 - f)),
        times('i·(1 − g²)', i * (1 - g * g)),
        `∂L/∂h'·tanh c'·o·(1 − o) = ∂L/∂h'·${say(Math.tanh(c) * o * (1 - o))}`,
      ],
      c: times('f', f),
    },
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
  a: readonly [number, number, number],
  b: readonly [number, number, number],
  old: number,
): UnitStory {
  const [ar, az, an] = a;
  const [br, bz, bn] = b;
  const { r, z, n } = gruReference(a, b, old);
  const seen = (1 - z) * (1 - n * n);
  const times = (symbols: string, number: number) => `∂L/∂h'·${symbols} = ∂L/∂h'·${say(number)}`;
  const gates = [
    times('(1 − z)·(1 − n²)·b_n·r·(1 − r)', seen * bn * r * (1 - r)),
    times('(h − n)·z·(1 − z)', (old - n) * z * (1 - z)),
  ];
  return {
    back: {
      sums: [...gates, times('(1 − z)·(1 − n²)', seen)],
      stateSums: [...gates, times('(1 − z)·(1 − n²)·r', seen * r)],
    },
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
export function explainRnnUnit(activation: 'tanh' | 'relu', fromX: number, fromH: number): UnitStory {
  const z = fromX + fromH;
  const slopes = {
    tanh: `(1 − h'²) = ∂L/∂h'·${say(1 - Math.tanh(z) ** 2)}`,
    relu: `(h' > 0) = ∂L/∂h'·${z > 0 ? 1 : 0}`,
  };
  return {
    back: { sums: [`∂L/∂h'·${slopes[activation]}`] },
    parts: [
      { label: 'Σ x·w_ih + b_ih', value: fromX },
      { label: 'Σ h·w_hh + b_hh', value: fromH },
      { label: 'z, their sum', value: z },
    ],
    h: `${activation}(${say(fromX)} + ${say(fromH)})`,
  };
}
