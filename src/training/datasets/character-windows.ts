// Windows of a text, time first; `target` is `input` one character on. Example i begins at character i of its split.
// Validation is the last tenth of the text, not a random tenth of the windows: windows overlap.
import { type DataFields, type Dataset, emptySplit, type Split } from './dataset.ts';

const validationPart = 0.1;

/** The different characters of a text, in code-unit order: the class of a character is its place here. */
export function vocabulary(text: string): string[] {
  return [...new Set(text)].sort();
}

/** `length` characters an example, out of the vocabulary `names`. */
export function textFields(names: readonly string[], length: number): DataFields {
  const field = { dtype: 'int32', shape: [length], batchAxis: 1, classes: names.length, classNames: names } as const;
  return { input: { ...field, role: 'input' }, target: { ...field, role: 'target' } };
}

/** A data set of all windows of `length` characters of a text that is longer than that. */
export function openText(id: string, title: string, text: string, length: number): Dataset {
  const names = vocabulary(text);
  const classOf = new Map(names.map((name, index) => [name, index]));
  const codes = Int32Array.from([...text], (character) => classOf.get(character) ?? 0);
  const split = (begin: number, end: number): Split => ({
    count: Math.max(0, end - begin - length),
    endless: false,
    fill(field, indices, from, n, out) {
      const ahead = begin + (field === 'target' ? 1 : 0);
      for (let i = 0; i < n; i++) {
        const start = (indices[from + i] as number) + ahead;
        for (let t = 0; t < length; t++) out[t * n + i] = codes[start + t] as number;
      }
    },
  });
  // Short texts keep everything for training.
  const held = Math.floor(codes.length * validationPart);
  const edge = held > length ? codes.length - held : codes.length;
  return {
    id,
    title,
    fields: textFields(names, length),
    splits: { train: split(0, edge), validation: split(edge, codes.length), test: emptySplit },
  };
}
