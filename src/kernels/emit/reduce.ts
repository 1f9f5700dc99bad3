// Reductions in one pass over the inputs. Vectors run along the axis that suits memory: a folded one (four lanes of one output,
// folded together at the end) or a kept one (four outputs side by side). Items are outputs, or strips of sixteen of them; the
// order in which an output's terms are added follows from the spec alone.
import type { ReduceSpec } from '../../program/kernel-spec.ts';
import { assert } from '../../tensor/assert.ts';
import { numel, rowMajorStrides } from '../../tensor/shape.ts';
import type { Code } from '../encoder/code.ts';
import { forRange, ifElse } from '../encoder/control.ts';
import { defineFunction, type Local, type NewLocal } from '../encoder/function.ts';
import { f32x4, i32, i32x4, plusBytes, v128 } from '../encoder/instructions.ts';
import { identity } from '../reference/reduce.ts';
import { createTotal, foldInto, foldLanes, inGroups, type Total } from './accumulate.ts';
import type { KernelEmitter } from './emitter.ts';
import { emitVectorLines, type Leaf } from './expression.ts';
import { type Axis, advance, axesOf, forAll, forItems, mergeAxes, type Pointer, whileAtLeast } from './iteration.ts';
import { compileStagedExpression, type Level, type StagedExpression } from './staged-expression.ts';
import { loadNumbers, type Stream, type Width } from './stream.ts';
import { createBlockPool } from './vector-block.ts';

/** Strides are listed as inputs, output (the same for all), coordinates. */
interface ReducePlan {
  /** Kept axes that items walk; the last one counts strips when vectors run across. */
  readonly outer: readonly Axis[];
  /** Folded axes but the one that is walked innermost. */
  readonly folded: readonly Axis[];
  /** The folded axis that is walked innermost. */
  readonly run: Axis;
  /** The kept axis along which vectors lie, or null when they lie along `run`. */
  readonly across: Axis | null;
  readonly coordinates: readonly number[];
  readonly items: number;
}

const stripWidth = 16;
/** Vectors (or, across, rows) that are added plainly before the total takes them. */
const runLength = 16;

function planReduce(spec: ReduceSpec): ReducePlan {
  const { shape, axes, inputs, body } = spec;
  const keptShape = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const target = rowMajorStrides(keptShape).map((stride, axis) => (axes.includes(axis) ? 0 : stride));
  const coordinates = [...new Set(body.flatMap((e) => (e.op === 'coord' ? [e.axis] : [])))];
  const buffers = [
    ...inputs.map(({ strides }) => strides),
    target,
    ...coordinates.map((axis) => shape.map((_, other) => (other === axis ? 1 : 0))),
  ];
  const foldedShape = shape.map((size, axis) => (axes.includes(axis) ? size : 1));
  const kept = mergeAxes(axesOf(keptShape, buffers), inputs.length);
  const folded = mergeAxes(axesOf(foldedShape, buffers), 0);
  const none: Axis = { size: 1, strides: buffers.map(() => 0) };
  const items = numel(keptShape);
  const cost = (axis: Axis, overhead: number) => {
    const evaluations = (Math.floor(axis.size / 4) + (axis.size % 4)) / axis.size;
    const loads = axis.strides
      .slice(0, inputs.length)
      .reduce((sum, s) => sum + (s === 0 ? 0 : Math.abs(s) === 1 ? evaluations : 1.25), 0);
    return loads + evaluations * body.length + overhead;
  };
  const byCost = (candidates: readonly Axis[], overhead: number) =>
    candidates
      .map((axis) => ({ axis, cost: cost(axis, overhead) }))
      .reduce<{ axis: Axis; cost: number } | null>((best, next) => (best && best.cost < next.cost ? best : next), null);
  const along = byCost(folded, 16 / numel(foldedShape));
  const across = byCost(kept, 4 / numel(foldedShape));
  if (across !== null && (along === null || across.cost < along.cost)) {
    const { axis } = across;
    const strips: Axis = {
      size: Math.ceil(axis.size / stripWidth),
      strides: axis.strides.map((stride) => stride * stripWidth),
    };
    return {
      outer: [...kept.filter((other) => other !== axis), strips],
      folded: folded.slice(0, -1),
      run: folded.at(-1) ?? none,
      across: axis,
      coordinates,
      items: (items / axis.size) * strips.size,
    };
  }
  const run = along?.axis ?? none;
  return { outer: kept, folded: folded.filter((axis) => axis !== run), run, across: null, coordinates, items };
}

