// CIFAR binary batches: records without a header, one label byte (CIFAR-10) or a coarse and a fine one (CIFAR-100), then
// 1,024 red, 1,024 green and 1,024 blue bytes, row-major. Source: https://www.cs.toronto.edu/~kriz/cifar.html
// The file is not copied: a reading says where label and pixels of each record stand.
import { type Diagnostic, error } from '../../tensor/diagnostic.ts';
import { formatCount } from '../format-count.ts';

export const cifarPixelBytes = 3 * 32 * 32;

export interface CifarKind {
  readonly classes: number;
  readonly labelBytes: number;
}

export const cifar10Kind: CifarKind = { classes: 10, labelBytes: 1 };
export const cifar100Kind: CifarKind = { classes: 100, labelBytes: 2 };

const coarseClasses = 20;

export interface CifarBatch {
  readonly bytes: Uint8Array;
  readonly count: number;
  /** Bytes from one record to the next; a record's pixels begin `labelBytes` after its start. */
  readonly strideBytes: number;
  readonly labelBytes: number;
  /** The class of record `index`: the fine label of CIFAR-100. */
  label(index: number): number;
}

export interface CifarReading {
  readonly batch: CifarBatch | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** True when the bytes are whole records of the kind with labels in range. */
export function isCifar(bytes: Uint8Array, kind: CifarKind): boolean {
  return readCifar(bytes, '', kind).batch !== null;
}

/** Reads one batch file; `name` is for messages. Errors: E_TRUNCATED, E_LABEL_RANGE. */
export function readCifar(bytes: Uint8Array, name: string, kind: CifarKind): CifarReading {
  const { classes, labelBytes } = kind;
  const strideBytes = labelBytes + cifarPixelBytes;
  const count = Math.floor(bytes.length / strideBytes);
  const rest = bytes.length - count * strideBytes;
  const refuse = (code: `E_${string}`, message: string): CifarReading => ({
    batch: null,
    diagnostics: [error(code, `${name}: ${message}`)],
  });
  if (count === 0 || rest !== 0) {
    return refuse(
      'E_TRUNCATED',
      `a CIFAR-${classes} batch is a whole number of ${formatCount(strideBytes)}-byte records, ` +
        `this file holds ${formatCount(count)} of them and ${formatCount(rest)} bytes more`,
    );
  }
  for (let i = 0; i < count; i++) {
    const label = bytes[i * strideBytes + labelBytes - 1] as number;
    const coarse = labelBytes === 2 ? (bytes[i * strideBytes] as number) : 0;
    if (label >= classes || coarse >= coarseClasses) {
      return refuse(
        'E_LABEL_RANGE',
        `record ${formatCount(i)} has label ${label >= classes ? label : coarse}, ` +
          `beyond the ${label >= classes ? classes : coarseClasses} classes: not a CIFAR-${classes} batch`,
      );
    }
  }
  return {
    batch: {
      bytes,
      count,
      strideBytes,
      labelBytes,
      label: (index) => bytes[index * strideBytes + labelBytes - 1] as number,
    },
    diagnostics: [],
  };
}
