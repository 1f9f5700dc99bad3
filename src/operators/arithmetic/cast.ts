// cast: another element type.                    Formula  y = x; of float32 to int32 the part towards zero
// Shapes  x any  y as x                          Gradient  dy between float32 and float32, else none
// Source  PyTorch Tensor.to, ONNX Cast-13        Cost  1 flop an element; whole numbers are exact to 2²⁴
import { z } from 'zod';
import { defineOperator } from '../define-operator.ts';
import { explainFunction, factorOf, say } from '../support/explain.ts';
import { flopsPerElement } from '../support/unary.ts';

export const cast = defineOperator({
  id: 'cast',
  family: 'arithmetic',
  title: 'Cast',
  summary: 'Gives numbers another element type: masks to numbers, numbers to indices.',
  formula: 'y = x',
  gradientFormula: 'dx = dy',
  gradientNote: 'Only between float32 and float32; an integer has no gradient.',
  shapes: { x: 'any', y: 'as x' },
  source: 'PyTorch torch.Tensor.to; ONNX Cast',
  keywords: ['convert', 'float', 'int', 'dtype', 'type'],
  inputs: { x: { title: 'Input', dtype: 'any' } },
  parameters: {},
  outputs: { y: { title: 'Output', dtype: 'any' } },
  attributes: z.strictObject({
    dtype: z.enum(['float32', 'int32']).default('float32').meta({ title: 'Element type' }),
  }),
  traits: { elementwise: true },
  infer: ({ inputs: { x }, attributes: { dtype } }) => ({ outputs: { y: { dtype, shape: x.shape } } }),
  forward({ emit, inputs: { x }, attributes: { dtype } }) {
    const truncates = dtype === 'int32' && x.dtype === 'float32';
    return {
      outputs: {
        y: emit.map([x], (e, value) => (truncates ? e.mul(e.sign(value), e.floor(e.abs(value))) : value), { dtype }),
      },
    };
  },
  gradient: ({ emit, inputs: { x }, cotangents, attributes: { dtype } }) =>
    x.dtype === 'float32' && dtype === 'float32' ? { x: emit.view(cotangents.y, x.shape) } : {},
  reference: ({ inputs: { x }, attributes: { dtype } }) => ({
    y: dtype === 'int32' ? x.data.map((value) => Math.trunc(value) + 0) : x.data.slice(),
  }),
  explain({ inputs: { x }, attributes: { dtype }, index }) {
    const factor = factorOf('x', x, index);
    const result = dtype === 'int32' ? Math.trunc(factor.value) + 0 : factor.value;
    return explainFunction([factor], result, `${dtype}(${say(factor.value)})`);
  },
  flops: flopsPerElement,
  onnx: { op: 'Cast', attributes: { dtype: 'to' } },
  pytorch: 'torch.Tensor.to',
  samples: [{ inputs: { x: [2, 3] } }, { inputs: { x: [] } }],
});
