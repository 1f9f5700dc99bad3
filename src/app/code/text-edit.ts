// The smallest replacement that turns one text into another, so that the editor keeps its cursor, its folds and its undo.

export interface TextEdit {
  /** Offsets into the old text. */
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** null when the texts are the same. */
export function textEdit(before: string, after: string): TextEdit | null {
  if (before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  return { from: start, to: before.length - end, text: after.slice(start, after.length - end) };
}
