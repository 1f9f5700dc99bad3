// One element as its instruction computes it, in a formula with names and in the same formula with numbers: optimisers' updates,
// running statistics, what a node saves, metrics. Unnamed values of the same step are written out.
import { compileExpression } from '../../kernels/reference/expression.ts';
import { say } from '../../operators/support/explain.ts';
import type { ElementwiseSpec, Expression } from '../../program/kernel-spec.ts';
import type { NumericArray } from '../../tensor/dtype.ts';
import { kernelRow } from './rows/kernel-row.ts';
import { positionAt, writerOf } from './rows/pointwise-rows.ts';
import { usedInputs } from './rows/used-inputs.ts';
import type { ExplainSource, PlanNumbers, Writer } from './source.ts';
import { exactSum, type Spot, type SpotExplanation, type SpotFactor } from './terms.ts';

/** A formula: in names, in numbers, and what it gives. */
interface Written {
  readonly names: string;
  readonly numbers: string;
  readonly value: number;
  /** How tightly it binds: 3 stands alone, 2 a product, 1 a sum. */
  readonly binds: 1 | 2 | 3;
}

/** Longer formulas are told by their last step alone. */
const longest = 400;

/**
 * The element at `spot` in its formula, where that is pointwise and not too long; otherwise what the instruction reads, with
 * slopes.
 */
export function explainInstruction(
  source: ExplainSource,
  numbers: PlanNumbers,
  spot: Spot,
  writer: Writer,
): SpotExplanation {
  const factors: SpotFactor[] = [];
  const seen = new Set<string>();
  const leaf = (at: Spot, written: boolean): Written => {
    const array = written ? numbers.after(at.value) : numbers.read(at.value);
    const value = array[at.index] as number;
    const own = source.nameOf(at.value);
    const name = written && source.valueOf(at.value).kind !== 'computed' ? `next(${own})` : own;
    if (!seen.has(`${name} ${at.index}`)) {
      seen.add(`${name} ${at.index}`);
      factors.push({ value, spot: at });
    }
    return { names: array.length === 1 ? name : `${name}[${at.index}]`, numbers: say(value), value, binds: 3 };
  };
  const open = (at: Spot, by: Writer): Written => {
    if (by.spec.op === 'view') return operand(at.index, 0, by);
    if (by.spec.op !== 'elementwise') return leaf(at, false);
    const found = writerOf(by.spec, by.slot, at.index);
    return found ? formulaOf(by.spec, found.value, found.point, (i, index) => operand(index, i, by)) : leaf(at, false);
  };
  /** What an instruction reads: written out where it has no name and was made in this step. */
  const operand = (index: number, input: number, by: Writer): Written => {
    const value = by.instruction.inputs[input] as number;
    const before = source
      .writersOf(value)
      .filter((each) => each.instruction.step === by.instruction.step && each.at < by.at)
      .at(-1);
    if (!before) return leaf({ value, index }, false);
    const unnamed = source.nameOf(value).includes(':');
    return unnamed ? open({ value, index }, before) : leaf({ value, index }, true);
  };
  const isPointwise = writer.spec.op === 'elementwise' || writer.spec.op === 'view';
  const written = isPointwise ? open(spot, writer) : null;
  if (written && written.names.length <= longest) {
    return {
      by: 'function',
      terms: [{ value: written.value, factors }],
      result: written.value,
      text: `${written.names} = ${written.numbers} = ${say(written.value)}`,
    };
  }
  return lastStep(source, numbers, spot, writer);
}

