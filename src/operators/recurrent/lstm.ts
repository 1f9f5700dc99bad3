// lstm: a long short-term memory over a sequence.  Formula  i, f, o = σ(z), g = tanh(z);  c_t = f·c_{t−1} + i·g;  h_t = o·tanh(c_t);  z = x_t·W_ihᵀ + b_ih + h_{t−1}·W_hhᵀ + b_hh
// Shapes  x f32[T,N,D]  h0, c0 f32[L·dirs,N,H] (zeros when unwired)  y f32[T,N,dirs·H]  h_n, c_n f32[L·dirs,N,H]; parameters as PyTorch's
// Errors  E_EMPTY  E_STEPS  E_FEATURES  E_STATE  Gradient  as lstm_cell; through all steps, weights once over all of them
// Source  Hochreiter & Schmidhuber 1997; PyTorch nn.LSTM (gate order i, f, g, o)
// Cost    2·T·N·4H·(D + H) flops a layer and direction
import { z } from 'zod';
import { type Ref, sliceAxis } from '../../program/access.ts';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import { defineOperator } from '../define-operator.ts';
import { explainSequenceGradient } from './explain-sequence-gradient.ts';
import { explainLstmUnit, lstmGates } from './explain-units.ts';
import { emitGates, emitSequence, emitSequenceGradients, type SequenceCell } from './sequence.ts';
import { sequenceFragment } from './sequence-fragment.ts';
import {
  inferSequence,
  sequenceAttributes,
  sequenceFlops,
  sequenceInputs,
  sequenceOutputs,
  sequenceParameters,
} from './sequence-ports.ts';
import { explainSequence, sequenceReference, type TellUnit, type UnitFunction } from './sequence-reference.ts';
import { lstmReference, lstmStep } from './units.ts';

const attributes = z.strictObject(sequenceAttributes);
type Attributes = z.output<typeof attributes>;

function sumsOf(fromX: readonly number[], fromH: readonly number[]) {
  return fromX.map((z, gate) => z + (fromH[gate] as number)) as [number, number, number, number];
}

const unit: UnitFunction<Attributes> = (fromX, fromH, old) => {
  const { h, c } = lstmReference(sumsOf(fromX, fromH), old.c);
  return { h, c };
};

const tell: TellUnit<Attributes> = (fromX, fromH, old) => explainLstmUnit(sumsOf(fromX, fromH), old.c);

const cell: SequenceCell<Attributes> = {
  saves: 5,
  hasCellState: true,
  step(emit, given, { hidden_size: hidden }) {
    const sums = emitGates(emit, given);
    const windows = [0, 1, 2, 3].map((gate) => sliceAxis(sums, 1, gate * hidden, hidden));
    const operands = [...windows, ...(given.c ? [given.c] : [])];
    const [h, c, ...saved] = emit.mapMany(operands, lstmStep) as [Ref, Ref, Ref, Ref, Ref, Ref, Ref];
    return { h, c, saved };
  },
  back(emit, { saved, c: old, dh, dc }) {
    const before = old ? [old] : [];
    const operands = [...saved, dh, ...(dc ? [dc] : []), ...before];
    const arriving = (e: ExpressionBuilder, gate: Line, squashed: Line, d: Line, carried: Line | undefined) => {
      const fromH = e.mul(d, e.mul(gate, e.sub(e.constant(1), e.mul(squashed, squashed))));
      return carried === undefined ? fromH : e.add(fromH, carried);
    };
    const slope = (e: ExpressionBuilder, gate: Line) => e.mul(gate, e.sub(e.constant(1), gate));
    const dz = emit.mapColumns(operands, (e, i, f, g, o, squashed, d, ...rest) => {
      const total = arriving(e, o, squashed, d, dc ? rest[0] : undefined);
      const kept = old ? (rest.at(-1) as Line) : e.constant(0);
      return [
        e.mul(e.mul(total, g), slope(e, i)),
        e.mul(e.mul(total, kept), slope(e, f)),
        e.mul(e.mul(total, i), e.sub(e.constant(1), e.mul(g, g))),
        e.mul(e.mul(d, squashed), slope(e, o)),
      ];
    });
    const [, f, , o, tanhC] = saved as [Ref, Ref, Ref, Ref, Ref];
    if (!old) return { fromX: dz, fromH: dz };
    const c = emit.map([f, o, tanhC, dh, ...(dc ? [dc] : [])], (e, forget, output, squashed, d, carried) =>
      e.mul(arriving(e, output, squashed, d, carried), forget),
    );
    return { fromX: dz, fromH: dz, c };
  },
};

