// Ports, attributes and inference of recurrent layers over whole sequences. Parameters are called as PyTorch calls them:
// weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, of further layers l1 …, of the backward direction with _reverse.
// States are [layers·directions, N, H], layer by layer, forwards before backwards.
import { z } from 'zod';
import { mostSteps } from '../../program/most-steps.ts';
import { formatShape, type Shape, sameShape } from '../../tensor/shape.ts';
import type { InferContext, ParameterType, TensorType } from '../define-operator.ts';
import { followsWire } from '../support/inferred-size.ts';
import { cellAttributes, cellParameters, gateParameters } from './cell.ts';

const mostLayers = 4;

export const sequenceInputs = {
  x: { title: 'Sequence', rank: 3 },
  h0: { title: 'First state', rank: 3, optional: true },
} as const;

export const sequenceOutputs = { y: { title: 'States of the last layer' }, h_n: { title: 'Last states' } } as const;

export interface OptionalPort {
  readonly title: string;
  readonly optional: true;
}

export const sequenceParameters: Readonly<Record<string, OptionalPort>> = Object.fromEntries(
  Array.from({ length: 2 * mostLayers }, (_, slot) => suffixOf(Math.floor(slot / 2), slot % 2 === 1)).flatMap(
    (suffix) =>
      Object.entries(cellParameters).map(([part, { title }]) => [
        `${part}_${suffix}`,
        { title: `${title}, ${suffix}`, optional: true as const },
      ]),
  ),
);

const { bias, ...sizes } = cellAttributes;

export const sequenceAttributes = {
  ...sizes,
  num_layers: z
    .int()
    .min(1)
    .max(mostLayers)
    .default(1)
    .meta({ title: 'Layers', description: 'Each reads the states of the one below' }),
  bidirectional: z
    .boolean()
    .default(false)
    .meta({ title: 'Both directions', description: 'States from both ends, side by side' }),
  bias,
};

export type SequenceAttributes = z.output<z.ZodObject<typeof sequenceAttributes>>;

export interface LayerParameters<T> {
  readonly weight_ih: T;
  readonly weight_hh: T;
  readonly bias_ih: T | undefined;
  readonly bias_hh: T | undefined;
}

export interface Track {
  readonly layer: number;
  /** Place among the states. */
  readonly slot: number;
  /** 0 forwards, 1 backwards. */
  readonly direction: number;
  /** `l0`, `l0_reverse`: end of its parameters' names. */
  readonly suffix: string;
  /** Steps in the order in which they run. */
  readonly order: readonly number[];
}

/** What stands at a step of a track: its states, and on the way back the gradients of its gates' sums (both halves, where they differ). */
export type StepNote = 'taken' | 'cell' | 'sums' | 'state_sums';

/** By its name: `grad(lstm.sums_0_3)` is ∂loss/∂(the gates' sums of step 3). */
export function noteName(note: StepNote, slot: number, step: number): string {
  return `${note}_${slot}_${step}`;
}

/** What a saved value's name says (`sums_0_3`: of track 0, step 3); undefined for any other name. */
export function readNote(
  name: string,
): { readonly note: StepNote; readonly slot: number; readonly step: number } | undefined {
  const [, note, slot, step] = /^(taken|cell|sums|state_sums)_(\d+)_(\d+)$/.exec(name) ?? [];
  return note === undefined ? undefined : { note: note as StepNote, slot: Number(slot), step: Number(step) };
}

/** 2 where it runs both ways, otherwise 1. */
export function directionsOf({ bidirectional }: SequenceAttributes): number {
  return bidirectional ? 2 : 1;
}

function suffixOf(layer: number, reverse: boolean): string {
  return `l${layer}${reverse ? '_reverse' : ''}`;
}

/** One track for each layer and direction, in the order of the states. */
export function tracksOf(a: SequenceAttributes, time: number): Track[] {
  const directions = directionsOf(a);
  return Array.from({ length: a.num_layers * directions }, (_, slot) => {
    const [layer, direction] = [Math.floor(slot / directions), slot % directions];
    const order = Array.from({ length: time }, (__, k) => (direction === 1 ? time - 1 - k : k));
    return { layer, slot, direction, suffix: suffixOf(layer, direction === 1), order };
  });
}

/** A track's own, under the names that they have without its suffix. */
export function parametersOf<T>(all: Readonly<Record<string, T | undefined>>, { suffix }: Track): LayerParameters<T> {
  return {
    weight_ih: all[`weight_ih_${suffix}`] as T,
    weight_hh: all[`weight_hh_${suffix}`] as T,
    bias_ih: all[`bias_ih_${suffix}`],
    bias_hh: all[`bias_hh_${suffix}`],
  };
}

interface SequenceContext
  extends Pick<
    InferContext<Record<never, never>, Record<never, never>, SequenceAttributes>,
    'attributes' | 'source' | 'fail'
  > {
  readonly inputs: {
    readonly x: TensorType;
    readonly h0: TensorType | undefined;
    readonly c0?: TensorType | undefined;
  };
}

/** Types of y, of the states and of the parameters of cells with this many gates; null after a diagnostic. */
export function inferSequence(
  context: SequenceContext,
  gates: number,
): {
  readonly y: TensorType;
  readonly state: TensorType;
  readonly parameters: Readonly<Record<string, ParameterType>>;
} | null {
  const { inputs, attributes: a, source, fail } = context;
  const [time, batch, features] = inputs.x.shape as [number, number, number];
  if (time === 0)
    return fail('E_EMPTY', { port: 'x' }, `has no steps: ${formatShape(inputs.x.shape)} from ${source('x')}`);
  const steps = time * a.num_layers * directionsOf(a);
  if (steps > mostSteps) {
    const message = `would take ${time} time steps through each of ${steps / time} layers and directions, ${mostSteps} in all are allowed`;
    return fail('E_STEPS', { port: 'x' }, message);
  }
  if (!followsWire(context, 'input_size', a.input_size, features, 'features')) return null;
  const directions = directionsOf(a);
  const shape: Shape = [a.num_layers * directions, batch, a.hidden_size];
  for (const port of ['h0', 'c0'] as const) {
    const given = inputs[port]?.shape;
    if (!given || sameShape(given, shape)) continue;
    const told = `states of ${formatShape(shape)} (layers·directions × batch × hidden_size)`;
    return fail('E_STATE', { port }, `expects ${told}, gets ${formatShape(given)} from ${source(port)}`);
  }
  const parameters: Record<string, ParameterType> = {};
  for (const { layer, suffix } of tracksOf(a, time)) {
    const seen = layer === 0 ? features : directions * a.hidden_size;
    for (const [part, type] of Object.entries(gateParameters(a, gates, seen))) parameters[`${part}_${suffix}`] = type;
  }
  return {
    y: { dtype: 'float32', shape: [time, batch, directions * a.hidden_size] },
    state: { dtype: 'float32', shape },
    parameters,
  };
}

/** One product for every weight and step, and the gates. */
export function sequenceFlops(a: SequenceAttributes, x: Shape, gates: number): number {
  const [time, batch, features] = x as [number, number, number];
  const units = gates * a.hidden_size;
  const perStep = tracksOf(a, time).reduce((sum, { layer }) => {
    const seen = layer === 0 ? features : directionsOf(a) * a.hidden_size;
    return sum + 2 * units * (seen + a.hidden_size) + 4 * units;
  }, 0);
  return time * batch * perStep;
}
