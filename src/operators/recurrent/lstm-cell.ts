// lstm_cell: one step of a long short-term memory.  Formula  i, f, o = σ(z), g = tanh(z);  c' = f·c + i·g;  h' = o·tanh(c')
// Shapes  x f32[N,D] or [D]  h, c f32[N,H] (zeros when unwired)  weight_ih [4H,D]  weight_hh [4H,H]  biases [4H], rows in the order i, f, g, o
// Errors  E_FEATURES  E_STATE                    Gradient  s = dc' + dh'·o·(1 − tanh²c'); di = s·g, df = s·c, dg = s·i, do = dh'·tanh c', each
// times its gate's slope; dc = s·f; then as linear
// Source  Hochreiter & Schmidhuber 1997, with forget gate (Gers et al. 2000); PyTorch nn.LSTMCell
import { z } from 'zod';
import { type Ref, sliceAxis } from '../../program/access.ts';
import type { ExpressionBuilder, Line } from '../../program/expression-builder.ts';
import { numel } from '../../tensor/shape.ts';
import { defineOperator, type ReferenceTensor } from '../define-operator.ts';
import { say } from '../support/explain.ts';
import {
  asRows,
  asShape,
  type CellTensors,
  cellAttributes,
  cellParameters,
  emitSumGradients,
  emitSums,
  inferCell,
  rowFactors,
  sumOf,
} from './cell.ts';
import { explainCellGradient } from './explain-cell-gradient.ts';
import { explainLstmUnit, lstmGates } from './explain-units.ts';
import { lstmFragment } from './lstm-fragment.ts';
import { lstmReference, lstmStep } from './units.ts';

const attributes = z.strictObject(cellAttributes);

/** Gates and new states of element `index`, in float64. */
function unitOf(
  t: CellTensors<ReferenceTensor> & { readonly c: ReferenceTensor | undefined },
  hidden: number,
  index: number,
) {
  const row = Math.floor(index / hidden);
  const sums = [0, 1, 2, 3].map((gate) => sumOf(t, row, gate * hidden + (index % hidden))) as [
    number,
    number,
    number,
    number,
  ];
  const old = t.c?.data[index] ?? 0;
  return { sums, ...lstmReference(sums, old), old, row };
}

