// Sequences of cells with one state (rnn, gru): all of the record that follows from the cell. With a cell state: lstm.ts.
import type { Fragment } from '../../program/fragment.ts';
import type {
  CostContext,
  ExplainContext,
  ExplainGradientContext,
  ForwardContext,
  GradientContext,
  InferContext,
  ReferenceContext,
  TensorType,
} from '../define-operator.ts';
import { explainSequenceGradient } from './explain-sequence-gradient.ts';
import { emitSequence, emitSequenceGradients, type SequenceCell } from './sequence.ts';
import { sequenceFragment } from './sequence-fragment.ts';
import {
  inferSequence,
  type SequenceAttributes,
  sequenceFlops,
  sequenceInputs,
  sequenceOutputs,
  sequenceParameters,
} from './sequence-ports.ts';
import { explainSequence, sequenceReference, type TellUnit, type UnitFunction } from './sequence-reference.ts';

type I = typeof sequenceInputs;
type P = typeof sequenceParameters;
type O = typeof sequenceOutputs;

export interface StateSequence<A> {
  readonly cell: SequenceCell<A>;
  /** One unit of a step in float64. */
  readonly reference: UnitFunction<A>;
  readonly tell: TellUnit<A>;
  /** Names of the sums that a step makes for each unit of its state. */
  readonly gates: readonly string[];
  /** The operator of one step and its attributes: what *step inside* shows. */
  step(attributes: A): { readonly op: string; readonly attributes: Readonly<Record<string, unknown>> };
}

/** The fields of an operator's record for a cell whose only state is h (RNN, GRU) run over a sequence. */
export function stateSequence<A extends SequenceAttributes>({
  cell,
  reference: unit,
  tell,
  gates,
  step,
}: StateSequence<A>) {
  return {
    inputs: sequenceInputs,
    parameters: sequenceParameters,
    outputs: sequenceOutputs,
    traits: {},
    gradientFlow: 'weighs' as const,
    infer(context: InferContext<I, P, A>) {
      const sequence = inferSequence(context, gates.length);
      if (!sequence) return null;
      const { y, state, parameters } = sequence;
      return { outputs: { y, h_n: state }, parameters };
    },
    forward({ emit, inputs, attributes }: ForwardContext<I, P, O, A>) {
      const { saved, y, h_n: h } = emitSequence(emit, cell, inputs, attributes);
      return { outputs: { y, h_n: h }, saved };
    },
    gradient: ({ emit, inputs, attributes, cotangents, ...way }: GradientContext<I, P, O, A>) =>
      emitSequenceGradients(emit, cell, inputs, attributes, cotangents, way),
    reference({ inputs, attributes }: ReferenceContext<I, P, O, A>) {
      const { y, h_n: h } = sequenceReference(inputs, attributes, gates.length, unit);
      return { y, h_n: h };
    },
    explain({ inputs, attributes, port, index }: ExplainContext<I, P, O, A>) {
      return explainSequence(inputs, attributes, { gates: gates.length, unit, tell }, port, index);
    },
    explainGradient({ inputs, attributes, ...asked }: ExplainGradientContext<I, P, O, A>) {
      return explainSequenceGradient(inputs, attributes, { gates, unit, tell }, asked);
    },
    expand({
      attributes,
      inputs,
    }: {
      readonly attributes: A;
      readonly inputs: Readonly<Record<string, TensorType>>;
    }): Fragment {
      const time = inputs['x']?.shape[0] ?? 0;
      const one = { ...step(attributes), states: ['h'] } as const;
      return sequenceFragment(attributes, time, one, (port) => inputs[port] !== undefined);
    },
    flops: ({ inputs, attributes }: CostContext<I, P, O, A>) => sequenceFlops(attributes, inputs.x.shape, gates.length),
  };
}
