// Which edits the engine must hear of: places, titles and notes are between the person and the page.
import type { DocumentRecord } from '../../graph/document.ts';
import type { Diff } from '../../graph/edit.ts';

/** Whether a diff can change what is computed. */
export function changesPlan({ added, updated, removed }: Diff): boolean {
  const matters = (record: DocumentRecord): boolean => record.kind !== 'note';
  if (Object.values(added).some(matters) || Object.values(removed).some(matters)) return true;
  return Object.values(updated).some(([from, to]) => essence(from) !== essence(to));
}

function essence(record: DocumentRecord): string {
  switch (record.kind) {
    case 'node': {
      const { position: _, title: __, ...rest } = record.node;
      return JSON.stringify(rest);
    }
    case 'edge':
      return JSON.stringify(record.edge);
    case 'note':
      return '';
    case 'block': {
      const { layout: _, title: __, description: ___, ...rest } = record.block;
      return JSON.stringify([record.name, rest]);
    }
    case 'file':
      return String(record.file.seed);
    case 'training':
      return JSON.stringify(record.training);
  }
}
