// What is left of a division: with the sign of what is divided (fmod) or of the divisor (remainder). What both records share.
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import type { DType } from '../../tensor/dtype.ts';
import type { ExplainContext, GradientContext } from '../define-operator.ts';
import { arithmetic } from './arithmetic.ts';
import { type binaryInputs, broadcastFactors, mapSummedTo, sumTo } from './broadcast.ts';
import { explainFunction, say } from './explain.ts';
import type { anyOutput } from './unary.ts';

type None = Record<never, never>;
type Inputs = typeof binaryInputs;
type Outputs = typeof anyOutput;
type Of = 'dividend' | 'divisor';

/** a − b·trunc(a/b), also where the quotient was rounded over a whole number. */
function restOf(e: ExpressionBuilder, a: Line, b: Line): Line {
  const quotient = e.div(a, b);
  const rest = e.sub(a, e.mul(e.mul(e.sign(quotient), e.floor(e.abs(quotient))), b));
  const step = e.mul(e.sign(a), e.abs(b));
  const short = e.select(e.lt(e.mul(rest, e.sign(a)), e.constant(0)), e.add(rest, step), rest);
  return e.select(e.ge(e.abs(short), e.abs(b)), e.sub(short, step), short);
}

function value(e: ExpressionBuilder, a: Line, b: Line, of: Of, dtype: DType): Line {
  const zero = e.constant(0);
  const rest = dtype === 'int32' ? e.sub(a, e.mul(e.div(a, b), b)) : restOf(e, a, b);
  if (of === 'dividend') return rest;
  const differs = e.and(e.ne(rest, zero), e.ne(e.lt(rest, zero), e.lt(b, zero)));
  return e.select(differs, e.add(rest, b), rest);
}

function remainderOf(a: number, b: number, of: Of, dtype: DType): number {
  const rest = b === 0 && dtype === 'int32' ? a : a % b;
  return of === 'divisor' && rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

/** The record but for its names; `sign`: how it is written between two numbers. */
export function remainderRules(of: Of, sign: string) {
  return {
    ...arithmetic(
      (e, a, b, dtype) => value(e, a, b, of, dtype),
      (a, b) => remainderOf(a, b, of, 'float32'),
      (a, b) => remainderOf(a, b, of, 'int32'),
    ),
    gradient: ({
      emit,
      inputs: { a, b },
      outputs: { y },
      cotangents,
      needs,
    }: GradientContext<Inputs, None, Outputs, None>) => ({
      a: needs('a') ? sumTo(emit, cotangents.y, a.shape) : undefined,
      b: needs('b')
        ? mapSummedTo(
            emit,
            [cotangents.y, a, b, y],
            (e, dy, left, right, rest) => e.neg(e.mul(dy, e.round(e.div(e.sub(left, rest), right)))),
            b.shape,
          )
        : undefined,
    }),
    explain({ inputs, outputs: { y }, index }: ExplainContext<Inputs, None, Outputs, None>) {
      const factors = broadcastFactors(inputs, y.shape, index);
      const [a, b] = factors;
      return explainFunction(
        factors,
        remainderOf(a.value, b.value, of, y.dtype),
        `${say(a.value)} ${sign} ${say(b.value)}`,
      );
    },
    samples: [
      { inputs: { a: { shape: [3, 4], low: -7, high: 7 }, b: { shape: [4], low: 0.7, high: 2.1 } } },
      { inputs: { a: { shape: [2, 3], low: -5, high: 5 }, b: { shape: [2, 1], low: -2.5, high: -0.9 } } },
      { inputs: { a: { shape: [5], low: -5, high: 5 }, b: { shape: [], low: 1, high: 2 } } },
    ],
  } as const;
}
