import type { GemmSpec } from '../../program/kernel-spec.ts';
import type { Instruction, Program, Value, ValueId } from '../../program/program.ts';
import type { Pass } from './pass.ts';

/** So often must a factor be read, or turning it around each time costs less. */
const leastUses = 4;
/** More rows than this take so long that turning their other factor around is nothing. */
const mostRows = 96;
const leastDepth = 16;
const leastColumns = 16;

/**
 * A second factor that many products of few rows read across its rows, as the steps of a recurrence read its weights, is laid out
 * once for all of them: fours of columns, each in the order in which a product goes through it. The same sums in the same order.
 */
export const layOutOnce: Pass = {
  name: 'lay-out-once',
  mergesSteps: true,
  run(program: Program): Program {
    const { instructions } = program;
    const values: Value[] = [...program.values];
    const uses = new Map<string, number[]>();
    const replacedAt = new Map<ValueId, number>();
    instructions.forEach(({ kernel, inputs, outputs, origin }, index) => {
      for (const id of outputs) {
        const before = values[id]?.replaces;
        if (before !== undefined) replacedAt.set(before, index);
      }
      if (kernel.op !== 'gemm' || !gains(kernel)) return;
      const { offset, row, column } = kernel.b;
      const key = [origin.phase, inputs[1], kernel.n, kernel.k, offset, row, column].join();
      uses.set(key, [...(uses.get(key) ?? []), index]);
    });
    /** Index → what stands before it, and what its second factor becomes. */
    const copies = new Map<number, Instruction>();
    const laidOut = new Map<number, ValueId>();
    for (const all of uses.values()) {
      const [first, last] = [all[0] as number, all.at(-1) as number];
      const user = instructions[first] as Instruction;
      const from = user.inputs[1] as ValueId;
      if (all.length < leastUses || (replacedAt.get(from) ?? Number.POSITIVE_INFINITY) <= last) continue;
      const { n, k, b } = user.kernel as GemmSpec;
      const shape = [n / 4, k, 4];
      const { name } = values[from] as Value;
      const id = values.length;
      values.push({ id, name: `${name}:fours${id}`, dtype: 'float32', shape, kind: 'computed' });
      copies.set(first, {
        kernel: {
          op: 'elementwise',
          shape,
          inputs: [{ dtype: 'float32', offset: b.offset, strides: [4 * b.column, b.row, b.column] }],
          body: [{ op: 'input', input: 0 }],
          outputs: [{ slot: 0, value: 0, dtype: 'float32', offset: 0, strides: [4 * k, 4, 1] }],
        },
        inputs: [from],
        outputs: [id],
        origin: user.origin,
        label: 'lay out',
        madeBy: 'lay-out-once',
      });
      for (const index of all) laidOut.set(index, id);
    }
    if (copies.size === 0) return program;
    return {
      ...program,
      values,
      instructions: instructions.flatMap((instruction, index) => {
        const id = laidOut.get(index);
        if (id === undefined) return [instruction];
        const kernel = instruction.kernel as GemmSpec;
        const b = { offset: 0, batch: [], row: 4, column: 1, fours: 4 * kernel.k };
        const inputs = instruction.inputs.map((input, i) => (i === 1 ? id : input));
        const copy = copies.get(index);
        return [...(copy ? [copy] : []), { ...instruction, kernel: { ...kernel, b }, inputs }];
      }),
    };
  },
};

function gains({ batch, m, n, k, b }: GemmSpec): boolean {
  if (batch.length > 0 || b.fours !== undefined || n % 4 !== 0) return false;
  if (m > mostRows || n < leastColumns || k < leastDepth) return false;
  return b.row !== 0 && b.column !== 0 && (b.column !== 1 || b.row >= 128);
}
