// golden/initializers: standard deviation and bounds of what is drawn, within five standard errors; exact properties of what
// is not drawn by chance alone.
import { initializerOf } from '../../../src/compiler/initializers.ts';
import type { ParameterInit } from '../../../src/graph/schema.ts';
import { type Initializer, initialize, uniformFan } from '../../../src/program/initializer.ts';
import { numel, type Shape } from '../../../src/tensor/shape.ts';
import { loadGoldenManifest } from '../reference.ts';
import type { ConformanceCase } from './case.ts';

export interface InitializerEntry {
  readonly init: string;
  readonly shape: Shape;
  readonly distribution?: 'uniform' | 'normal';
  readonly fan_in?: number;
  readonly fan_out?: number;
  readonly mode?: 'fan_in' | 'fan_out';
  readonly nonlinearity?: string;
  readonly gain?: number;
  readonly std?: number;
  readonly stddev?: number;
  readonly bound?: number;
  readonly value?: number;
}

export function initializerCases(): ConformanceCase[] {
  const entries = loadGoldenManifest().initializers as unknown as readonly InitializerEntry[];
  return entries.map((entry) => {
    const { init, shape, nonlinearity, mode } = entry;
    const name = [init, nonlinearity, mode, `[${shape.join(', ')}]`].filter(Boolean).join(' ');
    return { name, checks: [{ name: 'statistics', run: () => proveInitializer(entry) }] };
  });
}

/** Throws with what is wrong with what the initialiser gives. */
export function proveInitializer(entry: InitializerEntry): void {
  const property = properties[entry.init];
  if (property) property(draw(entry), entry);
  else if (entry.std === undefined) throw new Error(`nothing is known of ${entry.init}`);
  if (entry.std !== undefined) proveStatistics(entry, entry.std);
}

function require(holds: boolean, fault: string): void {
  if (!holds) throw new Error(fault);
}

function initOf(entry: InitializerEntry): Initializer {
  if (entry.init === 'pytorch_default_conv_linear') return uniformFan(entry.fan_in as number);
  return initializerOf(givenOf(entry))({ shape: entry.shape, init: { kind: 'constant', value: Number.NaN } });
}

function givenOf({ init, mode, gain, stddev, value }: InitializerEntry): ParameterInit {
  switch (init) {
    case 'kaiming_normal':
    case 'kaiming_uniform': {
      const kind = init === 'kaiming_normal' ? 'he_normal' : 'he_uniform';
      return { kind, gain: gain as number, mode: mode as 'fan_in' | 'fan_out' };
    }
    case 'truncated_normal':
      return { kind: init, std: stddev as number };
    case 'orthogonal':
      return { kind: init, gain: gain as number };
    case 'constant':
      return { kind: init, value: value as number };
    default:
      return { kind: init } as ParameterInit;
  }
}

function draw(entry: InitializerEntry, times = 1): Float32Array {
  const count = numel(entry.shape);
  const out = new Float32Array(count * times);
  const init = initOf(entry);
  for (let i = 0; i < times; i++) initialize(init, 11, `tensor ${i}`, out.subarray(i * count, (i + 1) * count));
  return out;
}

function proveStatistics(entry: InitializerEntry, std: number): void {
  const values = draw(entry, Math.ceil(40_000 / numel(entry.shape)));
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const found = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
  require(Math.abs(mean) < (5 * std) / Math.sqrt(values.length), `the mean is ${mean}, expected 0`);
  // The standard error of a standard deviation is at most std/√(2n), of a normal distribution.
  const spread = Math.abs(found / std - 1) < 5 / Math.sqrt(2 * values.length);
  require(spread, `the standard deviation is ${found}, expected ${std}`);
  const bound = entry.bound ?? (entry.stddev === undefined ? undefined : 2 * entry.stddev);
  const largest = values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  if (bound === undefined) require(largest > 3 * std, `the largest is ${largest}: no normal distribution`);
  else {
    require(largest <= Math.fround(bound), `the largest is ${largest}, expected at most ${bound}`);
    require(largest > 0.99 * bound, `the largest is ${largest}, expected nearly ${bound}`);
  }
}

const all = (values: Float32Array, wanted: number) =>
  require(values.every((value) => value === Math.fround(wanted)), `not all are ${wanted}`);

const properties: Readonly<Record<string, (values: Float32Array, entry: InitializerEntry) => void>> = {
  zeros: (values) => all(values, 0),
  ones: (values) => all(values, 1),
  constant: (values, { value }) => all(values, value as number),
  /** Output i copies input i; of filters the middle tap. */
  identity(values, { shape: [rows = 1, columns = 1, ...rest] }) {
    const inner = numel(rest);
    const middle = rest.reduce((at, size) => at * size + Math.floor(size / 2), 0);
    values.forEach((value, at) => {
      const [row, column, tap] = [Math.floor(at / inner / columns), Math.floor(at / inner) % columns, at % inner];
      const expected = row === column && row < rows && tap === middle ? 1 : 0;
      require(value === expected, `element ${at} is ${value}, expected ${expected}`);
    });
  },
  /** The shorter side is orthonormal, times the gain. */
  orthogonal(values, { shape, gain = 1 }) {
    const [rows, columns] = [shape[0] as number, numel(shape.slice(1))];
    const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
    const at = (vector: number, i: number) =>
      values[rows <= columns ? vector * columns + i : i * columns + vector] as number;
    for (let a = 0; a < count; a++) {
      for (let b = 0; b < count; b++) {
        let dot = 0;
        for (let i = 0; i < length; i++) dot += at(a, i) * at(b, i);
        const expected = a === b ? gain * gain : 0;
        require(Math.abs(dot - expected) <
          1e-5 * gain * gain, `vectors ${a} and ${b} multiply to ${dot}, expected ${expected}`);
      }
    }
  },
};