/** What the instruction reads, with the slopes; the number itself as it stands. */
function lastStep(source: ExplainSource, numbers: PlanNumbers, spot: Spot, writer: Writer): SpotExplanation {
  const { inputs } = writer.instruction;
  const arrays = inputs.map((input) => numbers.read(input));
  const factors: SpotFactor[] = [];
  const links: { readonly value: number; readonly slope: number; readonly spot: Spot }[] = [];
  kernelRow(writer.spec, arrays, { slot: writer.slot, index: spot.index }, (link) => {
    const value = inputs[link.input] as number;
    const number = (arrays[link.input] as NumericArray)[link.index] as number;
    factors.push({ value: number, spot: { value, index: link.index } });
    links.push({ value: number, slope: link.slope, spot: { value, index: link.index } });
  });
  const result = numbers.after(spot.value)[spot.index] as number;
  const name = source.nameOf(spot.value);
  const sum = exactSum(links.map(({ value, slope }) => value * slope));
  // Linear: the links are the terms.
  if (links.length > 0 && Math.abs(sum - result) <= 1e-5 * Math.abs(result)) {
    return {
      by: 'sum',
      terms: links.map(({ value, slope, spot: at }) => ({
        value: value * slope,
        factors: [{ value, spot: at }, ...(slope === 1 ? [] : [{ value: slope }])],
      })),
      result: sum,
      text: `${name}: Σ over ${links.length} elements = ${say(sum)}`,
    };
  }
  return { by: 'function', terms: [{ value: result, factors }], result, text: `${name} = ${say(result)}` };
}

const signs: Readonly<Record<string, readonly [sign: string, binds: 1 | 2]>> = {
  add: [' + ', 1],
  sub: [' − ', 1],
  mul: [' · ', 2],
  div: [' / ', 2],
};

function formulaOf(
  spec: ElementwiseSpec,
  line: number,
  point: Int32Array,
  operand: (input: number, index: number) => Written,
): Written {
  const read = new Map<number, Written>();
  const input = (i: number): Written => {
    const known = read.get(i);
    if (known) return known;
    const made = operand(i, positionAt(spec.inputs[i] as { offset: number; strides: readonly number[] }, point));
    read.set(i, made);
    return made;
  };
  const used = usedInputs(spec.body, line);
  const values = compileExpression(spec.body)(
    Float64Array.from(spec.inputs, (_, i) => (used.has(i) ? input(i).value : 0)),
    point,
  ).slice();
  const group = (part: Written, least: number): readonly [string, string] =>
    part.binds < least ? [`(${part.names})`, `(${part.numbers})`] : [part.names, part.numbers];
  const write = (at: number): Written => {
    const e = spec.body[at] as Expression;
    const value = values[at] as number;
    const made = (names: string, text: string, binds: 1 | 2 | 3 = 3): Written => ({
      names,
      numbers: text,
      value,
      binds,
    });
    if (e.op === 'input') return input(e.input);
    if (e.op === 'const') return made(say(e.value), say(e.value));
    if (e.op === 'coord') return made(`position ${value}`, say(value));
    if (e.op === 'select') return write(values[e.condition] !== 0 ? e.a : e.b);
    if (e.op === 'flush') return write(e.a);
    if (e.op === 'neg') {
      const [names, text] = group(write(e.a), 2);
      return made(`−${names}`, `−${text}`, 2);
    }
    if (e.op === 'sqrt') {
      const a = write(e.a);
      return made(`√(${a.names})`, `√(${a.numbers})`);
    }
    if (e.op === 'reciprocal') {
      const [names, text] = group(write(e.a), 3);
      return made(`1 / ${names}`, `1 / ${text}`, 2);
    }
    if (!('b' in e)) {
      const a = write(e.a);
      return made(`${e.op}(${a.names})`, `${e.op}(${a.numbers})`);
    }
    const [a, b] = [write(e.a), write(e.b)];
    const sign = signs[e.op];
    if (!sign) return made(`${e.op}(${a.names}, ${b.names})`, `${e.op}(${a.numbers}, ${b.numbers})`);
    const [mark, binds] = sign;
    if (e.op === 'mul' && e.a === e.b) {
      const [names, text] = group(a, 3);
      return made(`${names}²`, `${text.startsWith('−') ? `(${text})` : text}²`);
    }
    const tighter = e.op === 'sub' ? 2 : e.op === 'div' ? 3 : binds;
    const [left, right] = [group(a, binds), group(b, tighter)];
    const guard = (text: string) => (text.startsWith('−') ? `(${text})` : text);
    return made(left[0] + mark + right[0], left[1] + mark + guard(right[1]), binds);
  };
  return write(line);
}
