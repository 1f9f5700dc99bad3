// Random set-ups of every kernel, with sizes around vectors, tiles and blocks: one entry a kernel, so that a kernel which is
// forgotten does not compile. Length: one table. Numbers are small and whole wherever sums must be exact.
import type { EmittedOp } from '../../src/kernels/emit/emitters.ts';
import { fitsWinograd } from '../../src/kernels/emit/winograd-plan.ts';
import type {
  Access,
  Conv2dGeometry,
  Conv2dSpec,
  Epilogue,
  Expression,
  GemmSpec,
  Pool2dGeometry,
} from '../../src/program/kernel-spec.ts';
import type { GuardedCase } from './guarded-run.ts';
import type { Buffer } from './kernel-bench.ts';
import { type Next, pick, randomBody, randomInput, randomLayout, randomShape } from './random-specs.ts';

const edges = [1, 1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 15, 16, 17, 24, 25, 31, 32, 33];
const wide = [...edges, 47, 48, 63, 64, 65, 66, 95, 96, 127, 128, 129, 130];

const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);
const floats = (count: number) => new Float32Array(count);

/** Whole numbers of at most 3: sums of ten thousand products are exact. */
function whole(next: Next, count: number): Float32Array {
  return Float32Array.from({ length: count }, () => Math.floor(next() * 7) - 3);
}

function integers(next: Next, count: number): Int32Array {
  return Int32Array.from({ length: count }, () => Math.floor(next() * 41) - 20);
}

/** Without tanh: floor and comparisons would tell its last bit. */
function exactBody(next: Next, inputs: number, rank: number): Expression[] {
  return randomBody(next, inputs, rank).map((line) => (line.op === 'tanh' ? { op: 'neg', a: line.a } : line));
}

/** A tensor that is read through an access: its buffer. */
function filled(next: Next, { dtype }: Access, length: number): Buffer {
  return dtype === 'int32' ? integers(next, length) : whole(next, length);
}

