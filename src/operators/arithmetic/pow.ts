// pow: power.                                    Formula  y = aᵇ, b wired or the number `exponent`
// Shapes  a, b broadcast to y                    Gradient  da = dy·b·aᵇ⁻¹ (0 where b = 0), db = dy·y·ln a (0 where a ≤ 0)
// Errors  E_BROADCAST                            A negative a with a fractional b gives NaN
// Source  PyTorch pow, ONNX Pow-15               Cost  1 flop an element
import { z } from 'zod';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import { integerPower } from '../../tensor/integer.ts';
import { defineOperator } from '../define-operator.ts';
import { broadcastFactors, broadcastReference, inferBroadcast, mapSummedTo } from '../support/broadcast.ts';
import { explainFunction, factorOf, say } from '../support/explain.ts';
import { anyOutput, flopsPerElement } from '../support/unary.ts';

/** x to a constant; small whole exponents are multiplied out. */
function power(e: ExpressionBuilder, x: Line, exponent: number): Line {
  switch (exponent) {
    case -1:
      return e.reciprocal(x);
    case 0:
      return e.constant(1);
    case 1:
      return x;
    case 2:
      return e.mul(x, x);
    case 3:
      return e.mul(x, e.mul(x, x));
    default:
      return e.pow(x, e.constant(exponent));
  }
}

/** Of whole numbers with whole exponents exact, else what is left of the power before the point. */
function wholePower(x: number, n: number): number {
  return Number.isInteger(n) ? integerPower(x, n) : Math.trunc(x ** n);
}

export const pow = defineOperator({
  id: 'pow',
  family: 'arithmetic',
  title: 'Power',
  summary: 'Raises every element to a power: a number, or a second tensor.',
  formula: 'y = a^b',
  gradientFormula: 'da = dy \\odot b\\, a^{b-1}, \\quad db = dy \\odot y \\ln a',
  gradientNote: 'Da is 0 where b = 0, db is 0 where a ≤ 0; each summed over what broadcasting repeated.',
  shapes: { a: 'broadcast to y', b: 'broadcast to y', y: 'a and b broadcast' },
  source: 'PyTorch torch.pow; ONNX Pow',
  keywords: ['power', 'exponent', '**', '^'],
  inputs: { a: { title: 'Base', dtype: 'any' }, b: { title: 'Exponent', dtype: 'any', optional: true } },
  parameters: {},
  outputs: anyOutput,
  attributes: z.strictObject({
    exponent: z.number().default(2).meta({ title: 'Exponent', description: 'Used while nothing is wired to b' }),
  }),
  traits: {},
  infer({ inputs: { a, b }, source, fail }) {
    const type = b ? inferBroadcast({ inputs: { a, b }, source, fail }) : { outputs: { y: a } };
    return type && { outputs: { y: { dtype: a.dtype, shape: type.outputs.y.shape } } };
  },
  forward({ emit, inputs: { a, b }, attributes: { exponent } }) {
    const { dtype } = a;
    const simple = dtype === 'float32';
    const y = b
      ? emit.map([a, b], (e, base, n) => e.pow(base, n), { dtype })
      : emit.map([a], (e, base) => (simple ? power(e, base, exponent) : e.pow(base, e.constant(exponent))), { dtype });
    return { outputs: { y } };
  },
  gradient({ emit, inputs: { a, b }, attributes, outputs, cotangents, needs }) {
    const dy = cotangents.y;
    if (!b) {
      const { exponent } = attributes;
      return { a: emit.map([dy, a], (e, d, x) => e.mul(d, e.mul(e.constant(exponent), power(e, x, exponent - 1)))) };
    }
    return {
      a: needs('a')
        ? mapSummedTo(
            emit,
            [dy, a, b],
            (e, d, x, n) => {
              const slope = e.mul(n, e.pow(x, e.sub(n, e.constant(1))));
              return e.select(e.eq(n, e.constant(0)), e.constant(0), e.mul(d, slope));
            },
            a.shape,
          )
        : undefined,
      b: needs('b')
        ? mapSummedTo(
            emit,
            [dy, a, outputs.y],
            (e, d, x, y) => e.select(e.le(x, e.constant(0)), e.constant(0), e.mul(d, e.mul(y, e.log(x)))),
            b.shape,
          )
        : undefined,
    };
  },
  reference({ inputs: { a, b }, attributes, outputs: { y } }) {
    const raise = y.dtype === 'int32' ? wholePower : (x: number, n: number) => x ** n;
    if (!b) return { y: a.data.map((x) => raise(x, attributes.exponent)) };
    return { y: broadcastReference({ a, b }, y.shape, raise) };
  },
  explain({ inputs: { a, b }, attributes, outputs, index }) {
    const factors = b ? broadcastFactors({ a, b }, outputs.y.shape, index) : [factorOf('a', a, index)];
    const [base, exponent] = [factors[0].value, factors[1]?.value ?? attributes.exponent];
    const result = outputs.y.dtype === 'int32' ? wholePower(base, exponent) : base ** exponent;
    return explainFunction(factors, result, `${say(base)} ^ ${say(exponent)}`);
  },
  flops: flopsPerElement,
  onnx: { op: 'Pow' },
  pytorch: 'torch.pow',
  samples: [
    { inputs: { a: [2, 3] } },
    { attributes: { exponent: 3 }, inputs: { a: [2, 3] } },
    { attributes: { exponent: -1.5 }, inputs: { a: { shape: [2, 3], low: 0.3, high: 2 } } },
    { inputs: { a: { shape: [4, 3], low: 0.3, high: 2 }, b: [3] } },
    { inputs: { a: { shape: [], low: 0.3, high: 2 }, b: [2, 2] } },
  ],
});
