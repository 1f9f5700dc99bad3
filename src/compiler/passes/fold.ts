import { runReference } from '../../kernels/reference/reference.ts';
import type { Expression, KernelSpec } from '../../program/kernel-spec.ts';
import type { Program, Value, ValueId } from '../../program/program.ts';
import { allocate } from '../../tensor/dtype.ts';
import { numel } from '../../tensor/shape.ts';
import type { Pass } from './pass.ts';

/** Larger results are cheaper to compute than to carry in the plan. */
const maxElements = 4096;

/** Correctly rounded by IEEE 754 wherever they run; one of them may stand in a kernel that is folded. */
const rounding: ReadonlySet<string> = new Set(['add', 'sub', 'mul', 'div', 'sqrt', 'reciprocal']);
/** Give a number that float32 holds, from numbers that it holds; not those that leave the sign of a zero open. */
const exact: ReadonlySet<string> = new Set('input coord select neg abs floor not gt ge lt le eq ne and or'.split(' '));

/**
 * Computes at compile time what depends on constants alone: only where the references give the bits that the generated kernels
 * give, so that a plan is the same wherever it is made and its numbers are those of the steps that were folded.
 */
export const fold: Pass = {
  name: 'fold',
  mergesSteps: true,
  run(program: Program): Program {
    const values: Value[] = [...program.values];
    const data = (id: ValueId) => (values[id]?.kind === 'constant' ? values[id].data : undefined);
    const instructions = program.instructions.filter((instruction) => {
      const inputs = instruction.inputs.map(data);
      const outputs = instruction.outputs.map((id) => values[id] as Value);
      if (inputs.some((input) => input === undefined) || !keepsBits(instruction.kernel)) return true;
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

function keepsBits(kernel: KernelSpec): boolean {
  switch (kernel.op) {
    case 'view':
    case 'assemble':
    case 'gather':
    case 'arg_reduce':
    case 'integer':
      return true;
    case 'elementwise':
      return isExact(kernel.body);
    default:
      return false;
  }
}

function isExact(body: readonly Expression[]): boolean {
  const rounded = body.filter((line) => rounding.has(line.op)).length;
  return (
    rounded <= 1 &&
    body.every((line) =>
      line.op === 'const' ? Math.fround(line.value) === line.value : rounding.has(line.op) || exact.has(line.op),
    )
  );
}
