import { resolvePath } from '../../graph/references.ts';
import type { Diagnostic } from '../../tensor/diagnostic.ts';
import type { DocumentData } from './document-store.ts';

/** What compiler and training report, and what the file was found to lack, as far as it still stands; nothing twice. */
export function allProblems(
  problems: readonly Diagnostic[],
  { faults, document }: Pick<DocumentData, 'faults' | 'document'>,
): readonly Diagnostic[] {
  if (faults.length === 0) return problems;
  // What the file said of a node goes with the node.
  const standing = faults.filter(({ at }) => at.path === undefined || resolvePath(document, at.path) !== undefined);
  // The file's own word for an operator that is not there says more than the compiler's.
  const told = new Set(standing.map(({ at }) => at.path));
  return [...problems.filter(({ code, at }) => code !== 'E_OPERATOR' || !told.has(at.path)), ...standing];
}
