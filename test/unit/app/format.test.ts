import { describe, expect, it } from 'vitest';
import { formatExact, formatNumber } from '../../../src/app/ui/format.ts';
import { createRandom } from '../../../src/tensor/random.ts';

const read = (text: string): number => Number(text.replaceAll('−', '-'));

describe('formatExact', () => {
  it('reads back as the same float32, over all magnitudes', () => {
    const random = createRandom(1, 'numbers');
    for (let exponent = -44; exponent <= 38; exponent++) {
      for (let i = 0; i < 50; i++) {
        const value = Math.fround(random.normal() * 10 ** exponent);
        if (!Number.isFinite(value)) continue;
        expect(Math.fround(read(formatExact(value)))).toBe(value === 0 ? 0 : value);
      }
    }
  });

  it('spends no digit that says nothing', () => {
    expect(formatExact(Math.fround(0.1))).toBe('0.1');
    expect(formatExact(-4)).toBe('−4');
    expect(formatExact(0)).toBe('0');
    expect(formatExact(Math.fround(1 / 3))).toBe('0.33333334');
    expect(formatExact(Math.fround(-1.5e-7))).toBe('−1.5e−7');
  });
});

describe('formatNumber', () => {
  it('never shows 0 for what is not 0', () => {
    expect(formatNumber(0)).toBe('0');
    expect(formatNumber(1e-20)).toBe('1e−20');
    expect(formatNumber(-0.00004)).toBe('−4e−5');
    expect(formatNumber(Number.NaN)).toBe('NaN');
  });
});
