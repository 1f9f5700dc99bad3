// Inverted dropout: train y = x·m/(1 − p), eval y = x. Operators differ in the shape of the mask that is drawn: one number for
// each element, or one for each channel. A wired mask replaces the draw (train mode only). p = 1 gives zeros.
import { z } from 'zod';
import { broadcastShapes, formatShape, numel, type Shape, sameShape } from '../../tensor/shape.ts';
import type {
  CostContext,
  ExplainContext,
  ForwardContext,
  GradientContext,
  InferContext,
  ReferenceContext,
  TensorType,
} from '../define-operator.ts';
import { broadcastIndex } from '../support/broadcast.ts';
import { factorOf, say } from '../support/explain.ts';
import { knownNumber } from '../support/known.ts';
import type { oneOutput } from '../support/unary.ts';

/** Ports beside x. */
export const maskInputs = {
  mask: { title: 'Mask', optional: true },
  p: knownNumber('Probability of zeroing'),
} as const;

type Inputs = typeof maskInputs & { readonly x: { readonly title: string; readonly rank?: readonly [number, number] } };
type None = Record<never, never>;
type Outputs = typeof oneOutput;

export const maskAttributes = z.strictObject({
  p: z.number().min(0).max(1).default(0.5).meta({ title: 'Probability of zeroing' }),
});
type Attributes = z.output<typeof maskAttributes>;

function scaleOf(p: number): number {
  return p === 1 ? 0 : 1 / (1 - p);
}

/** `drawn`: shape of the mask for an x of this shape; it broadcasts to x. */
export function maskRules(drawn: (x: Shape) => Shape) {
  return {
    infer({
      inputs: { x, mask },
      source,
      fail,
    }: InferContext<Inputs, None, Attributes>): { outputs: { y: TensorType } } | null {
      if (mask && !sameShape(broadcastShapes(mask.shape, x.shape) ?? [-1], x.shape)) {
        const gets = `gets ${formatShape(mask.shape)} from ${source('mask')}`;
        return fail('E_MASK', { port: 'mask' }, `expects a mask that broadcasts to ${formatShape(x.shape)}, ${gets}`);
      }
      return { outputs: { y: x } };
    },

    forward({ emit, inputs, attributes: { p }, mode }: ForwardContext<Inputs, None, Outputs, Attributes>) {
      const { x } = inputs;
      if (mode === 'eval') return { outputs: { y: emit.view(x, x.shape) } };
      const mask = inputs.mask ?? emit.bernoulli(drawn(x.shape), 1 - p);
      const y = emit.map([x, mask], (e, value, m) => e.mul(value, e.mul(m, e.constant(scaleOf(p)))));
      return { outputs: { y }, saved: { mask } };
    },

    gradient({ emit, attributes, mode, cotangents, saved }: GradientContext<Inputs, None, Outputs, Attributes>) {
      const dy = cotangents.y;
      if (mode === 'eval') return { x: emit.view(dy, dy.shape) };
      const scale = scaleOf(attributes.p);
      return { x: emit.map([dy, saved('mask')], (e, d, m) => e.mul(d, e.mul(m, e.constant(scale)))) };
    },

    // Where the mask that was drawn is not at hand, this is the expected value: x.
    reference({ inputs, attributes, mode, saved }: ReferenceContext<Inputs, None, Outputs, Attributes>) {
      const { x, mask = saved?.['mask'] } = inputs;
      if (mode === 'eval' || !mask) return { y: x.data.slice() };
      const scale = scaleOf(attributes.p);
      const maskAt = (i: number) => mask.data[broadcastIndex(i, mask.shape, x.shape)] as number;
      return { y: x.data.map((value, i) => value * maskAt(i) * scale) };
    },

    explain({ inputs, attributes: { p }, mode, index, saved }: ExplainContext<Inputs, None, Outputs, Attributes>) {
      const { x, mask = saved?.['mask'] } = inputs;
      const own = factorOf('x', x, index);
      const { value } = own;
      const scale = scaleOf(p);
      const told = (result: number, factors: readonly (typeof own)[], text: string) => ({
        by: 'function' as const,
        terms: [{ value: result, factors }],
        result,
        text,
      });
      if (mode === 'eval') return told(value, [own], `x = ${say(value)}: nothing is dropped in eval mode`);
      if (!mask) {
        const kept = `${say(value)}·${say(scale)} = ${say(value * scale)} where kept (probability ${1 - p}), else 0`;
        return told(value, [own], `${kept}: ${say(value)} expected`);
      }
      const m = factorOf('mask', mask, broadcastIndex(index, mask.shape, x.shape));
      const result = value * m.value * scale;
      return told(result, [own, m], `${say(value)}·${m.value}/(1 − ${p}) = ${say(result)}`);
    },

    flops: ({ outputs }: CostContext<Inputs, None, Outputs, Attributes>) => 2 * numel(outputs.y.shape),
  };
}
