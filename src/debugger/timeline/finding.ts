// What is told of a place in the history: the step, what went in and out of it, the steps that its inputs came from, and the way
// back along the worst of them to what the iteration began with.
import type { Phase } from '../../program/program.ts';
import type { DType } from '../../tensor/dtype.ts';
import type { Shape } from '../../tensor/shape.ts';
import type { Moment } from './forks.ts';
import type { Machine } from './machine.ts';
import type { Walk } from './walk.ts';

export type Health = 'sound' | 'extreme' | 'non_finite';

/** A tensor in numbers. */
export interface OperandFacts {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
  /** Of the finite elements; NaN where there are none. */
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly nan: number;
  readonly infinite: number;
  readonly elements: number;
  /** `extreme`: finite, but its square is not in float32. */
  readonly health: Health;
  /** The step of this iteration that wrote it; null: it was there when the iteration began (data, parameter, state). */
  readonly step: number | null;
}

/** One step of what the found step's inputs were computed from. */
export interface SliceStep {
  readonly step: number;
  readonly node: string;
  readonly phase: Phase;
  /** Its worst output that is used here. */
  readonly worst: OperandFacts;
  /** On the way that leads from the found step against the data, always to the worst input. */
  readonly trail: boolean;
}

export interface Finding {
  /** Just after the step that made it so; step 0: it was so when the iteration began. */
  readonly position: Moment;
  readonly node: string;
  /** null at step 0. */
  readonly phase: Phase | null;
  /** What the step wrote; of those a condition speaks of, or that are not finite. */
  readonly outputs: readonly OperandFacts[];
  /** As they were before the step, the worst first. */
  readonly inputs: readonly OperandFacts[];
  /** Newest first. */
  readonly slice: readonly SliceStep[];
  /** What the trail ends in: a parameter, state or data as the iteration began; null where no input is worse than another. */
  readonly source: OperandFacts | null;
}

/** The square root of the largest float32. */
const extreme = 2 ** 64;
const large = 2 ** 20;

/** Instance path of the node that a value belongs to: of `slot(fc.weight, m)` it is fc; '' of what no node has. */
export function nodeOf(name: string): string {
  const inner = name.replace(/^\w+\((.*)\)$/, '$1').replace(/,.*$/, '');
  return inner.slice(0, Math.max(0, inner.lastIndexOf('.')));
}

/** What happened once `cursor` steps were executed. `concerns`: whether a written value is part of it. Leaves the walk there. */
export function describeFinding(walk: Walk, cursor: number, concerns: (index: number) => boolean): Finding {
  const { debug } = walk.machine;
  const { plan } = debug;
  const position = { iteration: walk.iteration, step: cursor };
  const operand = (index: number, before: number) => operandOf(walk, index, before);
  if (cursor === 0) {
    const outputs = plan.values.flatMap(({ kind }, index) =>
      kind !== 'computed' && kind !== 'constant' && concerns(index) ? [operand(index, 0)] : [],
    );
    const [first = null] = outputs;
    const node = first ? nodeOf(first.name) : '';
    return { position, node, phase: null, outputs, inputs: [], slice: [], source: first };
  }
  const own = cursor - 1;
  const step = plan.steps[own] as {
    readonly from: number;
    readonly to: number;
    readonly node: string;
    readonly phase: Phase;
  };
  const instructions = plan.instructions.slice(step.from, step.to);
  const written = [...new Set(instructions.flatMap(({ outputs }) => outputs))];
  const concerned = written.filter(concerns);
  const outputs = (concerned.length > 0 ? concerned : written).map((index) => operand(index, cursor));
  walk.begin();
  walk.steps(0, own);
  const inputs = inputsOf(walk, own).map((index) => ({ index, facts: operand(index, own) }));
  inputs.sort((a, b) => badness(b.facts) - badness(a.facts));
  const { slice, source } = sliceOf(walk, own, inputs);
  walk.steps(own, cursor);
  return {
    position,
    node: step.node,
    phase: step.phase,
    outputs,
    inputs: inputs.map(({ facts }) => facts),
    slice,
    source,
  };
}

interface Input {
  readonly index: number;
  readonly facts: OperandFacts;
}