/** All that the two ways of walking share while one function is built. */
interface Builder {
  readonly spec: ReduceSpec;
  readonly plan: ReducePlan;
  readonly local: NewLocal;
  readonly spare: Local;
  readonly expression: StagedExpression;
  /** Inputs and coordinates move; the last pointers are the outputs'. */
  readonly pointers: readonly Pointer[];
  /** The same axis for `pointers`, whose order is inputs, coordinates, outputs. */
  readonly along: (axis: Axis) => Axis;
  readonly streams: (axis: Axis) => (leaf: Leaf) => Stream;
  /** Passes the folded value through `finish` and stores it as the pointers say. */
  readonly store: (output: number, value: Local, width: Width, vector: number) => Code;
}

/** Evaluates the body at `vectors` neighbouring vectors and folds each into its accumulators. */
function accumulate(b: Builder, axis: Axis, accumulators: readonly (readonly Local[])[], width: Width): Code {
  const stream = b.streams(axis);
  return accumulators.map((perOutput, vector) => {
    const { statements, results } = b.expression.evaluate((leaf) => loadNumbers(stream(leaf), width, vector));
    return [
      statements,
      perOutput.map((acc, k) => {
        const kind = b.spec.outputs[k]!.by;
        const value = results[k] as Code;
        return foldInto(kind, acc, b.plan.across === null && width === 1 ? onlyLane0(value, kind) : value, b.spare);
      }),
    ];
  });
}

function onlyLane0(value: Code, kind: keyof typeof identity): Code {
  return v128.bitselect(value, f32x4.splatConst(identity[kind]), i32x4.const(-1, 0, 0, 0));
}

/** Loops over all the runs of an item (or strip): `run` folds one into the totals. */
function overFolded(b: Builder, run: Code): Code {
  return forAll(
    b.plan.folded.map(b.along),
    b.pointers.slice(0, b.pointers.length - b.spec.outputs.length),
    b.local,
    run,
  );
}

const clear = (accumulators: readonly (readonly Local[])[], spec: ReduceSpec): Code =>
  accumulators.map((perOutput) => perOutput.map((acc, k) => acc.set(f32x4.splatConst(identity[spec.outputs[k]!.by]))));

/** One output: vectors lie along the run, several accumulators at once. */
function reduceAlong(b: Builder): Code {
  const { spec, plan, local } = b;
  const { run } = plan;
  const width = spec.outputs.length === 1 && spec.body.length <= 8 ? 4 : spec.outputs.length <= 2 ? 2 : 1;
  const accumulators = Array.from({ length: width }, () => spec.outputs.map(() => local('v128')));
  const first = accumulators[0] as Local[];
  const vectors = Math.floor(run.size / 4);
  const quads = Math.floor(vectors / width);
  const rest = vectors % width;
  const tail = run.size % 4;
  const runs = Math.ceil(quads / (runLength / width)) + (rest + tail > 0 ? 1 : 0);
  const totals = spec.outputs.map(({ by }) =>
    createTotal(by, runs * numel(plan.folded.map(({ size }) => size)), local, b.spare),
  );
  const moving = b.pointers.slice(0, b.pointers.length - spec.outputs.length);
  const step = b.along(run);
  const addFirst = totals.map((total, k) => total.add(first[k] as Local));
  const joined = accumulators
    .slice(1)
    .map((perOutput) => perOutput.map((acc, k) => foldInto(spec.outputs[k]!.by, first[k] as Local, acc.get, b.spare)));
  const counter = local('i32');
  const row = [
    inGroups(
      quads,
      runLength / width,
      local,
      clear(accumulators, spec),
      [accumulate(b, run, accumulators, 4), advance(moving, step, 4 * width)],
      [joined, addFirst],
    ),
    rest + tail === 0
      ? []
      : [
          clear([first], spec),
          forRange(counter, 0, rest, 1, [accumulate(b, run, [first], 4), advance(moving, step, 4)]),
          forRange(counter, 0, tail, 1, [accumulate(b, run, [first], 1), advance(moving, step)]),
          addFirst,
        ],
    advance(moving, step, -run.size),
  ];
  return [
    totals.map((total) => total.clear),
    overFolded(b, row),
    spec.outputs.map(({ by }, k) => {
      const value = first[k] as Local;
      return [(totals[k] as Total).into(value), foldLanes(by, value, b.spare), b.store(k, value, 1, 0)];
    }),
  ];
}