export const guardedSpecs: { readonly [O in EmittedOp]: (next: Next) => GuardedCase } = {
  elementwise(next) {
    const shape = randomShape(next, 4, 1500);
    const inputs = Array.from({ length: Math.floor(next() * 4) }, () => {
      const { access, length } = randomInput(next, shape);
      return { access: { ...access, dtype: pick(next, ['float32', 'float32', 'int32'] as const) }, length };
    });
    const body = exactBody(next, inputs.length, shape.length);
    const outputs = Array.from({ length: 1 + Math.floor(next() * 2.5) }, (_, slot) => {
      const { access, length } = randomLayout(next, shape);
      return { access: { ...access, slot, value: Math.floor(next() * body.length) }, length };
    });
    return {
      spec: {
        op: 'elementwise',
        shape,
        inputs: inputs.map(({ access }) => access),
        body,
        outputs: outputs.map(({ access }) => access),
      },
      inputs: inputs.map(({ access, length }) => filled(next, access, length)),
      outputs: outputs.map(({ length }) => floats(length)),
      tolerance: 1e-5,
    };
  },

  reduce(next) {
    const shape = randomShape(next, 4, 1500);
    const axes = shape.map((_, axis) => axis).filter(() => next() > 0.5);
    const inputs = Array.from({ length: 1 + Math.floor(next() * 2.5) }, () => randomInput(next, shape));
    const body = exactBody(next, inputs.length, shape.length);
    const outputs = Array.from({ length: 1 + Math.floor(next() * 2.5) }, () => ({
      value: Math.floor(next() * body.length),
      by: pick(next, ['sum', 'sum', 'max', 'min'] as const),
      finish: pick(next, finishes),
    }));
    const kept = product(shape.filter((_, axis) => !axes.includes(axis)));
    return {
      spec: { op: 'reduce', shape, axes, inputs: inputs.map(({ access }) => access), body, outputs },
      inputs: inputs.map(({ access, length }) => filled(next, access, length)),
      outputs: outputs.map(() => floats(kept)),
      tolerance: 1e-4,
    };
  },

  integer(next) {
    const shape = randomShape(next, 4, 1000);
    const inputs = Array.from({ length: 1 + Math.floor(next() * 2) }, () => randomInput(next, shape));
    const axes = shape.flatMap((_, axis) => (next() < 0.35 ? [axis] : []));
    const by = pick(next, ['sum', 'prod', 'max', 'min'] as const);
    const body: Expression[] = inputs.map((_, input) => ({ op: 'input', input }));
    body.push({ op: 'const', value: Math.floor(next() * 9) - 4 });
    for (let more = Math.floor(next() * 4); more > 0; more--) {
      const line = () => Math.floor(next() * body.length);
      body.push({ op: pick(next, ['add', 'sub', 'mul', 'div', 'max', 'ge'] as const), a: line(), b: line() });
    }
    const accesses = inputs.map(({ access }) => ({ ...access, dtype: 'int32' as const }));
    return {
      spec: { op: 'integer', shape, axes, by, inputs: accesses, body },
      inputs: inputs.map(({ length }) => integers(next, length)),
      outputs: [new Int32Array(product(shape.filter((_, axis) => !axes.includes(axis))))],
      tolerance: 0,
    };
  },

  arg_reduce(next) {
    const shape = [pick(next, edges), ...randomShape(next, 3, 800)].sort(() => next() - 0.5);
    const axis = Math.floor(next() * shape.length);
    const { access, length } = randomInput(next, shape);
    return {
      spec: { op: 'arg_reduce', shape, axis, by: pick(next, ['max', 'min'] as const), input: access },
      inputs: [whole(next, length)],
      outputs: [new Int32Array(product(shape) / (shape[axis] as number))],
      tolerance: 0,
    };
  },

  gemm(next) {
    const batch = pick(next, [[], [], [], [2], [3, 2]]);
    const room = batch.length > 0 ? edges : wide;
    const [m, n, k] = [pick(next, room), pick(next, room), pick(next, room)];
    const a = operand(next, batch, m, k);
    const b = batch.length === 0 && n % 4 === 0 && next() > 0.5 ? inFours(next, k, n) : operand(next, batch, k, n);
    const { epilogue, inputs } = randomEpilogue(next, [...batch, m, n]);
    return {
      spec: { op: 'gemm', batch, m, n, k, a: a.side, b: b.side, epilogue },
      inputs: [whole(next, a.length), whole(next, b.length), ...inputs],
      outputs: outputsOf(epilogue, product([...batch, m, n])),
      tolerance: 1e-6,
    };
  },

  conv2d(next) {
    const geometry = convolution(next);
    const direction = pick(next, ['forward', 'input_grad', 'weight_grad'] as const);
    const counts = convolutionCounts(geometry);
    const [given, out] = {
      forward: [[counts.x, counts.weight], counts.y],
      input_grad: [[counts.y, counts.weight], counts.x],
      weight_grad: [[counts.x, counts.y], counts.weight],
    }[direction] as [number[], number];
    const { batch, inChannels, outChannels, inSize, outSize } = geometry;
    const space = direction === 'forward' ? [batch, outChannels, ...outSize] : [batch, inChannels, ...inSize];
    const { epilogue, inputs } = direction === 'weight_grad' ? doubled(next) : randomEpilogue(next, space);
    const direct: Conv2dSpec = { op: 'conv2d', direction, geometry, epilogue };
    const spec = fitsWinograd(direct) && next() > 0.5 ? { ...direct, algorithm: 'winograd' as const } : direct;
    return {
      spec,
      inputs: [...given.map((count) => whole(next, count)), ...inputs],
      outputs: outputsOf(epilogue, out),
      tolerance: spec.algorithm ? 1e-4 : 1e-6,
    };
  },

  max_pool2d(next) {
    const geometry = pooling(next);
    const { x, y } = poolingCounts(geometry);
    return {
      spec: { op: 'max_pool2d', geometry },
      inputs: [whole(next, x)],
      outputs: [floats(y), new Int32Array(y)],
      tolerance: 0,
    };
  },

  max_pool2d_grad(next) {
    const geometry = pooling(next);
    const { x, y } = poolingCounts(geometry);
    const plane = product(geometry.inSize);
    // Some point outside the plane: they are passed over.
    const indices = Int32Array.from({ length: y }, () => Math.floor(next() * (plane + 2)) - 1);
    return {
      spec: { op: 'max_pool2d_grad', geometry },
      inputs: [whole(next, y), indices],
      outputs: [floats(x)],
      tolerance: 0,
    };
  },

  avg_pool2d(next) {
    const geometry = pooling(next);
    const { x, y } = poolingCounts(geometry);
    const direction = pick(next, ['forward', 'backward'] as const);
    const [given, out] = direction === 'forward' ? [x, y] : [y, x];
    return {
      spec: { op: 'avg_pool2d', direction, geometry, countIncludePad: next() > 0.5 },
      inputs: [whole(next, given)],
      outputs: [floats(out)],
      tolerance: 2e-6,
    };
  },

  softmax(next) {
    const [outer, size, inner] = [
      pick(next, [0, 1, 1, 2, 7]),
      pick(next, wide),
      pick(next, [1, 1, 2, 4, 7, 16, 19, 33]),
    ];
    const count = outer * size * inner;
    return {
      spec: { op: 'softmax', outer, size, inner, log: next() > 0.5 },
      inputs: [whole(next, count)],
      outputs: [floats(count)],
      tolerance: 1e-6,
    };
  },

  gather(next) {
    const { size, rows, index, spec } = rowMoves(next);
    return {
      spec: { op: 'gather', ...spec },
      inputs: [whole(next, size), index],
      outputs: [floats(rows)],
      tolerance: 0,
    };
  },

  scatter_add(next) {
    const { size, rows, index, spec } = rowMoves(next);
    return {
      spec: { op: 'scatter_add', ...spec },
      inputs: [whole(next, rows), index],
      outputs: [floats(size)],
      tolerance: 0,
    };
  },

  bernoulli(next) {
    const count = pick(next, [0, 1, 3, 4, 5, 1000, 1023, 1024, 1025, 2049]);
    const stream = Math.floor(next() * 2 ** 32) | 0;
    return {
      spec: { op: 'bernoulli', count, keep: pick(next, [0, 0.25, 0.5, 1]), stream },
      inputs: [Int32Array.of(Math.floor(next() * 1000))],
      outputs: [floats(count)],
      tolerance: 0,
    };
  },

  greedy_select(next) {
    const [batch, count] = [pick(next, [1, 1, 2, 5]), pick(next, [0, ...edges])];
    const density = next();
    const conflicts = Float32Array.from({ length: batch * count * count }, () => (next() < density * density ? 1 : 0));
    return {
      spec: { op: 'greedy_select', batch, count },
      inputs: [conflicts],
      outputs: [floats(batch * count)],
      tolerance: 0,
    };
  },

  assemble(next) {
    const piece = randomShape(next, 3, 300);
    const count = 1 + Math.floor(next() * 3);
    const gap = Math.floor(next() * 3);
    // Stacked along a new axis in front, with rows of `fill` behind each piece.
    const shape = [count + gap, ...piece];
    const dtype = pick(next, ['float32', 'float32', 'int32'] as const);
    const strides = piece.map((_, axis) => product(piece.slice(axis + 1)));
    const places = Array.from({ length: count + gap }, (_, i) => i).sort(() => next() - 0.5);
    const pieces = Array.from({ length: count }, (_, i) => {
      const { access, length } = randomInput(next, piece);
      const offset = (places[i] as number) * product(piece);
      return { length, piece: { shape: piece, input: { ...access, dtype }, output: { dtype, offset, strides } } };
    });
    return {
      spec: {
        op: 'assemble',
        shape,
        dtype,
        fill: Math.floor(next() * 5) - 2,
        pieces: pieces.map((each) => each.piece),
      },
      inputs: pieces.map(({ length }) => (dtype === 'int32' ? integers(next, length) : whole(next, length))),
      outputs: [dtype === 'int32' ? new Int32Array(product(shape)) : floats(product(shape))],
      tolerance: 0,
    };
  },
};

