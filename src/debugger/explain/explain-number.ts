// explain: where one element of any value of the plan comes from. Chooses the way by who writes it: the operator, gradients
// that meet, a node's way back, the optimiser, or nobody.
import { outputName } from '../../compiler/network.ts';
import { say } from '../../operators/support/explain.ts';
import type { Phase } from '../../program/program.ts';
import { contextOf, tensorAt } from './context.ts';
import { explainNodeGradient, explainShares } from './explain-gradient.ts';
import { explainInstruction } from './explain-instruction.ts';
import { explainOutput } from './explain-output.ts';
import { cotangentsOf, type ExplainSource, notesOf, type PlanNumbers, type Writer } from './source.ts';
import { exactSum, type Spot, type SpotExplanation, type SpotPart, type SpotTerm } from './terms.ts';

export interface NumberStory extends SpotExplanation {
  readonly kind: 'given' | 'forward' | 'shares' | 'gradient' | 'update' | 'program';
  readonly node: string | null;
  readonly op: string | null;
  readonly phase: Phase | null;
}

/** What is asked: a value as it stands, or (update, after) what its last change made of it. */
export interface NumberQuestion extends Spot {
  readonly as: 'value' | 'update' | 'after';
  /** The name that was asked: what a node gives and what a node inside it gives may be one value. */
  readonly name?: string;
}

/** `update(p)` and `next(p)` are questions about p; undefined where the plan has no such value or element. */
export function questionOf(source: ExplainSource, name: string, index: number): NumberQuestion | undefined {
  const [, form, inner] = /^(update|next)\((.*)\)$/.exec(name) ?? [];
  const value = source.find(inner ?? name);
  if (value === undefined || !Number.isInteger(index) || index < 0) return undefined;
  if (index >= source.valueOf(value).shape.reduce((a, b) => a * b, 1)) return undefined;
  const changed = changerOf(source, value) !== undefined;
  if (form !== undefined && !changed) return undefined;
  return { value, index, as: form === 'update' ? 'update' : form === 'next' ? 'after' : 'value', name };
}

/** The step (index into plan.steps) whose numbers explain it; null: nothing computes it. */
export function stepOf(source: ExplainSource, { value, as }: NumberQuestion): number | null {
  const writer = as === 'value' ? makerOf(source, value) : changerOf(source, value);
  return writer ? writer.instruction.step : null;
}

function isInPlace(source: ExplainSource, value: number): boolean {
  return source.valueOf(value).region === 'persistent' && source.valueOf(value).kind !== 'computed';
}

/** Who computes a value; undefined for what is only ever changed in place. */
function makerOf(source: ExplainSource, value: number): Writer | undefined {
  return isInPlace(source, value) ? undefined : source.writersOf(value)[0];
}

function changerOf(source: ExplainSource, value: number): Writer | undefined {
  return isInPlace(source, value) ? source.writersOf(value).at(-1) : undefined;
}

/** `numbers` are those of the step that `stepOf` names. */
export function explainNumber(source: ExplainSource, numbers: PlanNumbers, question: NumberQuestion): NumberStory {
  const { value, index, as } = question;
  const writer = as === 'value' ? makerOf(source, value) : changerOf(source, value);
  if (!writer) return given(source, numbers, question);
  const { step } = writer;
  const opened = as === 'value' && step.phase === 'forward' ? openedOf(source, question) : undefined;
  const node = opened ?? source.instanceAt(step.node);
  const frame = { node: opened?.instance.path ?? step.node, op: node?.instance.operator.id ?? null, phase: step.phase };
  if (as !== 'value') return { ...frame, kind: 'update', ...explainChange(source, numbers, question, writer) };
  if (step.role === 'sum') return { ...frame, kind: 'shares', ...explainShares(source, numbers, question) };
  if (step.phase === 'backward' && step.role === 'node') {
    const found = explainNodeGradient(source, numbers, question, writer);
    if (found)
      return { ...frame, kind: 'gradient', ...(node ? toldBy(source, numbers, node, question, found) : found) };
  }
  const port =
    node && Object.keys(node.types.outputs).find((each) => source.find(outputName(node.instance, each)) === value);
  if (node && port !== undefined && step.phase === 'forward')
    return { ...frame, kind: 'forward', ...explainOutput(source, numbers, node, port, index) };
  return { ...frame, kind: 'program', ...explainInstruction(source, numbers, question, writer) };
}

/** The opened node whose output it was asked as. */
function openedOf(
  source: ExplainSource,
  { value, name = '' }: NumberQuestion,
): ReturnType<ExplainSource['instanceAt']> {
  const node = source.instanceAt(name.slice(0, Math.max(0, name.lastIndexOf('.'))));
  if (!node?.instance.expanded || node.instance.operator.traits.random) return undefined;
  const { instance, types } = node;
  const whole = Object.keys(types.state).every((each) => source.atPort(instance, each) !== undefined);
  const gives = Object.keys(types.outputs).some((port) => source.find(outputName(instance, port)) === value);
  return whole && gives ? node : undefined;
}

