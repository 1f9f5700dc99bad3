// Channels that become blocks of pixels, and back: what pixel_shuffle and pixel_unshuffle share.
import { z } from 'zod';
import type { Shape } from '../../tensor/shape.ts';
import type { ExplainContext, ForwardContext, GradientContext, ReferenceContext } from '../define-operator.ts';
import { explainCopy, factorOf } from '../support/explain.ts';
import { emitRearranged, inverted, type Rearrangement, sourceOf } from '../support/rearrange.ts';
import { reindexReference } from '../support/reindex.ts';
import type { anyOutput } from '../support/unary.ts';

export const blockInputs = { x: { title: 'Input', dtype: 'any', rank: [3, 6] } } as const;

export const orderSchema = z.enum(['channels_first', 'blocks_first']).default('channels_first').meta({
  title: 'Order of channels',
  description:
    'channels_first: the pixels of one channel lie side by side (PyTorch, ONNX CRD); blocks_first: those of one pixel (DCR)',
});

type None = Record<never, never>;
type Inputs = typeof blockInputs;
type Outputs = typeof anyOutput;

/** […, C·f², H, W] → […, C, H·f, W·f] */
export function shuffled(x: Shape, factor: number, order: z.output<typeof orderSchema>): Rearrangement {
  const [deep, height, width] = x.slice(-3) as [number, number, number];
  const lead = x.slice(0, -3);
  const channels = deep / (factor * factor);
  const first = order === 'channels_first';
  const split = [...lead, ...(first ? [channels, factor, factor] : [factor, factor, channels]), height, width];
  const axes = first ? [0, 3, 1, 4, 2] : [2, 3, 0, 4, 1];
  return {
    split,
    order: [...lead.keys(), ...axes.map((axis) => axis + lead.length)],
    shape: [...lead, channels, height * factor, width * factor],
  };
}

/** […, C, H·f, W·f] → […, C·f², H, W] */
export function unshuffled(x: Shape, factor: number, order: z.output<typeof orderSchema>): Rearrangement {
  const [channels, height, width] = x.slice(-3) as [number, number, number];
  const deep = [...x.slice(0, -3), channels * factor * factor, height / factor, width / factor];
  return inverted(shuffled(deep, factor, order), deep);
}

/** The record's rules, given where the elements go. */
export function blockRules<A>(rearrangement: (x: Shape, attributes: A) => Rearrangement) {
  return {
    forward: ({ emit, inputs: { x }, attributes: a }: ForwardContext<Inputs, None, Outputs, A>) => ({
      outputs: { y: emitRearranged(emit, x, rearrangement(x.shape, a)) },
    }),
    gradient: ({ emit, inputs: { x }, attributes: a, cotangents }: GradientContext<Inputs, None, Outputs, A>) => ({
      x: emitRearranged(emit, cotangents.y, inverted(rearrangement(x.shape, a), x.shape)),
    }),
    reference: ({ inputs: { x }, attributes: a, outputs: { y } }: ReferenceContext<Inputs, None, Outputs, A>) => {
      const own = rearrangement(x.shape, a);
      return { y: reindexReference(x, y.shape, (index) => sourceOf(own, index)) };
    },
    explain: ({ inputs: { x }, attributes: a, index }: ExplainContext<Inputs, None, Outputs, A>) =>
      explainCopy(factorOf('x', x, sourceOf(rearrangement(x.shape, a), index))),
    flops: () => 0,
  };
}
