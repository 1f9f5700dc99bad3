// Pictures and labels from IDX files: what MNIST, Fashion-MNIST and their relatives share. Files are paired by rank (labels have
// one dimension, pictures three or four) and by the split that their names tell.
import { formatCount } from '../../formats/format-count.ts';
import { type IdxArray, type IdxData, isIdx, readIdx } from '../../formats/idx/read-idx.ts';
import { type Diagnostic, error, hasErrors, warning } from '../../tensor/diagnostic.ts';
import { formatShape, numel, type Shape, sameShape } from '../../tensor/shape.ts';
import {
  type DataFields,
  type DataFile,
  type DatasetOpening,
  emptySplit,
  labelField,
  type Split,
  type SplitName,
  splitNames,
} from './dataset.ts';
import { baseName, splitOfFile, unitScale } from './file-splits.ts';

/** `image`, float32 of that shape, and `label`, a class. */
export function imageFields(shape: Shape, classNames: readonly string[]): DataFields {
  return { image: { dtype: 'float32', shape, batchAxis: 0, role: 'input' }, label: labelField(classNames) };
}

/** True for IDX content and for names like `…-idx3-ubyte`, so that a damaged file is named rather than passed over. */
export function looksLikeIdx(file: DataFile): boolean {
  return isIdx(file.bytes) || /idx\d-ubyte/.test(baseName(file.name));
}

interface NamedArray {
  readonly name: string;
  readonly array: IdxArray;
}

interface Pair {
  readonly images: NamedArray;
  readonly labels: NamedArray;
  /** Of one picture: [channels, height, width]. */
  readonly shape: Shape;
  readonly largestLabel: number;
}

/** Opens the splits that the files make. With labels beyond `classNames`, classes are numbered instead. */
export function openIdxImages(
  id: string,
  title: string,
  classNames: readonly string[],
  files: readonly DataFile[],
): DatasetOpening {
  const diagnostics: Diagnostic[] = [];
  const arrays: (NamedArray & { readonly split: SplitName })[] = [];
  for (const file of files) {
    const reading = readIdx(file.bytes, baseName(file.name));
    diagnostics.push(...reading.diagnostics);
    if (reading.array !== null)
      arrays.push({ name: baseName(file.name), array: reading.array, split: splitOfFile(file) });
  }
  const pairs = new Map<SplitName, Pair>();
  for (const split of splitNames) {
    const pair = pairUp(
      split,
      arrays.filter((a) => a.split === split),
      diagnostics,
    );
    if (pair !== null) pairs.set(split, pair);
  }
  const reference = pairs.get('train') ?? [...pairs.values()][0];
  for (const [split, pair] of pairs) {
    if (reference !== undefined && !sameShape(pair.shape, reference.shape)) {
      diagnostics.push(
        error(
          'E_IMAGE_SHAPE',
          `${split} pictures are ${formatShape(pair.shape)}, the others ${formatShape(reference.shape)}`,
        ),
      );
    }
  }
  if (reference === undefined || hasErrors(diagnostics)) return { dataset: null, diagnostics };
  if (!pairs.has('train')) {
    diagnostics.push(
      warning('W_NO_TRAINING_DATA', 'there are no training files: the data can be evaluated, not trained on'),
    );
  }

  const classes = Math.max(...[...pairs.values()].map((pair) => pair.largestLabel)) + 1;
  const names =
    classes <= classNames.length ? classNames : Array.from({ length: classes }, (_, label) => String(label));
  const split = (name: SplitName) => {
    const pair = pairs.get(name);
    return pair === undefined ? emptySplit : idxSplit(pair);
  };
  return {
    dataset: {
      id,
      title,
      fields: imageFields(reference.shape, names),
      splits: { train: split('train'), validation: split('validation'), test: split('test') },
    },
    diagnostics,
  };
}

function pairUp(split: SplitName, arrays: readonly NamedArray[], diagnostics: Diagnostic[]): Pair | null {
  const refuse = (code: `E_${string}`, message: string) => {
    diagnostics.push(error(code, message));
    return null;
  };
  if (arrays.length === 0) return null;
  const [labels, ...moreLabels] = arrays.filter(({ array }) => array.shape.length === 1);
  const [images, ...moreImages] = arrays.filter(({ array }) => array.shape.length === 3 || array.shape.length === 4);
  for (const { name, array } of arrays) {
    if (array.shape.length === 2 || array.shape.length > 4) {
      return refuse(
        'E_RANK',
        `${name} holds ${formatShape(array.shape)}: neither labels (one dimension) nor pictures (three or four)`,
      );
    }
  }
  const second = moreImages[0] ?? moreLabels[0];
  if (second !== undefined) {
    const first = moreImages[0] === undefined ? labels : images;
    return refuse(
      'E_AMBIGUOUS',
      `${first?.name} and ${second.name} both look like the ${split} ${moreImages[0] ? 'pictures' : 'labels'}`,
    );
  }
  if (labels === undefined)
    return refuse('E_MISSING_FILE', `${images?.name} has no labels beside it: add the ${split} labels`);
  if (images === undefined)
    return refuse('E_MISSING_FILE', `${labels.name} has no pictures beside it: add the ${split} images`);

  const [count = 0, ...rest] = images.array.shape;
  const entries = labels.array.data.length;
  if (count !== entries) {
    return refuse(
      'E_COUNT',
      `${split}: labels hold ${formatCount(entries)} entries, images ${formatCount(count)} (${labels.name}, ${images.name})`,
    );
  }
  const shape = rest.length === 2 ? [1, ...rest] : rest;
  if (count === 0 || numel(shape) === 0) return refuse('E_EMPTY', `${images.name} holds no pictures`);
  const { data } = images.array;
  if (!(data instanceof Uint8Array || data instanceof Float32Array || data instanceof Float64Array)) {
    return refuse('E_IDX_TYPE', `${images.name}: pictures must be bytes 0 to 255 or floating-point numbers`);
  }
  const largestLabel = checkLabels(labels, diagnostics);
  return largestLabel === null ? null : { images, labels, shape, largestLabel };
}

/** More classes than this are a sign of a wrong file. */
const mostClasses = 100_000;

function checkLabels({ name, array }: NamedArray, diagnostics: Diagnostic[]): number | null {
  let largest = 0;
  for (let i = 0; i < array.data.length; i++) {
    const label = array.data[i] as number;
    if (!Number.isInteger(label) || label < 0 || label >= mostClasses) {
      diagnostics.push(error('E_LABEL_RANGE', `${name}: entry ${formatCount(i)} is ${label}, not a class number`));
      return null;
    }
    largest = Math.max(largest, label);
  }
  return largest;
}

function idxSplit({ images, labels, shape }: Pair): Split {
  const size = numel(shape);
  const pixels: IdxData = images.array.data;
  const scale = unitScale();
  const bytes = pixels instanceof Uint8Array;
  return {
    count: labels.array.data.length,
    endless: false,
    fill(field, indices, from, n, out) {
      for (let i = 0; i < n; i++) {
        const index = indices[from + i] as number;
        if (field === 'label') {
          out[i] = labels.array.data[index] as number;
          continue;
        }
        const source = index * size;
        const target = i * size;
        for (let k = 0; k < size; k++) {
          const value = pixels[source + k] as number;
          out[target + k] = bytes ? (scale[value] as number) : value;
        }
      }
    },
  };
}
