// gru: a gated recurrent unit over a sequence.  Formula  h_t = (1 − z)·n + z·h_{t−1}; r, z = σ(a + b), n = tanh(a_n + r·b_n); a = x_t·W_ihᵀ + b_ih, b = h_{t−1}·W_hhᵀ + b_hh
// Shapes  x f32[T,N,D]  h0 f32[L·dirs,N,H] (zeros when unwired)  y f32[T,N,dirs·H]  h_n f32[L·dirs,N,H]; parameters as PyTorch's
// Errors  E_EMPTY  E_STEPS  E_FEATURES  E_STATE  Gradient  as gru_cell; through all steps, weights once over all of them
// Source  Cho et al. 2014; PyTorch nn.GRU (gate order r, z, n)
// Cost    2·T·N·3H·(D + H) flops a layer and direction
import { z } from 'zod';
import { insertAxis, type Operand, permuteAxes, type Ref, sliceAxis } from '../../program/access.ts';
import type { EpilogueOptions } from '../../program/emitter.ts';
import { defineOperator } from '../define-operator.ts';
import { explainGruUnit, gruGates } from './explain-units.ts';
import type { SequenceCell } from './sequence.ts';
import { sequenceAttributes } from './sequence-ports.ts';
import type { TellUnit, UnitFunction } from './sequence-reference.ts';
import { stateSequence } from './state-sequence.ts';
import { gruReference, gruStep, gruStepBack } from './units.ts';

const attributes = z.strictObject(sequenceAttributes);
type Attributes = z.output<typeof attributes>;
type Epilogue = EpilogueOptions['value'];

type Gates = readonly [number, number, number];

const unit: UnitFunction<Attributes> = (fromX, fromH, old) => {
  const { h } = gruReference(fromX as Gates, fromH as Gates, old.h);
  return { h, c: 0 };
};

const tell: TellUnit<Attributes> = (fromX, fromH, old) => explainGruUnit(fromX as Gates, fromH as Gates, old.h);

const cell: SequenceCell<Attributes> = {
  saves: 4,
  hasCellState: false,
  step(emit, { fromX, weight, bias, h: old }, { hidden_size: hidden }) {
    const epilogue = bias && { operands: [bias], value: ((e, sum, b) => e.add(sum, b)) satisfies Epilogue };
    // An unwired state is zero: its bias still counts.
    const fromH: Operand = old
      ? emit.gemm({ a: old, b: permuteAxes(weight, [1, 0]), ...(epilogue ? { epilogue } : {}) })
      : insertAxis(bias ?? emit.fill(weight.shape.slice(0, 1), 0), 0);
    const windows = [fromX, fromH].flatMap((half) =>
      [0, 1, 2].map((gate) => sliceAxis(half, 1, gate * hidden, hidden)),
    );
    const [h, ...saved] = emit.mapMany([...windows, ...(old ? [old] : [])], gruStep) as [Ref, Ref, Ref, Ref, Ref];
    return { h, saved };
  },
  back(emit, { saved, h: old, dh }) {
    const [, keepGate] = saved as [Ref, Ref, Ref, Ref];
    const gates = [...saved, dh, ...(old ? [old] : [])];
    return {
      fromX: emit.mapColumns(gates, gruStepBack(false)),
      fromH: emit.mapColumns(gates, gruStepBack(true)),
      direct: { operands: [dh, keepGate], value: (e, sum, d, keep) => e.add(sum, e.mul(d, keep)) },
    };
  },
};

export const gru = defineOperator({
  id: 'gru',
  family: 'recurrent',
  title: 'GRU',
  summary: 'Runs a gated recurrent unit over a sequence, in layers and, if asked, from both ends.',
  formula: 'h_t = (1 - z_t) \\odot n_t + z_t \\odot h_{t-1}',
  gradientFormula:
    'ds = dh_t \\odot (1 - z_t) \\odot (1 - n_t^2), \\quad dz = dh_t \\odot (h_{t-1} - n_t), \\quad dr = ds \\odot b_n, \\quad dh_{t-1} = dh_t \\odot z_t + W_{hh}^\\top (\\dots)',
  gradientNote: 'Back through all steps; the weights gather over all of them.',
  shapes: {
    x: '[T, N, D]',
    h0: '[L·dirs, N, H]; zeros when unwired',
    'weight_ih_l*': '[3H, D], in layers above the first [3H, dirs·H]',
    'weight_hh_l*': '[3H, H]',
    'bias_ih_l*': '[3H]',
    'bias_hh_l*': '[3H]',
    y: '[T, N, dirs·H]',
    h_n: '[L·dirs, N, H]',
  },
  source: 'Cho et al. 2014 (arXiv:1406.1078); PyTorch torch.nn.GRU',
  keywords: ['recurrent', 'sequence', 'gated recurrent unit', 'bidirectional', 'time'],
  attributes,
  ...stateSequence<Attributes>({
    cell,
    reference: unit,
    tell,
    gates: gruGates,
    step: ({ hidden_size, bias }) => ({ op: 'gru_cell', attributes: { hidden_size, bias } }),
  }),
  onnx: { op: 'GRU', attributes: { hidden_size: 'hidden_size' } },
  pytorch: 'torch.nn.GRU',
  samples: [
    { attributes: { hidden_size: 3 }, inputs: { x: [3, 2, 2], h0: [1, 2, 3] } },
    { attributes: { hidden_size: 2, num_layers: 2, bidirectional: true }, inputs: { x: [2, 2, 3] } },
    {
      attributes: { hidden_size: 2, num_layers: 2, bias: false },
      inputs: { x: [3, 1, 2], h0: [2, 1, 2] },
    },
    { attributes: { hidden_size: 2 }, inputs: { x: [1, 2, 3] } },
  ],
});
