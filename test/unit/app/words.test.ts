// Numbers, keys and searches as a person meets them.
import { describe, expect, test } from 'vitest';
import { commands } from '../../../src/app/commands/commands.ts';
import { matchesKeys, printKeys } from '../../../src/app/commands/keys.ts';
import { formatBytes, formatCount, formatExact, formatNumber, formatRange } from '../../../src/app/ui/format.ts';
import { fuzzyScore, fuzzySearch } from '../../../src/app/ui/fuzzy.ts';

describe('numbers', () => {
  test.each([
    [0, '0'],
    [-12, '−12'],
    [0.7310585786300049, '0.731'],
    [0.00014, '1.4e−4'],
    [123456, '1.2e5'],
    [12345.678, '12346'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '−∞'],
    [1e-30, '1e−30'],
  ])('%s is written %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  test('a number that is not zero is never written as zero', () => {
    for (let power = -40; power <= 38; power++) {
      expect(formatNumber(3 * Number(`1e${power}`))).not.toBe('0');
      expect(formatExact(-3 * Number(`1e${power}`))).toMatch(/^−[^0]|^−0\.0*[1-9]/);
    }
  });

  test('ranges, counts, bytes', () => {
    expect(formatRange(-0.5, 0.5)).toBe('±0.5');
    expect(formatRange(0, 3)).toBe('0 … 3');
    expect([formatCount(36_864), formatCount(7_530_000), formatCount(0)]).toEqual(['36,864', '7.53M', '0']);
    expect([formatBytes(4), formatBytes(2_202_009), formatBytes(1024)]).toEqual(['4 B', '2.1 MB', '1.0 kB']);
  });
});

describe('keys', () => {
  const press = (key: string, ...held: readonly ('ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey')[]) => ({
    key,
    ctrlKey: held.includes('ctrlKey'),
    metaKey: held.includes('metaKey'),
    altKey: held.includes('altKey'),
    shiftKey: held.includes('shiftKey'),
  });

  test('exactly what is named is meant', () => {
    expect(matchesKeys(press('z', 'ctrlKey'), 'Mod+Z', false)).toBe(true);
    expect(matchesKeys(press('z', 'metaKey'), 'Mod+Z', true)).toBe(true);
    expect(matchesKeys(press('z', 'metaKey'), 'Mod+Z', false)).toBe(false);
    expect(matchesKeys(press('Z', 'ctrlKey', 'shiftKey'), 'Mod+Z', false)).toBe(false);
    expect(matchesKeys(press('F10', 'altKey'), 'F10', false)).toBe(false);
    // `/` needs Shift on a German keyboard.
    expect(matchesKeys(press('/', 'shiftKey'), '/', false)).toBe(true);
    expect(printKeys('Mod+Shift+Z', false)).toBe('Ctrl+Shift+Z');
    expect(printKeys('Mod+Shift+Z', true)).toBe('⌘⇧Z');
  });

  test('no two commands share a shortcut or an id', () => {
    const keys = commands.flatMap((command) => command.keys);
    expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
    const ids = commands.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(commands.length).toBeGreaterThan(35);
  });
});

test('search finds by letters in order and puts word beginnings first', () => {
  expect(fuzzyScore('mp', 'max_pool2d')).not.toBeNull();
  expect(fuzzyScore('pm', 'max_pool2d')).toBeNull();
  const names = ['Global average pool 2D', 'Max pool 2D', 'Softmax', 'Maximum'];
  const hits = (query: string) => fuzzySearch(query, names, (name) => [name]).map(({ item }) => item);
  expect(hits('max')[0]).toBe('Maximum');
  expect(hits('maxp')).toEqual(['Max pool 2D']);
  expect(hits('gap')).toEqual(['Global average pool 2D']);
  expect(hits('')).toHaveLength(4);
});