/** What a step reads and does not write first: no constants, no counters. */
function inputsOf({ machine }: Walk, at: number): readonly number[] {
  const { plan } = machine.debug;
  const step = plan.steps[at] as { readonly from: number; readonly to: number };
  const read = new Set<number>();
  const made = new Set<number>();
  for (const { inputs, outputs } of plan.instructions.slice(step.from, step.to)) {
    for (const index of inputs) if (!made.has(index)) read.add(index);
    for (const index of outputs) made.add(index);
  }
  return [...read].filter((index) => {
    const value = plan.values[index];
    return value && value.kind !== 'constant' && !(value.kind === 'hyper' && value.dtype === 'int32');
  });
}

/** All steps whose results went into the inputs, newest first; marked: the way that always follows the worst input. */
function sliceOf(
  walk: Walk,
  at: number,
  inputs: readonly Input[],
): { readonly slice: readonly SliceStep[]; readonly source: OperandFacts | null } {
  const { plan } = walk.machine.debug;
  const found = new Map<number, { worst: OperandFacts; inputs: readonly Input[] }>();
  const pending = inputs.map(({ facts }) => facts);
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (next.step === null) continue;
    const known = found.get(next.step);
    if (known) {
      if (badness(next) > badness(known.worst)) known.worst = next;
      continue;
    }
    const step = next.step;
    const own = inputsOf(walk, step).map((index) => ({ index, facts: operandOf(walk, index, step) }));
    found.set(step, { worst: next, inputs: own });
    pending.push(...own.map(({ facts }) => facts));
  }
  const trail = new Set<number>();
  let source: OperandFacts | null = null;
  for (let way = worstOf(inputs); way; ) {
    if (way.step === null) {
      source = way;
      break;
    }
    trail.add(way.step);
    const onward: OperandFacts | null = worstOf(found.get(way.step)?.inputs ?? []);
    if (!onward || (onward.step !== null && trail.has(onward.step))) {
      source = onward ?? way;
      break;
    }
    way = onward;
  }
  const slice = [...found]
    .filter(([step]) => step < at)
    .sort(([a], [b]) => b - a)
    .map(([step, { worst }]) => {
      const { node, phase } = plan.steps[step] as { readonly node: string; readonly phase: Phase };
      return { step, node, phase, worst, trail: trail.has(step) };
    });
  return { slice, source };
}

/** The input that a trail follows: null where none is larger than numbers of a network that learns. */
function worstOf(inputs: readonly Input[]): OperandFacts | null {
  let worst: OperandFacts | null = null;
  for (const { facts } of inputs)
    if (badness(facts) >= large / extreme && (!worst || badness(facts) > badness(worst))) worst = facts;
  return worst;
}

/** Orders operands: not finite, then extreme, then by size. */
function badness({ health, min, max, nan, infinite, elements }: OperandFacts): number {
  if (health === 'non_finite') return 2 + (nan + infinite) / elements;
  const size = Math.max(Math.abs(min), Math.abs(max)) || 0;
  return health === 'extreme' ? 1 + size / 2 ** 129 : size / extreme;
}

/** In numbers, as it stands; `before`: steps executed. */
function operandOf({ machine }: Walk, index: number, before: number): OperandFacts {
  const { debug } = machine;
  const { name, shape, dtype } = debug.plan.values[index] as { name: string; shape: Shape; dtype: DType };
  const view = debug.view(index);
  let [min, max, sum, nan, infinite] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0, 0];
  for (let i = 0; i < view.length; i++) {
    const x = view[i] as number;
    if (x - x === 0) {
      if (x < min) min = x;
      if (x > max) max = x;
      sum += x;
    } else if (Number.isNaN(x)) nan++;
    else infinite++;
  }
  const finite = view.length - nan - infinite;
  const size = finite > 0 ? Math.max(Math.abs(min), Math.abs(max)) : 0;
  return {
    name,
    shape,
    dtype,
    min: finite > 0 ? min : Number.NaN,
    max: finite > 0 ? max : Number.NaN,
    mean: sum / finite,
    nan,
    infinite,
    elements: view.length,
    health: finite < view.length ? 'non_finite' : size >= extreme ? 'extreme' : 'sound',
    step: writerOf(machine, index, before),
  };
}

/** The last step before `before` that wrote a value. */
function writerOf({ debug: { plan } }: Machine, index: number, before: number): number | null {
  const value = plan.values[index];
  for (let at = before - 1; at >= 0; at--) {
    const step = plan.steps[at] as { readonly from: number; readonly to: number };
    for (let i = step.from; i < step.to; i++) {
      for (const output of plan.instructions[i]?.outputs ?? []) {
        if (output === index) return at;
        const other = plan.values[output];
        if (value?.region === 'persistent' && other?.region === 'persistent' && other.offset === value.offset)
          return at;
      }
    }
  }
  return null;
}
