// The debugger's answers about single numbers over the plan that stands: finds the numbers as the step in question found them,
// and puts elements into names and indices.

import type { Compilation } from '../../compiler/compile.ts';
import { explainNumber, questionOf, stepOf } from '../../debugger/explain/explain-number.ts';
import { fieldsOf } from '../../debugger/explain/fields.ts';
import { gradientAccount } from '../../debugger/explain/gradient-account.ts';
import { gridsOf, type SpotGrid } from '../../debugger/explain/grids.ts';
import { createExplainSource, type ExplainSource, type PlanNumbers } from '../../debugger/explain/source.ts';
import { exactSum, type Spot, type SpotPart, type SpotTerm } from '../../debugger/explain/terms.ts';
import type { NumericArray } from '../../tensor/dtype.ts';
import { formatExact } from '../../tensor/number-text.ts';
import type { Shape } from '../../tensor/shape.ts';
import type { Debug } from '../project.ts';
import type {
  ElementAt,
  ExplainedPart,
  ExplainedTerm,
  ExplainRequest,
  FieldAnswer,
  GradientAccountAnswer,
  NumberExplanation,
  NumberGrid,
} from '../protocol/explain.ts';
import { layoutOf } from '../views/planes.ts';

/** Terms listed where the request does not say. */
const usualTerms = 64;

export interface Explanations {
  explain(debug: Debug, compilation: Compilation, request: ExplainRequest, revision: number): NumberExplanation | null;
  fields(debug: Debug, compilation: Compilation, name: string, index: number, revision: number): FieldAnswer | null;
  account(debug: Debug, compilation: Compilation, name: string, revision: number): GradientAccountAnswer | null;
}

/** Over whichever project is asked about; what is indexed of its plan serves until another comes. */
export function createExplanations(): Explanations {
  let known: { readonly of: Compilation['plan']; readonly source: ExplainSource } | null = null;

  function sourceOf({ plan, network }: Compilation): ExplainSource | null {
    if (!plan) return null;
    if (known?.of !== plan) known = { of: plan, source: createExplainSource(plan, network) };
    return known.source;
  }

  return {
    explain(debug, compilation, { name, index, most = usualTerms }, revision) {
      const source = sourceOf(compilation);
      const question = source && questionOf(source, name, index);
      if (!source || !question) return null;
      const { value, as } = question;
      if (as === 'value' && !debug.stepper.isComputed(value)) return null;
      const numbers = numbersAt(debug, stepOf(source, question));
      const story = explainNumber(source, numbers, question);
      const sorted = story.terms.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value));
      if (story.by === 'min') sorted.reverse();
      const [listed, left] = [sorted.slice(0, most), sorted.slice(most)];
      const { shape, dtype } = source.valueOf(value);
      const place = (spot: Spot): ElementAt => elementAt(source, spot);
      return {
        revision,
        name,
        index,
        at: indexOf(shape, index),
        shape,
        dtype,
        batchAxis: batchAxisOf(debug, source, value),
        kind: story.kind,
        node: story.node,
        op: story.op,
        phase: story.phase,
        value: as === 'value' ? (numbers.after(value)[index] as number) : story.result,
        result: story.result,
        by: story.by,
        text: inPlainNumbers(story.text),
        terms: listed.map((term) => termOf(term, place)),
        termCount: story.terms.length,
        rest: left.length === 0 ? null : { count: left.length, value: restOf(left, story.by) },
        paths: (story.paths ?? []).map((part) => partOf(part, place)),
        parts: (story.parts ?? []).map((part) => partOf(part, place)),
        inside: story.inside ? { name: story.inside.name, index: story.inside.index, at: story.inside.at } : null,
        grids: gridsOf(story.terms, story.by, (at) => source.valueOf(at).shape).map((row) =>
          row.map((grid) => gridOf(source, grid)),
        ),
        related: relatedOf(source, name, question),
      };
    },

    fields(debug, compilation, name, index, revision) {
      const source = sourceOf(compilation);
      const question = source && questionOf(source, name, index);
      if (!source || !question) return null;
      return { revision, ...fieldsOf(source, numbersAt(debug, null), question) };
    },

    account(debug, compilation, name, revision) {
      const source = sourceOf(compilation);
      const gradient = source?.find(name.startsWith('grad(') ? name : `grad(${name})`);
      if (gradient === undefined || !debug.stepper.isComputed(gradient)) return null;
      const found = source && gradientAccount(source, numbersAt(debug, null), name);
      return found ? { revision, ...found } : null;
    },
  };
}

