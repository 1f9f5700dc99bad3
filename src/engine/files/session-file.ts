// The session that stands in the engine as a file, and a file's session made to stand: the same iteration and step, the same
// numbers. What travels is what an iteration begins with, what is fed in it and what was written by hand; the rest is computed.
import { eachEdit, type Edit as HistoryEdit } from '../../debugger/timeline/forks.ts';
import type { Timeline } from '../../debugger/timeline/timeline.ts';
import {
  type SessionContent,
  type SessionSettings,
  sessionFormat,
  sessionVersion,
} from '../../formats/session/session-file.ts';
import type { PlanValue } from '../../program/plan.ts';
import type { BoundPlan } from '../../runtime/workspace.ts';
import { type Diagnostic, note, warning } from '../../tensor/diagnostic.ts';
import { formatShape, sameShape } from '../../tensor/shape.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { rateEdit, rateStateOf, restoreMeasured } from '../numbers/rate-state.ts';
import type { Debug, Project } from '../project.ts';

export type Stops = Pick<SessionSettings, 'breakpoints' | 'watches' | 'expanded' | 'scope'>;

export interface SessionSource {
  readonly project: Project;
  readonly debug: Debug;
  readonly timeline: Timeline;
  readonly stops: Stops;
  readonly fusedMultiplyAdd: boolean;
  /** Numbers of what cannot run. */
  readonly waiting: ReadonlyMap<string, Tensor>;
  /** There are weights that came from a file. */
  readonly loaded: boolean;
}

/** What begins an iteration and travels as numbers. */
const kept: readonly PlanValue['kind'][] = ['parameter', 'state', 'slot'];

type Edit = SessionSettings['edits'][number];

/** What a later engine needs to stand at the same place. Numbers are copies. */
export function sessionContent(source: SessionSource): SessionContent {
  const { project, debug, timeline, stops, fusedMultiplyAdd } = source;
  const { stepper, bound } = debug;
  const { cursor: step, iteration } = stepper;
  // Those ahead, too: what was stepped back over is written again on the way forwards.
  const edits = editsOf(source, (edit) => edit.at.step > 0 || !travels(bound, edit.name));
  const rate = bound.find('lr') === undefined ? undefined : (bound.read('lr')[0] as number);
  const rateState = rateStateOf(timeline, iteration, debug.machine.iterationsPerEpoch);
  stepper.runTo(0);
  const numbers = new Map([...source.waiting, ...copies(bound, kept)]);
  const feeds = copies(bound, ['feed']);
  stepper.runTo(step);
  return {
    graph: project.graph,
    settings: {
      format: sessionFormat,
      version: sessionVersion,
      position: { iteration, step },
      ...rateState,
      ...(rate === undefined || !Number.isFinite(rate) ? {} : { rate }),
      edits,
      engine: { fusedMultiplyAdd },
      ...stops,
    },
    numbers,
    feeds,
  };
}

/**
 * The same for a link: how to begin, without numbers. Those of the first iteration come from the seed, with what was written by hand
 * there, unless that is much.
 */
export function linkContent(source: SessionSource): SessionContent {
  const { graph, settings } = sessionContent(source);
  const { rate, factor, measured: _, position, ...rest } = settings;
  if (position.iteration > 0)
    return { graph, settings: { ...rest, edits: [], position: { iteration: 0, step: 0 } }, numbers: null, feeds: null };
  const written = editsOf(source, () => true);
  const edits = isMuch(written) ? [] : written;
  const rateState = factor === undefined || rate === undefined ? {} : { rate, factor };
  return { graph, settings: { ...rest, ...rateState, edits, position }, numbers: null, feeds: null };
}

/** Elements written by hand that a link still takes. */
const mostWritten = 1000;

function isMuch(edits: readonly Edit[]): boolean {
  return edits.reduce((sum, { changes }) => sum + changes.length, 0) > mostWritten;
}

type ElementEdit = Extract<HistoryEdit, { readonly kind: 'elements' }>;

/** What was written by hand in this iteration, in order. */
function editsOf({ debug, timeline }: SessionSource, takes: (edit: ElementEdit) => boolean): readonly Edit[] {
  const edits: Edit[] = [];
  eachEdit(timeline.forks.current, debug.stepper.iteration, (edit) => {
    if (edit.kind !== 'elements' || !takes(edit)) return;
    const changes = edit.changes.map(({ index, value }) => [index, jsonNumber(value)] as [number, JsonNumber]);
    edits.push({ step: edit.at.step, name: edit.name, changes });
  });
  return edits;
}

/** Whether a value is among the numbers that a file takes along. */
function travels({ plan, find }: BoundPlan, name: string): boolean {
  const value = plan.values[find(name) ?? -1];
  return value !== undefined && (kept.includes(value.kind) || value.kind === 'feed');
}

