// characters: the built-in text, cut into windows.
import { z } from 'zod';
import { characterText } from './character-text.ts';
import { openText, textFields, vocabulary } from './character-windows.ts';
import { defineBuiltIn } from './dataset.ts';

const options = z.strictObject({
  length: z.int().min(1).max(256).default(32).meta({ title: 'Characters per example' }),
});

export const characters = defineBuiltIn({
  kind: 'built-in',
  id: 'characters',
  title: 'Characters',
  summary:
    'A short text, to be guessed character by character: each example is a window of it and the same window one on.',
  fields: textFields(vocabulary(characterText), 32),
  options,
  endless: false,
  open: ({ length }) => openText('characters', 'Characters', characterText, length),
});
