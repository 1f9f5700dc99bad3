// One element of a gradient: where gradients meet, one term for each use; within a node, one term for each element of what comes
// from above, dy·∂y/∂x. A gradient is linear in dy, so the rows of the node's own backward instructions give every slope.
import { say } from '../../operators/support/explain.ts';
import { kernelRow } from './rows/kernel-row.ts';
import type { Link } from './rows/row.ts';
import type { ExplainSource, PlanNumbers, Writer } from './source.ts';
import { cotangentsOf, notesOf } from './source.ts';
import { exactSum, type Spot, type SpotExplanation, type SpotPart, type SpotTerm } from './terms.ts';

/** Gradients that meet: shares by the node and port that they come back from. */
export function explainShares(source: ExplainSource, numbers: PlanNumbers, { value, index }: Spot): SpotExplanation {
  const of = source.gradientOf(value);
  const uses = new Map<number, string>();
  for (const { instance, port, share } of of === undefined ? [] : source.usesOf(of)) {
    if (share === undefined) continue;
    const label = `${instance.path}.${port}`;
    uses.set(share, uses.has(share) ? `${uses.get(share)} and ${label}` : label);
  }
  const terms: SpotTerm[] = [];
  const open = (at: number, weight: number): void => {
    const writer = source.writersOf(at)[0];
    if (writer && writer.step.role === 'sum' && (at === value || !uses.has(at))) {
      const inputs = writer.instruction.inputs.map((input) => numbers.read(input));
      kernelRow(writer.spec, inputs, { slot: writer.slot, index }, (link) =>
        open(writer.instruction.inputs[link.input] as number, weight * link.slope),
      );
      return;
    }
    const number = numbers.read(at)[index] as number;
    const through = uses.get(at);
    terms.push({
      value: weight * number,
      factors: [{ value: number, spot: { value: at, index } }, ...(weight === 1 ? [] : [{ value: weight }])],
      ...(through === undefined ? {} : { label: `through ${through}` }),
    });
  };
  open(value, 1);
  const result = exactSum(terms.map((term) => term.value));
  return { by: 'sum', terms, result, text: `${terms.length} gradients meet: their sum is ${say(result)}` };
}

interface Entry {
  slope: number;
  /** The slope is this element's number. */
  by: Spot | undefined;
}

