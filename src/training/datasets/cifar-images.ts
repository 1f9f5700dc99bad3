// Pictures and labels from CIFAR's binary batches: what CIFAR-10 and CIFAR-100 share. Batches follow each other in the order of
// their names, and `test…` files make the test split.
import { type CifarBatch, type CifarKind, cifarPixelBytes, readCifar } from '../../formats/cifar/read-cifar.ts';
import { type Diagnostic, hasErrors, warning } from '../../tensor/diagnostic.ts';
import { type DataFile, type DatasetOpening, emptySplit, type Split, type SplitName } from './dataset.ts';
import { baseName, splitOfFile, unitScale } from './file-splits.ts';
import { imageFields } from './idx-images.ts';

/** Batches of files, in the order of their names; files that are none are errors. */
export function openCifar(
  id: string,
  title: string,
  kind: CifarKind,
  classNames: readonly string[],
  files: readonly DataFile[],
): DatasetOpening {
  const diagnostics: Diagnostic[] = [];
  const batches: Record<SplitName, CifarBatch[]> = { train: [], validation: [], test: [] };
  const inOrder = [...files].sort((a, b) => (baseName(a.name) < baseName(b.name) ? -1 : 1));
  for (const file of inOrder) {
    const reading = readCifar(file.bytes, baseName(file.name), kind);
    diagnostics.push(...reading.diagnostics);
    if (reading.batch !== null) batches[splitOfFile(file)].push(reading.batch);
  }
  if (hasErrors(diagnostics)) return { dataset: null, diagnostics };
  if (batches.train.length === 0) {
    diagnostics.push(
      warning('W_NO_TRAINING_DATA', 'there are no training batches: the data can be evaluated, not trained on'),
    );
  }
  const { train, validation, test } = batches;
  return {
    dataset: {
      id,
      title,
      fields: imageFields([3, 32, 32], classNames),
      splits: { train: cifarSplit(train), validation: cifarSplit(validation), test: cifarSplit(test) },
    },
    diagnostics,
  };
}

function cifarSplit(batches: readonly CifarBatch[]): Split {
  if (batches.length === 0) return emptySplit;
  const scale = unitScale();
  return {
    count: batches.reduce((sum, batch) => sum + batch.count, 0),
    endless: false,
    fill(field, indices, from, n, out) {
      for (let i = 0; i < n; i++) {
        let record = indices[from + i] as number;
        let b = 0;
        while (b < batches.length - 1 && record >= (batches[b] as CifarBatch).count) {
          record -= (batches[b] as CifarBatch).count;
          b++;
        }
        const batch = batches[b] as CifarBatch;
        if (field === 'label') {
          out[i] = batch.label(record);
          continue;
        }
        const source = record * batch.strideBytes + batch.labelBytes;
        const target = i * cifarPixelBytes;
        for (let k = 0; k < cifarPixelBytes; k++) out[target + k] = scale[batch.bytes[source + k] as number] as number;
      }
    },
  };
}
