import { describe, expect, test } from 'vitest';
import { createKernelLibrary, type KernelLibrary } from '../../../src/kernels/library.ts';
import { runReference } from '../../../src/kernels/reference/reference.ts';
import type { Epilogue, GemmSpec } from '../../../src/program/kernel-spec.ts';
import { type Buffer, runKernel } from '../../support/kernel-bench.ts';

/** Repeatable numbers in [-1, 1): a linear congruence, on purpose not the product's generator. */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

const filled = (count: number, next: () => number) => Float32Array.from({ length: count }, next);

type Layout = 'rows' | 'columns' | 'gaps' | 'broadcast';

/** An operand of `rows`×`columns` for each of `batch` matrices in some layout, and the length of its buffer. */
function operand(layout: Layout, batch: readonly number[], rows: number, columns: number, offset: number) {
  const strides = { rows: [columns, 1], columns: [1, rows], gaps: [2 * columns + 3, 2], broadcast: [columns, 1] }[
    layout
  ];
  const [row, column] = strides as [number, number];
  const matrix = (rows - 1) * row + (columns - 1) * column + 1;
  const ofBatch: number[] = new Array(batch.length).fill(0);
  let size = Math.max(matrix, rows * columns);
  if (layout !== 'broadcast') {
    for (let axis = batch.length - 1; axis >= 0; axis--) {
      ofBatch[axis] = size;
      size *= batch[axis] as number;
    }
  }
  return { access: { offset, batch: ofBatch, row, column }, length: offset + size };
}

function product(spec: GemmSpec, a: Float32Array, b: Float32Array): Float64Array {
  const out = new Float64Array(spec.batch.reduce((x, y) => x * y, 1) * spec.m * spec.n);
  const index = new Array<number>(spec.batch.length).fill(0);
  for (let at = 0, matrix = 0; at < out.length; matrix++) {
    let rest = matrix;
    for (let axis = index.length - 1; axis >= 0; axis--) {
      index[axis] = rest % (spec.batch[axis] as number);
      rest = Math.floor(rest / (spec.batch[axis] as number));
    }
    const from = (strides: readonly number[]) => strides.reduce((sum, s, axis) => sum + s * (index[axis] as number), 0);
    for (let i = 0; i < spec.m; i++) {
      for (let j = 0; j < spec.n; j++, at++) {
        for (let k = 0; k < spec.k; k++) {
          const x = a[spec.a.offset + from(spec.a.batch) + i * spec.a.row + k * spec.a.column] as number;
          const y = b[spec.b.offset + from(spec.b.batch) + k * spec.b.row + j * spec.b.column] as number;
          out[at] = (out[at] as number) + x * y;
        }
      }
    }
  }
  return out;
}

/** Largest error against the sum of absolute products, in units of float32 rounding. */
function worstError(spec: GemmSpec, got: Buffer, a: Float32Array, b: Float32Array): number {
  const truth = product(spec, a, b);
  const scale = product(spec, a.map(Math.abs), b.map(Math.abs));
  let worst = 0;
  truth.forEach((value, i) => {
    const error = Math.abs((got[i] as number) - value) / ((scale[i] as number) * 2 ** -24 + 1e-30);
    if (!(error <= worst)) worst = error;
  });
  return worst;
}

function gemm(
  batch: number[],
  m: number,
  n: number,
  k: number,
  layouts: [Layout, Layout],
  epilogue: Epilogue | null = null,
) {
  const left = operand(layouts[0], batch, m, k, 3);
  const right = operand(layouts[1], batch, k, n, 0);
  const spec: GemmSpec = { op: 'gemm', batch, m, n, k, a: left.access, b: right.access, epilogue };
  const next = numbers(m * 7919 + n * 104729 + k);
  const count = batch.reduce((x, y) => x * y, 1) * m * n;
  return { spec, a: filled(left.length, next), b: filled(right.length, next), c: new Float32Array(count) };
}

const library = createKernelLibrary({ fma: false });

function check(library: KernelLibrary, { spec, a, b, c }: ReturnType<typeof gemm>): Buffer {
  const whole = runKernel(library, spec, [a, b], [c]);
  expect(whole.damaged).toBe(0);
  expect(worstError(spec, whole.outputs[0] as Buffer, a, b)).toBeLessThan(spec.k + 2);
  const extent = library.extent(spec);
  const splits = extent > 2 ? [1, Math.ceil(extent / 2)] : [Math.floor(extent / 2)];
  const parts = runKernel(library, spec, [a, b], [c], { splits });
  expect(parts.damaged).toBe(0);
  expect(parts.outputs[0]).toEqual(whole.outputs[0]);
  return whole.outputs[0] as Buffer;
}

