import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findJsonFault, locatePointer, pointerSegments, toPointer } from '../../../src/graph/json-text.ts';

/** The text that a pointer leads to. */
function found(text: string, pointer: string): string | undefined {
  const range = locatePointer(text, pointer);
  if (range === undefined) return undefined;
  const lines = text.split('\n');
  const offset = ({ line, column }: { line: number; column: number }) =>
    lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
  return text.slice(offset(range.from), offset(range.to));
}

test('pointers lead to the text of the value, or of its nearest ancestor', () => {
  const text = '{\n  "nodes": [\n    { "id": "a" },\n    { "id": "b/c", "x~y": [1, 22] }\n  ]\n}\n';
  expect(found(text, '/nodes/1/id')).toBe('"b/c"');
  expect(found(text, '/nodes/1/x~0y/1')).toBe('22');
  expect(found(text, '/nodes/0')).toBe('{ "id": "a" }');
  expect(found(text, '/nodes/0/op')).toBe('{ "id": "a" }');
  expect(found(text, '/nodes/7/op')).toContain('"b/c"');
  expect(found(text, '')).toBe(text.trim());
  expect(locatePointer('{', '/a')).toBeUndefined();
});

test('every value of any JSON is found', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const visit = (each: unknown, path: readonly string[]): void => {
        expect(JSON.parse(found(text, toPointer(path)) ?? '')).toEqual(JSON.parse(JSON.stringify(each)));
        if (typeof each !== 'object' || each === null) return;
        for (const [key, member] of Object.entries(each)) visit(member, [...path, key]);
      };
      visit(value, []);
    }),
    { numRuns: 50 },
  );
});

test('pointers are written and read', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (path) => {
      expect(pointerSegments(toPointer(path))).toEqual(path);
    }),
  );
});

test('a fault is found exactly where JSON.parse refuses', () => {
  const text = fc.string({ unit: fc.constantFrom(...'{}[]",:01-+.eE tfn\\u\n', 'true', 'null', '"a"'), maxLength: 12 });
  fc.assert(
    fc.property(text, (candidate) => {
      let good = true;
      try {
        JSON.parse(candidate);
      } catch {
        good = false;
      }
      expect(findJsonFault(candidate) === undefined).toBe(good);
    }),
    { numRuns: 3000 },
  );
});
