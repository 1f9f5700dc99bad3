// rnn: a plain recurrent network over a sequence.  Formula  h_t = tanh(x_t·W_ihᵀ + b_ih + h_{t−1}·W_hhᵀ + b_hh), or relu of it
// Shapes  x f32[T,N,D]  h0 f32[L·dirs,N,H] (zeros when unwired)  y f32[T,N,dirs·H]  h_n f32[L·dirs,N,H]; parameters as PyTorch's
// Errors  E_EMPTY  E_STEPS  E_FEATURES  E_STATE  Gradient  dz = dh·(1 − h²), or dh where h > 0 (0 at the kink, as PyTorch); through all steps, weights once over all of them
// Source  Elman 1990; PyTorch nn.RNN
// Cost    2·T·N·H·(D + H) flops a layer and direction
import { z } from 'zod';
import type { Ref } from '../../program/access.ts';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import { defineOperator } from '../define-operator.ts';
import { explainRnnUnit, rnnGates } from './explain-units.ts';
import { emitGates, type SequenceCell } from './sequence.ts';
import { sequenceAttributes } from './sequence-ports.ts';
import type { TellUnit, UnitFunction } from './sequence-reference.ts';
import { stateSequence } from './state-sequence.ts';

const attributes = z.strictObject({
  ...sequenceAttributes,
  nonlinearity: z.enum(['tanh', 'relu']).default('tanh').meta({ title: 'Non-linearity' }),
});
type Attributes = z.output<typeof attributes>;

const activations = {
  tanh: {
    reference: Math.tanh,
    emit: (e: ExpressionBuilder, z: Line) => e.tanh(z),
    slope: (e: ExpressionBuilder, h: Line) => e.sub(e.constant(1), e.mul(h, h)),
  },
  relu: {
    reference: (z: number) => (Number.isNaN(z) ? z : Math.max(0, z)),
    emit: (e: ExpressionBuilder, z: Line) => e.max(z, e.constant(0)),
    slope: (e: ExpressionBuilder, h: Line) => e.gt(h, e.constant(0)),
  },
};

const unit: UnitFunction<Attributes> = ([fromX = 0], [fromH = 0], _, { nonlinearity }) => ({
  h: activations[nonlinearity].reference(fromX + fromH),
  c: 0,
});

const tell: TellUnit<Attributes> = ([fromX = 0], [fromH = 0], _, { nonlinearity }) =>
  explainRnnUnit(nonlinearity, fromX, fromH);

const cell: SequenceCell<Attributes> = {
  saves: 0,
  hasCellState: false,
  step: (emit, given, { nonlinearity }) => ({ h: emitGates(emit, given, activations[nonlinearity].emit), saved: [] }),
  back(emit, { taken, dh }, { nonlinearity }) {
    const dz: Ref = emit.map([taken, dh], (e, h, d) => e.mul(d, activations[nonlinearity].slope(e, h)));
    return { fromX: dz, fromH: dz };
  },
};

export const rnn = defineOperator({
  id: 'rnn',
  family: 'recurrent',
  title: 'RNN',
  summary: 'Runs a recurrent network over a sequence: every state is made of the input and the state before.',
  formula: 'h_t = \\tanh(x_t W_{ih}^\\top + b_{ih} + h_{t-1} W_{hh}^\\top + b_{hh})',
  gradientFormula:
    'dz_t = dh_t \\odot (1 - h_t^2), \\quad dh_{t-1} = dz_t W_{hh}, \\quad dW_{ih} = \\sum_t dz_t^\\top x_t, \\quad dW_{hh} = \\sum_t dz_t^\\top h_{t-1}, \\quad db = \\sum_t dz_t',
  gradientNote: 'With relu dz = dh where h > 0, 0 at the kink, as in PyTorch.',
  shapes: {
    x: '[T, N, D]',
    h0: '[L·dirs, N, H]; zeros when unwired',
    'weight_ih_l*': '[H, D], in layers above the first [H, dirs·H]',
    'weight_hh_l*': '[H, H]',
    'bias_ih_l*': '[H]',
    'bias_hh_l*': '[H]',
    y: '[T, N, dirs·H]',
    h_n: '[L·dirs, N, H]',
  },
  source: 'Elman 1990 (Finding structure in time); PyTorch torch.nn.RNN',
  keywords: ['recurrent', 'sequence', 'elman', 'bidirectional', 'time'],
  attributes,
  ...stateSequence<Attributes>({
    cell,
    reference: unit,
    tell,
    gates: rnnGates,
    step: ({ hidden_size, bias, nonlinearity }) => ({
      op: 'rnn_cell',
      attributes: { hidden_size, bias, nonlinearity },
    }),
  }),
  onnx: { op: 'RNN', attributes: { hidden_size: 'hidden_size' } },
  pytorch: 'torch.nn.RNN',
  samples: [
    { attributes: { hidden_size: 3 }, inputs: { x: [3, 2, 2], h0: [1, 2, 3] } },
    { attributes: { hidden_size: 2, num_layers: 2, bidirectional: true }, inputs: { x: [2, 2, 3] } },
    {
      attributes: { hidden_size: 2, num_layers: 2, bias: false, nonlinearity: 'relu' },
      inputs: { x: [3, 1, 2], h0: [2, 1, 2] },
    },
    { attributes: { hidden_size: 2 }, inputs: { x: [1, 2, 3] } },
  ],
});