describe('gemm', () => {
  const layouts: [Layout, Layout][] = [
    ['rows', 'rows'],
    ['rows', 'columns'],
    ['columns', 'rows'],
    ['columns', 'columns'],
    ['gaps', 'gaps'],
  ];

  test.each(layouts)('a by %s times b by %s: every tile edge', (...pair) => {
    const sizes = [1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 25];
    sizes.forEach((m, i) => {
      for (const n of sizes) check(library, gemm([], m, n, [1, 2, 5, 16, 33][(i + n) % 5] as number, pair));
    });
  });

  test.each([
    [[], 200, 70, 9, ['rows', 'rows']],
    [[], 61, 96, 130, ['rows', 'rows']],
    [[], 70, 300, 260, ['rows', 'rows']],
    [[], 200, 66, 70, ['columns', 'rows']],
    [[], 75, 300, 513, ['columns', 'columns']],
    [[], 30, 130, 1031, ['rows', 'columns']],
    [[], 5, 20, 1700, ['rows', 'rows']],
    [[], 1, 500, 100, ['rows', 'rows']],
    [[], 1, 131, 900, ['rows', 'columns']],
    [[], 300, 1, 77, ['rows', 'rows']],
    [[], 300, 1, 77, ['columns', 'gaps']],
    [[], 16, 512, 128, ['rows', 'rows']],
    [[], 65, 70, 1024, ['rows', 'rows']],
    [[], 203, 67, 1024, ['rows', 'columns']],
    [[2], 49, 64, 2048, ['rows', 'rows']],
    [[], 30, 256, 70, ['rows', 'rows']],
  ] as [number[], number, number, number, [Layout, Layout]][])('blocks: batch %j, %i×%i×%i, %j', (...shape) => {
    check(library, gemm(...shape));
  });

  test.each([
    [[3], 5, 7, 4, ['rows', 'rows']],
    [[2, 3], 4, 9, 6, ['rows', 'columns']],
    [[2, 3], 13, 9, 6, ['rows', 'broadcast']],
    [[4], 1, 9, 6, ['rows', 'broadcast']],
    [[2, 3], 5, 4, 6, ['broadcast', 'rows']],
    [[5], 6, 1, 8, ['rows', 'rows']],
    [[2, 1, 3], 30, 10, 5, ['gaps', 'broadcast']],
  ] as [number[], number, number, number, [Layout, Layout]][])('batches: %j, %i×%i×%i, %j', (...shape) => {
    check(library, gemm(...shape));
  });

  test('strides of 0 and below are read as they are', () => {
    const next = numbers(5);
    const spec = (a: GemmSpec['a'], b: GemmSpec['b']): GemmSpec => ({
      op: 'gemm',
      batch: [],
      m: 6,
      n: 10,
      k: 7,
      a,
      b,
      epilogue: null,
    });
    const flat = { offset: 0, batch: [], row: 0, column: 0 };
    const flipped = { offset: 69, batch: [], row: -10, column: -1 };
    for (const [a, b] of [
      [
        { ...flat, column: 1 },
        { ...flat, row: 10, column: 1 },
      ],
      [
        { ...flat, row: 7, column: 1 },
        { ...flat, column: 1 },
      ],
      [
        { ...flat, row: 7 },
        { ...flat, row: 1 },
      ],
      [{ offset: 41, batch: [], row: -7, column: -1 }, flipped],
    ] as const) {
      check(library, { spec: spec(a, b), a: filled(70, next), b: filled(70, next), c: new Float32Array(60) });
    }
  });

  test('no sum at all is 0, and empty outputs are left alone', () => {
    const none = gemm([], 5, 6, 0, ['rows', 'rows']);
    expect(runKernel(library, none.spec, [new Float32Array(4), new Float32Array(4)], [none.c]).outputs[0]).toEqual(
      new Float32Array(30),
    );
    const empty: GemmSpec = { ...none.spec, m: 0, k: 3 };
    expect(library.extent(empty)).toBe(0);
    expect(runKernel(library, empty, [new Float32Array(4), new Float32Array(18)], [new Float32Array(0)]).damaged).toBe(
      0,
    );
  });

  test('bits do not depend on the tile', () => {
    const tiles = [
      [4, 8],
      [6, 8],
      [3, 12],
      [2, 16],
      [4, 12],
      [12, 4],
    ] as const;
    for (const shape of [
      gemm([], 45, 53, 700, ['rows', 'rows']),
      gemm([], 100, 70, 900, ['columns', 'columns']),
      gemm([2], 26, 12, 30, ['rows', 'rows']),
    ]) {
      const all = tiles.map(([rows, columns]) =>
        check(createKernelLibrary({ fma: false, tile: { rows, columns } }), shape),
      );
      for (const other of all) expect(other).toEqual(all[0]);
    }
  });

  test('each sum is made in k order, rounded twice a step', () => {
    const { spec, a, b, c } = gemm([], 9, 11, 100, ['rows', 'rows']);
    const expected = new Float32Array(c.length);
    for (let i = 0; i < spec.m; i++) {
      for (let j = 0; j < spec.n; j++) {
        let sum = 0;
        for (let k = 0; k < spec.k; k++)
          sum = Math.fround(sum + Math.fround((a[3 + i * 100 + k] as number) * (b[k * 11 + j] as number)));
        expected[i * 11 + j] = sum;
      }
    }
    expect(runKernel(library, spec, [a, b], [c]).outputs[0]).toEqual(expected);
  });
});