export const lstm = defineOperator({
  id: 'lstm',
  family: 'recurrent',
  title: 'LSTM',
  summary: 'Runs a long short-term memory over a sequence, in layers and, if asked, from both ends.',
  formula: 'c_t = f_t \\odot c_{t-1} + i_t \\odot g_t, \\quad h_t = o_t \\odot \\tanh(c_t)',
  gradientFormula:
    's_t = dc_t + dh_t \\odot o_t \\odot (1 - \\tanh^2 c_t), \\quad di = s_t \\odot g_t, \\quad df = s_t \\odot c_{t-1}, \\quad dg = s_t \\odot i_t, \\quad do = dh_t \\odot \\tanh c_t, \\quad dc_{t-1} = s_t \\odot f_t',
  gradientNote: 'Each gate through its own slope, back through all steps; the weights gather over all of them.',
  shapes: {
    x: '[T, N, D]',
    h0: '[L·dirs, N, H]; zeros when unwired',
    'weight_ih_l*': '[4H, D], in layers above the first [4H, dirs·H]',
    'weight_hh_l*': '[4H, H]',
    'bias_ih_l*': '[4H]',
    'bias_hh_l*': '[4H]',
    y: '[T, N, dirs·H]',
    h_n: '[L·dirs, N, H]',
    c0: '[L·dirs, N, H]; zeros when unwired',
    c_n: '[L·dirs, N, H]',
  },
  source: 'Hochreiter & Schmidhuber 1997; Gers et al. 2000; PyTorch torch.nn.LSTM',
  keywords: ['recurrent', 'sequence', 'long short-term memory', 'bidirectional', 'time'],
  inputs: { ...sequenceInputs, c0: { title: 'First cell state', rank: 3, optional: true } },
  parameters: sequenceParameters,
  outputs: { ...sequenceOutputs, c_n: { title: 'Last cell states' } },
  attributes,
  traits: {},
  gradientFlow: 'weighs',
  infer(context) {
    const sequence = inferSequence(context, 4);
    if (!sequence) return null;
    const { y, state, parameters } = sequence;
    return { outputs: { y, h_n: state, c_n: state }, parameters };
  },
  forward({ emit, inputs, attributes: a }) {
    const { saved, y, h_n: h, c_n: c } = emitSequence(emit, cell, inputs, a);
    return { outputs: { y, h_n: h, c_n: c as Ref }, saved };
  },
  gradient: ({ emit, inputs, attributes: a, cotangents, ...way }) =>
    emitSequenceGradients(emit, cell, inputs, a, cotangents, way),
  reference({ inputs, attributes: a }) {
    const { y, h_n: h, c_n: c } = sequenceReference(inputs, a, 4, unit);
    return { y, h_n: h, c_n: c };
  },
  explain: ({ inputs, attributes: a, port, index }) =>
    explainSequence(inputs, a, { gates: 4, unit, tell }, port, index),
  explainGradient: ({ inputs, attributes: a, ...asked }) =>
    explainSequenceGradient(inputs, a, { gates: lstmGates, unit, tell }, asked),
  expand({ attributes: a, inputs }) {
    const time = inputs['x']?.shape[0] ?? 0;
    const step = {
      op: 'lstm_cell',
      states: ['h', 'c'],
      attributes: { hidden_size: a.hidden_size, bias: a.bias },
    } as const;
    return sequenceFragment(a, time, step, (port) => inputs[port] !== undefined);
  },
  flops: ({ inputs, attributes: a }) => sequenceFlops(a, inputs.x.shape, 4),
  onnx: { op: 'LSTM', attributes: { hidden_size: 'hidden_size' } },
  pytorch: 'torch.nn.LSTM',
  samples: [
    { attributes: { hidden_size: 3 }, inputs: { x: [3, 2, 2], h0: [1, 2, 3], c0: [1, 2, 3] } },
    { attributes: { hidden_size: 2, num_layers: 2, bidirectional: true }, inputs: { x: [2, 2, 3] } },
    {
      attributes: { hidden_size: 2, num_layers: 2, bias: false },
      inputs: { x: [3, 1, 2], h0: [2, 1, 2], c0: [2, 1, 2] },
    },
    { attributes: { hidden_size: 2 }, inputs: { x: [1, 2, 3] } },
  ],
});
