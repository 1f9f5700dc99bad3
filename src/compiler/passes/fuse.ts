// Fusion: an elementwise pass disappears into the elementwise pass or reduction that reads it, or into the tile store of
// the gemm or convolution that feeds it. What is asked for itself is stored besides, on its way. Same arithmetic in the same
// order: results keep their bits, but for sums in fast numerics: how a reduction spreads its terms over lanes depends on what
// it reads.
import type {
  Access,
  ElementwiseSpec,
  Epilogue,
  Expression,
  KernelSpec,
  ReduceSpec,
} from '../../program/kernel-spec.ts';
import type { Instruction, Origin, Program, ValueId } from '../../program/program.ts';
import { sameShape } from '../../tensor/shape.ts';
import { isRowMajor } from './forward-copies.ts';
import { type Pass, producers } from './pass.ts';

/** Beyond these a kernel spills registers and gains nothing. */
const maxInputs = 12;
const maxLines = 96;

export const fuse: Pass = {
  name: 'fuse',
  mergesSteps: true,
  run(program: Program, { keep, numerics }): Program {
    const instructions: (Instruction | null)[] = [...program.instructions];
    const producer = producers(program.instructions);
    const readers = new Map<ValueId, Set<number>>();
    const replacedAt = new Map<ValueId, number>();
    program.instructions.forEach((instruction, index) => {
      for (const id of instruction.inputs) readers.set(id, (readers.get(id) ?? new Set()).add(index));
      for (const id of instruction.outputs) {
        const before = program.values[id]?.replaces;
        if (before !== undefined) replacedAt.set(before, index);
      }
    });
    /** Instructions whose outputs but the first are stored besides, and read by nobody. */
    const wide = new Set<number>();
    const hasOneResult = (index: number) => instructions[index]?.outputs.length === 1 || wide.has(index);
    /** The instruction that computes `id`, if only `reader` reads it and its own inputs still hold what they held. */
    const sole = (id: ValueId, reader: number): number | null => {
      const at = producer.get(id);
      if (at === undefined || program.values[id]?.replaces !== undefined || readers.get(id)?.size !== 1) return null;
      const candidate = instructions[at];
      if (!candidate || !hasOneResult(at) || candidate.origin.phase !== instructions[reader]?.origin.phase) return null;
      const stale = candidate.inputs.some((input) => (replacedAt.get(input) ?? Number.POSITIVE_INFINITY) <= reader);
      return stale ? null : at;
    };
    for (let index = 0; index < instructions.length; index++) {
      for (let again = true; again; ) {
        again = false;
        const reader = instructions[index];
        if (!reader || !takesMore(reader.kernel, numerics)) break;
        for (const id of new Set(reader.inputs)) {
          const at = sole(id, index);
          const giver = at === null ? null : instructions[at];
          const merged =
            giver && merge(program, giver, reader, { id, stays: keep.has(id), single: hasOneResult(index) });
          if (at === null || !merged) continue;
          if (merged.outputs.length > 1 && hasOneResult(index)) wide.add(index);
          instructions[index] = merged;
          instructions[at] = null;
          for (const output of giver.outputs) {
            producer.set(output, index);
            readers.delete(output);
          }
          for (const input of merged.inputs) {
            const set = readers.get(input);
            set?.delete(at);
            set?.add(index);
          }
          again = true;
          break;
        }
      }
    }
    return { ...program, instructions: instructions.filter((instruction) => instruction !== null) };
  },
};

/** Whether other lines may be written into a kernel's body. */
function takesMore(kernel: KernelSpec, numerics: 'fast' | 'strict'): boolean {
  if (kernel.op !== 'reduce') return kernel.op === 'elementwise';
  return numerics === 'fast' || kernel.outputs.every(({ by }) => by === 'max' || by === 'min');
}

/** What a reader reads of a giver. */
interface Passed {
  readonly id: ValueId;
  /** Asked for itself: stored besides. */
  readonly stays: boolean;
  /** Of the reader's outputs only the first is read by others. */
  readonly single: boolean;
}

type Merged = Pick<Instruction, 'kernel' | 'inputs' | 'outputs'>;

function merge(program: Program, giver: Instruction, reader: Instruction, passed: Passed): Instruction | null {
  const { kernel } = reader;
  if (kernel.op !== 'elementwise' && kernel.op !== 'reduce') return null;
  const direct = readsInOrder(program, kernel, reader, passed.id);
  let merged: Merged | null = null;
  if (giver.kernel.op === 'elementwise') merged = inline(giver, giver.kernel, reader, kernel, passed, direct);
  else if (direct && kernel.op === 'elementwise' && passed.single) merged = intoEpilogue(giver, reader, kernel, passed);
  if (!merged) return null;
  const sameNode = giver.origin.node === reader.origin.node;
  return {
    ...reader,
    ...merged,
    madeBy: 'fuse',
    origin: sameNode && !giver.origin.others ? reader.origin : joinedOrigin(giver.origin, reader.origin),
    label: sameNode && giver.label === reader.label ? reader.label : `${giver.label} + ${reader.label}`,
  };
}

/** The reader's, with all nodes whose work it takes over. */
function joinedOrigin(giver: Origin, reader: Origin): Origin {
  const others = new Set([...(giver.others ?? []), giver.node, ...(reader.others ?? [])]);
  others.delete(reader.node);
  return { ...reader, role: 'fused', others: [...others] };
}

