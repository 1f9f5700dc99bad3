// A recurrent cell over a whole sequence, in layers and both directions: what rnn, lstm and gru emit. All x·W_ihᵀ of a layer
// are one matrix product over time; each step adds h·W_hhᵀ and goes through its cell's fused pass. Weight gradients are one
// product over all steps, too.
import { insertAxis, type Operand, permuteAxes, type Ref, selectIndex, sliceAxis } from '../../program/access.ts';
import type { Emitter, EpilogueOptions } from '../../program/emitter.ts';
import { numel } from '../../tensor/shape.ts';
import type { GradientContext } from '../define-operator.ts';
import { shaped } from '../support/shaped.ts';
import {
  directionsOf,
  noteName,
  parametersOf,
  type SequenceAttributes,
  type Track,
  tracksOf,
} from './sequence-ports.ts';

/** One step: the half of the gates' sums that comes from x as [N, gates·H], and what makes the other half. */
export interface StepGiven {
  readonly fromX: Operand;
  readonly weight: Ref;
  readonly bias: Ref | undefined;
  readonly h: Ref | undefined;
  readonly c: Ref | undefined;
}

export interface StepTaken {
  readonly h: Ref;
  readonly c?: Ref;
  /** For the way back, in the cell's own order. */
  readonly saved: readonly Ref[];
}

export interface StepBack {
  /** Gradients of both halves of the sums; the same one where the cell adds them up. */
  readonly fromX: Ref;
  readonly fromH: Ref;
  /** What reaches the old state past the sums. */
  readonly direct?: EpilogueOptions;
  readonly c?: Ref;
}

export interface SequenceCell<A> {
  /** Length of `saved`. */
  readonly saves: number;
  readonly hasCellState: boolean;
  step(emit: Emitter, given: StepGiven, attributes: A): StepTaken;
  back(
    emit: Emitter,
    given: {
      readonly saved: readonly Ref[];
      /** The new state, and the old ones. */
      readonly taken: Ref;
      readonly h: Ref | undefined;
      readonly c: Ref | undefined;
      readonly dh: Operand;
      readonly dc: Operand | undefined;
    },
    attributes: A,
  ): StepBack;
}

type Tensors = Readonly<Record<string, Ref | undefined>>;
type Gradient = GradientContext<Record<never, never>, Record<never, never>, Record<never, never>, unknown>;

/** Sums in front of the gates: fromX + h·Wᵀ + bias, through `value`. */
export function emitGates(
  emit: Emitter,
  { fromX, weight, bias, h }: StepGiven,
  value: EpilogueOptions['value'] = (_, sum) => sum,
): Ref {
  const operands = [fromX, ...(bias ? [bias] : [])];
  const all: EpilogueOptions['value'] = (e, ...lines) =>
    value(
      e,
      lines.reduce((sum, line) => e.add(sum, line)),
    );
  if (!h) return emit.map(operands, all);
  return emit.gemm({ a: h, b: permuteAxes(weight, [1, 0]), epilogue: { operands, value: all } });
}

/** Names of saved values. */
const name = {
  /** What a layer is made from: x, or the layer below; of the number of layers, what the last one made. */
  below: (layer: number) => `below_l${layer}`,
  taken: ({ slot }: Track, t: number) => noteName('taken', slot, t),
  cell: ({ slot }: Track, t: number) => noteName('cell', slot, t),
  first: (state: 'h' | 'c', { slot }: Track) => `first_${state}_${slot}`,
  step: ({ slot }: Track, t: number, i: number) => `step_${slot}_${t}_${i}`,
};

