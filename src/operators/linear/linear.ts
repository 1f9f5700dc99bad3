// linear: affine map of the last dimension.      Formula  y = x·Wᵀ + b
// Shapes  x f32[…, in]  weight f32[out, in]  bias f32[out]  y f32[…, out]
// Errors  E_RANK  E_FEATURES                     Gradient  dx = dy·W, dW = dyᵀ·x, db = Σ dy
// Source  PyTorch linear, ONNX Gemm              Cost  2·N·out·in flops
import { z } from 'zod';
import { permuteAxes, type Ref } from '../../program/access.ts';
import { uniformFan } from '../../program/initializer.ts';
import { formatShape, numel } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { fragmentOf } from '../support/fragment.ts';
import { followsWire, inferredSize } from '../support/inferred-size.ts';
import { shaped } from '../support/shaped.ts';

export const linear = defineOperator({
  id: 'linear',
  family: 'linear',
  title: 'Linear',
  summary: 'Fully connected layer: every output is a weighted sum of all inputs plus a bias.',
  formula: 'y = x W^\\top + b',
  gradientFormula: 'dx = dy\\, W, \\quad dW = dy^\\top x, \\quad db = \\sum_n dy_n',
  shapes: { x: '[…, in]', weight: '[out, in]', bias: '[out]', y: '[…, out]' },
  source: 'PyTorch torch.nn.functional.linear; ONNX Gemm',
  keywords: ['fc', 'dense', 'fully connected', 'affine', 'gemm'],
  inputs: { x: { title: 'Input', rank: [1, 8] } },
  parameters: { weight: { title: 'Weight' }, bias: { title: 'Bias', optional: true } },
  outputs: { y: { title: 'Output' } },
  attributes: z.strictObject({
    out_features: z.int().min(1).max(1_000_000).default(10).meta({ title: 'Output features' }),
    in_features: inferredSize('Input features'),
    bias: z.boolean().default(true).meta({ title: 'Bias' }),
  }),
  traits: {},
  gradientFlow: 'weighs',
  infer(context) {
    const { inputs, attributes } = context;
    const { shape } = inputs.x;
    const features = shape.at(-1) as number;
    const declared = attributes.in_features;
    const flattened = shape.length > 2 && numel(shape.slice(1)) === declared;
    const more = {
      told: ` (${formatShape(shape)})`,
      fixes: flattened ? [{ kind: 'insert' as const, title: 'Insert flatten', port: 'x', op: 'flatten' }] : [],
    };
    if (!followsWire(context, 'in_features', declared, features, 'features', more)) return null;
    return {
      outputs: { y: { dtype: 'float32', shape: [...shape.slice(0, -1), attributes.out_features] } },
      parameters: {
        weight: {
          shape: [attributes.out_features, features],
          init: uniformFan(features),
          fan: [features, attributes.out_features],
        },
        ...(attributes.bias ? { bias: { shape: [attributes.out_features], init: uniformFan(features) } } : {}),
      },
    };
  },
  forward({ emit, inputs, outputs }) {
    const rows = shaped(emit, inputs.x, [numel(inputs.x.shape.slice(0, -1)), inputs.x.shape.at(-1) as number]);
    const y = emit.gemm({
      a: rows,
      b: permuteAxes(inputs.weight, [1, 0]),
      ...(inputs.bias ? { epilogue: { operands: [inputs.bias], value: (e, sum, b) => e.add(sum, b) } } : {}),
    });
    return { outputs: { y: emit.view(y, outputs.y.shape) } };
  },
  gradient({ emit, inputs, cotangents, needs }) {
    const [out, features] = inputs.weight.shape as [number, number];
    const count = numel(inputs.x.shape.slice(0, -1));
    const dy = shaped(emit, cotangents.y, [count, out]);
    const gradients: { x?: Ref; weight?: Ref; bias?: Ref } = {};
    if (needs('x')) gradients.x = emit.view(emit.gemm({ a: dy, b: inputs.weight }), inputs.x.shape);
    if (needs('weight'))
      gradients.weight = emit.gemm({ a: permuteAxes(dy, [1, 0]), b: shaped(emit, inputs.x, [count, features]) });
    if (needs('bias') && inputs.bias) gradients.bias = emit.reduce([dy], { axes: [0] });
    return gradients;
  },
  reference({ inputs, outputs }) {
    const [out, features] = inputs.weight.shape as [number, number];
    const y = new Float64Array(numel(outputs.y.shape));
    for (let i = 0; i < y.length; i++) {
      const row = Math.floor(i / out) * features;
      const o = i % out;
      let sum = inputs.bias?.data[o] ?? 0;
      for (let k = 0; k < features; k++)
        sum += (inputs.x.data[row + k] as number) * (inputs.weight.data[o * features + k] as number);
      y[i] = sum;
    }
    return { y };
  },
  explain({ inputs, index }) {
    const [out, features] = inputs.weight.shape as [number, number];
    const row = Math.floor(index / out) * features;
    const o = index % out;
    const terms = Array.from({ length: features }, (_, k) => {
      const x = { port: 'x', index: row + k, value: inputs.x.data[row + k] as number };
      const w = { port: 'weight', index: o * features + k, value: inputs.weight.data[o * features + k] as number };
      return { value: x.value * w.value, factors: [x, w] };
    });
    const bias = inputs.bias && { port: 'bias', index: o, value: inputs.bias.data[o] as number };
    if (bias) terms.push({ value: bias.value, factors: [bias] });
    const result = terms.reduce((sum, term) => sum + term.value, 0);
    return { by: 'sum', terms, result, text: `Σ x·w${bias ? ' + b' : ''} = ${result}` };
  },
  expand: ({ attributes: { bias } }) =>
    fragmentOf(
      {
        turned: { op: 'transpose', at: [0, 1], wires: { x: 'in.weight' }, attributes: { dims: [1, 0] } },
        product: { op: 'matmul', at: [1, 0], wires: { a: 'in.x', b: 'turned.y' } },
        ...(bias ? { sum: { op: 'add', at: [2, 0], wires: { a: 'product.y', b: 'in.bias' } } } : {}),
      },
      bias ? 'sum.y' : 'product.y',
    ),
  flops: ({ inputs, outputs }) => 2 * numel(outputs.y.shape) * (inputs.x.shape.at(-1) as number),
  onnx: { op: 'Gemm' },
  pytorch: 'torch.nn.functional.linear',
  samples: [
    { attributes: { out_features: 3 }, inputs: { x: [4, 5] } },
    { attributes: { out_features: 2, bias: false }, inputs: { x: [2, 3, 4] } },
    { attributes: { out_features: 2 }, inputs: { x: [3] } },
  ],
});
