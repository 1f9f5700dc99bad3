// gru_cell: one step of a gated recurrent unit.  Formula  r, z = σ(a + b);  n = tanh(a_n + r·b_n);  h' = (1 − z)·n + z·h
// Shapes  x f32[N,D] or [D]  h f32[N,H] (zeros when unwired)  weight_ih [3H,D]  weight_hh [3H,H]  biases [3H], rows in the order r, z, n;
// a = x·W_ihᵀ + b_ih, b = h·W_hhᵀ + b_hh
// Errors  E_FEATURES  E_STATE                    Gradient  s = dh'·(1 − z)·(1 − n²) reaches a_n, s·r reaches b_n, s·b_n reaches r, dh'·(h − n) z, dh'·z h
// Source  Cho et al. 2014; PyTorch nn.GRUCell (the reset gate acts on the product)
import { z } from 'zod';
import { insertAxis, type Operand, permuteAxes, type Ref, sliceAxis } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
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
  halvesOf,
  inferCell,
  rowFactors,
} from './cell.ts';
import { explainCellGradient } from './explain-cell-gradient.ts';
import { explainGruUnit, gruGates } from './explain-units.ts';
import { gruFragment } from './gru-fragment.ts';
import { gruReference, gruStep, gruStepBack } from './units.ts';

const attributes = z.strictObject(cellAttributes);

/** rows · weightᵀ + bias */
function emitHalf(emit: Emitter, from: Ref, weight: Ref, bias: Ref | undefined): Ref {
  return emit.gemm({
    a: asRows(emit, from),
    b: permuteAxes(weight, [1, 0]),
    ...(bias ? { epilogue: { operands: [bias], value: (e, sum, b) => e.add(sum, b) } } : {}),
  });
}

/** b of an unwired state: its bias, or zeros, repeated for every row. */
function stateHalf(emit: Emitter, t: CellTensors<Ref>): Operand {
  if (t.h) return emitHalf(emit, t.h, t.weight_hh, t.bias_hh);
  return insertAxis(t.bias_hh ?? emit.fill(t.weight_hh.shape.slice(0, 1), 0), 0);
}

/** Gates and new state of element `index`, in float64. */
function unitOf(t: CellTensors<ReferenceTensor>, hidden: number, index: number) {
  const row = Math.floor(index / hidden);
  const [r, z, n] = [0, 1, 2].map((gate) => halvesOf(t, row, gate * hidden + (index % hidden))) as [
    [number, number],
    [number, number],
    [number, number],
  ];
  const old = t.h?.data[index] ?? 0;
  return { halves: [r, z, n] as const, ...gruReference([r[0], z[0], n[0]], [r[1], z[1], n[1]], old), old, row };
}

function storyOf({ halves: [r, z, n], old }: ReturnType<typeof unitOf>) {
  return explainGruUnit([r[0], z[0], n[0]], [r[1], z[1], n[1]], old);
}

