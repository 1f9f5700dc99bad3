// rnn_cell: one step of a plain recurrent network.  Formula  h' = tanh(x·W_ihᵀ + b_ih + h·W_hhᵀ + b_hh), or relu of it
// Shapes  x f32[N,D] or [D]  h f32[N,H] (zeros when unwired)  weight_ih [H,D]  weight_hh [H,H]  biases [H]  h' as h
// Errors  E_FEATURES  E_STATE                    Gradient  dz = dh'·(1 − h'²), or dh' where h' > 0 (0 at the kink, as PyTorch); then as linear
// Source  Elman 1990; PyTorch nn.RNNCell         Cost  2·N·H·(D + H) flops
import { z } from 'zod';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import type { Fragment } from '../../program/fragment.ts';
import { numel } from '../../tensor/shape.ts';
import { defineOperator } from '../define-operator.ts';
import { say } from '../support/explain.ts';
import {
  asRows,
  asShape,
  cellAttributes,
  cellParameters,
  emitSumGradients,
  emitSums,
  halvesOf,
  inferCell,
  rowFactors,
  sumOf,
} from './cell.ts';
import { explainCellGradient } from './explain-cell-gradient.ts';
import { explainRnnUnit, rnnGates } from './explain-units.ts';

const { bias, ...sizes } = cellAttributes;
const attributes = z.strictObject({
  ...sizes,
  nonlinearity: z.enum(['tanh', 'relu']).default('tanh').meta({ title: 'Non-linearity' }),
  bias,
});

const activations = {
  tanh: {
    reference: Math.tanh,
    emit: (e: ExpressionBuilder, sum: Line) => e.tanh(sum),
    slope: (e: ExpressionBuilder, h: Line) => e.sub(e.constant(1), e.mul(h, h)),
  },
  relu: {
    reference: (sum: number) => (Number.isNaN(sum) ? sum : Math.max(0, sum)),
    emit: (e: ExpressionBuilder, sum: Line) => e.max(sum, e.constant(0)),
    slope: (e: ExpressionBuilder, h: Line) => e.gt(h, e.constant(0)),
  },
};

export const rnnCell = defineOperator({
  id: 'rnn_cell',
  family: 'recurrent',
  title: 'RNN cell',
  summary: 'One step of a recurrent network: the new state is made of the input and the old state.',
  formula: "h' = \\tanh(x W_{ih}^\\top + b_{ih} + h W_{hh}^\\top + b_{hh})",
  gradientFormula:
    "dz = dh' \\odot (1 - h'^2), \\quad dx = dz\\, W_{ih}, \\quad dh = dz\\, W_{hh}, \\quad dW_{ih} = dz^\\top x, \\quad dW_{hh} = dz^\\top h",
  gradientNote: 'With relu dz = dh′ where h′ > 0, 0 at the kink, as in PyTorch.',
  shapes: {
    x: '[N, D] or [D]',
    h: '[N, H] or [H]; zeros when unwired',
    weight_ih: '[H, D]',
    weight_hh: '[H, H]',
    bias_ih: '[H]',
    bias_hh: '[H]',
  },
  source: 'Elman 1990 (Finding structure in time); PyTorch torch.nn.RNNCell',
  keywords: ['recurrent', 'vanilla rnn', 'elman', 'hidden state'],
  inputs: { x: { title: 'Input', rank: [1, 2] }, h: { title: 'State', rank: [1, 2], optional: true } },
  parameters: cellParameters,
  outputs: { h: { title: 'New state' } },
  attributes,
  traits: {},
  gradientFlow: 'weighs',
  infer(context) {
    const cell = inferCell(context, 1);
    return cell && { outputs: { h: cell.state }, parameters: cell.parameters };
  },
  forward({ emit, inputs, attributes: a, outputs }) {
    return { outputs: { h: asShape(emit, emitSums(emit, inputs, activations[a.nonlinearity].emit), outputs.h.shape) } };
  },
  gradient({ emit, inputs, attributes: a, outputs, cotangents, needs, note }) {
    const { slope } = activations[a.nonlinearity];
    const dz = emit.map([asRows(emit, outputs.h), asRows(emit, cotangents.h)], (e, h, dh) => e.mul(dh, slope(e, h)));
    return emitSumGradients(emit, inputs, dz, { needs, note });
  },
  reference({ inputs, attributes: a, outputs }) {
    const h = new Float64Array(numel(outputs.h.shape));
    for (let i = 0; i < h.length; i++) {
      h[i] = activations[a.nonlinearity].reference(sumOf(inputs, Math.floor(i / a.hidden_size), i % a.hidden_size));
    }
    return { h };
  },
  explain({ inputs, attributes: a, index }) {
    const row = Math.floor(index / a.hidden_size);
    const [fromX, fromH] = halvesOf(inputs, row, index % a.hidden_size);
    const result = activations[a.nonlinearity].reference(fromX + fromH);
    const { h, parts } = explainRnnUnit(a.nonlinearity, fromX, fromH);
    const terms = [{ value: result, factors: rowFactors(inputs, row) }];
    return { by: 'function', terms, result, text: `${h} = ${say(result)}`, parts };
  },
  explainGradient({ inputs, attributes: a, ...asked }) {
    const { hidden_size: hidden } = a;
    const story = (place: number) =>
      explainRnnUnit(a.nonlinearity, ...halvesOf(inputs, Math.floor(place / hidden), place % hidden));
    return explainCellGradient(inputs, { gates: rnnGates, hidden, story }, asked);
  },
  expand({ attributes: a, inputs }): Fragment {
    const parts = inputs['h'] ? (['x', 'h'] as const) : (['x'] as const);
    const suffix = { x: 'ih', h: 'hh' };
    // A state that is not wired is zero: its bias still counts.
    const other = inputs['h'] ? 'from_h.y' : a.bias ? 'in.bias_hh' : undefined;
    const linear = { out_features: a.hidden_size, bias: a.bias };
    return {
      nodes: [
        ...parts.map((port, row) => {
          return { id: `from_${port}`, op: 'linear', attributes: linear, position: [0, row * 150] as const };
        }),
        ...(other ? [{ id: 'z', op: 'add', position: [240, 75] as const }] : []),
        { id: 'h', op: a.nonlinearity, position: [480, 75] },
      ],
      edges: [
        ...parts.flatMap((port) => [
          { from: `in.${port}`, to: `from_${port}.x` },
          { from: `in.weight_${suffix[port]}`, to: `from_${port}.weight` },
          ...(a.bias ? [{ from: `in.bias_${suffix[port]}`, to: `from_${port}.bias` }] : []),
        ]),
        ...(other
          ? [
              { from: 'from_x.y', to: 'z.a' },
              { from: other, to: 'z.b' },
            ]
          : []),
        { from: other ? 'z.y' : 'from_x.y', to: 'h.x' },
        { from: 'h.y', to: 'out.h' },
      ],
    };
  },
  flops: ({ inputs, outputs, attributes: a }) =>
    2 * numel(outputs.h.shape) * ((inputs.x.shape.at(-1) as number) + (inputs.h ? a.hidden_size : 0) + 2),
  onnx: null,
  pytorch: 'torch.nn.RNNCell',
  samples: [
    { attributes: { hidden_size: 3 }, inputs: { x: [2, 4], h: [2, 3] } },
    { attributes: { hidden_size: 2, nonlinearity: 'relu', bias: false }, inputs: { x: [3, 2], h: [3, 2] } },
    { attributes: { hidden_size: 3 }, inputs: { x: [2, 2] } },
    { attributes: { hidden_size: 2 }, inputs: { x: [3], h: [2] } },
  ],
});