/** One element of the gradient that a node gives to one of its inputs; null where the value hangs on nothing from above. */
export function explainNodeGradient(
  source: ExplainSource,
  numbers: PlanNumbers,
  { value, index }: Spot,
  writer: Writer,
): SpotExplanation | null {
  const { plan } = source;
  const node = source.instanceAt(writer.step.node);
  const cotangents = new Set(
    node ? [...cotangentsOf(source, node.instance).values()].map((each) => each.gradient) : [],
  );
  if (cotangents.has(value)) {
    const number = numbers.read(value)[index] as number;
    const terms = [{ value: number, factors: [{ value: number }] }];
    return { by: 'function', terms, result: number, text: `the seed: ∂loss/∂loss = ${say(number)}` };
  }
  // What the way back notes ends the terms: from there they are walked on.
  const stops = new Set([...cotangents, ...(node ? notesOf(source, node).keys() : [])]);
  stops.delete(value);
  const own = (at: number): Writer | undefined =>
    stops.has(at)
      ? undefined
      : source
          .writersOf(at)
          .find(({ step }) => step.node === writer.step.node && step.phase === 'backward' && step.role === 'node');
  const depends = dependents(source, stops, own);
  if (!depends.own.has(value)) return null;

  const open = new Map<number, Map<number, Entry>>([[value, new Map([[index, { slope: 1, by: undefined }]])]]);
  const leaves = new Map<number, Map<number, Entry>>();
  const order = [...depends.own]
    .map((at) => ({ at, writer: own(at) }))
    .filter((each): each is { at: number; writer: Writer } => each.writer !== undefined)
    .sort((a, b) => b.writer.at - a.writer.at);
  const paths = new Map<number, number[]>();
  for (const { at, writer: by } of order) {
    const entries = open.get(at);
    if (!entries) continue;
    const { inputs } = by.instruction;
    const arrays = inputs.map((input) => numbers.read(input));
    for (const [element, entry] of entries) {
      kernelRow(by.spec, arrays, { slot: by.slot, index: element }, (link) => {
        const to = inputs[link.input] as number;
        const isLeaf = depends.leaves.has(to);
        if (!isLeaf && !depends.own.has(to)) return;
        if (at === value) {
          const list = paths.get(to) ?? [];
          list.push(link.slope * (numbers.read(to)[link.index] as number));
          paths.set(to, list);
        }
        add(isLeaf ? leaves : open, to, link.index, entry, link, inputs);
      });
    }
    open.delete(at);
  }

  const terms: SpotTerm[] = [];
  for (const [at, entries] of leaves) {
    const array = numbers.read(at);
    for (const [element, { slope, by }] of entries) {
      const dy = array[element] as number;
      const slopes = slope === 1 ? [] : [{ value: slope, ...(by ? { spot: by } : {}) }];
      terms.push({ value: dy * slope, factors: [{ value: dy, spot: { value: at, index: element } }, ...slopes] });
    }
  }
  // What is passed on element by element has a slope to show even where it is 0.
  if (terms.length === 0 && node?.instance.operator.traits.elementwise) {
    for (const at of depends.leaves) {
      if (plan.values[at]?.shape.join() !== plan.values[value]?.shape.join()) continue;
      const dy = numbers.read(at)[index] as number;
      terms.push({ value: 0, factors: [{ value: dy, spot: { value: at, index } }, { value: 0 }] });
    }
  }
  const result = exactSum(terms.map((term) => term.value));
  const from = [...leaves.keys()].map((at) => source.nameOf(at)).join(', ');
  const text =
    terms.length === 0
      ? 'nothing comes back to this element: 0'
      : `Σ ∂L/∂y · ∂y/∂x over ${terms.length} element${terms.length === 1 ? '' : 's'} of ${from} = ${say(result)}`;
  return { by: 'sum', terms, result, text, ...(paths.size > 1 ? { paths: pathParts(source, paths) } : {}) };
}

/** Contributions by what the last instruction reads: batch norm's three ways, for one. */
function pathParts(source: ExplainSource, paths: ReadonlyMap<number, readonly number[]>): SpotPart[] {
  return [...paths].map(([at, values]) => {
    const name = source.nameOf(at);
    return {
      label: name.includes(':') ? 'through what the elements share' : `through ${name}`,
      value: exactSum(values),
    };
  });
}

function add(
  to: Map<number, Map<number, Entry>>,
  value: number,
  index: number,
  entry: Entry,
  link: Link,
  inputs: readonly number[],
): void {
  const entries = to.get(value) ?? new Map<number, Entry>();
  to.set(value, entries);
  const slope = entry.slope * link.slope;
  const before = entries.get(index);
  if (before) {
    before.slope += slope;
    before.by = undefined;
    return;
  }
  const own = link.by && { value: inputs[link.by.input] as number, index: link.by.index };
  entries.set(index, { slope, by: entry.slope === 1 ? own : link.slope === 1 ? entry.by : undefined });
}

/** Which values of a node's way back hang on what it stops at, and which of them those are. */
function dependents(
  source: ExplainSource,
  stops: ReadonlySet<number>,
  own: (at: number) => Writer | undefined,
): { readonly own: ReadonlySet<number>; readonly leaves: ReadonlySet<number> } {
  const leaves = new Set(stops);
  const inside = new Set<number>();
  for (const instruction of source.plan.instructions) {
    const mine = instruction.outputs.some((at) => own(at)?.instruction === instruction);
    if (!mine) continue;
    let hangs = false;
    for (const input of instruction.inputs) {
      if (inside.has(input) || leaves.has(input)) hangs = true;
      // Shared with another node's way back: what that one found comes from above, too.
      else if (!own(input) && source.writersOf(input)[0]?.step.phase === 'backward') {
        leaves.add(input);
        hangs = true;
      }
    }
    if (hangs) for (const output of instruction.outputs) inside.add(output);
  }
  return { own: inside, leaves };
}