const finishes: readonly (readonly Expression[])[] = [
  [],
  [
    { op: 'input', input: 0 },
    { op: 'const', value: 0.125 },
    { op: 'mul', a: 0, b: 1 },
  ],
];

const noEpilogue = { epilogue: null, inputs: [] as readonly Buffer[] };

/** The result, and one more for every line that is stored besides. */
function outputsOf(epilogue: Epilogue | null, count: number): readonly Float32Array[] {
  return [floats(count), ...(epilogue?.also ?? []).map(() => floats(count))];
}

/** Nothing, or scaled and shifted by one more tensor that may repeat; some lines on the way may be stored besides. */
function randomEpilogue(
  next: Next,
  space: readonly number[],
): { epilogue: Epilogue | null; inputs: readonly Buffer[] } {
  if (next() > 0.5) return noEpilogue;
  const { access, length } = randomInput(next, space);
  const body: Expression[] = [
    { op: 'input', input: 0 },
    { op: 'input', input: 1 },
    { op: 'add', a: 0, b: 1 },
    { op: 'const', value: 0 },
    { op: 'max', a: 2, b: 3 },
  ];
  const also = pick(next, [[], [], [2], [0, 2], [2, 1, 0], [4]]);
  return {
    epilogue: { inputs: [access], body, ...(also.length > 0 ? { also } : {}) },
    inputs: [whole(next, length)],
  };
}

/** Of a weight gradient: nothing, or what is done to the sum alone. */
function doubled(next: Next): typeof noEpilogue | { epilogue: Epilogue; inputs: readonly Buffer[] } {
  if (next() > 0.5) return noEpilogue;
  const body: Expression[] = [
    { op: 'input', input: 0 },
    { op: 'add', a: 0, b: 0 },
    { op: 'flush', a: 1 },
  ];
  return { epilogue: { inputs: [], body }, inputs: [] };
}

