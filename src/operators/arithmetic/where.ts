// where: one of two, by a condition.             Formula  y = condition ≠ 0 ? a : b
// Shapes  condition, a, b broadcast to y         Gradient  da = dy where the condition holds, db = dy elsewhere, each summed over what
// Errors  E_BROADCAST  E_DTYPE                   broadcasting repeated; none to the condition
// Source  PyTorch where, ONNX Where-16           Cost  1 flop an element
import { z } from 'zod';
import { broadcastShapes, formatShape, numel, type Shape } from '../../tensor/shape.ts';
import { defineOperator, type ReferenceTensor } from '../define-operator.ts';
import { broadcastIndex, mapSummedTo } from '../support/broadcast.ts';
import { explainFunction, factorOf, say } from '../support/explain.ts';
import { flopsPerElement } from '../support/unary.ts';

interface Inputs {
  readonly condition: ReferenceTensor;
  readonly a: ReferenceTensor;
  readonly b: ReferenceTensor;
}

/** The condition and the number it picks for one element of y. */
function picked(inputs: Inputs, y: Shape, index: number) {
  const place = (port: keyof Inputs) => factorOf(port, inputs[port], broadcastIndex(index, inputs[port].shape, y));
  const condition = place('condition');
  return { condition, chosen: place(condition.value === 0 ? 'b' : 'a') };
}

export const where = defineOperator({
  id: 'where',
  family: 'arithmetic',
  title: 'Where',
  summary: 'Takes every element from one of two tensors, as a condition says.',
  formula: 'y = \\begin{cases} a & c \\ne 0 \\\\ b & c = 0 \\end{cases}',
  gradientFormula: 'da = dy \\odot [c \\ne 0], \\quad db = dy \\odot [c = 0]',
  gradientNote: 'Each summed over what broadcasting repeated; none to the condition.',
  shapes: { condition: 'broadcast to y', a: 'broadcast to y', b: 'broadcast to y', y: 'all three broadcast' },
  source: 'PyTorch torch.where; ONNX Where',
  keywords: ['select', 'if', 'mask', 'choose', 'ternary'],
  inputs: {
    condition: { title: 'Condition', dtype: 'any' },
    a: { title: 'Where it holds', dtype: 'any' },
    b: { title: 'Elsewhere', dtype: 'any' },
  },
  parameters: {},
  outputs: { y: { title: 'Output', dtype: 'any' } },
  attributes: z.strictObject({}),
  traits: {},
  infer({ inputs: { condition, a, b }, source, fail }) {
    if (a.dtype !== b.dtype) {
      return fail('E_DTYPE', { port: 'b' }, `${b.dtype} from ${source('b')} beside ${a.dtype} from ${source('a')}`);
    }
    const both = broadcastShapes(a.shape, b.shape);
    const shape = both && broadcastShapes(both, condition.shape);
    if (shape) return { outputs: { y: { dtype: a.dtype, shape } } };
    const shapes = `${formatShape(a.shape)} from ${source('a')}, ${formatShape(b.shape)} from ${source('b')}`;
    const message = both
      ? `${formatShape(condition.shape)} from ${source('condition')} does not broadcast with ${formatShape(both)} (${shapes})`
      : `${shapes} do not broadcast with one another`;
    return fail('E_BROADCAST', { port: both ? 'condition' : 'b' }, message);
  },
  forward: ({ emit, inputs: { condition, a, b } }) => ({
    outputs: { y: emit.map([condition, a, b], (e, c, left, right) => e.select(c, left, right), { dtype: a.dtype }) },
  }),
  gradient({ emit, inputs: { condition, a, b }, cotangents, needs }) {
    const dy = cotangents.y;
    return {
      a: needs('a')
        ? mapSummedTo(emit, [dy, condition], (e, d, c) => e.select(c, d, e.constant(0)), a.shape)
        : undefined,
      b: needs('b')
        ? mapSummedTo(emit, [dy, condition], (e, d, c) => e.select(c, e.constant(0), d), b.shape)
        : undefined,
    };
  },
  reference: ({ inputs, outputs }) => ({
    y: Float64Array.from({ length: numel(outputs.y.shape) }, (_, i) => picked(inputs, outputs.y.shape, i).chosen.value),
  }),
  explain({ inputs, outputs, index }) {
    const { condition, chosen } = picked(inputs, outputs.y.shape, index);
    const text = `condition ${say(condition.value)}: ${chosen.port}[${chosen.index}]`;
    return explainFunction([condition, chosen], chosen.value, text);
  },
  flops: flopsPerElement,
  onnx: { op: 'Where' },
  pytorch: 'torch.where',
  samples: [
    { inputs: { condition: { shape: [2, 3], below: 2 }, a: [2, 3], b: [2, 3] } },
    { inputs: { condition: { shape: [3], below: 2 }, a: [2, 1], b: [] } },
    { inputs: { condition: { shape: [2, 2, 3], below: 2 }, a: [3], b: [2, 3] } },
  ],
});
