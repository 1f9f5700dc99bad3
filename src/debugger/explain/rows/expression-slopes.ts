// Slopes of an expression body at one point, backwards through its lines. At kinks the side is taken that the kernels take.
import { compileExpression } from '../../../kernels/reference/expression.ts';
import type { Expression } from '../../../program/kernel-spec.ts';
import { cosine, exponential, logarithm, sine } from '../../../tensor/elementary.ts';

/** Slope by one input; `by`: it is that input's number. */
export interface Slope {
  readonly slope: number;
  readonly by?: number;
}

interface Weight {
  value: number;
  /** The input that this weight is the number of; -1 for a weight of exactly 1, undefined for anything else. */
  by: number | undefined;
}

/** ∂body[line] / ∂input at the numbers `read`; inputs without any slope are left out. */
export function expressionSlopes(
  body: readonly Expression[],
  line: number,
  read: Float64Array,
  index: Int32Array,
): Map<number, Slope> {
  const values = compileExpression(body)(read, index);
  const weights: (Weight | undefined)[] = [];
  weights[line] = { value: 1, by: -1 };
  const slopes = new Map<number, Slope>();
  const give = (to: number, value: number, by?: number): void => {
    if (value === 0) return;
    const before = weights[to];
    weights[to] = before ? { value: before.value + value, by: undefined } : { value, by };
  };
  const inputOf = (at: number): number | undefined => {
    const e = body[at];
    return e?.op === 'input' ? e.input : undefined;
  };
  for (let at = line; at >= 0; at--) {
    const e = body[at] as Expression;
    const weight = weights[at];
    if (!weight || weight.value === 0) continue;
    const w = weight.value;
    const v = (i: number): number => values[i] as number;
    /** The weight times another number, which is an input's own where that stands alone. */
    const times = (other: number): readonly [number, number | undefined] => [
      w * v(other),
      weight.by === -1 ? inputOf(other) : undefined,
    ];
    switch (e.op) {
      case 'input': {
        const before = slopes.get(e.input);
        const by = before || weight.by === undefined || weight.by < 0 ? undefined : weight.by;
        slopes.set(e.input, { slope: (before?.slope ?? 0) + w, ...(by === undefined ? {} : { by }) });
        break;
      }
      case 'add':
        if (e.a === e.b) give(e.a, 2 * w);
        else {
          give(e.a, w, weight.by);
          give(e.b, w, weight.by);
        }
        break;
      case 'sub':
        give(e.a, w, weight.by);
        give(e.b, -w);
        break;
      case 'mul':
        give(e.a, ...times(e.b));
        give(e.b, ...times(e.a));
        break;
      case 'div':
        give(e.a, w / v(e.b));
        give(e.b, (-w * v(e.a)) / (v(e.b) * v(e.b)));
        break;
      case 'pow':
        give(e.a, w * powerSlope(v(e.a), v(e.b), v(at)));
        if (v(e.a) > 0) give(e.b, w * v(at) * logarithm(v(e.a)));
        break;
      case 'max':
        give(v(e.a) >= v(e.b) ? e.a : e.b, w, weight.by);
        break;
      case 'min':
        give(v(e.a) <= v(e.b) ? e.a : e.b, w, weight.by);
        break;
      case 'select':
        give(v(e.condition) !== 0 ? e.a : e.b, w, weight.by);
        break;
      case 'neg':
        give(e.a, -w);
        break;
      case 'flush':
        if (v(at) !== 0) give(e.a, w, weight.by);
        break;
      case 'abs':
        give(e.a, w * Math.sign(v(e.a)));
        break;
      case 'exp':
        give(e.a, w * v(at));
        break;
      case 'log':
        give(e.a, w / v(e.a));
        break;
      case 'sqrt':
        give(e.a, w / (2 * v(at)));
        break;
      case 'sin':
        give(e.a, w * cosine(v(e.a)));
        break;
      case 'cos':
        give(e.a, -w * sine(v(e.a)));
        break;
      case 'tanh':
        give(e.a, w * (1 - v(at) * v(at)));
        break;
      case 'sigmoid':
        give(e.a, w * v(at) * (1 - v(at)));
        break;
      case 'erf':
        give(e.a, (w * 2 * exponential(-v(e.a) * v(e.a))) / Math.sqrt(Math.PI));
        break;
      case 'reciprocal':
        give(e.a, -w * v(at) * v(at));
        break;
      case 'softplus':
        give(e.a, w / (1 + exponential(-v(e.a))));
        break;
      // Constants, coordinates, comparisons, signs and roundings are flat.
      default:
    }
  }
  return slopes;
}

/** ∂(base^exponent)/∂base, given the power itself. */
function powerSlope(base: number, exponent: number, power: number): number {
  if (exponent === 0) return 0;
  if (base !== 0) return (exponent * power) / base;
  return exponent === 1 ? 1 : exponent > 1 ? 0 : Number.POSITIVE_INFINITY;
}
