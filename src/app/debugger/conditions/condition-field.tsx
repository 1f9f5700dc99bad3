// A field for an expression over values: names are completed while one types, what is wrong stands under the caret. Committed
// by Enter or by leaving it; a text that does not parse is kept in the field, with its fault.
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { completeCondition, type KnownNames } from '../../../language/complete-condition.ts';
import type { TextFault } from '../../../language/condition.ts';
import { pointAt } from '../../../language/tokens.ts';
import { cx } from '../../ui/cx.ts';
import { debuggerTexts } from '../../ui/debugger-texts.ts';
import { Message } from '../../ui/message.tsx';
import styles from './condition-field.module.css';

const t = debuggerTexts.condition;
const listHeight = 190;

interface ConditionFieldProps {
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly known: KnownNames;
  /** What is wrong with a text by itself; null: nothing. */
  readonly check: (text: string) => TextFault | null;
  /** What the engine says of the value as it stands. */
  readonly fault?: TextFault | null;
  readonly onCommit: (text: string) => void;
  /** For a form that follows what is typed: then `value` is the text in the field, and Enter commits it though nothing changed. */
  readonly onType?: (text: string) => void;
  /** A text that is no expression of its own, but holds some in braces. */
  readonly braces?: boolean;
  /** Empty after a commit: for adding one after the other. */
  readonly clears?: boolean;
}

export function ConditionField(props: ConditionFieldProps) {
  const { label, value, placeholder, known, check, onCommit, onType, braces = false, clears = false } = props;
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useState<string | null>(null);
  const [caret, setCaret] = useState(0);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const nextCaret = useRef<number | null>(null);
  const text = draft ?? value;
  const completions = useMemo(() => {
    if (!open || (braces && !/\{[^}]*$/.test(text.slice(0, caret)))) return null;
    const found = completeCondition(text, caret, known);
    return found.items.length === 0 ? null : found;
  }, [open, braces, text, caret, known]);
  const fault = text.trim() === '' ? null : (check(text) ?? (text === value ? (props.fault ?? null) : null));
  useEffect(() => {
    if (nextCaret.current === null) return;
    field.current?.setSelectionRange(nextCaret.current, nextCaret.current);
    nextCaret.current = null;
  });

  const shows = completions !== null;
  // Above everything, dialogs and edges of panels included, below the field or, where there is more room, above it.
  useLayoutEffect(() => {
    const [element, box] = [list.current, field.current?.getBoundingClientRect()];
    if (!shows || element === null || box === undefined) return;
    element.showPopover();
    const below = innerHeight - box.bottom > Math.min(listHeight, box.top);
    element.style.left = `${box.left}px`;
    element.style.width = `${box.width}px`;
    element.style.top = below ? `${box.bottom + 2}px` : 'auto';
    element.style.bottom = below ? 'auto' : `${innerHeight - box.top + 2}px`;
    return () => element.hidePopover();
  }, [shows]);

  const write = onType ?? setDraft;
  const commit = (): void => {
    setOpen(false);
    if (draft === null || (draft.trim() !== '' && check(draft) !== null)) return;
    if (draft !== value) onCommit(draft.trim());
    setDraft(clears ? '' : null);
  };
  const completed = (index: number): string => {
    const item = completions?.items[index];
    return completions && item ? text.slice(0, completions.from) + item.text + text.slice(completions.to) : text;
  };
  const accept = (index: number): void => {
    const item = completions?.items[index];
    if (completions === null || item === undefined) return;
    nextCaret.current = completions.from + item.cursor;
    write(completed(index));
    setCaret(nextCaret.current);
    setActive(0);
    // Inside the brackets of a function the next name is wanted.
    setOpen(item.text.endsWith('()'));
  };
  const onKey = (event: KeyboardEvent<HTMLInputElement>): void => {
    const count = completions?.items.length ?? 0;
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (by !== 0) {
      if (count > 0) setActive((active + by + count) % count);
      else setOpen(true);
    } else if (event.key === ' ' && event.ctrlKey) setOpen(true);
    // A command of the page, which takes what is typed over.
    else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) return;
    // What stands there already needs no accepting.
    else if ((event.key === 'Enter' || event.key === 'Tab') && completed(active) !== text) accept(active);
    else if (event.key === 'Enter') {
      commit();
      if (onType && text.trim() !== '' && fault === null) onCommit(text.trim());
    } else if (event.key === 'Escape' && completions !== null) setOpen(false);
    else if (event.key === 'Escape' && draft !== null) setDraft(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className={styles['field']}>
      <input
        ref={field}
        className={cx(styles['input'], fault !== null && styles['wrong'])}
        role="combobox"
        aria-label={label}
        aria-expanded={shows}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={completions === null ? undefined : `${id}-${active}`}
        {...(fault === null ? {} : { 'aria-invalid': true, 'aria-describedby': `${id}-fault` })}
        value={text}
        placeholder={placeholder}
        spellCheck={false}
        autoComplete="off"
        onChange={({ target }) => {
          write(target.value);
          setCaret(target.selectionStart ?? target.value.length);
          setActive(0);
          setOpen(/[\w.(/]$/.test(target.value.slice(0, target.selectionStart ?? undefined)));
        }}
        onSelect={({ currentTarget }) => setCaret(currentTarget.selectionStart ?? 0)}
        onBlur={commit}
        onKeyDown={onKey}
      />
      <div
        id={`${id}-list`}
        className={styles['list']}
        role="listbox"
        aria-label={t.suggestions}
        ref={list}
        popover="manual"
      >
        {completions?.items.slice(0, 12).map((item, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keyboard
          // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus, as a combobox does
          <div
            key={`${item.kind} ${item.text}`}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            className={cx(index === active && styles['active'])}
            // Before the field loses the focus.
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => accept(index)}
          >
            <code>{item.text}</code>
            <small>{t.kinds[item.kind]}</small>
          </div>
        ))}
      </div>
      {fault !== null && (
        <div id={`${id}-fault`} className={styles['fault']}>
          <pre aria-hidden>{pointAt(text, fault.span).picture}</pre>
          <Message text={fault.message} />
        </div>
      )}
    </div>
  );
}
