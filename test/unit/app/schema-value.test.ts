import { describe, expect, it } from 'vitest';
import { parseValue, printValue } from '../../../src/app/ui/forms/schema-value.ts';
import { stepNumberAt } from '../../../src/app/ui/forms/step-number.ts';
import { describeOperator } from '../../../src/operators/catalogue-details.ts';

function attribute(op: string, name: string): Readonly<Record<string, unknown>> {
  const schema = describeOperator(op)?.attributes['properties'] as Readonly<
    Record<string, Readonly<Record<string, unknown>>>
  >;
  return schema[name] as Readonly<Record<string, unknown>>;
}

describe('attributes as people type them', () => {
  it.each([
    ['conv2d', 'kernel_size', '5', 5],
    ['conv2d', 'kernel_size', '5, 3', [5, 3]],
    ['conv2d', 'kernel_size', ' 5 × 3 ', [5, 3]],
    ['conv2d', 'padding', '1 2 3 4', [1, 2, 3, 4]],
    ['conv2d', 'padding', 'same', 'same'],
    ['conv2d', 'in_channels', '', undefined],
    ['input', 'shape', 'N, 1, 28, 28', ['N', 1, 28, 28]],
    ['input', 'shape', '3', [3]],
    [
      'constant',
      'value',
      '[[1, 2], [3, 4]]',
      [
        [1, 2],
        [3, 4],
      ],
    ],
    ['constant', 'value', '−2.5', -2.5],
    ['dropout', 'p', '0.25', 0.25],
  ])('%s.%s: %s', (op, name, text, value) => {
    expect(parseValue(attribute(op, name), text)).toEqual({ value });
  });

  it.each([
    ['conv2d', 'kernel_size', '5, 5, 5', /items/],
    ['conv2d', 'out_channels', '0', /at least 1/],
    ['conv2d', 'out_channels', '1.5', /whole number/],
    ['dropout', 'p', '2', /at most 1/],
    ['constant', 'value', '[1, 2', /cannot be read/],
    ['input', 'shape', 'N, 1, 2-8', /./],
  ])('%s.%s refuses %s with the reason', (op, name, text, reason) => {
    const parsed = parseValue(attribute(op, name), text);
    expect('fault' in parsed ? parsed.fault : parsed).toMatch(reason);
  });

  it('arguments of a block are names after an equals sign, inside blocks only', () => {
    const size = attribute('lstm_cell', 'hidden_size');
    expect(parseValue(size, '=hidden', true)).toEqual({ value: { arg: 'hidden' } });
    expect(parseValue(size, '=hidden')).toHaveProperty('fault');
    expect(parseValue(attribute('input', 'shape'), 'N, =hidden', true)).toEqual({ value: ['N', { arg: 'hidden' }] });
    expect(printValue({ arg: 'hidden' })).toBe('=hidden');
  });

  it('prints what it reads', () => {
    for (const value of [
      5,
      [5, 3],
      'same',
      ['N', 1, 28, 28],
      [
        [1, 2],
        [3, 4],
      ],
      -0.5,
    ]) {
      const schema = {};
      expect(parseValue(schema, printValue(value))).toEqual({ value });
    }
  });
});

describe('arrow keys', () => {
  it.each([
    ['5, 5', 0, 1, '6, 5'],
    ['5, 5', 4, 1, '5, 6'],
    ['0.01', 4, 1, '0.02'],
    ['0.1', 3, -1, '0'],
    ['9', 1, 1, '10'],
    ['-1', 2, 1, '0'],
    ['1e-4', 4, 1, '0.0002'],
  ])('%s at %i by %i is %s', (text, caret, by, next) => {
    expect(stepNumberAt(text, caret, by as 1 | -1)).toBe(next);
  });

  it('leaves words alone', () => {
    expect(stepNumberAt('same', 2, 1)).toBeNull();
  });
});
