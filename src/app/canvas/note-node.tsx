// A note on the canvas: text that explains, written in place. One undo entry for what was written; one left empty goes.
import { type NodeProps, useReactFlow } from '@xyflow/react';
import { type PointerEvent, type RefObject, useLayoutEffect, useRef, useState } from 'react';
import { moveNote } from '../../graph/edits/move.ts';
import { removeNotes } from '../../graph/edits/remove.ts';
import { setNoteText } from '../../graph/edits/set-note.ts';
import { useView, useWorkbench } from '../state/context.tsx';
import { cx } from '../ui/cx.ts';
import { laterTexts } from '../ui/later-texts.ts';
import { texts } from '../ui/texts.ts';
import type { FlowNote } from './flow-types.ts';
import styles from './note-node.module.css';

const least = [100, 44] as const;

interface NoteNodeProps extends NodeProps<FlowNote> {
  /** What was typed before the note was there, an escape character behind it once Escape was pressed. */
  readonly typed: RefObject<string>;
}

export function NoteNode({ data: { note, readOnly }, selected, width = 0, height = 0, typed }: NoteNodeProps) {
  const writing = useView(({ overlay }) => overlay?.kind === 'note' && overlay.id === note.id);
  const [size, setSize] = useState<readonly [number, number] | null>(null);
  const [w, h] = size ?? [width, height];
  return (
    <div
      className={cx(styles['note'], selected && styles['selected'])}
      style={{ width: w, height: h }}
      data-note={note.id}
    >
      {writing ? <Writing id={note.id} text={note.text} typed={typed} /> : <p>{note.text}</p>}
      {!readOnly && <Corner id={note.id} place={note.position} size={[w, h]} onSize={setSize} />}
    </div>
  );
}

interface WritingProps extends Pick<NoteNodeProps, 'typed'> {
  readonly id: string;
  readonly text: string;
}

function Writing({ id, text, typed }: WritingProps) {
  const { document, edit, look, scope, view } = useWorkbench();
  const field = useRef<HTMLTextAreaElement>(null);
  const done = useRef(false);
  const finish = (next: string): void => {
    if (done.current) return;
    done.current = true;
    const { overlay } = view.getState();
    if (overlay?.kind === 'note') look({ overlay: null });
    const block = scope()?.block ?? '';
    if (next.trim() === '') edit(texts.edits.note, (draft) => removeNotes(draft, block, [id]));
    else if (next !== text) edit(texts.edits.note, (draft) => setNoteText(draft, block, id, next));
    // Of a new note: adding and writing are one entry.
    document.endGesture();
  };
  const last = useRef(finish);
  last.current = finish;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, with what was typed before
  useLayoutEffect(() => {
    const element = field.current;
    element?.focus({ preventScroll: true });
    element?.select();
    // Somebody was quicker than the note.
    const given = typed.current;
    typed.current = '';
    if (given.endsWith('\x1b')) last.current(text);
    else if (element && given !== '') element.setRangeText(given, 0, element.value.length, 'end');
    // Taken away while it is written (Escape elsewhere, another level): that ends it as well.
    return () => {
      setTimeout(() => element?.isConnected === false && last.current(element.value));
    };
  }, []);
  return (
    <textarea
      ref={field}
      className={cx(styles['field'], 'nodrag', 'nowheel', 'nopan', 'nokey')}
      aria-label={laterTexts.canvas.writeNote}
      defaultValue={text}
      onBlur={(event) => finish(event.target.value)}
      onKeyDown={(event) => {
        event.stopPropagation();
        const leaves = event.key === 'Escape' || (event.key === 'Enter' && (event.ctrlKey || event.metaKey));
        if (leaves) finish(event.key === 'Escape' ? text : event.currentTarget.value);
      }}
    />
  );
}

interface CornerProps {
  readonly id: string;
  readonly place: readonly [number, number];
  readonly size: readonly [number, number];
  readonly onSize: (size: readonly [number, number] | null) => void;
}

/** Drags the size; with the keyboard it is not needed, since the text scrolls. */
function Corner({ id, place, size, onSize }: CornerProps) {
  const { edit, scope } = useWorkbench();
  const react = useReactFlow();
  const start = useRef<{ readonly x: number; readonly y: number; readonly size: readonly [number, number] } | null>(
    null,
  );
  const sizeAt = (event: PointerEvent): readonly [number, number] => {
    const from = start.current;
    if (from === null) return size;
    const zoom = react.getZoom();
    return [
      Math.max(least[0], Math.round(from.size[0] + (event.clientX - from.x) / zoom)),
      Math.max(least[1], Math.round(from.size[1] + (event.clientY - from.y) / zoom)),
    ];
  };
  return (
    <i
      className={cx(styles['corner'], 'nodrag', 'nopan')}
      title={laterTexts.canvas.resizeNote}
      aria-hidden
      onPointerDown={(event) => {
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { x: event.clientX, y: event.clientY, size };
      }}
      onPointerMove={(event) => {
        if (start.current !== null) onSize(sizeAt(event));
      }}
      onPointerUp={(event) => {
        const next = sizeAt(event);
        start.current = null;
        onSize(null);
        edit(laterTexts.canvas.resizeNote, (draft) => moveNote(draft, scope()?.block ?? '', id, place, next));
      }}
    />
  );
}