/** One side of a product: by rows or by columns, with gaps, flipped, or repeated over the batch. */
function operand(next: Next, batch: readonly number[], rows: number, columns: number) {
  const { access, length } = randomLayout(next, [...batch, rows, columns]);
  const repeats = next() > 0.7;
  const ofBatch = batch.map((_, axis) => (repeats ? 0 : (access.strides[axis] as number)));
  const [row, column] = access.strides.slice(-2) as [number, number];
  const side: GemmSpec['a'] = { offset: access.offset, batch: ofBatch, row, column };
  return { side, length };
}

/** A second factor laid out in fours of columns, with gaps between them. */
function inFours(next: Next, k: number, n: number) {
  const [offset, fours] = [pick(next, [0, 0, 3]), 4 * k + pick(next, [0, 0, 1, 4, 20])];
  const side: GemmSpec['b'] = { offset, batch: [], row: 4, column: 1, fours };
  return { side, length: offset + (n / 4) * fours };
}

function windows(next: Next, kernels: readonly number[]) {
  const kernel = [pick(next, kernels), pick(next, kernels)] as const;
  const stride = [pick(next, [1, 1, 2, 3]), pick(next, [1, 1, 2, 3])] as const;
  const dilation = [pick(next, [1, 1, 1, 2]), pick(next, [1, 1, 1, 3])] as const;
  const pad = () => pick(next, [0, 0, 1, 2, 3]);
  const padding = [pad(), pad(), pad(), pad()] as const;
  // Large enough that at least one window fits.
  const size = ([0, 1] as const).map((axis) => {
    const reach = dilation[axis] * (kernel[axis] - 1) + 1 - padding[axis] - padding[axis + 2]!;
    return Math.max(1, reach) + pick(next, [0, 0, 1, 2, 3, 5, 8, 11]);
  });
  const inSize = size as unknown as readonly [number, number];
  const out = (axis: 0 | 1) => {
    const room = inSize[axis] + padding[axis] + padding[axis + 2]! - dilation[axis] * (kernel[axis] - 1) - 1;
    return Math.floor(room / stride[axis]) + 1;
  };
  return { kernel, stride, dilation, padding, inSize, outSize: [out(0), out(1)] as const };
}

function convolution(next: Next): Conv2dGeometry {
  const shape = next() > 0.7 ? threeByThree(next) : windows(next, [1, 2, 3, 3, 5]);
  const groups = pick(next, [1, 1, 1, 2, 3]);
  const [perIn, perOut] = [pick(next, [1, 2, 3, 4, 5, 8, 9]), pick(next, [1, 2, 3, 4, 7, 8, 9, 17])];
  return {
    ...shape,
    batch: pick(next, [1, 1, 2, 3]),
    groups,
    inChannels: groups * perIn,
    outChannels: groups * perOut,
  };
}

/** What has a form of its own: 3×3, stride 1. */
function threeByThree(next: Next) {
  const pad = () => pick(next, [0, 1, 1, 2]);
  const padding = [pad(), pad(), pad(), pad()] as const;
  const size = () => pick(next, [3, 4, 5, 6, 7, 8, 9, 13]);
  const inSize = [size(), size()] as const;
  const outSize = [inSize[0] + padding[0] + padding[2] - 2, inSize[1] + padding[1] + padding[3] - 2] as const;
  return { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], padding, inSize, outSize } as const;
}

function convolutionCounts({ batch, inChannels, outChannels, inSize, outSize, kernel, groups }: Conv2dGeometry) {
  return {
    x: product([batch, inChannels, ...inSize]),
    y: product([batch, outChannels, ...outSize]),
    weight: product([outChannels, inChannels / groups, ...kernel]),
  };
}

function pooling(next: Next): Pool2dGeometry {
  return { ...windows(next, [1, 2, 3, 5]), planes: pick(next, [1, 2, 3, 7]) };
}

function poolingCounts({ planes, inSize, outSize }: Pool2dGeometry) {
  return { x: product([planes, ...inSize]), y: product([planes, ...outSize]) };
}

/** Rows and where they go; some indices are out of range. */
function rowMoves(next: Next) {
  const spec = {
    outer: pick(next, [0, 1, 1, 3]),
    size: pick(next, [1, 4, 9]),
    count: pick(next, [0, 1, 5, 12]),
    inner: pick(next, [1, 1, 2, 3, 4, 7, 16, 65]),
  };
  const index = Int32Array.from({ length: spec.count }, () => Math.floor(next() * (spec.size + 2)) - 1);
  const { outer, size, count, inner } = spec;
  return { spec, index, size: outer * size * inner, rows: outer * count * inner };
}
