import { runReference } from '../../kernels/reference/reference.ts';
import type { Program, Value, ValueId } from '../../program/program.ts';
import { allocate } from '../../tensor/dtype.ts';
import { numel } from '../../tensor/shape.ts';
import type { Pass } from './pass.ts';

/** Larger results are cheaper to compute than to carry in the plan. */
const maxElements = 4096;

/** Computes at compile time what depends on constants alone. */
export const fold: Pass = {
  name: 'fold',
  mergesSteps: true,
  run(program: Program): Program {
    const values: Value[] = [...program.values];
    const data = (id: ValueId) => values[id]?.data;
    const instructions = program.instructions.filter((instruction) => {
      const inputs = instruction.inputs.map(data);
      const outputs = instruction.outputs.map((id) => values[id] as Value);
      if (inputs.some((input) => input === undefined) || instruction.kernel.op === 'bernoulli') return true;
      if (outputs.some((value) => value.replaces !== undefined || numel(value.shape) > maxElements)) return true;
      const buffers = outputs.map((value) => allocate(value.dtype, numel(value.shape)));
      runReference(instruction.kernel, inputs as (Float32Array | Int32Array)[], buffers);
      outputs.forEach((value, slot) => {
        values[value.id] = { ...value, kind: 'constant', data: buffers[slot] as Float32Array | Int32Array };
      });
      return false;
    });
    return { ...program, values, instructions };
  },
};
