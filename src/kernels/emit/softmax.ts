// Softmax in three passes over each slice: maximum, exponentials and their sum, division. Vectors lie along the slice when it is
// contiguous, else across neighbouring slices.
import type { SoftmaxSpec } from '../../program/kernel-spec.ts';
import type { Code } from '../encoder/code.ts';
import { forRange, ifElse } from '../encoder/control.ts';
import { defineFunction, type Local, type NewLocal } from '../encoder/function.ts';
import { f32x4, i32, i32x4, v128 } from '../encoder/instructions.ts';
import { createTotal, foldLanes, inGroups } from './accumulate.ts';
import type { KernelEmitter } from './emitter.ts';
import { type Axis, advance, forItems, type Pointer, whileAtLeast } from './iteration.ts';
import { exp, log } from './math.ts';
import { type BlockPool, createBlockPool } from './vector-block.ts';

const stripWidth = 16;
/** Exponentials that are added plainly before a total with carried error takes them. */
const runLength = 64;

interface Builder {
  readonly spec: SoftmaxSpec;
  readonly local: NewLocal;
  readonly pool: BlockPool;
  readonly x: Pointer;
  readonly y: Pointer;
  /** Of the slice. */
  readonly largest: Local;
  readonly sum: Local;
}

type Width = 4 | 1;

const load = ({ local }: Pointer, width: Width) => (width === 4 ? v128.load(local.get) : v128.load32Splat(local.get));
const store = ({ local }: Pointer, value: Code, width: Width) =>
  width === 4 ? v128.store(local.get, value) : v128.store32Lane(local.get, value, 0);

/** Largest so far; NaN is left out, as the sum will show it. */
function takeLargest({ largest, x }: Builder, width: Width): Code {
  return largest.set(f32x4.pmax(largest.get, load(x, width)));
}

/** Adds e^(x − largest) to `run`, and stores it unless only its logarithm is wanted. */
function addExponential(b: Builder, width: Width, run: Local, lanes: Code | null): Code {
  const block = b.pool.begin();
  const e = block.hold(exp(block, block.hold(f32x4.sub(load(b.x, width), b.largest.get))));
  return [
    block.statements(),
    b.spec.log ? [] : store(b.y, e, width),
    run.set(f32x4.add(run.get, lanes === null ? e : v128.and(e, lanes))),
  ];
}

/** The last pass; `sum` holds the logarithm of the sum when that is wanted. */
function finish(b: Builder, width: Width): Code {
  if (b.spec.log) {
    return store(b.y, f32x4.sub(f32x4.sub(load(b.x, width), b.largest.get), b.sum.get), width);
  }
  const block = b.pool.begin();
  const quotient = block.hold(f32x4.div(load(b.y, width), b.sum.get));
  // Denormal probabilities would slow every product that they enter.
  const flushed = v128.andnot(quotient, f32x4.lt(quotient, block.constant(2 ** -126)));
  return [block.statements(), store(b.y, flushed, width)];
}

function logOfSum(b: Builder): Code {
  if (!b.spec.log) return [];
  const block = b.pool.begin();
  const value = log(block, b.sum.get);
  return [block.statements(), b.sum.set(value)];
}

const startLargest = ({ largest }: Builder) => largest.set(f32x4.splatConst(Number.NEGATIVE_INFINITY));

/** One contiguous slice. */
function sliceAlong(b: Builder): Code {
  const { spec, local, largest, sum } = b;
  const vectors = Math.floor(spec.size / 4);
  const tail = spec.size % 4;
  const both: Axis = { size: spec.size, strides: [1, 1] };
  const pointers = [b.x, b.y];
  const back = advance(pointers, both, -spec.size);
  const round = local('i32');
  const run = local('v128');
  const spare = local('v128');
  const pass = (body: (width: Width) => Code): Code => [
    forRange(round, 0, vectors, 1, [body(4), advance(pointers, both, 4)]),
    forRange(round, 0, tail, 1, [body(1), advance(pointers, both, 1)]),
    back,
  ];
  const total = createTotal('sum', Math.ceil(vectors / runLength) + (tail > 0 ? 1 : 0), local, spare);
  const clear = run.set(f32x4.splatConst(0));
  const lane0 = i32x4.const(-1, 0, 0, 0);
  return [
    startLargest(b),
    pass((width) => takeLargest(b, width)),
    foldLanes('max', largest, spare),
    total.clear,
    inGroups(
      vectors,
      runLength,
      local,
      clear,
      [addExponential(b, 4, run, null), advance(pointers, both, 4)],
      total.add(run),
    ),
    tail === 0
      ? []
      : [
          clear,
          forRange(round, 0, tail, 1, [addExponential(b, 1, run, lane0), advance(pointers, both, 1)]),
          total.add(run),
        ],
    back,
    total.into(sum),
    foldLanes('sum', sum, spare),
    logOfSum(b),
    pass((width) => finish(b, width)),
  ];
}

