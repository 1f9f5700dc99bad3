// One vectorised pass over an iteration space: reads, evaluates a body, stores. The innermost axis runs four points at a time and
// the last few one at a time, with the same bits as a result. Everything of a point (or vector) is read before it is stored, so
// that an output may overwrite an input that is walked alike.
import type { ElementwiseSpec, Expression } from '../../program/kernel-spec.ts';
import { numel } from '../../tensor/shape.ts';
import type { Code } from '../encoder/code.ts';
import { select } from '../encoder/control.ts';
import type { Local, NewLocal } from '../encoder/function.ts';
import { i32, memoryCopy, plusBytes } from '../encoder/instructions.ts';
import type { Leaf } from './expression.ts';
import { type Axis, advance, axesOf, forItems, mergeAxes, type Pointer, whileAtLeast } from './iteration.ts';
import { compileStagedExpression, type Level } from './staged-expression.ts';
import { loadNumbers, loadRaw, type Stream, storeRaw, toRaw, type Width } from './stream.ts';

/** How a pass is walked; strides are listed as inputs, outputs, coordinates. */
export interface PassPlan {
  readonly outer: readonly Axis[];
  readonly inner: Axis;
  /** The last outer axis counts blocks of so many points of the inner one; null when items are whole rows. */
  readonly block: number | null;
  /** Iteration axes whose coordinate the body reads. */
  readonly coordinates: readonly number[];
  readonly items: number;
}

type PassSpec = Pick<ElementwiseSpec, 'shape' | 'inputs' | 'body' | 'outputs'>;

const leastBlock = 1024;

/** In which order the axes are walked, and which of them in vectors. */
export function planPass(spec: PassSpec): PassPlan {
  const { shape, inputs, body, outputs } = spec;
  const coordinates = [...new Set(body.flatMap((e) => (e.op === 'coord' ? [e.axis] : [])))];
  const buffers = [
    ...[...inputs, ...outputs].map(({ strides }) => strides),
    ...coordinates.map((axis) => shape.map((_, other) => (other === axis ? 1 : 0))),
  ];
  const axes = mergeAxes(axesOf(shape, buffers), inputs.length);
  const inner = cheapest(axes, inputs.length + outputs.length, body.length) ?? {
    size: 1,
    strides: buffers.map(() => 0),
  };
  const outer = axes.filter((axis) => axis !== inner);
  const rows = numel(outer.map(({ size }) => size));
  if (numel(shape) === 0) return { outer: [], inner, block: null, coordinates, items: 0 };
  if (rows >= 16 || inner.size < 2 * leastBlock) return { outer, inner, block: null, coordinates, items: rows };
  const block = Math.max(leastBlock, 64 * Math.ceil((rows * inner.size) / 4096));
  const blocks = Math.ceil(inner.size / block);
  const steps = { size: blocks, strides: inner.strides.map((stride) => stride * block) };
  return { outer: [...outer, steps], inner, block, coordinates, items: rows * blocks };
}

/** The axis along which vectors cost least: whole vectors, adjacent elements. */
function cheapest(axes: readonly Axis[], buffers: number, lines: number): Axis | null {
  let best: { axis: Axis; cost: number } | null = null;
  for (const axis of axes) {
    const evaluations = (Math.floor(axis.size / 4) + (axis.size % 4)) / axis.size;
    const cost = axis.strides
      .slice(0, buffers)
      .reduce(
        (sum, s) => sum + (s === 0 ? 0 : Math.abs(s) === 1 ? evaluations : 1.25),
        evaluations * lines + 2 / axis.size,
      );
    if (best === null || cost <= best.cost) best = { axis, cost };
  }
  return best?.axis ?? null;
}

