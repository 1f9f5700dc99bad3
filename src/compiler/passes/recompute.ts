import { workOf } from '../../kernels/work.ts';
import type { Instruction, Program, Value, ValueId } from '../../program/program.ts';
import { numel } from '../../tensor/shape.ts';
import { type Pass, type PassContext, producers } from './pass.ts';
import { createSegmentTree } from './segment-tree.ts';
import { type Life, livesOf, type Storages, storagesOf } from './storages.ts';

/** What is smaller is not worth another instruction. */
const leastElements = 1024;
/** Nanoseconds an element: what takes longer than some reads and writes is kept. */
const mostWork = 6;
/** However small: they are what a step's time goes into. */
const products: ReadonlySet<string> = new Set(['gemm', 'conv2d']);
/** Of the values that would help at the peak, so many are tried in earnest. */
const mostTries = 12;

/**
 * Values that the backward phase reads are computed a second time there instead of being kept, where that lowers the peak of living
 * bytes and is cheap: less memory for a little more time. What they are made from may itself be computed again, or be kept longer.
 * The same kernel on the same numbers gives the same bits.
 */
export const recompute: Pass = {
  name: 'recompute',
  mergesSteps: true,
  run(program: Program, context: PassContext): Program {
    const storages = storagesOf(program);
    const chosen = choose(program, storages, context);
    return chosen.size === 0 ? program : withCopies(program, storages, chosen);
  },
};

/** A value that may be computed again, between the forward phase's last need of it and the first one behind. */
interface Candidate {
  readonly bytes: number;
  readonly work: number;
  /** Storages that it is made from. */
  readonly made: readonly ValueId[];
  readonly first: number;
  readonly before: number;
  readonly behind: number;
  readonly last: number;
}

/** The peak is lowered step by step: of what lies idle there, whatever lowers it most is given up, as long as anything does. */
function choose(program: Program, storages: Storages, context: PassContext): ReadonlyMap<ValueId, number> {
  const { instructions } = program;
  const lives = livesOf(program, instructions, storages, context.keep);
  const candidates = candidatesOf(program, storages, lives, new Set([...context.keep].map(storages.rootOf)));
  /** Storage → instruction before which it is computed again. */
  const chosen = new Map<ValueId, number>();
  if (candidates.size === 0) return chosen;
  const users = new Map<ValueId, ValueId[]>();
  for (const [id, { made }] of candidates) for (const from of made) users.set(from, [...(users.get(from) ?? []), id]);

  const heights = createSegmentTree(instructions.length + 1);
  for (const [id, { first, last }] of lives) heights.add(first, last, storages.bytesOf(id));
  instructions.forEach(({ kernel }, at) => void heights.add(at, at, context.workspaceBytes(kernel)));
  /** Of storages that live otherwise than given: where the second life begins, or -1, and where the last one ends. */
  const changed = new Map<ValueId, { readonly start: number; readonly end: number }>();

  const startOf = (id: ValueId, { behind }: Candidate): number =>
    (users.get(id) ?? []).reduce((least, user) => Math.min(least, chosen.get(user) ?? least), behind);
  const endOf = (id: ValueId, last: number): number =>
    (users.get(id) ?? []).reduce((most, user) => Math.max(most, chosen.get(user) ?? most), last);

  /** Brings a storage's life up to date with what is chosen; true where it now is computed again at another place. */
  function refresh(id: ValueId): boolean {
    const life = lives.get(id);
    const candidate = candidates.get(id);
    if (!life) return false;
    const old = changed.get(id) ?? { start: -1, end: life.last };
    const start = candidate && chosen.has(id) ? startOf(id, candidate) : -1;
    const end = endOf(id, life.last);
    if (start === old.start && end === old.end) return false;
    const bytes = storages.bytesOf(id);
    const add = (from: number, to: number, by: number) => {
      if (from < 0 || !candidate) heights.add(life.first, to, by);
      else {
        heights.add(life.first, candidate.before, by);
        heights.add(from, to, by);
      }
    };
    add(old.start, old.end, -bytes);
    add(start, end, bytes);
    changed.set(id, { start, end });
    if (start >= 0) chosen.set(id, start);
    return start !== old.start;
  }

  /** Chooses a value, or gives the choice up; what it is made from is then needed at other places. */
  function toggle(id: ValueId, { made, behind }: Candidate): void {
    if (!chosen.delete(id)) chosen.set(id, behind);
    refresh(id);
    const open = [...made];
    for (let from = open.pop(); from !== undefined; from = open.pop())
      if (refresh(from)) open.push(...(candidates.get(from)?.made ?? []));
  }

  /** What giving up `id` would save at `peak`, and the bytes × instructions for which more is alive elsewhere. */
  function prospect(id: ValueId, candidate: Candidate, peak: number) {
    const start = startOf(id, candidate);
    if (peak <= candidate.before || peak >= start) return null;
    let gain = candidate.bytes;
    let area = candidate.bytes * (candidate.last - start);
    for (const from of candidate.made) {
      const bytes = storages.bytesOf(from);
      const place = chosen.get(from);
      const end = changed.get(from)?.end ?? lives.get(from)?.last ?? start;
      if (place !== undefined) area += bytes * Math.max(0, place - start);
      if (end < start) area += bytes * (start - end);
      if (end < peak && place === undefined) gain -= bytes;
    }
    return gain > 0 ? { id, candidate, gain, area } : null;
  }

  for (;;) {
    const [peak, summit] = [heights.highest, heights.summit];
    const prospects = [...candidates].flatMap(([id, candidate]) =>
      chosen.has(id) ? [] : (prospect(id, candidate, summit) ?? []),
    );
    prospects.sort((a, b) => b.gain - a.gain || a.area - b.area);
    let best: (typeof prospects)[number] | undefined;
    let least = peak;
    for (const each of prospects.slice(0, mostTries)) {
      toggle(each.id, each.candidate);
      const height = heights.highest;
      toggle(each.id, each.candidate);
      if (height < least || (height === least && (!best || each.area < best.area))) best = each;
      least = Math.min(least, height);
    }
    if (!best) break;
    toggle(best.id, best.candidate);
  }
  // What was of no use in the end costs time for nothing.
  const peak = heights.highest;
  const byWork = [...chosen.keys()].sort((a, b) => (candidates.get(b)?.work ?? 0) - (candidates.get(a)?.work ?? 0));
  for (const id of byWork) {
    const candidate = candidates.get(id) as Candidate;
    toggle(id, candidate);
    if (heights.highest > peak) toggle(id, candidate);
  }
  return chosen;
}