/** y, h_n and, of cells that have one, c_n; `saved` for the way back. */
export function emitSequence<A extends SequenceAttributes>(
  emit: Emitter,
  cell: SequenceCell<A>,
  inputs: Tensors & { readonly x: Ref },
  attributes: A,
) {
  const { x } = inputs;
  const [time, batch] = x.shape as [number, number, number];
  const hidden = attributes.hidden_size;
  const width = directionsOf(attributes) * hidden;
  const tracks = tracksOf(attributes, time);
  const saved: Record<string, Ref> = {};
  const last: Record<'h' | 'c', { operand: Operand; at: number[] }[]> = { h: [], c: [] };
  const keep = (as: string, ref: Ref | undefined): Ref | undefined => {
    if (ref) saved[as] = ref;
    return ref;
  };
  let below = shaped(emit, x, [time * batch, numel(x.shape.slice(2))]);
  for (let layer = 0; layer < attributes.num_layers; layer++) {
    keep(name.below(layer), below);
    const pieces: { operand: Operand; at: number[] }[] = [];
    for (const track of tracks.filter((each) => each.layer === layer)) {
      const p = parametersOf(inputs, track);
      const epilogue = p.bias_ih && {
        operands: [p.bias_ih],
        value: ((e, sum, b) => e.add(sum, b)) satisfies EpilogueOptions['value'],
      };
      const fromX = emit.gemm({ a: below, b: permuteAxes(p.weight_ih, [1, 0]), ...(epilogue ? { epilogue } : {}) });
      const start = (state: 'h' | 'c') => {
        const given = inputs[`${state}0`];
        return keep(name.first(state, track), given && emit.copy(selectIndex(given, 0, track.slot)));
      };
      let [h, c] = [start('h'), start('c')];
      for (const t of track.order) {
        const half = sliceAxis(fromX, 0, t * batch, batch);
        const taken = cell.step(emit, { fromX: half, weight: p.weight_hh, bias: p.bias_hh, h, c }, attributes);
        for (const [i, ref] of taken.saved.entries()) keep(name.step(track, t, i), ref);
        h = keep(name.taken(track, t), taken.h);
        c = keep(name.cell(track, t), taken.c);
        pieces.push({ operand: taken.h, at: [t * batch, track.direction * hidden] });
      }
      if (h) last.h.push({ operand: insertAxis(h, 0), at: [track.slot, 0, 0] });
      if (c) last.c.push({ operand: insertAxis(c, 0), at: [track.slot, 0, 0] });
    }
    below = emit.assemble([time * batch, width], pieces);
  }
  keep(name.below(attributes.num_layers), below);
  const states = [tracks.length, batch, hidden];
  return {
    y: shaped(emit, below, [time, batch, width]),
    h_n: emit.assemble(states, last.h),
    c_n: cell.hasCellState ? emit.assemble(states, last.c) : undefined,
    saved,
  };
}

/** Σ of what is given; undefined when nothing is. */
function summed(emit: Emitter, parts: readonly (Operand | undefined)[]): Operand | undefined {
  const given = parts.filter((part) => part !== undefined);
  if (given.length < 2) return given[0];
  return emit.map(given, (e, ...lines) => lines.reduce((sum, line) => e.add(sum, line)));
}

