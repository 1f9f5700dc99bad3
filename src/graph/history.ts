// Undo and redo as plain data: two stacks of labelled diffs. Between `beginGesture` and `endGesture` everything becomes one
// entry (a drag, a slider); entries with the same `merge` key that follow each other directly do too (typing a number).
import { type Diff, emptyDiff, invertDiff, isEmptyDiff, squashDiffs } from './edit.ts';

export interface HistoryEntry {
  /** What the menu shows: "Add Conv 2D". */
  readonly label: string;
  readonly diff: Diff;
  readonly merge?: string;
  /** Something that was done beside the document: whoever did it undoes it. */
  readonly beside?: unknown;
}

export interface History {
  /** Oldest first. */
  readonly undo: readonly HistoryEntry[];
  /** Next to redo last. */
  readonly redo: readonly HistoryEntry[];
  readonly gesture: { readonly label: string; readonly diff: Diff } | null;
}

/** A step to be applied to the document. */
export interface HistoryStep {
  readonly history: History;
  readonly diff: Diff;
  readonly label: string;
  readonly beside?: unknown;
}

/** Older entries are forgotten. */
const longestHistory = 1000;

/** Of a document that was just loaded. */
export function emptyHistory(): History {
  return { undo: [], redo: [], gesture: null };
}

/** Notes an edit that the user made. */
export function recordEdit(history: History, label: string, diff: Diff, merge?: string): History {
  if (isEmptyDiff(diff)) return history;
  if (history.gesture !== null) {
    return { ...history, redo: [], gesture: { ...history.gesture, diff: squashDiffs(history.gesture.diff, diff) } };
  }
  const last = history.undo.at(-1);
  if (merge !== undefined && last?.merge === merge && history.redo.length === 0) {
    const squashed = squashDiffs(last.diff, diff);
    const before = history.undo.slice(0, -1);
    return { ...history, undo: isEmptyDiff(squashed) ? before : [...before, { label, diff: squashed, merge }] };
  }
  return push(history, merge === undefined ? { label, diff } : { label, diff, merge });
}

/** Notes something that the user did beside the document. */
export function recordBeside(history: History, label: string, beside: unknown): History {
  return push(endGesture(history), { label, diff: emptyDiff, beside });
}

/** What was noted beside the document is `next` from now on, wherever it stands; undefined: there is nothing of it any more. */
export function amendBeside(history: History, beside: unknown, next: unknown): History {
  const amend = (entries: readonly HistoryEntry[]): readonly HistoryEntry[] =>
    entries.flatMap((entry) => {
      if (entry.beside !== beside) return [entry];
      return next === undefined ? [] : [{ ...entry, beside: next }];
    });
  return { ...history, undo: amend(history.undo), redo: amend(history.redo) };
}

/** Starts a gesture; one that is still open ends first. */
export function beginGesture(history: History, label: string): History {
  return { ...endGesture(history), gesture: { label, diff: emptyDiff } };
}

/** Makes one entry of all that happened since `beginGesture`; none if that cancels out. */
export function endGesture(history: History): History {
  if (history.gesture === null) return history;
  const { label, diff } = history.gesture;
  const closed: History = { ...history, gesture: null };
  return isEmptyDiff(diff) ? closed : push(closed, { label, diff });
}

/** Gives the diff that takes back everything since `beginGesture`, and forgets it. */
export function cancelGesture(history: History): HistoryStep | null {
  if (history.gesture === null) return null;
  const { label, diff } = history.gesture;
  return { history: { ...history, gesture: null }, diff: invertDiff(diff), label };
}

/** null when there is nothing to undo. An open gesture ends first, so that it is what is undone. */
export function undo(history: History): HistoryStep | null {
  const closed = endGesture(history);
  const entry = closed.undo.at(-1);
  if (entry === undefined) return null;
  const next = { undo: closed.undo.slice(0, -1), redo: [...closed.redo, entry], gesture: null };
  return { history: next, diff: invertDiff(entry.diff), label: entry.label, beside: entry.beside };
}

/** null when there is nothing to redo. */
export function redo(history: History): HistoryStep | null {
  const closed = endGesture(history);
  const entry = closed.redo.at(-1);
  if (entry === undefined) return null;
  const next = { undo: [...closed.undo, entry], redo: closed.redo.slice(0, -1), gesture: null };
  return { history: next, diff: entry.diff, label: entry.label, beside: entry.beside };
}

function push(history: History, entry: HistoryEntry): History {
  return { undo: [...history.undo, entry].slice(-longestHistory), redo: [], gesture: null };
}
