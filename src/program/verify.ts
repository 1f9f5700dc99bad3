// The written rules of a program, checked between passes: every value defined once and before its use, element counts that
// fit the kernels, in-place successors written after the last read of their predecessor.
import { numel, type Shape, sameShape } from '../tensor/shape.ts';
import type { Access, KernelSpec } from './kernel-spec.ts';
import type { Program } from './program.ts';

/** Broken rules, one sentence each; empty when the program is sound. */
export function verifyProgram(program: Program): string[] {
  const faults: string[] = [];
  const defined = new Set<number>();
  for (const value of program.values) if (value.kind !== 'computed') defined.add(value.id);
  const replaced = new Map<number, number>();
  program.instructions.forEach((instruction, index) => {
    const where = `instruction ${index} (${instruction.origin.node} ${instruction.label})`;
    for (const id of instruction.inputs) {
      if (!defined.has(id)) faults.push(`${where} reads ${program.values[id]?.name ?? id} before it is defined`);
      const successor = replaced.get(id);
      if (successor !== undefined)
        faults.push(`${where} reads ${program.values[id]?.name} after ${program.values[successor]?.name} replaced it`);
    }
    for (const id of instruction.outputs) {
      if (defined.has(id)) faults.push(`${where} defines ${program.values[id]?.name ?? id} a second time`);
      defined.add(id);
      const before = program.values[id]?.replaces;
      if (before !== undefined) {
        if (!sameShape(program.values[before]?.shape ?? [], program.values[id]?.shape ?? []))
          faults.push(`${where} replaces ${program.values[before]?.name} by another shape`);
        replaced.set(before, id);
      }
    }
    for (const fault of checkKernel(
      instruction.kernel,
      instruction.inputs.map((id) => program.values[id]?.shape ?? []),
      instruction.outputs.map((id) => program.values[id]?.shape ?? []),
    )) {
      faults.push(`${where} ${fault}`);
    }
  });
  for (const id of program.results)
    if (!defined.has(id)) faults.push(`result ${program.values[id]?.name ?? id} is never defined`);
  return faults;
}

/** Highest and lowest element that an access touches stay inside its buffer. */
function checkAccess(access: Access, over: Shape, buffer: Shape, what: string): string[] {
  if (over.some((size) => size === 0)) return [];
  let low = access.offset;
  let high = access.offset;
  access.strides.forEach((stride, axis) => {
    const reach = stride * ((over[axis] ?? 1) - 1);
    if (reach < 0) low += reach;
    else high += reach;
  });
  return low < 0 || high >= numel(buffer) ? [`${what} reaches [${low}, ${high}] of ${numel(buffer)} elements`] : [];
}

function checkKernel(spec: KernelSpec, inputs: readonly Shape[], outputs: readonly Shape[]): string[] {
  const faults: string[] = [];
  switch (spec.op) {
    case 'elementwise':
      spec.inputs.forEach((access, i) =>
        faults.push(...checkAccess(access, spec.shape, inputs[i] ?? [], `input ${i}`)),
      );
      spec.outputs.forEach((access, i) =>
        faults.push(...checkAccess(access, spec.shape, outputs[access.slot] ?? [], `output ${i}`)),
      );
      break;
    case 'reduce':
      spec.inputs.forEach((access, i) =>
        faults.push(...checkAccess(access, spec.shape, inputs[i] ?? [], `input ${i}`)),
      );
      break;
    case 'assemble':
      spec.pieces.forEach((piece, i) => {
        faults.push(...checkAccess(piece.input, piece.shape, inputs[i] ?? [], `piece ${i}`));
        faults.push(...checkAccess(piece.output, piece.shape, outputs[0] ?? [], `piece ${i} of the output`));
      });
      break;
    case 'gemm': {
      const space = [...spec.batch, spec.m, spec.n];
      faults.push(
        ...checkAccess(
          { dtype: 'float32', offset: spec.a.offset, strides: [...spec.a.batch, spec.a.row, spec.a.column] },
          [...spec.batch, spec.m, spec.k],
          inputs[0] ?? [],
          'a',
        ),
      );
      faults.push(
        ...checkAccess(
          { dtype: 'float32', offset: spec.b.offset, strides: [...spec.b.batch, spec.b.row, spec.b.column] },
          [...spec.batch, spec.k, spec.n],
          inputs[1] ?? [],
          'b',
        ),
      );
      spec.epilogue?.inputs.forEach((access, i) =>
        faults.push(...checkAccess(access, space, inputs[i + 2] ?? [], `epilogue input ${i}`)),
      );
      if (numel(space) !== numel(outputs[0] ?? []))
        faults.push(`writes ${numel(space)} elements into ${numel(outputs[0] ?? [])}`);
      break;
    }
    case 'view':
      if (numel(inputs[0] ?? []) !== numel(outputs[0] ?? [])) faults.push('sees another number of elements');
      break;
    default:
      break;
  }
  return faults;
}