function given(source: ExplainSource, numbers: PlanNumbers, { value, index }: Spot): NumberStory {
  const number = numbers.read(value)[index] as number;
  const { kind, name } = source.valueOf(value);
  const said: Readonly<Record<string, string>> = {
    feed: 'data: it is fed',
    parameter: 'a parameter: only updates change it',
    state: 'kept state: training changes it as it runs',
    slot: 'kept by the optimiser',
    hyper: 'set from outside',
    constant: 'a constant of the plan',
  };
  const path = name.slice(0, Math.max(0, name.lastIndexOf('.')));
  const node = source.instanceAt(path);
  return {
    kind: 'given',
    node: node ? path : null,
    op: node?.instance.operator.id ?? null,
    phase: null,
    by: 'function',
    terms: [{ value: number, factors: [] }],
    result: number,
    text: `${say(number)}: ${said[kind] ?? 'given'}`,
  };
}

/** What an in-place change makes of an element, or by how much it changes it. */
function explainChange(
  source: ExplainSource,
  numbers: PlanNumbers,
  { value, index, as }: NumberQuestion,
  writer: Writer,
): SpotExplanation {
  const told = explainInstruction(source, numbers, { value, index }, writer);
  if (as === 'after') return told;
  const before = numbers.read(value)[index] as number;
  const change = told.result - before;
  const factors = told.terms.flatMap((term) => term.factors);
  return {
    by: 'function',
    terms: [{ value: change, factors }],
    result: change,
    text: `${told.text}; from ${say(before)} that is ${say(change)}`,
  };
}

/** The same with what the operator itself has to tell of a gradient's element. */
function toldBy(
  source: ExplainSource,
  numbers: PlanNumbers,
  node: NonNullable<ReturnType<ExplainSource['instanceAt']>>,
  { value, index }: Spot,
  found: SpotExplanation,
): SpotExplanation {
  const { explainGradient } = node.instance.operator;
  if (!explainGradient) return found;
  const of = source.gradientOf(value);
  const notes = notesOf(source, node);
  const ports = [...Object.keys(node.types.inputs), ...Object.keys(node.types.parameters)];
  const port =
    notes.get(value) ??
    ports.find((each) => {
      const at = source.atPort(node.instance, each);
      return (
        at !== undefined && (source.find(of ?? '') === at || shareOf(source, node.instance.path, each, at) === value)
      );
    });
  if (port === undefined) return found;
  const noteAt = (spot: Spot | undefined) => {
    const name = spot && notes.get(spot.value);
    return spot && name !== undefined ? { name, index: spot.index } : null;
  };
  const { result } = found;
  const strongest = found.terms.reduce<SpotTerm | undefined>(
    (best, term) =>
      noteAt(term.factors[0]?.spot) && !(best && Math.abs(best.value) >= Math.abs(term.value)) ? term : best,
    undefined,
  );
  const cotangents = Object.fromEntries(
    [...cotangentsOf(source, node.instance)].map(([each, { gradient }]) => [each, tensorAt(source, numbers, gradient)]),
  );
  const told = explainGradient({
    ...contextOf(source, numbers, node),
    port,
    index,
    result,
    strongest: noteAt(strongest?.factors[0]?.spot),
    cotangents,
  } as never);
  if (!told) return found;
  const { way, ...story } = told;
  if (!way) return { ...found, ...story };
  const terms = found.terms.map((term) => ({ ...term, label: way(noteAt(term.factors[0]?.spot)) }));
  return { ...found, ...story, terms, paths: waysOf(terms) };
}

/** More ways than these are one to a reader; the largest stand by themselves. */
const mostWays = 24;

/** The terms summed up by their labels, in their order; each leads to its largest term. */
function waysOf(terms: readonly (SpotTerm & { readonly label: string })[]): readonly SpotPart[] {
  const ways = new Map<string, SpotTerm[]>();
  for (const term of terms) {
    const own = ways.get(term.label);
    if (own) own.push(term);
    else ways.set(term.label, [term]);
  }
  const parts = [...ways].map(([label, own]): SpotPart => {
    const largest = own.reduce((best, term) => (Math.abs(term.value) > Math.abs(best.value) ? term : best));
    const spot = largest.factors[0]?.spot;
    return { label, value: exactSum(own.map((term) => term.value)), ...(spot ? { spot } : {}) };
  });
  if (parts.length <= mostWays) return parts;
  const listed = new Set(parts.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, mostWays - 1));
  const rest = parts.filter((part) => !listed.has(part));
  const sum = exactSum(rest.map((part) => part.value));
  return [...parts.filter((part) => listed.has(part)), { label: `${rest.length} more ways together`, value: sum }];
}

function shareOf(source: ExplainSource, path: string, port: string, at: number): number | undefined {
  return source.usesOf(source.valueOf(at).name).find((use) => use.instance.path === path && use.port === port)?.share;
}
