// Positions of extreme elements: what argmax and argmin share. Among equals the first; NaN wins over all, as in PyTorch.
import { z } from 'zod';
import type { Ref } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import type { Explanation } from '../../program/explanation.ts';
import { numel, type Shape } from '../../tensor/shape.ts';
import type {
  CostContext,
  ExplainContext,
  ForwardContext,
  InferContext,
  ReferenceContext,
  ReferenceTensor,
  TensorType,
} from '../define-operator.ts';
import { aroundAxis, axisOf, checkAxis, foldedShape } from './axes.ts';
import { factorOf, say } from './explain.ts';
import { shaped } from './shaped.ts';
import { anyInput } from './unary.ts';

type None = Record<never, never>;

const attributes = z.strictObject({
  dim: z.int().optional().meta({ title: 'Dimension', description: 'Left out: over all elements in a row' }),
  keepdim: z.boolean().default(false).meta({ title: 'Keep dimension', description: 'As size 1' }),
});

type Attributes = z.output<typeof attributes>;
type Outputs = { readonly y: { readonly title: string; readonly dtype: 'int32' } };
type Inputs = {
  readonly x: { readonly title: string; readonly dtype: 'any'; readonly rank: readonly [number, number] };
};

function inferArg({
  inputs: { x },
  attributes: { dim, keepdim },
  source,
  fail,
}: InferContext<Inputs, Record<never, never>, Attributes>): { outputs: { y: TensorType } } | null {
  const axis = dim === undefined ? undefined : checkAxis(dim, x.shape, 'dim', fail);
  if (axis === null) return null;
  if (numel(axis === undefined ? x.shape : [x.shape[axis] as number]) === 0) {
    return fail('E_EMPTY', { port: 'x' }, `there is nothing to choose from in ${source('x')}`);
  }
  const axes = axis === undefined ? [...x.shape.keys()] : [axis];
  return { outputs: { y: { dtype: 'int32', shape: foldedShape(x.shape, axes, keepdim) } } };
}

function emitArg(emit: Emitter, x: Ref, { dim }: Attributes, by: 'max' | 'min', shape: Shape): Ref {
  const line = dim === undefined ? shaped(emit, x, [numel(x.shape)]) : x;
  return shaped(emit, emit.argReduce(line, dim === undefined ? 0 : axisOf(dim, x.shape.length), by), shape);
}

/** Flat indices of the elements that output `index` chooses from. */
function candidates(x: Shape, { dim }: Attributes, index: number): number[] {
  const whole = { outer: 1, size: numel(x), inner: 1 };
  const { size, inner } = dim === undefined ? whole : aroundAxis(x, axisOf(dim, x.length));
  const first = Math.floor(index / inner) * size * inner + (index % inner);
  return Array.from({ length: size }, (_, k) => first + k * inner);
}

function best(values: readonly number[], by: 'max' | 'min'): number {
  let found = 0;
  for (const [i, value] of values.entries()) {
    const standing = values[found] as number;
    if (Number.isNaN(standing)) break;
    if (Number.isNaN(value) || (by === 'max' ? value > standing : value < standing)) found = i;
  }
  return found;
}

function argReference(x: ReferenceTensor, attributes: Attributes, by: 'max' | 'min', y: Shape): Float64Array {
  return Float64Array.from({ length: numel(y) }, (_, i) =>
    best(
      candidates(x.shape, attributes, i).map((at) => x.data[at] as number),
      by,
    ),
  );
}

function explainBest(x: ReferenceTensor, attributes: Attributes, by: 'max' | 'min', index: number): Explanation {
  const factors = candidates(x.shape, attributes, index).map((at) => factorOf('x', x, at));
  const result = best(
    factors.map((factor) => factor.value),
    by,
  );
  const winner = factors[result]?.value as number;
  const text = `${say(winner)} at ${result} is the ${by === 'max' ? 'largest' : 'smallest'} of ${factors.length}`;
  return { by: 'function', terms: [{ value: result, factors }], result, text };
}

/** The record but for its names. */
export function positionOf(by: 'max' | 'min') {
  return {
    gradientFormula: null,
    gradientNote: 'Y is constant almost everywhere: there is no gradient.',
    shapes: { x: 'any of rank 1 or more', y: 'x without dimension `dim`, or with it as 1; a scalar without `dim`' },
    inputs: { x: { ...anyInput.x, rank: [1, 8] } },
    parameters: {},
    outputs: { y: { title: 'Index', dtype: 'int32' } },
    attributes,
    traits: {},
    infer: inferArg,
    forward: ({ emit, inputs: { x }, attributes: a, outputs }: ForwardContext<Inputs, None, Outputs, Attributes>) => ({
      outputs: { y: emitArg(emit, x, a, by, outputs.y.shape) },
    }),
    gradient: null,
    reference: ({ inputs: { x }, attributes: a, outputs }: ReferenceContext<Inputs, None, Outputs, Attributes>) => ({
      y: argReference(x, a, by, outputs.y.shape),
    }),
    explain: ({ inputs: { x }, attributes: a, index }: ExplainContext<Inputs, None, Outputs, Attributes>) =>
      explainBest(x, a, by, index),
    flops: ({ inputs: { x } }: CostContext<Inputs, None, Outputs, Attributes>) => numel(x.shape),
    samples: [
      { inputs: { x: [3, 4] } },
      { attributes: { dim: 1, keepdim: true }, inputs: { x: [2, 3, 4] } },
      { attributes: { dim: -1 }, inputs: { x: [5] } },
    ],
  } as const;
}