export const gruCell = defineOperator({
  id: 'gru_cell',
  family: 'recurrent',
  title: 'GRU cell',
  summary: 'One step of a gated recurrent unit: gates decide how much of the old state is kept and seen.',
  formula: "h' = (1 - z) \\odot n + z \\odot h, \\quad n = \\tanh(a_n + r \\odot b_n), \\quad r, z = \\sigma(a + b)",
  gradientFormula:
    "s = dh' \\odot (1 - z) \\odot (1 - n^2), \\quad da_n = s, \\quad db_n = s \\odot r, \\quad dr = s \\odot b_n, \\quad dz = dh' \\odot (h - n)",
  gradientNote: 'Each gate through its own slope, then as linear; h gets dh′·z besides.',
  shapes: {
    x: '[N, D] or [D]',
    h: '[N, H] or [H]; zeros when unwired',
    weight_ih: '[3H, D]',
    weight_hh: '[3H, H]',
    bias_ih: '[3H]',
    bias_hh: '[3H]',
  },
  source: 'Cho et al. 2014 (arXiv:1406.1078); PyTorch torch.nn.GRUCell',
  keywords: ['recurrent', 'gated recurrent unit', 'gates', 'reset gate', 'update gate'],
  inputs: { x: { title: 'Input', rank: [1, 2] }, h: { title: 'State', rank: [1, 2], optional: true } },
  parameters: cellParameters,
  outputs: { h: { title: 'New state' } },
  attributes,
  traits: {},
  gradientFlow: 'weighs',
  infer(context) {
    const cell = inferCell(context, 3);
    return cell && { outputs: { h: cell.state }, parameters: cell.parameters };
  },
  forward({ emit, inputs, attributes: a, outputs }) {
    const hidden = a.hidden_size;
    const halves = [emitHalf(emit, inputs.x, inputs.weight_ih, inputs.bias_ih), stateHalf(emit, inputs)];
    const windows = halves.flatMap((half) => [0, 1, 2].map((gate) => sliceAxis(half, 1, gate * hidden, hidden)));
    const old = inputs.h ? [asRows(emit, inputs.h)] : [];
    const [h, r, update, n, bn] = emit.mapMany([...windows, ...old], gruStep) as [Ref, Ref, Ref, Ref, Ref];
    return { outputs: { h: asShape(emit, h, outputs.h.shape) }, saved: { r, z: update, n, b_n: bn } };
  },
  gradient({ emit, inputs, cotangents, saved, needs, note }) {
    const dh = asRows(emit, cotangents.h);
    const old = inputs.h ? [asRows(emit, inputs.h)] : [];
    const gates = [saved('r'), saved('z'), saved('n'), saved('b_n'), dh, ...old];
    return emitSumGradients(
      emit,
      inputs,
      emit.mapColumns(gates, gruStepBack(false)),
      { needs, note },
      {
        dState: emit.mapColumns(gates, gruStepBack(true)),
        direct: { operands: [dh, saved('z')], value: (e, sum, d, keep) => e.add(sum, e.mul(d, keep)) },
      },
    );
  },
  reference({ inputs, attributes: a, outputs }) {
    const h = new Float64Array(numel(outputs.h.shape));
    return { h: h.map((_, index) => unitOf(inputs, a.hidden_size, index).h) };
  },
  explain({ inputs, attributes: a, index }) {
    const unit = unitOf(inputs, a.hidden_size, index);
    const { z: keep, n, old, h, row } = unit;
    const story = storyOf(unit);
    const terms = [
      { value: (1 - keep) * n, factors: rowFactors(inputs, row), label: '(1 − z)·n' },
      { value: keep * old, factors: inputs.h ? [{ port: 'h', index, value: old }] : [], label: 'z·h' },
    ];
    return { by: 'sum', terms, result: h, text: `${story.h} = ${say(h)}`, parts: story.parts };
  },
  explainGradient: ({ inputs, attributes: a, ...asked }) =>
    explainCellGradient(
      inputs,
      { gates: gruGates, hidden: a.hidden_size, story: (place) => storyOf(unitOf(inputs, a.hidden_size, place)) },
      asked,
    ),
  expand: ({ attributes: a, inputs }) => gruFragment(a.hidden_size, a.bias, inputs['h'] !== undefined),
  flops({ inputs, outputs, attributes: a }) {
    const units = numel(outputs.h.shape);
    return 6 * units * ((inputs.x.shape.at(-1) as number) + (inputs.h ? a.hidden_size : 0)) + 14 * units;
  },
  onnx: null,
  pytorch: 'torch.nn.GRUCell',
  samples: [
    { attributes: { hidden_size: 3 }, inputs: { x: [2, 4], h: [2, 3] } },
    { attributes: { hidden_size: 2, bias: false }, inputs: { x: [3, 2], h: [3, 2] } },
    { attributes: { hidden_size: 2 }, inputs: { x: [2, 3] } },
    { attributes: { hidden_size: 2, bias: false }, inputs: { x: [2, 3] } },
    { attributes: { hidden_size: 2 }, inputs: { x: [3], h: [2] } },
  ],
});