/** A strip of slices side by side. */
function slicesAcross(b: Builder, strip: Local): Code {
  const { spec, local, sum } = b;
  const pointers = [b.x, b.y];
  const along: Axis = { size: spec.size, strides: [spec.inner, spec.inner] };
  const side: Axis = { size: spec.inner, strides: [1, 1] };
  const back = advance(pointers, along, -spec.size);
  const round = local('i32');
  const run = local('v128');
  const spare = local('v128');
  const columns = (width: Width): Code => {
    const pass = (body: Code) => [forRange(round, 0, spec.size, 1, [body, advance(pointers, along)]), back];
    const total = createTotal('sum', Math.ceil(spec.size / runLength), local, spare);
    const add = [addExponential(b, width, run, null), advance(pointers, along)];
    return [
      startLargest(b),
      pass(takeLargest(b, width)),
      total.clear,
      inGroups(spec.size, runLength, local, run.set(f32x4.splatConst(0)), add, total.add(run)),
      back,
      total.into(sum),
      logOfSum(b),
      pass(finish(b, width)),
      advance(pointers, side, width),
    ];
  };
  const left = local('i32');
  const saved = pointers.map(() => local('i32'));
  return [
    pointers.map((pointer, i) => (saved[i] as Local).set(pointer.local.get)),
    left.set(i32.sub(i32.const(spec.inner), i32.mul(strip.get, i32.const(stripWidth)))),
    ifElse(i32.gtS(left.get, i32.const(stripWidth)), left.set(i32.const(stripWidth))),
    spec.inner < 4 ? [] : whileAtLeast(left, 4, columns(4)),
    spec.inner % 4 === 0 ? [] : whileAtLeast(left, 1, columns(1)),
    pointers.map((pointer, i) => pointer.local.set((saved[i] as Local).get)),
  ];
}

function axesOfItems({ outer, size, inner }: SoftmaxSpec): Axis[] {
  const slices: Axis = { size: outer, strides: [size * inner, size * inner] };
  if (inner === 1) return [slices];
  return [slices, { size: Math.ceil(inner / stripWidth), strides: [stripWidth, stripWidth] }];
}

const isEmpty = ({ outer, size, inner }: SoftmaxSpec) => outer * size * inner === 0;

/** Split by slices, or by strips of sixteen of them. */
export const softmax: KernelEmitter<SoftmaxSpec> = {
  emit(spec, { fma }) {
    return defineFunction('softmax', ['i32', 'i32', 'i32', 'i32', 'i32'], (p, local) => {
      if (isEmpty(spec)) return [];
      const [input, output, , from, to] = p;
      const pool = createBlockPool(local, fma);
      const x: Pointer = { local: input, unit: 4 };
      const y: Pointer = { local: output, unit: 4 };
      const b: Builder = { spec, local, pool, x, y, largest: local('v128'), sum: local('v128') };
      const items = forItems(axesOfItems(spec), [x, y], from.get, to.get, local, (coordinates) =>
        spec.inner === 1 ? sliceAlong(b) : slicesAcross(b, coordinates.at(-1) as Local),
      );
      return [pool.prologue(), items];
    });
  },
  workspaceBytes: () => 0,
  extent: (spec) => (isEmpty(spec) ? 0 : axesOfItems(spec).reduce((items, { size }) => items * size, 1)),
};
