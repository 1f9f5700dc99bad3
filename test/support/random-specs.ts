// Random kernel specs for comparing generated code with the references: layouts with broadcasts, gaps, flips and permutations.
import { createKernelLibrary } from '../../src/kernels/library.ts';
import { runReference } from '../../src/kernels/reference/reference.ts';
import type { Access, Expression, KernelSpec } from '../../src/program/kernel-spec.ts';
import { type Buffer, runKernel } from './kernel-bench.ts';

export const library = createKernelLibrary();

/** Repeatable uniform numbers in [0, 1), on purpose not the product's generator. */
export function generator(seed: number): () => number {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export type Next = () => number;

export const pick = <T>(next: Next, from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;

const sizes = [1, 1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 16, 17, 31];

export function randomShape(next: Next, maxRank = 4, maxCount = 3000): number[] {
  const shape: number[] = [];
  const rank = Math.floor(next() * (maxRank + 1));
  for (let count = 1; shape.length < rank; ) {
    const size = pick(next, sizes);
    if (count * size > maxCount) shape.push(1);
    else shape.push(size);
    count *= shape.at(-1) as number;
  }
  return shape;
}

/** An access that visits every element of its buffer at most once, and the buffer's length. */
export function randomLayout(next: Next, shape: readonly number[], plain = 0.4): { access: Access; length: number } {
  const order = shape.map((_, axis) => axis);
  if (next() > plain) order.sort(() => next() - 0.5);
  const strides = shape.map(() => 0);
  let step = next() > plain ? pick(next, [1, 1, 2, 3]) : 1;
  let offset = 0;
  for (const axis of order.reverse()) {
    const size = shape[axis] as number;
    const flipped = next() > 0.85;
    strides[axis] = flipped ? -step : step;
    if (flipped) offset += step * (size - 1);
    step *= size;
    if (next() > 0.9) step += 2;
  }
  const ahead = next() > 0.7 ? 3 : 0;
  return { access: { dtype: 'float32', offset: offset + ahead, strides }, length: Math.max(step, 1) + ahead };
}

/** As randomLayout, but some axes may repeat. */
export function randomInput(next: Next, shape: readonly number[]): { access: Access; length: number } {
  const { access, length } = randomLayout(next, shape);
  const repeat = next() > 0.5 ? 0 : 0.4;
  const strides = access.strides.map((stride, axis) => {
    if (next() >= repeat) return stride;
    return stride < 0 ? 0 * (shape[axis] as number) : 0;
  });
  return { access: { ...access, strides }, length };
}

export function randomBuffer(next: Next, length: number, dtype: 'float32' | 'int32' = 'float32'): Buffer {
  return dtype === 'int32'
    ? Int32Array.from({ length }, () => Math.floor(next() * 40) - 20)
    : Float32Array.from({ length }, () => Math.fround(4 * next() - 2));
}

/** A body over `inputs` inputs without functions that amplify rounding. */
export function randomBody(next: Next, inputs: number, rank: number): Expression[] {
  const body: Expression[] = Array.from({ length: inputs }, (_, input) => ({ op: 'input', input }));
  if (rank > 0 && next() > 0.6) body.push({ op: 'coord', axis: Math.floor(next() * rank) });
  if (body.length === 0 || next() > 0.5) body.push({ op: 'const', value: pick(next, [0, 1, -0.5, 3]) });
  const line = () => Math.floor(next() * body.length);
  for (let more = Math.floor(next() * 7); more > 0; more--) {
    const kind = next();
    if (kind < 0.45) body.push({ op: pick(next, ['add', 'sub', 'mul', 'max', 'min'] as const), a: line(), b: line() });
    else if (kind < 0.6) body.push({ op: pick(next, ['gt', 'le', 'eq', 'and', 'or'] as const), a: line(), b: line() });
    else if (kind < 0.75) body.push({ op: 'select', condition: line(), a: line(), b: line() });
    else body.push({ op: pick(next, ['neg', 'abs', 'sign', 'not', 'tanh', 'floor'] as const), a: line() });
  }
  return body;
}

export interface Comparison {
  /** Largest |kernel − reference| / max(1, |reference|); 0 where both are NaN. */
  readonly error: number;
  readonly damaged: number;
  /** Whether computing the extent in parts gave the same bits. */
  readonly splitsAgree: boolean;
}

/** Runs a kernel, whole and in parts, and the reference. */
export function compare(
  spec: KernelSpec,
  inputs: readonly Buffer[],
  lengths: readonly number[],
  next: Next,
  ints: readonly boolean[] = [],
): Comparison {
  const outputs = lengths.map((length, k) => (ints[k] ? new Int32Array(length) : new Float32Array(length)));
  const untouched = 0x7fc0dead; // what runKernel leaves where nothing is written
  const want = outputs.map((output) =>
    output instanceof Int32Array
      ? new Float64Array(output.length).fill(untouched)
      : new Float64Array(output.length).fill(Number.NaN),
  );
  runReference(spec, inputs, want);
  const whole = runKernel(library, spec, inputs, outputs);
  const extent = library.extent(spec);
  const splits = [next(), next(), next()].map((x) => Math.floor(x * (extent + 1))).sort((a, b) => a - b);
  const parts = runKernel(library, spec, inputs, outputs, { splits });
  let error = 0;
  let splitsAgree = true;
  want.forEach((expected, k) => {
    const got = whole.outputs[k] as Buffer;
    const bits = (x: Buffer) => new Int32Array(x.buffer, x.byteOffset, x.length);
    splitsAgree &&= bits(got).every((word, i) => word === bits(parts.outputs[k] as Buffer)[i]);
    expected.forEach((value, i) => {
      const other = got[i] as number;
      if (Object.is(Math.fround(value), other) || value === other || (Number.isNaN(value) && Number.isNaN(other)))
        return;
      const difference = Math.abs(value - other) / Math.max(1, Math.abs(value));
      error = Math.max(error, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
    });
  });
  return { error, damaged: whole.damaged + parts.damaged, splitsAgree };
}
