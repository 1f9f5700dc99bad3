// Every initialiser against the expected statistics: standard deviation and bounds of what is drawn, exact properties of what
// is not drawn. A sampling error of five standard errors is allowed.
import { describe, expect, test } from 'vitest';
import { initializerOf } from '../../../src/compiler/initializers.ts';
import type { ParameterInit } from '../../../src/graph/schema.ts';
import { type Initializer, initialize, uniformFan } from '../../../src/program/initializer.ts';
import { numel, type Shape } from '../../../src/tensor/shape.ts';
import { loadGoldenManifest } from '../../support/reference.ts';

interface Entry {
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

const entries = loadGoldenManifest().initializers as unknown as readonly Entry[];

function initOf(entry: Entry): Initializer {
  if (entry.init === 'pytorch_default_conv_linear') return uniformFan(entry.fan_in as number);
  return initializerOf(givenOf(entry))({ shape: entry.shape, init: { kind: 'constant', value: Number.NaN } });
}

function givenOf({ init, mode, gain, stddev, value }: Entry): ParameterInit {
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

function draw(entry: Entry, times = 1): Float32Array {
  const count = numel(entry.shape);
  const out = new Float32Array(count * times);
  const init = initOf(entry);
  for (let i = 0; i < times; i++) initialize(init, 11, `tensor ${i}`, out.subarray(i * count, (i + 1) * count));
  return out;
}

const drawn = entries.filter(({ std }) => std !== undefined);

test('there are statistics of all kinds', () => {
  expect(entries.length).toBeGreaterThanOrEqual(60);
  expect(drawn.length).toBeGreaterThanOrEqual(60);
});

describe.each(drawn.map((entry) => ({ name: JSON.stringify(entry), entry })))('$name', ({ entry }) => {
  test('spreads as expected', () => {
    const times = Math.ceil(40_000 / numel(entry.shape));
    const values = draw(entry, times);
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
    const std = entry.std as number;
    expect(Math.abs(mean)).toBeLessThan((5 * std) / Math.sqrt(values.length));
    // The standard error of a standard deviation is at most std/√(2n), of a normal distribution.
    expect(Math.abs(Math.sqrt(variance) / std - 1)).toBeLessThan(5 / Math.sqrt(2 * values.length));
    const bound = entry.bound ?? (entry.stddev === undefined ? undefined : 2 * entry.stddev);
    const largest = values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    if (bound === undefined) expect(largest).toBeGreaterThan(3 * std);
    else {
      expect(largest).toBeLessThanOrEqual(Math.fround(bound));
      expect(largest).toBeGreaterThan(0.99 * bound);
    }
  });
});

describe('exact properties', () => {
  const named = (init: string) => entries.find((entry) => entry.init === init) as Entry;

  test('orthogonal: the shorter side is orthonormal', () => {
    for (const [shape, gain] of [
      [named('orthogonal').shape, 1],
      [[9, 4], 2],
      [[4, 2, 3, 3], 1],
    ] as const) {
      const [rows, columns] = [shape[0] as number, numel(shape.slice(1))];
      const values = draw({ init: 'orthogonal', shape, gain });
      const at = (vector: number, i: number) =>
        values[rows <= columns ? vector * columns + i : i * columns + vector] as number;
      const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
      for (let a = 0; a < count; a++) {
        for (let b = 0; b < count; b++) {
          const dot = Array.from({ length }, (_, i) => at(a, i) * at(b, i)).reduce((sum, x) => sum + x, 0);
          expect(dot).toBeCloseTo(a === b ? gain * gain : 0, 5);
        }
      }
    }
  });

  test('identity: eye, and of filters the middle tap', () => {
    expect([...draw(named('identity'))]).toEqual([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
    expect([...draw({ init: 'identity', shape: [2, 1, 3] })]).toEqual([0, 1, 0, 0, 0, 0]);
  });

  test('zeros, ones and constants', () => {
    expect(new Set(draw(named('zeros')))).toEqual(new Set([0]));
    expect(new Set(draw(named('ones')))).toEqual(new Set([1]));
    expect(new Set(draw(named('constant')))).toEqual(new Set([Math.fround(0.3)]));
  });
});