describe('gemm epilogue', () => {
  const relu = (inputs: Epilogue['inputs']): Epilogue => ({
    inputs,
    body: [
      { op: 'input', input: 0 },
      { op: 'input', input: 1 },
      { op: 'add', a: 0, b: 1 },
      { op: 'const', value: 0 },
      { op: 'max', a: 2, b: 3 },
    ],
  });
  const float = (offset: number, strides: number[]) => ({ dtype: 'float32' as const, offset, strides });

  function compare({ spec, a, b, c }: ReturnType<typeof gemm>, operands: Buffer[]): void {
    const expected = c.slice();
    runReference(spec, [a, b, ...operands], [expected]);
    const extent = library.extent(spec);
    for (const splits of [[], [Math.floor(extent / 2)]]) {
      const { outputs, damaged } = runKernel(library, spec, [a, b, ...operands], [c], { splits });
      expect(damaged).toBe(0);
      expected.forEach((value, i) => {
        expect(Math.abs((outputs[0]?.[i] as number) - value)).toBeLessThan(1e-5 * spec.k ** 0.5);
      });
    }
  }
  const next = numbers(77);

  test('bias by column, by row, of one element and of every element', () => {
    for (const [m, n] of [
      [9, 10],
      [1, 70],
      [70, 1],
      [3, 3],
      [13, 30],
    ] as const) {
      compare(gemm([], m, n, 20, ['rows', 'columns'], relu([float(0, [0, 1])])), [filled(n, next)]);
      compare(gemm([], m, n, 20, ['rows', 'rows'], relu([float(0, [1, 0])])), [filled(m, next)]);
      compare(gemm([], m, n, 20, ['rows', 'rows'], relu([float(2, [0, 0])])), [filled(3, next)]);
      compare(gemm([], m, n, 20, ['rows', 'rows'], relu([float(0, [n, 1])])), [filled(m * n, next)]);
      compare(gemm([], m, n, 20, ['rows', 'rows'], relu([float(0, [1, m])])), [filled(m * n, next)]);
      compare(gemm([], m, n, 20, ['rows', 'rows'], relu([float(m * n - 1, [-n, -1])])), [filled(m * n, next)]);
    }
  });

  test('is applied once, after the last block of k', () => {
    compare(gemm([], 14, 20, 1100, ['rows', 'rows'], relu([float(0, [0, 1])])), [filled(20, next)]);
  });

  test('follows merged and separate batches', () => {
    compare(gemm([3, 2], 5, 7, 9, ['rows', 'broadcast'], relu([float(0, [0, 0, 0, 1])])), [filled(7, next)]);
    compare(gemm([3, 2], 5, 7, 9, ['rows', 'broadcast'], relu([float(0, [70, 35, 7, 1])])), [filled(210, next)]);
    compare(gemm([3, 2], 5, 7, 9, ['rows', 'broadcast'], relu([float(0, [1, 0, 0, 0])])), [filled(3, next)]);
    compare(gemm([3, 2], 5, 7, 9, ['rows', 'rows'], relu([float(0, [2, 1, 0, 0])])), [filled(6, next)]);
    compare(gemm([4], 1, 7, 9, ['rows', 'broadcast'], relu([float(0, [1, 0, 4])])), [filled(28, next)]);
  });

  test('reads coordinates and int32 operands', () => {
    const body: Epilogue['body'] = [
      { op: 'input', input: 0 },
      { op: 'coord', axis: 0 },
      { op: 'coord', axis: 1 },
      { op: 'coord', axis: 2 },
      { op: 'input', input: 1 },
      { op: 'mul', a: 1, b: 2 },
      { op: 'sub', a: 5, b: 3 },
      { op: 'mul', a: 6, b: 4 },
      { op: 'add', a: 0, b: 7 },
    ];
    for (const n of [1, 11]) {
      const epilogue: Epilogue = { inputs: [{ dtype: 'int32', offset: 0, strides: [0, 1, 0] }], body };
      compare(gemm([2], 15, n, 4, ['rows', 'broadcast'], epilogue), [Int32Array.from({ length: 15 }, (_, i) => i - 7)]);
    }
  });
});