/** The numbers as a step finds and leaves them; where it has run and values were changed in place since, it is gone back to. */
function numbersAt({ stepper, bound }: Debug, step: number | null): PlanNumbers {
  const live: PlanNumbers = { read: (index) => bound.view(index), after: (index) => bound.view(index) };
  const { plan } = bound;
  const { cursor } = stepper;
  const made = step === null ? undefined : plan.steps[step];
  if (step === null || !made || cursor <= step) return live;
  const persistent = (index: number) => plan.values[index]?.region === 'persistent';
  const last = plan.steps[cursor - 1]?.to ?? 0;
  const changed = plan.instructions.slice(made.from, last).some(({ outputs }) => outputs.some(persistent));
  if (!changed) return live;
  // Its node may tell of numbers that only its other steps read.
  const own = plan.instructions.filter(({ step: at }) => at === step || plan.steps[at]?.node === made.node);
  const involved = new Set(own.flatMap(({ inputs, outputs }) => [...inputs, ...outputs].filter(persistent)));
  const copy = (): Map<number, NumericArray> =>
    new Map([...involved].map((index) => [index, bound.view(index).slice()]));
  stepper.runTo(step);
  const before = copy();
  stepper.runTo(step + 1);
  const after = copy();
  stepper.runTo(cursor);
  return {
    read: (index) => before.get(index) ?? bound.view(index),
    after: (index) => after.get(index) ?? bound.view(index),
  };
}

function batchAxisOf({ bound }: Debug, source: ExplainSource, value: number): number | null {
  const of = source.gradientOf(value);
  const base = of === undefined ? value : (source.find(of) ?? value);
  const persistent = source.valueOf(base).region === 'persistent';
  return layoutOf(source.valueOf(value), bound.plan.batch, persistent).batchAxis;
}

/** Numbers as the page writes them: no digit that float32 does not hold, a true minus, in brackets where it follows a sign. */
function inPlainNumbers(text: string): string {
  return text
    .replace(/(?<![\w)\]])-(?=[\d∞])|(?<=\de)-(?=\d)/g, '−')
    .replace(/\d+\.\d{7,}(?:e[−+]?\d+)?/g, (digits) => formatExact(Number(digits.replace('−', '-'))))
    .replace(/([−+·×/^] ?)(−(?:∞|\d[\d.]*(?:e[−+]?\d+)?))/g, '$1($2)');
}

function restOf(terms: readonly SpotTerm[], by: NumberExplanation['by']): number {
  const values = terms.map((term) => term.value);
  if (by === 'product') return values.reduce((a, b) => a * b, 1);
  if (by === 'max') return values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (by === 'min') return values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  return exactSum(values);
}

/** Index of each dimension of a flat one. */
function indexOf(shape: Shape, index: number): number[] {
  const at: number[] = [];
  let rest = index;
  for (const size of shape.toReversed()) {
    at.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return at;
}

function elementAt(source: ExplainSource, { value, index }: Spot): ElementAt {
  return { name: source.nameOf(value), index, at: indexOf(source.valueOf(value).shape, index) };
}

function termOf({ value, factors, label }: SpotTerm, place: (spot: Spot) => ElementAt): ExplainedTerm {
  return {
    value,
    factors: factors.map((factor) => ({
      value: factor.value,
      ...(factor.spot ? { element: place(factor.spot) } : {}),
    })),
    ...(label === undefined ? {} : { label }),
  };
}

function partOf({ label, value, spot }: SpotPart, place: (spot: Spot) => ElementAt): ExplainedPart {
  return { label, value, ...(spot ? { element: place(spot) } : {}) };
}

function gridOf(source: ExplainSource, { value, ...grid }: SpotGrid): NumberGrid {
  return { ...grid, name: value === null ? null : source.nameOf(value) };
}

/** Other numbers of the same element. */
function relatedOf(
  source: ExplainSource,
  name: string,
  { value, index, as }: { readonly value: number; readonly index: number; readonly as: string },
): NumberExplanation['related'] {
  const found: { as: NumberExplanation['related'][number]['as']; element: ElementAt }[] = [];
  const at = indexOf(source.valueOf(value).shape, index);
  const add = (kind: (typeof found)[number]['as'], other: string): void => {
    if (other !== name) found.push({ as: kind, element: { name: other, index, at } });
  };
  const own = source.gradientOf(value) ?? source.nameOf(value);
  if (as !== 'value' || source.gradientOf(value) !== undefined) add('value', own);
  if (source.find(`grad(${own})`) !== undefined) add('gradient', `grad(${own})`);
  const parameter = source.find(own);
  if (parameter !== undefined && questionOf(source, `update(${own})`, index)) {
    add('update', `update(${own})`);
    add('after', `next(${own})`);
  }
  return found;
}
