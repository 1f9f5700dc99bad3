import { blockKey, noteKey, type ScopeName } from '../document.ts';
import type { Draft } from '../edit.ts';
import { type Position, wholePixels } from '../position.ts';

/** Places nodes, and with `in` and `out` a block's border. Whole pixels. */
export function moveNodes(draft: Draft, scope: ScopeName, positions: Readonly<Record<string, Position>>): void {
  for (const [id, given] of Object.entries(positions)) {
    const position = wholePixels(given);
    if (id === 'in' || id === 'out') moveBorder(draft, scope, id, position);
    else draft.patchNode(scope, id, { position });
  }
}

/** Puts a note elsewhere, and gives it another size where one is given. */
export function moveNote(draft: Draft, scope: ScopeName, id: string, position: Position, size?: Position): void {
  const record = draft.get(noteKey(scope, id));
  if (record?.kind === 'note')
    draft.putNote(scope, { ...record.note, position: wholePixels(position), ...(size === undefined ? {} : { size }) });
}

function moveBorder(draft: Draft, scope: ScopeName, side: 'in' | 'out', position: Position): void {
  const record = draft.get(blockKey(scope));
  if (record?.kind !== 'block') return;
  draft.put({ ...record, block: { ...record.block, layout: { ...record.block.layout, [side]: position } } });
}
