// The scope's notes as React Flow's nodes, below all others.
import { useMemo } from 'react';
import type { Note } from '../../graph/schema.ts';
import { useView } from '../state/context.tsx';
import { type FlowNote, noteFlowId, type Positions } from './flow-types.ts';
import type { ScopeFlow } from './use-scope-flow.ts';

/** Of a note that says nothing of its size. */
export const usualNoteSize = [220, 96] as const;

/** @param moved positions while something is being dragged */
export function useNotes({ scope }: ScopeFlow, moved: Positions | null): readonly FlowNote[] {
  const selected = useView((view) => view.selectedNotes);
  const notes = scope?.notes;
  const readOnly = scope?.readOnly ?? true;
  return useMemo(
    () => (notes ?? []).map((note) => flowNote(note, selected.includes(note.id), readOnly, moved)),
    [notes, selected, readOnly, moved],
  );
}

function flowNote(note: Note, selected: boolean, readOnly: boolean, moved: Positions | null): FlowNote {
  const id = noteFlowId(note.id);
  const [x, y] = moved?.[id] ?? note.position;
  const [width, height] = note.size ?? usualNoteSize;
  return {
    id,
    type: 'note',
    position: { x, y },
    data: { note, readOnly },
    selected,
    width,
    height,
    measured: { width, height },
    zIndex: -1,
    draggable: !readOnly,
    connectable: false,
    // Its text is what a reader hears.
    ariaLabel: note.text,
  };
}
