import type { DataFile, SplitName } from './dataset.ts';

/** Which split a file belongs to, told by its name: `t10k-…`, `test_batch.bin`, `val…`; anything else is for training. */
export function splitOfFile(file: DataFile): SplitName {
  const name = baseName(file.name).toLowerCase();
  if (/t10k|test/.test(name)) return 'test';
  return /^val|[-_.]val/.test(name) ? 'validation' : 'train';
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** Bytes 0…255 as float32 parts of 255. */
export function unitScale(): Float32Array {
  return Float32Array.from({ length: 256 }, (_, byte) => byte / 255);
}