/** A strip of outputs side by side: vectors lie across, and rows of the run are added to them. */
function reduceAcross(b: Builder, across: Axis, strip: Local): Code {
  const { spec, plan, local } = b;
  const { run } = plan;
  const runs = Math.ceil(run.size / runLength) * numel(plan.folded.map(({ size }) => size));
  const moving = b.pointers.slice(0, b.pointers.length - spec.outputs.length);

  const columns = (vectors: number, width: Width): Code => {
    const accumulators = Array.from({ length: vectors }, () => spec.outputs.map(() => local('v128')));
    const totals = accumulators.map(() => spec.outputs.map(({ by }) => createTotal(by, runs, local, b.spare)));
    const rows = inGroups(
      run.size,
      runLength,
      local,
      clear(accumulators, spec),
      [accumulate(b, across, accumulators, width), advance(moving, b.along(run))],
      totals.map((perOutput, v) => perOutput.map((total, k) => total.add(accumulators[v]?.[k] as Local))),
    );
    return [
      totals.map((perOutput) => perOutput.map((total) => total.clear)),
      overFolded(b, [rows, advance(moving, b.along(run), -run.size)]),
      totals.map((perOutput, v) =>
        perOutput.map((total, k) => {
          const value = accumulators[v]?.[k] as Local;
          return [total.into(value), b.store(k, value, width, v)];
        }),
      ),
      advance(b.pointers, b.along(across), width * vectors),
    ];
  };

  const left = local('i32');
  const width = spec.outputs.length === 1 ? 4 : spec.outputs.length === 2 ? 2 : 1;
  const rest = across.size % stripWidth;
  return [
    left.set(i32.sub(i32.const(across.size), i32.mul(strip.get, i32.const(stripWidth)))),
    ifElse(i32.gtS(left.get, i32.const(stripWidth)), left.set(i32.const(stripWidth))),
    across.size >= 4 * width && width > 1 ? whileAtLeast(left, 4 * width, columns(width, 4)) : [],
    rest >= 4 || width === 1 ? whileAtLeast(left, 4, columns(1, 4)) : [],
    rest % 4 > 0 ? whileAtLeast(left, 1, columns(1, 1)) : [],
  ];
}

function emptyPlan(spec: ReduceSpec): ReduceSpec {
  // Nothing to fold: one round over identities, each output from a body of its own.
  const kept = spec.shape.filter((_, axis) => !spec.axes.includes(axis));
  return {
    op: 'reduce',
    shape: [numel(kept)],
    axes: [],
    inputs: [],
    body: spec.outputs.map(({ by }) => ({ op: 'const', value: identity[by] })),
    outputs: spec.outputs.map((output, value) => ({ ...output, value })),
  };
}

const isEmpty = (spec: ReduceSpec) => spec.axes.some((axis) => spec.shape[axis] === 0);