/** Code of items [from, to). `addresses` are the buffers' byte addresses: inputs, then one for each output access. */
export function emitPass(
  spec: PassSpec,
  addresses: readonly Code[],
  from: Code,
  to: Code,
  { local, fma }: { readonly local: NewLocal; readonly fma: boolean },
): Code {
  const { inputs, body, outputs } = spec;
  const plan = planPass(spec);
  if (plan.items === 0) return [];
  const { inner, outer, block } = plan;
  const accesses = [...inputs, ...outputs];
  const rows: Pointer[] = inner.strides.map((_, i) => ({ local: local('i32'), unit: i < accesses.length ? 4 : 1 }));
  const cursors = inner.strides.map((stride, i): Pointer => {
    const row = rows[i]!;
    return stride === 0 || outer.length === 0 ? row : { ...row, local: local('i32') };
  });
  const streams = cursors.map(({ local: at }, i): Stream => {
    const access = accesses[i];
    return { kind: access ? access.dtype : 'coord', stride: inner.strides[i] as number, at };
  });
  const indexOf = (leaf: Leaf) =>
    leaf.op === 'input' ? leaf.input : accesses.length + plan.coordinates.indexOf(leaf.axis);
  const level = (leaf: Leaf): Level => {
    const i = indexOf(leaf);
    if (inner.strides[i] !== 0) return 2;
    return outer.every(({ strides }) => strides[i] === 0) ? 0 : 1;
  };

  const copies = outputs.map(({ value, dtype }) => copiedInput(body, value, dtype, inputs));
  const computed = outputs.flatMap(({ value }, k) => (copies[k] === null ? [value] : []));
  const expression = compileStagedExpression(body, computed, { local, fma, level });
  const spare = local('v128');
  const copied = copies.map((input) => (input !== null && outputs.length > 1 ? local('v128') : null));

  const points = (width: Width, vector = 0): Code => {
    const read = (leaf: Leaf) => loadNumbers(streams[indexOf(leaf)]!, width, vector);
    const { statements, results } = expression.evaluate(read);
    let next = 0;
    const raw = outputs.map(({ dtype }, k) => {
      const input = copies[k] ?? null;
      if (input === null) return toRaw(dtype, results[next++] as Code);
      return copied[k]?.get ?? loadRaw(streams[input]!, width, vector);
    });
    return [
      statements,
      copies.map((input, k) => copied[k]?.set(loadRaw(streams[input as number]!, width, vector)) ?? []),
      raw.map((value, k) => storeRaw(streams[inputs.length + k]!, value, width, vector, spare)),
    ];
  };

  const read = (leaf: Leaf) => loadNumbers(streams[indexOf(leaf)]!, 1);
  const left = local('i32');
  const unroll =
    inner.strides.some((s) => s !== 0 && s !== 1) || inner.size < 16
      ? 1
      : body.length <= 6
        ? 4
        : body.length <= 14
          ? 2
          : 1;
  const vectors = (count: number): Code =>
    inner.size < 4 * count
      ? []
      : whileAtLeast(left, 4 * count, [
          Array.from({ length: count }, (_, vector) => points(4, vector)),
          advance(cursors, inner, 4 * count),
        ]);
  const row = (coordinates: readonly Local[]): Code => {
    const rest = coordinates.at(-1);
    const whole = i32.const(inner.size);
    const count =
      block === null || rest === undefined
        ? left.set(whole)
        : [
            left.set(i32.sub(whole, i32.mul(rest.get, i32.const(block)))),
            left.set(select(i32.ltS(left.get, i32.const(block)), left.get, i32.const(block))),
          ];
    const copy = wholeCopy(plan, copies, inputs.length);
    return [
      count,
      cursors.map(({ local: cursor }, i) =>
        cursor === rows[i]?.local ? [] : cursor.set((rows[i] as Pointer).local.get),
      ),
      expression.hoist(1, read),
      copy === null
        ? [
            unroll > 1 ? vectors(unroll) : [],
            vectors(1),
            inner.size % 4 === 0 ? [] : whileAtLeast(left, 1, [points(1), advance(cursors, inner)]),
          ]
        : memoryCopy(
            (cursors[inputs.length] as Pointer).local.get,
            (cursors[copy] as Pointer).local.get,
            i32.shl(left.get, i32.const(2)),
          ),
    ];
  };
  return [
    rows.map(({ local: pointer }, i) => {
      const access = accesses[i];
      return pointer.set(access ? plusBytes(addresses[i] as Code, 4 * access.offset) : i32.const(0));
    }),
    expression.prologue,
    expression.hoist(0, read),
    forItems(outer, rows, from, to, local, row),
  ];
}

/** The input that an output repeats bit for bit, or null. */
function copiedInput(
  body: readonly Expression[],
  value: number,
  dtype: string,
  inputs: PassSpec['inputs'],
): number | null {
  const line = body[value];
  return line?.op === 'input' && inputs[line.input]?.dtype === dtype ? line.input : null;
}

/** The input of a pass that only moves long runs, for which the machine's own copy is fastest. */
function wholeCopy({ inner }: PassPlan, copies: readonly (number | null)[], inputs: number): number | null {
  const input = copies[0] ?? null;
  const runs = input !== null && inner.strides[input] === 1 && inner.strides[inputs] === 1 && inner.size >= 256;
  return runs && copies.length === 1 ? input : null;
}