function candidatesOf(
  { values, instructions }: Program,
  { rootOf, bytesOf }: Storages,
  lives: ReadonlyMap<ValueId, Life>,
  kept: ReadonlySet<ValueId>,
): Map<ValueId, Candidate> {
  const replacedAt = new Map<ValueId, number>();
  /** Of a storage: last instruction of the forward phase that needs it, and the first one of another phase. */
  const before = new Map<ValueId, number>();
  const behind = new Map<ValueId, number>();
  instructions.forEach(({ inputs, outputs, origin }, index) => {
    for (const id of [...inputs, ...outputs].map(rootOf)) {
      if (origin.phase === 'forward') before.set(id, index);
      else if (!behind.has(id)) behind.set(id, index);
    }
    for (const id of outputs) {
      const replaced = values[id]?.replaces;
      if (replaced !== undefined) replacedAt.set(replaced, index);
    }
  });
  const found = new Map<ValueId, Candidate>();
  instructions.forEach(({ kernel, inputs, outputs, origin }, index) => {
    const [id] = outputs;
    if (origin.phase !== 'forward' || id === undefined || outputs.length !== 1) return;
    if (kernel.op === 'view' || products.has(kernel.op)) return;
    const [value, bytes, start, end] = [values[id] as Value, bytesOf(id), behind.get(id), before.get(id)];
    const elements = numel(value.shape);
    if (bytes === 0 || kept.has(id) || elements < leastElements || start === undefined || end === undefined) return;
    const work = workOf(kernel);
    if (end >= start || work > mostWork * elements) return;
    const made = [...new Set(inputs.map(rootOf))];
    if (made.some((input) => (replacedAt.get(input) ?? Number.POSITIVE_INFINITY) < start)) return;
    const last = lives.get(id)?.last ?? start;
    found.set(id, { bytes, work, made, first: index, before: end, behind: start, last });
  });
  return found;
}

/** The program with copies of the chosen values, in front of the instructions that `chosen` names. */
function withCopies(program: Program, { rootOf }: Storages, chosen: ReadonlyMap<ValueId, number>): Program {
  const { instructions } = program;
  const values: Value[] = [...program.values];
  const producer = producers(instructions);
  const copies = new Map<ValueId, ValueId>();
  /** By the instruction before which they stand: copies, by the place of what they copy. */
  const inserted = new Map<number, { readonly at: number; readonly instruction: Instruction }[]>();

  /** What stands for a value behind the place where its storage is computed again. */
  function copyOf(id: ValueId): ValueId {
    const start = chosen.get(rootOf(id));
    const at = producer.get(id);
    const known = copies.get(id);
    if (known !== undefined || start === undefined || at === undefined || at >= start) return known ?? id;
    const { name, dtype, shape } = values[id] as Value;
    const copy = values.length;
    values.push({ id: copy, name: `${name}:again`, dtype, shape, kind: 'computed' });
    copies.set(id, copy);
    const original = instructions[at] as Instruction;
    const instruction: Instruction = {
      ...original,
      inputs: original.inputs.map(copyOf),
      outputs: [copy],
      origin: { ...original.origin, phase: (instructions[start] as Instruction).origin.phase },
      label: `${original.label} again`,
      madeBy: 'recompute',
    };
    inserted.set(start, [...(inserted.get(start) ?? []), { at, instruction }]);
    return copy;
  }

  const rewritten = instructions.map((instruction, index) => {
    if (!instruction.inputs.some((id) => (chosen.get(rootOf(id)) ?? index + 1) <= index)) return instruction;
    const inputs = instruction.inputs.map((id) => ((chosen.get(rootOf(id)) ?? index + 1) <= index ? copyOf(id) : id));
    return { ...instruction, inputs };
  });
  return {
    ...program,
    values,
    instructions: rewritten.flatMap((instruction, index) => {
      const before = (inserted.get(index) ?? []).sort((a, b) => a.at - b.at);
      return [...before.map((each) => each.instruction), instruction];
    }),
  };
}