/** Split by outputs (or strips of sixteen), never within a sum. */
export const reduce: KernelEmitter<ReduceSpec> = {
  emit(given, { fma }) {
    const buffers = given.inputs.length + given.outputs.length;
    const parameters = Array.from({ length: buffers + 3 }, () => 'i32' as const);
    const spec = isEmpty(given) ? emptyPlan(given) : given;
    return defineFunction('reduce', parameters, (p, local) => {
      const plan = planReduce(spec);
      if (plan.items === 0) return [];
      const { coordinates } = plan;
      const inputCount = spec.inputs.length;
      const pointers = [...spec.inputs, ...coordinates, ...spec.outputs].map((_, i): Pointer => {
        const isCoordinate = i >= inputCount && i < inputCount + coordinates.length;
        return { local: local('i32'), unit: isCoordinate ? 1 : 4 };
      });
      const along = ({ size, strides }: Axis): Axis => ({
        size,
        strides: [
          ...strides.slice(0, inputCount),
          ...strides.slice(inputCount + 1),
          ...spec.outputs.map(() => strides[inputCount] as number),
        ],
      });
      const indexOf = (leaf: Leaf) => (leaf.op === 'input' ? leaf.input : inputCount + coordinates.indexOf(leaf.axis));
      const streams = (axis: Axis) => {
        const { strides } = along(axis);
        return (leaf: Leaf): Stream => {
          const i = indexOf(leaf);
          const kind = leaf.op === 'coord' ? 'coord' : spec.inputs[leaf.input]!.dtype;
          return { kind, stride: strides[i] as number, at: pointers[i]!.local };
        };
      };
      const still = (axes: readonly Axis[], leaf: Leaf) =>
        axes.every((axis) => along(axis).strides[indexOf(leaf)] === 0);
      const inner = [...plan.folded, plan.run, ...(plan.across ? [plan.across] : [])];
      const level = (leaf: Leaf): Level => (!still(inner, leaf) ? 2 : still(plan.outer, leaf) ? 0 : 1);
      const values = spec.outputs.map(({ value }) => value);
      const expression = compileStagedExpression(spec.body, values, { local, fma, level });

      const finishing = createBlockPool(local, fma);
      const finish = (output: number, value: Local): Code => {
        const body = spec.outputs[output]!.finish;
        if (body.length === 0) return [];
        const block = finishing.begin();
        const [result] = emitVectorLines(block, body, [body.length - 1], [value.get], () => {
          assert(false, 'the end of a reduction has no coordinates');
        });
        return [block.statements(), value.set(result as Code)];
      };
      const acrossStride = plan.across?.strides[inputCount] ?? 0;
      const store = (output: number, value: Local, width: Width, vector: number): Code => {
        const at = (pointers[pointers.length - spec.outputs.length + output] as Pointer).local;
        const first = 16 * vector * acrossStride;
        const stored =
          width === 1
            ? v128.store32Lane(at.get, value.get, 0)
            : acrossStride === 1
              ? v128.store(at.get, value.get, first)
              : [0, 1, 2, 3].map((lane) => v128.store32Lane(at.get, value.get, lane, first + 4 * lane * acrossStride));
        return [finish(output, value), stored];
      };
      const spare = local('v128');
      const b: Builder = { spec, plan, local, spare, expression, pointers, along, streams, store };
      const read = (leaf: Leaf) => loadNumbers({ ...streams(plan.run)(leaf), stride: 0 }, 1);
      // Items move copies, so that what an item does to its pointers is undone by itself.
      const items = forItems(plan.outer.map(along), pointers, p[buffers + 1]!.get, p[buffers + 2]!.get, local, (c) => [
        expression.hoist(1, read),
        plan.across === null ? reduceAlong(b) : withPointers(b, reduceAcross(b, plan.across, c.at(-1) as Local)),
      ]);
      return [
        pointers.map(({ local: pointer }, i) => {
          if (i < inputCount) return pointer.set(plusBytes(p[i]!.get, 4 * spec.inputs[i]!.offset));
          const output = i - inputCount - coordinates.length;
          return output < 0 ? pointer.set(i32.const(0)) : pointer.set(p[given.inputs.length + output]!.get);
        }),
        expression.prologue,
        finishing.prologue(),
        expression.hoist(0, read),
        items,
      ];
    });
  },
  workspaceBytes: () => 0,
  extent: (spec) => planReduce(isEmpty(spec) ? emptyPlan(spec) : spec).items,
};

/** Saves the pointers before code that leaves them elsewhere. */
function withPointers({ pointers, local }: Builder, code: Code): Code {
  const saved = pointers.map(() => local('i32'));
  return [
    pointers.map((pointer, i) => (saved[i] as Local).set(pointer.local.get)),
    code,
    pointers.map((pointer, i) => pointer.local.set((saved[i] as Local).get)),
  ];
}
