import { describe, expect, it } from 'vitest';
import type { KernelFunction } from '../../../src/kernels/library.ts';
import type { AssembleSpec, ElementwiseSpec, Expression, OutputAccess } from '../../../src/program/kernel-spec.ts';
import {
  compare,
  generator,
  library,
  type Next,
  pick,
  randomBody,
  randomBuffer,
  randomInput,
  randomLayout,
  randomShape,
} from '../../support/random-specs.ts';

function randomElementwise(next: Next) {
  const shape = randomShape(next);
  const inputs = Array.from({ length: Math.floor(next() * 4) }, () => {
    const { access, length } = randomInput(next, shape);
    const dtype = next() > 0.8 ? ('int32' as const) : ('float32' as const);
    return { access: { ...access, dtype }, length };
  });
  const body = randomBody(next, inputs.length, shape.length);
  const outputs = Array.from({ length: 1 + Math.floor(next() * 2.5) }, (_, slot) => {
    const { access, length } = randomLayout(next, shape);
    const dtype = next() > 0.85 ? ('int32' as const) : ('float32' as const);
    const value = next() > 0.4 ? body.length - 1 : Math.floor(next() * body.length);
    return { access: { ...access, dtype, slot, value }, length };
  });
  const spec: ElementwiseSpec = {
    op: 'elementwise',
    shape,
    inputs: inputs.map(({ access }) => access),
    body,
    outputs: outputs.map(({ access }) => access),
  };
  return {
    spec,
    buffers: inputs.map(({ access, length }) => randomBuffer(next, length, access.dtype)),
    lengths: outputs.map(({ length }) => length),
    ints: outputs.map(({ access }) => access.dtype === 'int32'),
  };
}

const plain = (...strides: number[]) => ({ dtype: 'float32' as const, offset: 0, strides });
const output = (value: number, ...strides: number[]): OutputAccess => ({ ...plain(...strides), slot: 0, value });
const read: Expression = { op: 'input', input: 0 };

describe('generated elementwise kernels', () => {
  it.each(Array.from({ length: 20 }, (_, seed) => seed))('equal the reference on random layouts, series %i', (seed) => {
    for (let round = 0; round < 12; round++) {
      const next = generator(100 * seed + round);
      const { spec, buffers, lengths, ints } = randomElementwise(next);
      const { error, damaged, splitsAgree } = compare(spec, buffers, lengths, next, ints);
      const where = JSON.stringify(spec);
      expect(damaged, where).toBe(0);
      expect(splitsAgree, where).toBe(true);
      expect(error, where).toBeLessThan(2e-6);
    }
  });

  it('run long rows in blocks', () => {
    const next = generator(1);
    for (const shape of [[5000], [3, 4099], [70000], [2, 2, 3001]]) {
      const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
      const count = shape.reduce((a, b) => a * b, 1);
      const spec: ElementwiseSpec = {
        op: 'elementwise',
        shape,
        inputs: [plain(...strides), plain(...shape.map((_, axis) => (axis === shape.length - 1 ? 1 : 0)))],
        body: [read, { op: 'input', input: 1 }, { op: 'sub', a: 0, b: 1 }],
        outputs: [output(2, ...strides)],
      };
      const inputs = [randomBuffer(next, count), randomBuffer(next, shape.at(-1) as number)];
      expect(library.extent(spec)).toBeGreaterThan(2);
      expect(compare(spec, inputs, [count], next)).toEqual({ error: 0, damaged: 0, splitsAgree: true });
    }
  });

  it('compute nothing for an empty shape, and one point for a scalar', () => {
    const empty: ElementwiseSpec = {
      op: 'elementwise',
      shape: [3, 0],
      inputs: [plain(0, 1)],
      body: [read],
      outputs: [output(0, 0, 1)],
    };
    expect(library.extent(empty)).toBe(0);
    const next = generator(2);
    expect(compare(empty, [new Float32Array(1)], [0], next)).toEqual({ error: 0, damaged: 0, splitsAgree: true });
    const scalar: ElementwiseSpec = { ...empty, shape: [], inputs: [plain()], outputs: [output(0)] };
    expect(compare(scalar, [Float32Array.of(4)], [1], next).error).toBe(0);
  });

  it('copy int32 bit for bit', () => {
    const access = { dtype: 'int32' as const, offset: 0, strides: [2] };
    const spec: ElementwiseSpec = {
      op: 'elementwise',
      shape: [6],
      inputs: [access],
      body: [read],
      outputs: [{ ...access, strides: [1], slot: 0, value: 0 }],
    };
    const big = Int32Array.from({ length: 12 }, (_, i) => 0x7fffffff - i);
    expect(compare(spec, [big], [6], generator(3), [true]).error).toBe(0);
  });

  it('write over an input that is walked alike', () => {
    for (const count of [1, 4, 7, 70, 5003]) {
      const spec: ElementwiseSpec = {
        op: 'elementwise',
        shape: [count],
        inputs: [plain(1), plain(1)],
        // outputs: x − y over x, and the old x over y
        body: [read, { op: 'input', input: 1 }, { op: 'sub', a: 0, b: 1 }],
        outputs: [output(2, 1), { ...plain(1), slot: 1, value: 0 }],
      };
      const memory = new WebAssembly.Memory({ initial: 2 });
      const [run] = library.bind([spec], memory, 'strict') as [KernelFunction];
      const x = new Float32Array(memory.buffer, 256, count).map((_, i) => i);
      const y = x.map((v) => v * v);
      new Float32Array(memory.buffer, 256, count).set(x);
      new Float32Array(memory.buffer, 65536, count).set(y);
      run(256, 65536, 256, 65536, 0, 0, library.extent(spec));
      expect([...new Float32Array(memory.buffer, 256, count)]).toEqual([...x.map((v, i) => v - (y[i] as number))]);
      expect([...new Float32Array(memory.buffer, 65536, count)]).toEqual([...x]);
    }
  });
});

describe('generated assembly of pieces', () => {
  it('equals the reference, filled or covered', () => {
    for (let seed = 0; seed < 60; seed++) {
      const next = generator(seed + 500);
      const rows = pick(next, [1, 3, 5]);
      const widths = Array.from({ length: 1 + Math.floor(next() * 3) }, () => pick(next, [1, 3, 4, 9, 300]));
      const gap = pick(next, [0, 0, 2]);
      const total = widths.reduce((sum, width) => sum + width + gap, 0);
      let column = gap > 0 ? 1 : 0;
      const pieces = widths.map((width) => {
        const { access } = randomLayout(next, [rows, width]);
        const piece = { shape: [rows, width], input: access, output: { ...plain(total, 1), offset: column } };
        column += width + gap;
        return piece;
      });
      const spec: AssembleSpec = { op: 'assemble', shape: [rows, total], dtype: 'float32', fill: -2, pieces };
      const inputs = pieces.map(({ input, shape }) => {
        const reach = input.strides.map((s, axis) => Math.max(0, s) * ((shape[axis] as number) - 1));
        return randomBuffer(next, input.offset + reach.reduce((a, b) => a + b, 0) + 1);
      });
      const where = JSON.stringify(spec);
      expect(compare(spec, inputs, [rows * total], next), where).toEqual({ error: 0, damaged: 0, splitsAgree: true });
    }
  });
});
