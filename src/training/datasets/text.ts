// text: the user's own text for next-character prediction, cut into windows as `characters` is.

import { z } from 'zod';
import { formatCount } from '../../formats/format-count.ts';
import { error } from '../../tensor/diagnostic.ts';
import { openText, textFields } from './character-windows.ts';
import { defineFileDataset } from './dataset.ts';
import { baseName } from './file-splits.ts';

const options = z.strictObject({
  length: z.int().min(1).max(256).default(32).meta({ title: 'Characters per example' }),
});

/** More different characters than this are a sign of a binary file. */
const largestVocabulary = 4096;

export const text = defineFileDataset({
  kind: 'files',
  id: 'text',
  title: 'Text',
  summary: 'A text file of your own, to be guessed character by character.',
  fields: textFields([], 32),
  options,
  expects: ['a .txt file in UTF-8'],
  recognise: (file) => /\.txt$/i.test(file.name),
  open(files, { length }) {
    const name = files.map((file) => baseName(file.name)).join(', ');
    const refuse = (code: `E_${string}`, message: string) => ({
      dataset: null,
      diagnostics: [error(code, `${name}: ${message}`)],
    });
    let content = '';
    try {
      // A copy, because TextDecoder refuses shared memory.
      for (const file of files) content += new TextDecoder('utf-8', { fatal: true }).decode(file.bytes.slice());
    } catch {
      return refuse('E_TEXT', 'is not text in UTF-8');
    }
    const dataset = openText('text', name, content, length);
    const { classes = 0 } = dataset.fields['input'] ?? {};
    if (classes > largestVocabulary) {
      return refuse(
        'E_TEXT',
        `has ${formatCount(classes)} different characters, more than ${formatCount(largestVocabulary)}`,
      );
    }
    if (dataset.splits.train.count === 0) {
      return refuse('E_EMPTY', `holds ${formatCount(content.length)} characters, too few for examples of ${length}`);
    }
    return { dataset, diagnostics: [] };
  },
});
