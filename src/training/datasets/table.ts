// table: rows of numbers from a CSV file. The last column is what is to be predicted: words, or few whole numbers from 0 on, are
// classes (`label`), other numbers a quantity (`target`). scikit-learn's first line "rows, features, class names" is understood.
import { z } from 'zod';
import { readCsv } from '../../formats/csv/read-csv.ts';
import { formatCount } from '../../formats/format-count.ts';
import { type Diagnostic, error, warning } from '../../tensor/diagnostic.ts';
import {
  type DataField,
  type DatasetOpening,
  defineFileDataset,
  emptySplit,
  labelField,
  type Split,
} from './dataset.ts';
import { baseName } from './file-splits.ts';

/** More different values than this in the last column are a quantity, not classes. */
const mostClasses = 1000;

function featureField(features: number): DataField {
  return { dtype: 'float32', shape: [features], batchAxis: 0, role: 'input' };
}

export const table = defineFileDataset({
  kind: 'files',
  id: 'table',
  title: 'Table',
  summary: 'A CSV file of numbers; its last column is what the network shall predict, a class or a quantity.',
  fields: { x: featureField(1), label: labelField([]) },
  options: z.strictObject({
    predict: z
      .enum(['auto', 'class', 'quantity'])
      .default('auto')
      .meta({ title: 'Last column', description: 'auto: classes if it holds words or few whole numbers from 0 on.' }),
  }),
  expects: ['a .csv file, one example a line'],
  recognise: (file) => /\.(csv|tsv)$/i.test(file.name),
  open(files, { predict }) {
    const name = files.map((file) => baseName(file.name)).join(', ');
    const refuse = (code: `E_${string}`, message: string): DatasetOpening => ({
      dataset: null,
      diagnostics: [error(code, `${name}: ${message}`)],
    });
    const [file, second] = files;
    if (file === undefined || second !== undefined) return refuse('E_AMBIGUOUS', 'one table at a time, please');
    // A copy, because TextDecoder refuses shared memory.
    const reading = readCsv(new TextDecoder().decode(file.bytes.slice()), name);
    if (reading.diagnostics.length > 0) return { dataset: null, diagnostics: reading.diagnostics };
    const { rows, classNames } = withoutHeading(reading.rows);
    const columns = rows[0]?.length ?? 0;
    if (rows.length === 0 || columns < 2) return refuse('E_EMPTY', 'holds no rows of at least two columns');

    const values = new Float32Array(rows.length * (columns - 1));
    const last: string[] = [];
    const diagnostics: Diagnostic[] = [];
    for (const [index, row] of rows.entries()) {
      if (row.length !== columns) {
        return refuse('E_COLUMNS', `row ${formatCount(index + 1)} has ${row.length} columns, the first has ${columns}`);
      }
      for (let c = 0; c < columns - 1; c++) {
        const value = numberOf(row[c] ?? '');
        if (value === null) {
          return refuse('E_NUMBER', `row ${formatCount(index + 1)}, column ${c + 1} holds “${row[c]}”, not a number`);
        }
        values[index * (columns - 1) + c] = value;
      }
      last.push(row[columns - 1] ?? '');
    }
    const numbers = last.map(numberOf);
    const wordAt = numbers.indexOf(null);
    if (predict === 'quantity' && wordAt >= 0) {
      return refuse(
        'E_NUMBER',
        `row ${formatCount(wordAt + 1)}, column ${columns} holds “${last[wordAt]}”, not a number`,
      );
    }
    const classes = predict === 'quantity' ? null : classesOf(last, numbers, classNames, predict === 'class');
    if (classes !== null && classes.names.length < 2) {
      diagnostics.push(warning('W_ONE_CLASS', `${name}: all examples are of one class`));
    }
    const wanted = classes?.labels ?? Float32Array.from(numbers, (value) => value ?? 0);
    const target: DataField =
      classes === null ? { dtype: 'float32', shape: [1], batchAxis: 0, role: 'target' } : labelField(classes.names);
    return {
      dataset: {
        id: 'table',
        title: name,
        fields: { x: featureField(columns - 1), [classes === null ? 'target' : 'label']: target },
        splits: { train: tableSplit(values, wanted), validation: emptySplit, test: emptySplit },
      },
      diagnostics,
    };
  },
});

function tableSplit(values: Float32Array, wanted: Float32Array | Int32Array): Split {
  const features = values.length / wanted.length;
  return {
    count: wanted.length,
    endless: false,
    fill(field, indices, from, n, out) {
      for (let i = 0; i < n; i++) {
        const index = indices[from + i] as number;
        if (field !== 'x') out[i] = wanted[index] as number;
        else for (let k = 0; k < features; k++) out[i * features + k] = values[index * features + k] as number;
      }
    },
  };
}

function numberOf(cell: string): number | null {
  const value = cell === '' ? Number.NaN : Number(cell);
  return Number.isFinite(value) ? value : null;
}

/** The rows without a first line that only describes them: column names, or scikit-learn's counts and class names. */
function withoutHeading(rows: readonly (readonly string[])[]): {
  readonly rows: readonly (readonly string[])[];
  readonly classNames: readonly string[];
} {
  const [first = [], second] = rows;
  if (second === undefined) return { rows, classNames: [] };
  const names = first.slice(2);
  const counts = Number(first[0]) === rows.length - 1 && Number(first[1]) === second.length - 1;
  if (counts && names.length > 1 && names.every((name) => numberOf(name) === null)) {
    return { rows: rows.slice(1), classNames: names };
  }
  const named = first.slice(0, -1).some((cell, c) => numberOf(cell) === null && numberOf(second[c] ?? '') !== null);
  return { rows: named ? rows.slice(1) : rows, classNames: [] };
}

/** Class numbers of the last column, or null when it is a quantity. Words are numbered in alphabetical order. */
function classesOf(
  last: readonly string[],
  numbers: readonly (number | null)[],
  classNames: readonly string[],
  wanted: boolean,
): { readonly names: readonly string[]; readonly labels: Int32Array } | null {
  const distinct = new Set(last);
  const largest = numbers.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
  const counting = numbers.every(
    (value) => value !== null && Number.isInteger(value) && value >= 0 && value < mostClasses,
  );
  if (counting && (wanted || distinct.size > largest)) {
    const names = Array.from({ length: largest + 1 }, (_, label) => classNames[label] ?? String(label));
    return { names, labels: Int32Array.from(numbers, (value) => value ?? 0) };
  }
  if (!wanted && !numbers.includes(null)) return null;
  const names = [...distinct].sort();
  const place = new Map(names.map((name, label) => [name, label]));
  return { names, labels: Int32Array.from(last, (cell) => place.get(cell) ?? 0) };
}
