// RNN, LSTM and GRU: our operators where they compute the same, else unrolled; and back.
import type { OnnxForm } from '../../onnx-form.ts';
import type { ReadContext } from '../../reading/read-context.ts';
import { type Activation, activationsOf } from './activations.ts';
import { type Kind, kinds, readNative, type Sequence, sequenceOf } from './sequence.ts';
import { gruStep, lstmStep, readUnrolled, rnnStep, type Step } from './unrolled.ts';
import { writeSequence } from './write-sequence.ts';

interface Reading {
  readonly sequence: Sequence;
  readonly activations: readonly (readonly Activation[])[];
  /** Nothing set apart from what our operators have, activations aside. */
  readonly plain: boolean;
}

function begin(context: ReadContext, kind: Kind): Reading {
  context.ignore('hidden_size', 'output_sequence');
  const sequence = sequenceOf(context, kind);
  const activations = activationsOf(context, kind.activations, sequence.directions.length);
  const plain =
    sequence.lengths === undefined &&
    context.float('clip') === undefined &&
    !(kind.peepholes !== undefined && context.given(kind.peepholes));
  return { sequence, activations, plain };
}

function named(activations: Reading['activations'], names: readonly string[]): boolean {
  return activations.every((list) => list.every(({ name }, i) => name === names[i]?.toLowerCase()));
}

function finish(
  context: ReadContext,
  { sequence, activations, plain }: Reading,
  { native, step, attributes = {} }: { native: boolean; step: Step; attributes?: Readonly<Record<string, unknown>> },
): void {
  if (plain && native) readNative(context, sequence, attributes);
  else readUnrolled(context, sequence, activations, step);
}

export const recurrentForms: readonly OnnxForm[] = [
  {
    op: 'RNN',
    read(context) {
      const reading = begin(context, kinds.RNN);
      const nonlinearity = ['tanh', 'relu'].find((name) => named(reading.activations, [name]));
      const native = nonlinearity !== undefined;
      finish(context, reading, { native, step: rnnStep, ...(native ? { attributes: { nonlinearity } } : {}) });
    },
    write: { rnn: (context) => writeSequence(context, 'RNN', kinds.RNN) },
  },
  {
    op: 'LSTM',
    read(context) {
      const reading = begin(context, kinds.LSTM);
      const coupled = context.int('input_forget', 0) !== 0;
      const native = !coupled && named(reading.activations, kinds.LSTM.activations);
      finish(context, reading, { native, step: lstmStep(coupled) });
    },
    write: { lstm: (context) => writeSequence(context, 'LSTM', kinds.LSTM) },
  },
  {
    op: 'GRU',
    read(context) {
      const reading = begin(context, kinds.GRU);
      const linear = context.int('linear_before_reset', 0) !== 0;
      const native = linear && named(reading.activations, kinds.GRU.activations);
      finish(context, reading, { native, step: gruStep(linear) });
    },
    write: { gru: (context) => writeSequence(context, 'GRU', kinds.GRU) },
  },
];
