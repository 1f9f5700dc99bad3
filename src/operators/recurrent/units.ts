// One unit of a recurrent step with gates, as lines of a kernel and in float64: what a cell and the layer over sequences of the same
// kind compute alike. What is said of it: explain-units.ts.
import type { ExpressionsFunction } from '../../program/emitter.ts';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';

function sigmoidReference(z: number): number {
  return 1 / (1 + Math.exp(-z));
}

/** c' = f·c + i·g, h' = o·tanh c', from the gates' sums; answers h', c', i, f, g, o, tanh c'. Without `old` c is zero. */
export function lstmStep(
  e: ExpressionBuilder,
  zi: Line,
  zf: Line,
  zg: Line,
  zo: Line,
  old: Line | undefined,
): readonly Line[] {
  const [inputGate, forgetGate, candidate, outputGate] = [e.sigmoid(zi), e.sigmoid(zf), e.tanh(zg), e.sigmoid(zo)];
  const written = e.mul(inputGate, candidate);
  const now = old === undefined ? written : e.add(e.mul(forgetGate, old), written);
  const squashed = e.tanh(now);
  return [e.mul(outputGate, squashed), now, inputGate, forgetGate, candidate, outputGate, squashed];
}

/** The same in float64. */
export function lstmReference([zi, zf, zg, zo]: readonly [number, number, number, number], old: number) {
  const [i, f, g, o] = [sigmoidReference(zi), sigmoidReference(zf), Math.tanh(zg), sigmoidReference(zo)];
  const c = f * old + i * g;
  return { i, f, g, o, c, h: o * Math.tanh(c) };
}

/** h' = (1 − z)·n + z·h, from the halves a (of x) and b (of h) of the sums; answers h', r, z, n, b_n. Without `old` h is zero. */
export function gruStep(
  e: ExpressionBuilder,
  ar: Line,
  az: Line,
  an: Line,
  br: Line,
  bz: Line,
  bn: Line,
  old: Line | undefined,
): readonly Line[] {
  const [reset, keep] = [e.sigmoid(e.add(ar, br)), e.sigmoid(e.add(az, bz))];
  const now = e.tanh(e.add(an, e.mul(reset, bn)));
  const written = e.mul(e.sub(e.constant(1), keep), now);
  return [old === undefined ? written : e.add(written, e.mul(keep, old)), reset, keep, now, bn];
}

/**
 * Gradients of a (`ofState` false) or of b (true), which differ in the candidate's alone: from r, z, n, b_n, the gradient of h', and h
 * where there is one.
 */
export function gruStepBack(ofState: boolean): ExpressionsFunction {
  return (e, reset, keep, now, bn, d, old) => {
    const one = e.constant(1);
    const slope = (gate: typeof reset) => e.mul(gate, e.sub(one, gate));
    const dn = e.mul(e.mul(d, e.sub(one, keep)), e.sub(one, e.mul(now, now)));
    const change = old === undefined ? e.neg(now) : e.sub(old, now);
    return [e.mul(e.mul(dn, bn), slope(reset)), e.mul(e.mul(d, change), slope(keep)), ofState ? e.mul(dn, reset) : dn];
  };
}

/** The step in float64. */
export function gruReference(
  [ar, az, an]: readonly [number, number, number],
  [br, bz, bn]: readonly [number, number, number],
  old: number,
) {
  const [r, z] = [sigmoidReference(ar + br), sigmoidReference(az + bz)];
  const n = Math.tanh(an + r * bn);
  return { r, z, n, h: (1 - z) * n + z * old };
}
