// The written rules of a program, checked between passes: every value defined once and before its use, element counts that
// fit the kernels, in-place successors written after the last read of their predecessor.
import { numel, type Shape, sameShape } from '../tensor/shape.ts';
import type { Access, Epilogue, GemmSpec, KernelSpec } from './kernel-spec.ts';
import type { Instruction, Program, Value, ValueId } from './program.ts';

/** What is known of a program while passes rewrite it: values keep their shapes, and kernels that fit go on to fit. */
export interface Verified {
  readonly fitting: WeakSet<Instruction>;
  values: readonly Value[];
  /** Of each value, whether it is there from the start, and what it replaces, or -1. */
  given: Uint8Array;
  replaces: Int32Array;
}

/** For the first look at a program. */
export function nothingVerified(): Verified {
  return { fitting: new WeakSet(), values: [], given: new Uint8Array(), replaces: new Int32Array() };
}

/** Broken rules, one sentence each; empty when the program is sound. `known` grows with what was found. */
export function verifyProgram(program: Program, known: Verified = nothingVerified()): string[] {
  const { values, instructions } = program;
  const faults: string[] = [];
  if (known.values !== values) {
    known.values = values;
    known.given = new Uint8Array(values.length);
    known.replaces = new Int32Array(values.length);
    values.forEach(({ kind, replaces }, id) => {
      known.given[id] = kind === 'computed' ? 0 : 1;
      known.replaces[id] = replaces ?? -1;
    });
  }
  const { fitting, replaces } = known;
  const defined = known.given.slice();
  /** Value → what replaced it, or -1. */
  const replaced = new Int32Array(values.length).fill(-1);
  const nameOf = (id: ValueId): string => values[id]?.name ?? String(id);
  for (let index = 0; index < instructions.length; index++) {
    const instruction = instructions[index] as Instruction;
    const report = (fault: string) =>
      void faults.push(`instruction ${index} (${instruction.origin.node} ${instruction.label}) ${fault}`);
    for (const id of instruction.inputs) {
      if (defined[id] !== 1) report(`reads ${nameOf(id)} before it is defined`);
      const successor = replaced[id] ?? -1;
      if (successor >= 0) report(`reads ${nameOf(id)} after ${nameOf(successor)} replaced it`);
    }
    for (const id of instruction.outputs) {
      if (defined[id] === 1) report(`defines ${nameOf(id)} a second time`);
      defined[id] = 1;
      const before = replaces[id] ?? -1;
      if (before < 0) continue;
      if (!sameShape(values[before]?.shape ?? [], values[id]?.shape ?? []))
        report(`replaces ${nameOf(before)} by another shape`);
      replaced[before] = id;
    }
    if (fitting.has(instruction)) continue;
    const shapeOf = (id: ValueId): Shape => values[id]?.shape ?? [];
    const misfits = checkKernel(instruction.kernel, instruction.inputs.map(shapeOf), instruction.outputs.map(shapeOf));
    if (misfits.length === 0) fitting.add(instruction);
    misfits.forEach(report);
  }
  for (const id of program.results) if (defined[id] !== 1) faults.push(`result ${nameOf(id)} is never defined`);
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
  switch (spec.op) {
    case 'elementwise':
      return [
        ...spec.inputs.flatMap((access, i) => checkAccess(access, spec.shape, inputs[i] ?? [], `input ${i}`)),
        ...spec.outputs.flatMap((access, i) =>
          checkAccess(access, spec.shape, outputs[access.slot] ?? [], `output ${i}`),
        ),
      ];
    case 'integer':
    case 'reduce': {
      const kept = spec.shape.filter((_, axis) => !spec.axes.includes(axis));
      return [
        ...spec.inputs.flatMap((access, i) => checkAccess(access, spec.shape, inputs[i] ?? [], `input ${i}`)),
        ...outputs.flatMap((shape, i) => checkCount(shape, numel(kept), `output ${i}`)),
      ];
    }
    case 'arg_reduce':
      return [
        ...checkAccess(spec.input, spec.shape, inputs[0] ?? [], 'input 0'),
        ...checkCount(outputs[0] ?? [], numel(spec.shape.toSpliced(spec.axis, 1)), 'output 0'),
      ];
    case 'assemble':
      return spec.pieces.flatMap((piece, i) => [
        ...checkAccess(piece.input, piece.shape, inputs[i] ?? [], `piece ${i}`),
        ...checkAccess(piece.output, piece.shape, outputs[0] ?? [], `piece ${i} of the output`),
      ]);
    case 'gemm':
      return checkGemm(spec, inputs, outputs);
    case 'view':
      return numel(inputs[0] ?? []) === numel(outputs[0] ?? []) ? [] : ['sees another number of elements'];
    default: {
      const { reads, writes } = elementCounts(spec);
      return [
        ...reads.flatMap((count, i) => checkCount(inputs[i] ?? [], count, `input ${i}`)),
        ...writes.flatMap((count, i) => checkCount(outputs[i] ?? [], count, `output ${i}`)),
        ...(spec.op === 'conv2d' ? checkBesides(spec.epilogue, outputs.length) : []),
      ];
    }
  }
}

