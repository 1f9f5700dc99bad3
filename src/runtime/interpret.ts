// Runs a plan on the plain TypeScript references, every value in an array of its own: the oracle of whole plans, and in
// float64 the basis of gradient checks. Knows no arena.
import { runReference } from '../kernels/reference/reference.ts';
import { initialize } from '../program/initializer.ts';
import type { Plan, PlanValue } from '../program/plan.ts';
import { assert } from '../tensor/assert.ts';
import { decodeBase64 } from '../tensor/base64.ts';
import { allocate, type NumericArray } from '../tensor/dtype.ts';
import { numel } from '../tensor/shape.ts';

export interface Interpretation {
  /** The array behind a name; views share it. */
  read(name: string): NumericArray;
  run(): void;
}

/** `set` gives feeds and parameters that differ from their start, by value name. */
export function interpretPlan(
  plan: Plan,
  options: { precision: 'float32' | 'float64'; set?: ReadonlyMap<string, ArrayLike<number>> },
): Interpretation {
  const arrays = plan.values.map((value) => startOf(plan, value, options.precision));
  const indexOf = (name: string): number => {
    const index = plan.names[name];
    assert(index !== undefined, `the plan has no value ${name}`);
    return index;
  };
  for (const [name, numbers] of options.set ?? []) (arrays[indexOf(name)] as NumericArray).set(numbers);
  return {
    read: (name) => arrays[indexOf(name)] as NumericArray,
    run() {
      for (const { kernel, inputs, outputs } of plan.instructions) {
        const spec = plan.kernels[kernel];
        assert(spec, `kernel ${kernel} of the plan`);
        runReference(
          spec,
          inputs.map((i) => arrays[i] as NumericArray),
          outputs.map((i) => arrays[i] as NumericArray),
        );
      }
    },
  };
}

/** First contents of a value: drawn, decoded or zero. */
function startOf(plan: Plan, value: PlanValue, precision: 'float32' | 'float64'): NumericArray {
  const start = allocate(value.dtype, numel(value.shape));
  if (value.init) initialize(value.init, plan.seed, value.name, start);
  if (value.data !== undefined) start.set(constantOf(value));
  return precision === 'float64' && value.dtype === 'float32' ? Float64Array.from(start) : start;
}

/** Decoded contents of a constant. */
export function constantOf(value: PlanValue): Float32Array | Int32Array {
  const bytes = decodeBase64(value.data ?? '');
  assert(bytes && bytes.byteLength === value.bytes, `contents of the constant ${value.name}`);
  return value.dtype === 'int32' ? new Int32Array(bytes.buffer) : new Float32Array(bytes.buffer);
}
