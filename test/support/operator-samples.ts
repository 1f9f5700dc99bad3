// Numbers for an operator's samples: seeded, distinct within a tensor and away from 0, so that a small step crosses no kink.
import type { Operator, ParameterType, Sample, SampleInput, TensorType } from '../../src/operators/define-operator.ts';
import { createRandom } from '../../src/tensor/random.ts';
import { numel, type Shape } from '../../src/tensor/shape.ts';
import { type AnyInferred, type Inference, inferOperator, type Numbers } from './operator-harness.ts';

/** `count` shuffled numbers between low and high, one from the middle half of each of `count` equal intervals. */
export function distinctNumbers(count: number, low: number, high: number, name: string, seed = 1): Float64Array {
  const random = createRandom(seed, name);
  const width = (high - low) / count;
  const numbers = Float64Array.from({ length: count }, (_, k) => low + (k + 0.25 + 0.5 * random.uniform()) * width);
  for (let i = count - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [numbers[i], numbers[j]] = [numbers[j] as number, numbers[i] as number];
  }
  return numbers;
}

/** Numbers on both sides of 0, none within 0.05 of it. */
export function distinctSigned(count: number, name: string, seed = 1): Float64Array {
  return distinctNumbers(count, -1.3, 1.7, name, seed).map((x) => x + (x < 0 ? -0.05 : 0.05));
}

export interface DrawnSample extends Inference {
  readonly inferred: AnyInferred;
  /** Inputs and owned parameters. */
  readonly inputs: Readonly<Record<string, Numbers>>;
  readonly state: Readonly<Record<string, Numbers>>;
  readonly mode: 'train' | 'eval';
  /** What the program saved, where the reference depends on it: a mask drawn at random. */
  readonly saved?: Readonly<Record<string, Numbers>>;
}

/** Values for a sample's inputs, the parameters that inference asks for, and state. A diagnostic throws. */
export function drawSample(operator: Operator, sample: Sample, seed = 1): DrawnSample {
  const drawn = tryDraw(operator, sample, seed);
  if ('inputs' in drawn) return drawn;
  throw new Error(`${operator.id}: ${drawn.diagnostics.map((d) => d.message).join('; ')}`);
}

/** The same, or what inference has against it. */
export function tryDraw(operator: Operator, sample: Sample, seed: number): DrawnSample | Inference {
  const inputs: Record<string, Numbers> = {};
  for (const [name, given] of Object.entries(sample.inputs)) inputs[name] = drawInput(operator, name, given, seed);
  const mode = sample.mode ?? 'eval';
  const types: Readonly<Record<string, TensorType>> = inputs;
  const inference = inferOperator(operator, { attributes: sample.attributes ?? {}, mode, inputs: types });
  const { inferred } = inference;
  if (!inferred) return inference;
  for (const [name, { shape }] of Object.entries(inferred.parameters ?? {}) as [string, ParameterType][]) {
    inputs[name] ??= { dtype: 'float32', shape, data: distinctSigned(numel(shape), name, seed) };
  }
  const state: Record<string, Numbers> = {};
  for (const [name, { shape }] of Object.entries(inferred.state ?? {})) {
    state[name] = { dtype: 'float32', shape, data: distinctNumbers(numel(shape), 0.5, 1.5, name, seed) };
  }
  return { ...inference, inferred, inputs, state, mode };
}

function drawInput(operator: Operator, name: string, given: SampleInput, seed: number): Numbers {
  const port = operator.inputs[name] ?? operator.inputs[name.replace(/\d+$/, '')];
  const dtype = port?.dtype === 'int32' ? 'int32' : 'float32';
  if (!('shape' in given)) {
    const shape: Shape = given;
    return { dtype, shape, data: distinctSigned(numel(shape), name, seed) };
  }
  const count = numel(given.shape);
  if ('below' in given) {
    const random = createRandom(seed, name);
    return {
      dtype: 'int32',
      shape: given.shape,
      data: Int32Array.from({ length: count }, () => random.integer(given.below)),
    };
  }
  return { dtype, shape: given.shape, data: distinctNumbers(count, given.low, given.high, name, seed) };
}
