// Matrices of which one triangle is kept: what tril and triu share.
import { z } from 'zod';
import type { Ref } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import type {
  ExplainContext,
  ForwardContext,
  GradientContext,
  ReferenceContext,
  TensorType,
} from '../define-operator.ts';
import { coordinatesOf } from './axes.ts';
import { explainCopy, factorOf } from './explain.ts';
import { knownNumber } from './known.ts';
import { anyOutput, flopsPerElement } from './unary.ts';

const inputs = { x: { title: 'Input', dtype: 'any', rank: [2, 8] }, diagonal: knownNumber('Diagonal') } as const;
const attributes = z.strictObject({
  diagonal: z
    .int()
    .default(0)
    .meta({ title: 'Diagonal', description: '0 is the main one, positive ones lie above it' }),
});

type None = Record<never, never>;
type Inputs = typeof inputs;
type Outputs = typeof anyOutput;
type Attributes = z.output<typeof attributes>;
type Part = 'lower' | 'upper';

/** The record but for its names. The diagonal itself is kept. */
export function triangle(part: Part) {
  const kept = (index: number, { shape }: TensorType, { diagonal }: Attributes) => {
    const [row, column] = coordinatesOf(index, shape).slice(-2) as [number, number];
    return part === 'lower' ? column - row <= diagonal : column - row >= diagonal;
  };
  const emitKept = (emit: Emitter, x: Ref, { diagonal }: Attributes) => {
    const rank = x.shape.length;
    return emit.map(
      [x],
      (e, value) => {
        const distance = e.sub(e.coordinate(rank - 1), e.coordinate(rank - 2));
        const compare = part === 'lower' ? e.le : e.ge;
        return e.select(compare(distance, e.constant(diagonal)), value, e.constant(0));
      },
      { dtype: x.dtype },
    );
  };
  return {
    inputs,
    parameters: {},
    outputs: anyOutput,
    attributes,
    traits: {},
    shapes: { x: 'matrices in the last two dimensions', y: 'as x' },
    infer: ({ inputs: { x } }: { readonly inputs: { readonly x: TensorType } }) => ({ outputs: { y: x } }),
    forward: ({ emit, inputs: { x }, attributes: a }: ForwardContext<Inputs, None, Outputs, Attributes>) => ({
      outputs: { y: emitKept(emit, x, a) },
    }),
    gradient: ({ emit, attributes: a, cotangents }: GradientContext<Inputs, None, Outputs, Attributes>) => ({
      x: emitKept(emit, cotangents.y, a),
    }),
    reference: ({
      inputs: { x },
      attributes: a,
      outputs: { y },
    }: ReferenceContext<Inputs, None, Outputs, Attributes>) => ({
      y: x.data.map((value, index) => (kept(index, y, a) ? value : 0)),
    }),
    explain({
      inputs: { x },
      attributes: a,
      outputs: { y },
      index,
    }: ExplainContext<Inputs, None, Outputs, Attributes>) {
      if (kept(index, y, a)) return explainCopy(factorOf('x', x, index));
      const text = `0: ${part === 'lower' ? 'above' : 'below'} diagonal ${a.diagonal}`;
      return { by: 'function' as const, terms: [{ value: 0, factors: [] }], result: 0, text };
    },
    flops: flopsPerElement,
    samples: [
      { inputs: { x: [2, 3, 4] } },
      { attributes: { diagonal: 1 }, inputs: { x: [4, 3] } },
      { attributes: { diagonal: -1 }, inputs: { x: [3, 3] } },
    ],
  } as const;
}
