// What a model leaves open, as fields, and the answers as the engine takes them.
import { expect, test } from 'vitest';
import { answered, questionField } from '../../../src/app/commands/support/file-answers.ts';
import { parseValue } from '../../../src/app/ui/forms/schema-value.ts';
import type { FileQuestion } from '../../../src/engine/protocol.ts';

const numbers = (input: string, shape: readonly (number | string)[]): FileQuestion => ({
  kind: 'numbers',
  input,
  shape,
  dtype: 'int32',
  proposal: [1],
});

/** What a person types into the field of a question, as the engine gets it. */
function typed(question: FileQuestion, text: string) {
  const { id, schema } = questionField(question);
  const parsed = parseValue(schema, text);
  return 'fault' in parsed ? parsed.fault : answered([question], { [id]: parsed.value });
}

test.each([
  ['as many as the shape has', [3], '2, 3, 4', [3], [2, 3, 4]],
  ['one for a scalar', [], '7', [], [7]],
  ['in an open size what the others leave', ['N', 2], '1 2 3 4', [2, 2], [1, 2, 3, 4]],
  ['what does not fill the shape, as a list', ['N', 2], '1 2 3', [3], [1, 2, 3]],
  ['negative ones', ['axes'], '0, -1', [2], [0, -1]],
] as const)('numbers: %s', (_, declared, text, shape, data) => {
  expect(typed(numbers('s', declared), text)).toEqual({
    dims: {},
    shapes: new Map(),
    fix: new Map([['s', { dtype: 'int32', shape, data: Int32Array.from(data) }]]),
  });
});

test('too few, or none that are whole, are refused in the field; an empty one is left open', () => {
  expect(typed(numbers('s', [3]), '2, 3')).toBe('must have 3 items, not 2');
  expect(typed(numbers('s', [2]), '1, 0.5')).toContain('item 1 must be a whole number');
  expect(typed(numbers('s', [3]), '')).toEqual({ dims: {}, shapes: new Map(), fix: new Map() });
});

test('a shape may name the batch; single numbers are sizes', () => {
  expect(typed({ kind: 'shape', input: 'x' }, 'N, 3')).toMatchObject({ shapes: new Map([['x', ['N', 3]]]) });
  expect(typed({ kind: 'shape', input: 'x' }, 'H, 3')).toContain('item 0');
  expect(answered([], { height: 20, 'numbers s': [4] })).toEqual({
    dims: { height: 20 },
    shapes: new Map(),
    fix: new Map(),
  });
});