/** Gradients of x, of the first states and of all parameters that are asked for. */
export function emitSequenceGradients<A extends SequenceAttributes>(
  emit: Emitter,
  cell: SequenceCell<A>,
  inputs: Tensors & { readonly x: Ref },
  attributes: A,
  cotangents: Tensors,
  { saved, needs, note }: Pick<Gradient, 'saved' | 'needs' | 'note'>,
): Record<string, Ref | undefined> {
  const [time, batch] = inputs.x.shape as [number, number, number];
  const hidden = attributes.hidden_size;
  const tracks = tracksOf(attributes, time);
  const rows = time * batch;
  const gradients: Record<string, Ref | undefined> = {};
  const starts: Record<'h' | 'c', { operand: Operand; at: number[] }[]> = { h: [], c: [] };
  let above = cotangents['y'] && shaped(emit, cotangents['y'], [rows, directionsOf(attributes) * hidden]);
  for (let layer = attributes.num_layers - 1; layer >= 0; layer--) {
    const below = saved(name.below(layer));
    const shares: Ref[] = [];
    for (const track of tracks.filter((each) => each.layer === layer)) {
      const p = parametersOf(inputs, track);
      const before = (state: 'h' | 'c', k: number): Ref | undefined => {
        const t = track.order[k - 1];
        if (t !== undefined) return state === 'h' ? saved(name.taken(track, t)) : saved(name.cell(track, t));
        return inputs[`${state}0`] ? saved(name.first(state, track)) : undefined;
      };
      const ofStep = (t: number): Operand | undefined =>
        above && sliceAxis(sliceAxis(above, 0, t * batch, batch), 1, track.direction * hidden, hidden);
      const ofLast = (port: 'h_n' | 'c_n') => cotangents[port] && selectIndex(cotangents[port], 0, track.slot);
      const halves: { x: { operand: Ref; at: number[] }[]; h: { operand: Ref; at: number[] }[] } = { x: [], h: [] };
      const olds: { operand: Ref; at: number[] }[] = [];
      let apart = false;
      let [dh, dc] = [ofLast('h_n') as Operand | undefined, ofLast('c_n') as Operand | undefined];
      for (let k = time - 1; k >= 0; k--) {
        const t = track.order[k] as number;
        const [h, c] = [before('h', k), cell.hasCellState ? before('c', k) : undefined];
        const arriving = summed(emit, [dh, ofStep(t)]) ?? emit.fill([batch, hidden], 0);
        const steps = Array.from({ length: cell.saves }, (_, i) => saved(name.step(track, t, i)));
        const given = { saved: steps, taken: saved(name.taken(track, t)), h, c, dh: arriving, dc };
        const back = cell.back(emit, given, attributes);
        apart ||= back.fromX !== back.fromH;
        note(noteName('sums', track.slot, t), back.fromX);
        if (back.fromX !== back.fromH) note(noteName('state_sums', track.slot, t), back.fromH);
        if (!('ref' in arriving)) note(name.taken(track, t), arriving);
        if (dc && !('ref' in dc)) note(name.cell(track, t), dc);
        halves.x.push({ operand: back.fromX, at: [t * batch, 0] });
        halves.h.push({ operand: back.fromH, at: [t * batch, 0] });
        if (h) olds.push({ operand: h, at: [t * batch, 0] });
        const wanted = k > 0 || (h !== undefined && needs('h0'));
        dh = wanted
          ? emit.gemm({ a: back.fromH, b: p.weight_hh, ...(back.direct ? { epilogue: back.direct } : {}) })
          : undefined;
        dc = back.c;
      }
      if (dh && inputs['h0']) starts.h.push({ operand: insertAxis(dh, 0), at: [track.slot, 0, 0] });
      if (dc && inputs['c0']) starts.c.push({ operand: insertAxis(dc, 0), at: [track.slot, 0, 0] });
      const units = p.weight_ih.shape[0] as number;
      const dX = emit.assemble([rows, units], halves.x);
      const dH = apart ? emit.assemble([rows, units], halves.h) : dX;
      const put = (part: 'weight_ih' | 'weight_hh' | 'bias_ih' | 'bias_hh', make: () => Ref) => {
        const port = `${part}_${track.suffix}`;
        if (p[part] && needs(port)) gradients[port] = make();
      };
      put('weight_ih', () => emit.gemm({ a: permuteAxes(dX, [1, 0]), b: below }));
      put('weight_hh', () => {
        if (inputs['h0'] || time === 1)
          return emit.gemm({ a: permuteAxes(dH, [1, 0]), b: emit.assemble([rows, hidden], olds) });
        // All old states but the first ones, which are zero, stand in a row in what the layer made.
        const steps = (operand: Operand, first: number) => sliceAxis(operand, 0, first * batch, rows - batch);
        const made = sliceAxis(saved(name.below(layer + 1)), 1, track.direction * hidden, hidden);
        const forwards = track.direction === 0;
        return emit.gemm({ a: permuteAxes(steps(dH, forwards ? 1 : 0), [1, 0]), b: steps(made, forwards ? 0 : 1) });
      });
      put('bias_ih', () => emit.reduce([dX], { axes: [0] }));
      put('bias_hh', () => emit.reduce([dH], { axes: [0] }));
      if (layer > 0 || needs('x')) shares.push(emit.gemm({ a: dX, b: p.weight_ih }));
    }
    above = summed(emit, shares) as Ref | undefined;
  }
  const ofStates = (state: 'h' | 'c') => {
    const given = inputs[`${state}0`];
    return given && needs(`${state}0`) ? emit.assemble(given.shape, starts[state]) : undefined;
  };
  return {
    ...gradients,
    x: needs('x') && above ? shaped(emit, above, inputs.x.shape) : undefined,
    h0: ofStates('h'),
    c0: ofStates('c'),
  };
}
