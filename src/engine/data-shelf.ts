// The data sets at hand: built-in ones, and those read from files that were dropped or picked.
import { z } from 'zod';
import type { TrainingData } from '../graph/schema.ts';
import type { Diagnostic } from '../tensor/diagnostic.ts';
import type { DataFile, Dataset } from '../training/datasets/dataset.ts';
import { openBuiltInDataset, openFileDataset } from '../training/datasets/open-dataset.ts';
import { builtInDatasets } from '../training/datasets/registry.ts';
import { withValidation } from '../training/datasets/validation-split.ts';
import { withPreprocessing } from '../training/preprocess.ts';
import type { DataSourceFacts } from './protocol.ts';

export interface DataShelf {
  list(): DataSourceFacts[];
  /** `id`: only as this data set. */
  add(
    files: readonly DataFile[],
    id?: string,
  ): { readonly source: DataSourceFacts | null; readonly diagnostics: readonly Diagnostic[] };
  /** The data of a training set-up, split and preprocessed; the last one opened is kept. */
  open(
    data: TrainingData,
    seed: number,
  ): { readonly dataset: Dataset | null; readonly diagnostics: readonly Diagnostic[] };
}

/** With the built-in data sets on it, opened when first wanted. */
export function createDataShelf(): DataShelf {
  const fromFiles = new Map<string, Dataset>();
  let last: { readonly key: string; readonly dataset: Dataset } | null = null;
  return {
    list: () => [
      ...builtInDatasets.map((declaration) => ({
        ...factsOf(declaration.open(declaration.options.parse({}), 0)),
        summary: declaration.summary,
        options: z.toJSONSchema(declaration.options, { io: 'input' }),
      })),
      ...[...fromFiles.values()].map(factsOf),
    ],
    add(files, id) {
      const { dataset, diagnostics } = openFileDataset(files, id === undefined ? {} : { id });
      if (!dataset) return { source: null, diagnostics };
      fromFiles.set(dataset.id, dataset);
      last = null;
      return { source: factsOf(dataset), diagnostics };
    },
    open(data, seed) {
      const key = JSON.stringify([data.source, data.options, data.validation, data.preprocess, seed]);
      if (last?.key === key) return { dataset: last.dataset, diagnostics: [] };
      const held = fromFiles.get(data.source);
      const opened = held ? { dataset: held, diagnostics: [] } : openBuiltInDataset(data.source, data.options, seed);
      if (!opened.dataset) return opened;
      const split = withValidation(opened.dataset, data.validation, seed);
      const { dataset, diagnostics } = withPreprocessing(split, data.preprocess);
      last = { key, dataset };
      return { dataset, diagnostics };
    },
  };
}

function factsOf(dataset: Dataset): DataSourceFacts {
  return {
    id: dataset.id,
    title: dataset.title,
    summary: '',
    fields: Object.fromEntries(
      Object.entries(dataset.fields).map(([name, field]) => [
        name,
        {
          dtype: field.dtype,
          shape: field.shape,
          batchAxis: field.batchAxis,
          role: field.role,
          ...(field.classNames ? { classNames: field.classNames } : {}),
          ...(field.classes === undefined ? {} : { classes: field.classes }),
        },
      ]),
    ),
    counts: Object.fromEntries(Object.entries(dataset.splits).map(([name, split]) => [name, split.count])),
    options: {},
  };
}
