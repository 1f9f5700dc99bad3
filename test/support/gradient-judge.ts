// A gradient rule on one set-up, held against central differences of the float64 reference at three step sizes. Where these do
// not settle, or the slopes to the left and right differ, there is a kink or a pole within reach: such elements are passed over,
// which the reference alone decides, never the rule.
import type { Operator } from '../../src/operators/define-operator.ts';
import type { Random } from '../../src/tensor/random.ts';
import { type Numbers, type RunResult, referenceOutputs } from './operator-harness.ts';
import type { DrawnSample } from './operator-samples.ts';

/** Relative to the derivative, and what rounding of the differences leaves. */
const tolerance = 1e-6;
const noise = 1e-9;

export interface Judgement {
  readonly judged: number;
  /** Near a kink or a pole. */
  readonly passedOver: number;
  /** The first element that is wrong, in words; null where all are right. */
  readonly fault: string | null;
}

/** At most `perPort` elements of each input. */
export function judgeGradients(
  operator: Operator,
  drawn: DrawnSample,
  result: RunResult,
  cotangents: Readonly<Record<string, ArrayLike<number>>>,
  perPort: number,
  random: Random,
): Judgement {
  let [judged, passedOver] = [0, 0];
  for (const [port, { data: gradient, shape }] of Object.entries(result.gradients)) {
    const own = drawn.inputs[port] as Numbers;
    if (shape.join() !== own.shape.join()) return { judged, passedOver, fault: `∂${port} has the shape [${shape}]` };
    const { at } = lineOf(operator, drawn, cotangents, port);
    const count = Math.min(perPort, own.data.length);
    for (let n = 0; n < count; n++) {
      const i = count === own.data.length ? n : random.integer(own.data.length);
      const slope = slopeAt(at, i, own.data[i] as number);
      if (slope === null) {
        passedOver++;
        continue;
      }
      judged++;
      const analytic = gradient[i] as number;
      if (!(Math.abs(analytic - slope.value) <= slope.tolerance))
        return { judged, passedOver, fault: `∂${port}[${i}] is ${analytic}, the differences say ${slope.value}` };
    }
  }
  return { judged, passedOver, fault: null };
}

/** Σ outputs · cotangents as a function of one element. */
function lineOf(
  operator: Operator,
  drawn: DrawnSample,
  cotangents: Readonly<Record<string, ArrayLike<number>>>,
  port: string,
): { at(index: number, value: number): number } {
  const { shape, data } = drawn.inputs[port] as Numbers;
  const moved = Float64Array.from(data);
  const inputs = { ...drawn.inputs, [port]: { dtype: 'float32' as const, shape, data: moved } };
  return {
    at(index, value) {
      const before = moved[index] as number;
      moved[index] = value;
      const outputs = referenceOutputs(operator, drawn.attributes, drawn.inferred, { ...drawn, inputs });
      moved[index] = before;
      let sum = 0;
      for (const [name, weights] of Object.entries(cotangents)) {
        const values = outputs[name] as Float64Array;
        for (let i = 0; i < values.length; i++) sum += (values[i] as number) * (weights[i] as number);
      }
      return sum;
    },
  };
}

/** The derivative, and how far from it a rule may be; null where the differences do not settle. */
function slopeAt(
  at: (index: number, value: number) => number,
  index: number,
  x: number,
): { readonly value: number; readonly tolerance: number } | null {
  const h = 1e-4 * Math.max(0.1, Math.abs(x));
  const here = at(index, x);
  const [[up, down], wide, wider] = [1, 2, 4].map((times) => [at(index, x + times * h), at(index, x - times * h)]) as [
    [number, number],
    [number, number],
    [number, number],
  ];
  const [near, far, farther] = [(up - down) / (2 * h), (wide[0] - wide[1]) / (4 * h), (wider[0] - wider[1]) / (8 * h)];
  // Each step size takes the error of second order out of the next.
  const [value, coarser] = [near + (near - far) / 3, far + (far - farther) / 3];
  const limit = tolerance * Math.abs(value) + noise * Math.max(1, Math.abs(here));
  const settled = Math.abs(value - coarser) <= limit;
  // Smooth functions bend by h²·f″ over a step; a kink by h times the jump of its slope.
  const bends = Math.abs(up - 2 * here + down) / h > 0.02 * Math.max(1, Math.abs(value));
  return Number.isFinite(value) && settled && !bends ? { value, tolerance: limit } : null;
}
