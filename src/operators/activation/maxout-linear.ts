// maxout_linear: the largest of several linear layers.  Formula  y = max over p of (x·w[p]ᵀ + b[p])
// Shapes  x f32[…,D]  weight f32[P,O,D]  bias f32[P,O]  y f32[…,O]
// Errors  E_FEATURES                             Gradient  dy to the largest piece, ties (the kink) share it evenly; then as linear
// Source  Goodfellow et al. 2013; CS231n: max(w₁ᵀx + b₁, w₂ᵀx + b₂)
// Cost    2·…·P·O·D flops
import { z } from 'zod';
import { insertAxis, permuteAxes, type Ref } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import type { Fragment } from '../../program/fragment.ts';
import { uniformFan } from '../../program/initializer.ts';
import { numel } from '../../tensor/shape.ts';
import { defineOperator, type ReferenceTensor } from '../define-operator.ts';
import { factorOf, say } from '../support/explain.ts';
import { followsWire, inferredSize } from '../support/inferred-size.ts';
import { shaped } from '../support/shaped.ts';
import { oneOutput } from '../support/unary.ts';

interface Tensors<T> {
  readonly x: T;
  readonly weight: T;
  readonly bias: T | undefined;
}

function rowsOf(emit: Emitter, x: Ref): Ref {
  return shaped(emit, x, [numel(x.shape.slice(0, -1)), x.shape.at(-1) as number]);
}

/** x·w[p]ᵀ + b[p] as [P, rows, O]. */
function piecesOf(emit: Emitter, { x, weight, bias }: Tensors<Ref>): Ref {
  return emit.gemm({
    a: rowsOf(emit, x),
    b: permuteAxes(weight, [0, 2, 1]),
    ...(bias ? { epilogue: { operands: [insertAxis(bias, 1)], value: (e, sum, b) => e.add(sum, b) } } : {}),
  });
}

/** One piece of one element of y. */
function pieceOf({ x, weight, bias }: Tensors<ReferenceTensor>, piece: number, index: number): number {
  const [, units, features] = weight.shape as [number, number, number];
  const [row, unit] = [Math.floor(index / units), index % units];
  let sum = bias?.data[piece * units + unit] ?? 0;
  for (let k = 0; k < features; k++) {
    sum += (x.data[row * features + k] as number) * (weight.data[(piece * units + unit) * features + k] as number);
  }
  return sum;
}