export const lstmCell = defineOperator({
  id: 'lstm_cell',
  family: 'recurrent',
  title: 'LSTM cell',
  summary: 'One step of a long short-term memory: gates decide what to forget, what to write and what to show.',
  formula:
    "c' = \\sigma(z_f)\\,c + \\sigma(z_i)\\tanh(z_g), \\quad h' = \\sigma(z_o)\\tanh(c'), \\quad z = x W_{ih}^\\top + b_{ih} + h W_{hh}^\\top + b_{hh}",
  gradientFormula:
    "s = dc' + dh' \\odot o \\odot (1 - \\tanh^2 c'), \\quad di = s \\odot g, \\quad df = s \\odot c, \\quad dg = s \\odot i, \\quad do = dh' \\odot \\tanh c', \\quad dc = s \\odot f",
  gradientNote: 'Each gate through its own slope, then as linear.',
  shapes: {
    x: '[N, D] or [D]',
    h: '[N, H] or [H]; zeros when unwired',
    weight_ih: '[4H, D]',
    weight_hh: '[4H, H]',
    bias_ih: '[4H]',
    bias_hh: '[4H]',
    c: '[N, H] or [H]; zeros when unwired',
  },
  source: 'Hochreiter & Schmidhuber 1997; Gers et al. 2000; PyTorch torch.nn.LSTMCell',
  keywords: ['recurrent', 'long short-term memory', 'gates', 'forget gate', 'cell state'],
  inputs: {
    x: { title: 'Input', rank: [1, 2] },
    h: { title: 'State', rank: [1, 2], optional: true },
    c: { title: 'Cell state', rank: [1, 2], optional: true },
  },
  parameters: cellParameters,
  outputs: { h: { title: 'New state' }, c: { title: 'New cell state' } },
  attributes,
  traits: {},
  gradientFlow: 'weighs',
  infer(context) {
    const cell = inferCell(context, 4);
    return cell && { outputs: { h: cell.state, c: cell.state }, parameters: cell.parameters };
  },
  forward({ emit, inputs, attributes: a, outputs }) {
    const sums = emitSums(emit, inputs);
    const windows = [0, 1, 2, 3].map((gate) => sliceAxis(sums, 1, gate * a.hidden_size, a.hidden_size));
    const old = inputs.c && asRows(emit, inputs.c);
    const operands = [...windows, ...(old ? [old] : [])];
    const [h, c, i, f, g, o, tanhC] = emit.mapMany(operands, lstmStep) as [Ref, Ref, Ref, Ref, Ref, Ref, Ref];
    return {
      outputs: { h: asShape(emit, h, outputs.h.shape), c: asShape(emit, c, outputs.c.shape) },
      saved: { i, f, g, o, tanh_c: tanhC },
    };
  },
  gradient({ emit, inputs, cotangents, saved, needs, note }) {
    const rows = (ref: Ref | undefined) => (ref ? [asRows(emit, ref)] : []);
    const [old, dh, dc] = [rows(inputs.c), rows(cotangents.h), rows(cotangents.c)];
    const [i, f, g, o, tanhC] = ['i', 'f', 'g', 'o', 'tanh_c'].map(saved) as [Ref, Ref, Ref, Ref, Ref];
    const operands = [o, tanhC, ...dh, ...dc];
    /** ∂loss/∂c' in full, and ∂loss/∂h'; zeros where nothing depends on it. */
    const arriving = (e: ExpressionBuilder, gate: Line, squashed: Line, given: readonly Line[]) => {
      const fromH = dh.length ? (given[0] as Line) : e.constant(0);
      const fromC = dc.length ? (given[dh.length] as Line) : e.constant(0);
      const slope = e.mul(gate, e.sub(e.constant(1), e.mul(squashed, squashed)));
      return { fromH, total: dh.length ? e.add(e.mul(fromH, slope), fromC) : fromC };
    };
    const dz = emit.mapColumns(
      [i, f, g, ...operands, ...old],
      (e, inputGate, forgetGate, candidate, outputGate, squashed, ...given) => {
        const { fromH, total } = arriving(e, outputGate, squashed, given);
        const before = old.length ? (given.at(-1) as Line) : e.constant(0);
        const sigmoidSlope = (gate: Line) => e.mul(gate, e.sub(e.constant(1), gate));
        return [
          e.mul(e.mul(total, candidate), sigmoidSlope(inputGate)),
          e.mul(e.mul(total, before), sigmoidSlope(forgetGate)),
          e.mul(e.mul(total, inputGate), e.sub(e.constant(1), e.mul(candidate, candidate))),
          e.mul(e.mul(fromH, squashed), sigmoidSlope(outputGate)),
        ];
      },
    );
    const ofOld = () =>
      emit.map([f, ...operands], (e, gate, outputGate, squashed, ...given) =>
        e.mul(arriving(e, outputGate, squashed, given).total, gate),
      );
    return {
      ...emitSumGradients(emit, inputs, dz, { needs, note }),
      c: inputs.c && needs('c') ? asShape(emit, ofOld(), inputs.c.shape) : undefined,
    };
  },
  reference({ inputs, attributes: a, outputs }) {
    const h = new Float64Array(numel(outputs.h.shape));
    const c = new Float64Array(h.length);
    for (let index = 0; index < h.length; index++) {
      const unit = unitOf(inputs, a.hidden_size, index);
      h[index] = unit.h;
      c[index] = unit.c;
    }
    return { h, c };
  },
  explain({ inputs, attributes: a, port, index }) {
    const { sums, i, f, g, old, c, h, row } = unitOf(inputs, a.hidden_size, index);
    const seen = rowFactors(inputs, row);
    const carried = inputs.c ? [{ port: 'c', index, value: old }] : [];
    const story = explainLstmUnit(sums, old);
    if (port === 'h') {
      const terms = [{ value: h, factors: [...seen, ...carried] }];
      return { by: 'function', terms, result: h, text: `${story.h} = ${say(h)}`, parts: story.parts };
    }
    const terms = [
      { value: f * old, factors: carried, label: 'f·c' },
      { value: i * g, factors: seen, label: 'i·g' },
    ];
    return { by: 'sum', terms, result: c, text: `${story.c} = ${say(c)}`, parts: story.parts };
  },
  explainGradient({ inputs, attributes: a, cotangents, ...asked }) {
    const { port, index } = asked;
    if (port !== 'c') {
      const story = (place: number) => {
        const { sums, old } = unitOf(inputs, a.hidden_size, place);
        return explainLstmUnit(sums, old);
      };
      return explainCellGradient(inputs, { gates: lstmGates, hidden: a.hidden_size, story }, asked);
    }
    const { sums, old, f, o, c } = unitOf(inputs, a.hidden_size, index);
    const [dh, dc] = [cotangents['h']?.data[index] ?? 0, cotangents['c']?.data[index] ?? 0];
    const squashed = Math.tanh(c);
    const slope = o * (1 - squashed * squashed);
    const total = dc + dh * slope;
    return {
      text: `(∂L/∂c' + ∂L/∂h' · o·(1 − tanh² c')) · f = (${say(dc)} + ${say(dh)} · ${say(slope)}) · ${say(f)} = ${say(total * f)}`,
      paths: [
        { label: "through c': ∂L/∂c' · f", value: dc * f },
        { label: "through h': ∂L/∂h' · o·(1 − tanh² c') · f", value: dh * slope * f },
      ],
      parts: explainLstmUnit(sums, old).parts,
    };
  },
  expand: ({ attributes: a, inputs }) =>
    lstmFragment(a.hidden_size, a.bias, inputs['h'] !== undefined, inputs['c'] !== undefined),
  flops({ inputs, outputs, attributes: a }) {
    const units = numel(outputs.h.shape);
    return 8 * units * ((inputs.x.shape.at(-1) as number) + (inputs.h ? a.hidden_size : 0)) + 16 * units;
  },
  onnx: null,
  pytorch: 'torch.nn.LSTMCell',
  samples: [
    { attributes: { hidden_size: 3 }, inputs: { x: [2, 4], h: [2, 3], c: [2, 3] } },
    { attributes: { hidden_size: 2, bias: false }, inputs: { x: [3, 2], h: [3, 2], c: [3, 2] } },
    { attributes: { hidden_size: 2 }, inputs: { x: [2, 3] } },
    { attributes: { hidden_size: 2 }, inputs: { x: [2, 3], c: [2, 2] } },
    { attributes: { hidden_size: 2 }, inputs: { x: [3], h: [2], c: [2] } },
  ],
});