/** One output, and one for every line that is stored besides. */
function checkBesides(epilogue: Epilogue | null, outputs: number): string[] {
  const { body = [], also = [] } = epilogue ?? {};
  return [
    ...(outputs === 1 + also.length ? [] : [`has ${outputs} outputs, its kernel ${1 + also.length}`]),
    ...also.flatMap((line) => (line >= 0 && line < body.length ? [] : [`stores line ${line} of ${body.length}`])),
  ];
}

function checkCount(buffer: Shape, count: number, what: string): string[] {
  return numel(buffer) === count ? [] : [`${what} has ${numel(buffer)} elements, its kernel ${count}`];
}

type Fixed = Exclude<
  KernelSpec,
  { op: 'elementwise' | 'reduce' | 'integer' | 'arg_reduce' | 'assemble' | 'gemm' | 'view' }
>;

/** Elements of the buffers of kernels that walk them whole, in the order of the instruction's operands. */
function elementCounts(spec: Fixed): { readonly reads: readonly number[]; readonly writes: readonly number[] } {
  switch (spec.op) {
    case 'softmax': {
      const count = spec.outer * spec.size * spec.inner;
      return { reads: [count], writes: [count] };
    }
    case 'bernoulli':
      return { reads: [1], writes: [spec.count] };
    case 'greedy_select':
      return { reads: [spec.batch * spec.count * spec.count], writes: [spec.batch * spec.count] };
    case 'gather':
    case 'scatter_add': {
      const { outer, size, count, inner } = spec;
      const [table, rows] = [outer * size * inner, outer * count * inner];
      return spec.op === 'gather'
        ? { reads: [table, count], writes: [rows] }
        : { reads: [rows, count], writes: [table] };
    }
    case 'conv2d': {
      const { batch, inChannels, inSize, outChannels, outSize, kernel, groups } = spec.geometry;
      const x = batch * inChannels * numel(inSize);
      const y = batch * outChannels * numel(outSize);
      const weight = (outChannels * inChannels * numel(kernel)) / groups;
      const { direction, epilogue } = spec;
      if (direction === 'weight_grad') return { reads: [x, y], writes: [weight] };
      const [from, to] = direction === 'forward' ? [x, y] : [y, x];
      return { reads: [from, weight], writes: [to, ...(epilogue?.also ?? []).map(() => to)] };
    }
    case 'max_pool2d':
    case 'max_pool2d_grad':
    case 'avg_pool2d': {
      const { planes, inSize, outSize } = spec.geometry;
      const [x, y] = [planes * numel(inSize), planes * numel(outSize)];
      if (spec.op === 'max_pool2d') return { reads: [x], writes: [y, y] };
      if (spec.op === 'max_pool2d_grad') return { reads: [y, y], writes: [x] };
      return spec.direction === 'forward' ? { reads: [x], writes: [y] } : { reads: [y], writes: [x] };
    }
  }
}

function checkGemm(spec: GemmSpec, inputs: readonly Shape[], outputs: readonly Shape[]): string[] {
  const { batch, m, n, k } = spec;
  const space = [...batch, m, n];
  const side = ({ offset, batch: outer, row, column }: GemmSpec['a']): Access => ({
    dtype: 'float32',
    offset,
    strides: [...outer, row, column],
  });
  const { fours } = spec.b;
  const inFours: Access = {
    dtype: 'float32',
    offset: spec.b.offset,
    strides: [...spec.b.batch, spec.b.row, fours ?? 0, 1],
  };
  return [
    ...checkAccess(side(spec.a), [...batch, m, k], inputs[0] ?? [], 'a'),
    ...(fours === undefined
      ? checkAccess(side(spec.b), [...batch, k, n], inputs[1] ?? [], 'b')
      : checkAccess(inFours, [...batch, k, n / 4, 4], inputs[1] ?? [], 'b')),
    ...(fours !== undefined && (n % 4 !== 0 || spec.b.column !== 1) ? ['has no fours of columns'] : []),
    ...(spec.epilogue?.inputs ?? []).flatMap((access, i) =>
      checkAccess(access, space, inputs[i + 2] ?? [], `epilogue input ${i}`),
    ),
    ...outputs.flatMap((output) =>
      numel(space) === numel(output) ? [] : [`writes ${numel(space)} elements into ${numel(output)}`],
    ),
    ...checkBesides(spec.epilogue, outputs.length),
  ];
}