export const maxoutLinear = defineOperator({
  id: 'maxout_linear',
  family: 'activation',
  title: 'Maxout linear',
  summary: 'Several linear layers side by side, of which every unit keeps the largest.',
  formula: 'y = \\max_p\\,(x W_p^\\top + b_p)',
  gradientFormula:
    'dz_p = dy\\, \\frac{[z_p = y]}{\\sum_q [z_q = y]}, \\quad z_p = x W_p^\\top + b_p, \\quad dx = \\sum_p dz_p W_p, \\quad dW_p = dz_p^\\top x, \\quad db_p = \\sum_n dz_p',
  gradientNote: 'Kink where several pieces are largest: they share the gradient evenly.',
  shapes: { x: '[…, D]', weight: '[P, O, D]', bias: '[P, O]', y: '[…, O]' },
  source: 'Goodfellow et al. 2013 (Maxout networks, arXiv:1302.4389); CS231n neural networks 1',
  keywords: ['maxout', 'neuron', 'max(w1x+b1, w2x+b2)'],
  inputs: { x: { title: 'Input', rank: [1, 8] } },
  parameters: { weight: { title: 'Weights of the pieces' }, bias: { title: 'Biases of the pieces', optional: true } },
  outputs: oneOutput,
  attributes: z.strictObject({
    out_features: z.int().min(1).max(1_000_000).default(10).meta({ title: 'Output features' }),
    in_features: inferredSize('Input features'),
    num_pieces: z
      .int()
      .min(1)
      .max(64)
      .default(2)
      .meta({ title: 'Pieces', description: 'Linear layers to choose from' }),
    bias: z.boolean().default(true).meta({ title: 'Bias' }),
  }),
  traits: {},
  gradientFlow: 'weighs',
  infer(context) {
    const {
      inputs: { x },
      attributes: a,
    } = context;
    const features = x.shape.at(-1) as number;
    if (!followsWire(context, 'in_features', a.in_features, features, 'features')) return null;
    const init = uniformFan(features);
    return {
      outputs: { y: { dtype: 'float32', shape: x.shape.with(-1, a.out_features) } },
      parameters: {
        weight: { shape: [a.num_pieces, a.out_features, features], init, fan: [features, a.out_features] },
        ...(a.bias ? { bias: { shape: [a.num_pieces, a.out_features], init } } : {}),
      },
    };
  },
  forward({ emit, inputs, outputs }) {
    const pieces = piecesOf(emit, inputs);
    const y = emit.reduce([pieces], { axes: [0], by: 'max' });
    return { outputs: { y: shaped(emit, y, outputs.y.shape) }, saved: { pieces } };
  },
  gradient({ emit, inputs: { x, weight, bias }, outputs, cotangents, saved, needs }) {
    const pieces = saved('pieces');
    const [y, dy] = [rowsOf(emit, outputs.y), rowsOf(emit, cotangents.y)];
    const ties = emit.reduce([pieces, y], { axes: [0], value: (e, a, b) => e.eq(a, b) });
    const own = emit.map([dy, pieces, y, ties], (e, d, a, b, n) => e.select(e.eq(a, b), e.div(d, n), e.constant(0)));
    const dx = () => emit.reduce([emit.gemm({ a: own, b: weight })], { axes: [0] });
    return {
      x: needs('x') ? shaped(emit, dx(), x.shape) : undefined,
      weight: needs('weight') ? emit.gemm({ a: permuteAxes(own, [0, 2, 1]), b: rowsOf(emit, x) }) : undefined,
      bias: bias && needs('bias') ? emit.reduce([own], { axes: [1] }) : undefined,
    };
  },
  reference({ inputs, outputs }) {
    const pieces = Array.from({ length: inputs.weight.shape[0] as number }, (_, piece) => piece);
    const y = Float64Array.from({ length: numel(outputs.y.shape) }, (_, i) =>
      Math.max(...pieces.map((piece) => pieceOf(inputs, piece, i))),
    );
    return { y };
  },
  explain({ inputs, index }) {
    const { x, weight } = inputs;
    const [pieces, units, features] = weight.shape as [number, number, number];
    const row = Math.floor(index / units);
    const terms = Array.from({ length: pieces }, (_, piece) => ({
      value: pieceOf(inputs, piece, index),
      factors: Array.from({ length: features }, (__, k) => factorOf('x', x, row * features + k)),
      label: `piece ${piece}`,
    }));
    const result = Math.max(...terms.map((term) => term.value));
    return {
      by: 'max',
      terms,
      result,
      text: `max(${terms.map((term) => say(term.value)).join(', ')}) = ${say(result)}`,
    };
  },
  expand({ attributes: a }): Fragment {
    const pieces = Array.from({ length: a.num_pieces }, (_, piece) => piece);
    const parts = ['weight', ...(a.bias ? ['bias'] : [])];
    const largest = pieces.slice(1);
    return {
      nodes: [
        ...pieces.flatMap((piece) => [
          ...parts.map((part, i) => ({
            id: `${part}${piece}`,
            op: 'select',
            attributes: { index: piece },
            position: [0, (piece * parts.length + i) * 150] as const,
          })),
          {
            id: `piece${piece}`,
            op: 'linear',
            attributes: { out_features: a.out_features, bias: a.bias },
            position: [240, piece * parts.length * 150] as const,
          },
        ]),
        ...largest.map((piece) => ({ id: `max${piece}`, op: 'maximum', position: [240 + 240 * piece, 75] as const })),
      ],
      edges: [
        ...pieces.flatMap((piece) => [
          { from: 'in.x', to: `piece${piece}.x` },
          ...parts.flatMap((part) => [
            { from: `in.${part}`, to: `${part}${piece}.x` },
            { from: `${part}${piece}.y`, to: `piece${piece}.${part}` },
          ]),
        ]),
        ...largest.flatMap((piece) => [
          { from: piece === 1 ? 'piece0.y' : `max${piece - 1}.y`, to: `max${piece}.a` },
          { from: `piece${piece}.y`, to: `max${piece}.b` },
        ]),
        { from: largest.length > 0 ? `max${a.num_pieces - 1}.y` : 'piece0.y', to: 'out.y' },
      ],
    };
  },
  flops: ({ inputs, outputs }) =>
    (2 * numel(outputs.y.shape) * numel(inputs.weight.shape)) / (inputs.weight.shape[1] as number),
  onnx: null,
  pytorch: null,
  samples: [
    { attributes: { out_features: 3 }, inputs: { x: [4, 2] } },
    { attributes: { out_features: 2, num_pieces: 3, bias: false }, inputs: { x: [2, 3, 4] } },
    { attributes: { out_features: 2, num_pieces: 1 }, inputs: { x: [3] } },
  ],
});
