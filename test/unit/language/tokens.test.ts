// The caret under a place stands in the line of that place, whatever the text is. Truth: lines and columns counted character by
// character.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pointAt } from '../../../src/language/tokens.ts';

test('line, column and caret of any place of any text, line breaks at its beginning included', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '=', ' ', '\n'), maxLength: 12 });
  fc.assert(
    fc.property(text, fc.nat(), fc.nat(4), (text, place, length) => {
      const from = place % (text.length + 1);
      let [line, column] = [1, 1];
      for (const each of text.slice(0, from)) [line, column] = each === '\n' ? [line + 1, 1] : [line, column + 1];
      const answer = pointAt(text, { from, to: from + length });
      expect([answer.line, answer.column]).toEqual([line, column]);
      const [shown, marks] = answer.picture.split('\n');
      expect(shown).toBe(text.split('\n')[line - 1]);
      expect(marks).toMatch(new RegExp(`^ {${column - 1}}\\^+$`));
    }),
    { numRuns: 500, examples: [['\n', 0, 1]] },
  );
});
