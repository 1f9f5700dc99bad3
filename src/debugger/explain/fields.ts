// Fields of one element over the forward phase: what it hangs on (receptive field) and what hangs on it (influence), through any
// number of nodes, as masks of every named value.
import { numel, type Shape } from '../../tensor/shape.ts';
import { carryMarks, type Direction, type Marks } from './field-marks.ts';
import type { ExplainSource, PlanNumbers } from './source.ts';
import type { Spot } from './terms.ts';

export interface FieldMask {
  readonly name: string;
  readonly shape: Shape;
  readonly count: number;
  /** The smallest box around them: [first, end) of each dimension. */
  readonly box: readonly (readonly [number, number])[];
  /** 1 or 0 over the box, row by row; null where all of it belongs. */
  readonly mask: Uint8Array<ArrayBuffer> | null;
}

export interface ElementFields {
  /** What the element depends on, nearest first. */
  readonly upstream: readonly FieldMask[];
  /** What depends on the element, nearest first. */
  readonly downstream: readonly FieldMask[];
}

/** Of an element of a gradient: the fields of the same element of its value. */
export function fieldsOf(source: ExplainSource, numbers: PlanNumbers, { value, index }: Spot): ElementFields {
  const of = source.gradientOf(value);
  const start = { value: of === undefined ? value : (source.find(of) ?? value), index };
  return {
    upstream: fieldOf(source, numbers, start, 'back'),
    downstream: fieldOf(source, numbers, start, 'on'),
  };
}

function fieldOf(source: ExplainSource, numbers: PlanNumbers, start: Spot, direction: Direction): FieldMask[] {
  const { plan } = source;
  const marks = new Map<number, Marks>();
  const marksOf = (value: number): Marks => {
    const known = marks.get(value);
    if (known) return known;
    const made = new Uint8Array(numel(source.valueOf(value).shape));
    marks.set(value, made);
    return made;
  };
  marksOf(start.value)[start.index] = 1;
  const forward = plan.instructions.filter(({ step }) => plan.steps[step]?.phase === 'forward');
  const order = direction === 'back' ? forward.toReversed() : forward;
  for (const { kernel, inputs, outputs } of order) {
    const spec = plan.kernels[kernel];
    const [from, to] = direction === 'back' ? [outputs, inputs] : [inputs, outputs];
    if (!spec || !from.some((value) => marks.has(value))) continue;
    const side = (values: readonly number[], given: boolean) =>
      values.map((value) => (given ? marks.get(value) : changes(source, value) ? undefined : marksOf(value)));
    const [ins, outs] =
      direction === 'back' ? [side(to, false), side(from, true)] : [side(from, true), side(to, false)];
    carryMarks(spec, ins, outs, direction, (input) => numbers.read(inputs[input] as number));
    // What was not reached is not followed.
    for (const value of to) if (marks.get(value)?.includes(1) === false) marks.delete(value);
  }
  marks.delete(start.value);
  const found = [...marks].flatMap(([value, own]) => {
    const name = source.nameOf(value);
    const mask = name.includes(':') ? null : maskOf(name, source.valueOf(value).shape, own);
    return mask ? [mask] : [];
  });
  return found;
}

/** Kept values that the forward phase replaces (running statistics) belong to no field. */
function changes(source: ExplainSource, value: number): boolean {
  const { kind, region } = source.valueOf(value);
  return kind === 'hyper' || (region === 'persistent' && kind === 'state');
}

/** Null where nothing is marked. */
function maskOf(name: string, shape: Shape, marks: Marks): FieldMask | null {
  const box = shape.map((): [number, number] => [Number.POSITIVE_INFINITY, 0]);
  const point = new Array<number>(shape.length).fill(0);
  let count = 0;
  marks.forEach((mark, at) => {
    if (!mark) return;
    count++;
    let rest = at;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const size = shape[axis] as number;
      const here = rest % size;
      rest = (rest - here) / size;
      const side = box[axis] as [number, number];
      if (here < side[0]) side[0] = here;
      if (here >= side[1]) side[1] = here + 1;
    }
  });
  if (count === 0) return null;
  const sizes = box.map(([first, end]) => end - first);
  const volume = numel(sizes);
  if (count === volume) return { name, shape, count, box, mask: null };
  const mask = new Uint8Array(volume);
  for (let i = 0; i < volume; i++) {
    let rest = i;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const size = sizes[axis] as number;
      point[axis] = (rest % size) + (box[axis] as [number, number])[0];
      rest = Math.floor(rest / size);
    }
    mask[i] = marks[point.reduce((flat, at, axis) => flat * (shape[axis] as number) + at, 0)] as number;
  }
  return { name, shape, count, box, mask };
}