/** Stands where a session stood; the project is at the start of its iteration, with its numbers, and nothing was done in it. */
export function standAsSaved(debug: Debug, timeline: Timeline, session: SessionContent): readonly Diagnostic[] {
  const { stepper, bound } = debug;
  const { settings, feeds, numbers } = session;
  const diagnostics: Diagnostic[] = numbers ? numberFaults(bound, numbers) : [];
  const { iteration } = stepper;
  restoreMeasured(debug, timeline, settings);
  const edits: HistoryEdit[] = [];
  const at = (step: number) => ({ iteration, step: Math.min(step, bound.plan.steps.length) });
  for (const [name, tensor] of feeds ?? []) {
    const misfit = misfitOf(bound, name, tensor);
    const changes = misfit ? [] : differences(bound.read(name), tensor.data);
    if (misfit) diagnostics.push(misfit);
    if (changes.length > 0) edits.push({ kind: 'elements', at: at(0), name, changes });
  }
  const rate = rateEdit(debug, settings);
  if (rate) edits.push(rate);
  for (const { step, name, changes } of [...settings.edits].sort((a, b) => a.step - b.step)) {
    const found = changes.map(([index, value]) => ({ index, value: Number(value) }));
    if (bound.find(name) !== undefined) edits.push({ kind: 'elements', at: at(step), name, changes: found });
    else diagnostics.push(warning('W_SESSION', `what was written by hand to \`${name}\` has no place in this graph`));
  }
  if (edits.length > 0) timeline.reedit(stepper, edits);
  stepper.runTo(Math.min(settings.position.step, bound.plan.steps.length));
  return diagnostics;
}

/** In fast numerics another engine may round otherwise. */
export function engineNote(session: SessionContent, fusedMultiplyAdd: boolean): Diagnostic | null {
  const there = session.settings.engine.fusedMultiplyAdd;
  if (session.graph.training.numerics === 'strict' || session.numbers === null || there === fusedMultiplyAdd)
    return null;
  const has = (yes: boolean) => (yes ? 'with' : 'without');
  const hint = { hint: 'Choose strict numerics in the Training tab to get the same bits everywhere.' };
  const message = `this session was saved on an engine ${has(there)} fused multiply-add, this one is ${has(fusedMultiplyAdd)}: last digits may differ`;
  return warning('W_ENGINE', message, {}, hint);
}

/** What a link cannot carry. */
export function linkNote(source: SessionSource): Diagnostic | null {
  const { iteration } = source.debug.stepper;
  const isLost = source.loaded || isMuch(editsOf(source, () => true));
  if (iteration === 0 && !isLost) return null;
  const where =
    iteration === 0
      ? 'its weights are those that the seed gives'
      : `it opens at the start, not at iteration ${iteration}`;
  const hint = { hint: 'Save the session as a file to take its weights along.' };
  return note('I_LINK', `a link holds no weights: ${where}`, {}, hint);
}

function copies(bound: BoundPlan, kinds: readonly PlanValue['kind'][]): ReadonlyMap<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  bound.plan.values.forEach(({ kind, name, dtype, shape }, index) => {
    if (kinds.includes(kind)) tensors.set(name, { dtype, shape, data: bound.view(index).slice() });
  });
  return tensors;
}

/** What of a session's numbers has no place in its graph, and what that has no number for. */
function numberFaults({ plan, find }: BoundPlan, numbers: ReadonlyMap<string, Tensor>): Diagnostic[] {
  const isKept = (value: PlanValue | undefined) =>
    value?.region === 'persistent' && ['parameter', 'state', 'slot'].includes(value.kind);
  const left: string[] = [];
  const met = new Set<string>();
  for (const [name, tensor] of numbers) {
    const index = find(name);
    const value = index === undefined ? undefined : plan.values[index];
    const fits = value && isKept(value) && value.dtype === tensor.dtype && sameShape(value.shape, tensor.shape);
    if (fits) met.add(value.name);
    else left.push(`\`${name}\` ${tensor.dtype} ${formatShape(tensor.shape)}`);
  }
  const open = plan.values.filter((value) => isKept(value) && !met.has(value.name)).map(({ name }) => `\`${name}\``);
  const told: Diagnostic[] = [];
  if (left.length > 0)
    told.push(
      warning('W_SESSION', `of the session's numbers ${listed(left)} fit nothing in its graph: they are left out`),
    );
  if (open.length > 0)
    told.push(warning('W_SESSION', `the session has no numbers for ${listed(open)}: they start as the graph says`));
  return told;
}

/** So many are named. */
const mostNamed = 5;

function listed(names: readonly string[]): string {
  const rest = names.length - mostNamed;
  return `${names.slice(0, mostNamed).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function misfitOf({ plan, find }: BoundPlan, name: string, { shape, dtype }: Tensor): Diagnostic | null {
  const index = find(name);
  const value = index === undefined ? undefined : plan.values[index];
  if (value?.kind === 'feed' && value.dtype === dtype && sameShape(value.shape, shape)) return null;
  const needed = value ? `the graph needs ${value.dtype} ${formatShape(value.shape)}` : 'the graph has no such input';
  return warning('W_SESSION', `the session's data \`${name}\` ${dtype} ${formatShape(shape)} is left out: ${needed}`);
}

function differences(now: ArrayLike<number>, then: ArrayLike<number>): { index: number; value: number }[] {
  const changes: { index: number; value: number }[] = [];
  for (let index = 0; index < then.length; index++) {
    const value = then[index] as number;
    if (!Object.is(now[index], value)) changes.push({ index, value });
  }
  return changes;
}

type JsonNumber = Edit['changes'][number][1];

function jsonNumber(value: number): JsonNumber {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}