/** Every read of `id` walks it in order over its own shape. */
function readsInOrder(
  program: Program,
  kernel: ElementwiseSpec | ReduceSpec,
  reader: Instruction,
  id: ValueId,
): boolean {
  const shape = program.values[id]?.shape ?? [];
  return (
    sameShape(shape, kernel.shape) &&
    reader.inputs.every((input, i) => {
      const access = kernel.inputs[i] as Access;
      return input !== id || (access.offset === 0 && isRowMajor(access.strides, kernel.shape));
    })
  );
}

/** Writes the giver's lines where the reader read its result. A constant goes anywhere, the rest only point by point. */
function inline(
  giver: Instruction,
  from: ElementwiseSpec,
  reader: Instruction,
  into: ElementwiseSpec | ReduceSpec,
  { id, stays }: Passed,
  direct: boolean,
): Merged | null {
  const output = from.outputs[0];
  if (!output || from.outputs.length !== giver.outputs.length || output.dtype !== 'float32') return null;
  const carried = stays ? from.outputs : from.outputs.slice(1);
  const constant = from.inputs.length === 0 && from.body.every((line) => line.op !== 'coord') && carried.length === 0;
  if (
    !constant &&
    !(direct && sameShape(from.shape, into.shape) && output.offset === 0 && isRowMajor(output.strides, from.shape))
  )
    return null;
  if (carried.length > 0 && into.op !== 'elementwise') return null;
  const body: Expression[] = [];
  const inputs: ValueId[] = [];
  const accesses: Access[] = [];
  const taken = new Map<string, number>();
  const take = (value: ValueId, access: Access): number => {
    const key = `${value} ${JSON.stringify(access)}`;
    const known = taken.get(key);
    if (known !== undefined) return known;
    accesses.push(access);
    taken.set(key, inputs.length);
    return inputs.push(value) - 1;
  };
  const giverLines = append(body, from.body, (input) => ({
    op: 'input',
    input: take(giver.inputs[input] as ValueId, from.inputs[input] as Access),
  }));
  const readerLines = append(body, into.body, (input) =>
    reader.inputs[input] === id
      ? (giverLines[output.value] as number)
      : { op: 'input', input: take(reader.inputs[input] as ValueId, into.inputs[input] as Access) },
  );
  if (inputs.length > maxInputs || body.length > maxLines) return null;
  const own = into.outputs.map((o) => ({ ...o, value: readerLines[o.value] as number }));
  const besides = carried.map((o, i) => ({
    ...o,
    slot: reader.outputs.length + i,
    value: giverLines[o.value] as number,
  }));
  return {
    kernel: { ...into, body, inputs: accesses, outputs: [...own, ...besides] } as KernelSpec,
    inputs,
    outputs: [...reader.outputs, ...carried.map(({ slot }) => giver.outputs[slot] as ValueId)],
  };
}

/** gemm and convolution (forward, input_grad): the reader becomes what happens to each number as it is stored. */
function intoEpilogue(
  giver: Instruction,
  reader: Instruction,
  into: ElementwiseSpec,
  { id, stays }: Passed,
): Merged | null {
  const { kernel } = giver;
  if (kernel.op !== 'gemm' && !(kernel.op === 'conv2d' && kernel.direction !== 'weight_grad')) return null;
  const plain = into.outputs.every(
    ({ dtype, offset, strides, slot }, i) =>
      slot === i && dtype === 'float32' && offset === 0 && isRowMajor(strides, into.shape),
  );
  const [output, ...others] = into.outputs;
  if (!plain || output?.value !== into.body.length - 1 || into.body.some((line) => line.op === 'coord')) return null;
  const before: Epilogue = kernel.epilogue ?? { inputs: [], body: [{ op: 'input', input: 0 }] };
  const body: Expression[] = [];
  const accesses: Access[] = [...before.inputs];
  const inputs: ValueId[] = [...giver.inputs];
  const first = append(body, before.body, (input) => ({ op: 'input', input }));
  const stored = first.at(-1) as number;
  const lines = append(body, into.body, (input) => {
    if (reader.inputs[input] === id) return stored;
    accesses.push(into.inputs[input] as Access);
    inputs.push(reader.inputs[input] as ValueId);
    return { op: 'input', input: accesses.length };
  });
  if (accesses.length > maxInputs || body.length > maxLines) return null;
  const also = [
    ...others.map(({ value }) => lines[value] as number),
    ...(before.also ?? []).map((line) => first[line] as number),
    ...(stays ? [stored] : []),
  ];
  const epilogue: Epilogue = { inputs: accesses, body, ...(also.length > 0 ? { also } : {}) };
  const outputs = [...reader.outputs, ...giver.outputs.slice(1), ...(stays ? [id] : [])];
  return { kernel: { ...kernel, epilogue } as KernelSpec, inputs, outputs };
}

/** Appends lines with operands renumbered; `input` says what stands for an input: a line already there, or a new one. */
function append(
  body: Expression[],
  lines: readonly Expression[],
  input: (index: number) => number | Expression,
): number[] {
  const at: number[] = [];
  for (const line of lines) {
    if (line.op === 'input') {
      const stands = input(line.input);
      at.push(typeof stands === 'number' ? stands : body.push(stands) - 1);
    } else if (line.op === 'const' || line.op === 'coord') at.push(body.push(line) - 1);
    else if (line.op === 'select') {
      at.push(
        body.push({
          ...line,
          condition: at[line.condition] as number,
          a: at[line.a] as number,
          b: at[line.b] as number,
        }) - 1,
      );
    } else if ('b' in line) at.push(body.push({ ...line, a: at[line.a] as number, b: at[line.b] as number }) - 1);
    else at.push(body.push({ ...line, a: at[line.a] as number }) - 1);
  }
  return at;
}
