// A searchable list at a place of the screen: type, arrows, Enter; Escape or a click elsewhere closes it.
import { type ReactNode, type RefObject, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { cx } from './cx.ts';
import { fuzzySearch } from './fuzzy.ts';
import styles from './pick-list.module.css';
import { texts } from './texts.ts';

export interface PickItem {
  readonly key: string;
  readonly title: string;
  readonly detail?: string;
  readonly icon?: ReactNode;
  /** What the search looks at, most telling first. */
  readonly search: readonly string[];
  readonly pick: () => void;
}

interface PickListProps {
  readonly label: string;
  readonly placeholder: string;
  /** In pixels of the window. */
  readonly at: { readonly x: number; readonly y: number };
  readonly items: readonly PickItem[];
  readonly empty?: string;
  /** What was typed before the list was there. */
  readonly typed?: RefObject<string>;
  readonly onClose: () => void;
}

function search(query: string, items: readonly PickItem[]): readonly PickItem[] {
  return query.trim() === '' ? items : fuzzySearch(query, items, (item) => item.search).map((hit) => hit.item);
}

const widthPx = 300;
const heightPx = 320;

export function PickList({ label, placeholder, at, items, empty = texts.ui.noHits, typed, onClose }: PickListProps) {
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const id = useId();
  const root = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => search(query, items), [items, query]);
  const back = useRef<Element | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, with what was typed before
  useLayoutEffect(() => {
    back.current = document.activeElement;
    field.current?.focus();
    // Read where this takes the place of what stood in: keys may have come since it was first rendered.
    const given = typed?.current ?? '';
    if (typed && given !== '') {
      typed.current = '';
      setQuery(given.trimEnd());
      // Somebody was quicker than the list.
      if (given.endsWith('\n')) search(given.trimEnd(), items)[0]?.pick();
    }
    return () => {
      if (back.current instanceof HTMLElement) back.current.focus({ preventScroll: true });
    };
  }, [typed]);
  useEffect(() => {
    const onDown = (event: PointerEvent): void => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) onClose();
    };
    window.addEventListener('pointerdown', onDown, true);
    return () => window.removeEventListener('pointerdown', onDown, true);
  }, [onClose]);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  const move = (by: number): void => {
    if (shown.length > 0) setActive((active + by + shown.length) % shown.length);
  };
  const left = Math.max(8, Math.min(at.x, innerWidth - widthPx - 8));
  const top = Math.max(8, Math.min(at.y, innerHeight - heightPx - 8));
  return createPortal(
    <div ref={root} className={styles['box']} style={{ left, top, width: widthPx }} role="dialog" aria-label={label}>
      <input
        ref={field}
        className={styles['field']}
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={shown[active] ? `${id}-${active}` : undefined}
        aria-label={label}
        placeholder={placeholder}
        value={query}
        spellCheck={false}
        onChange={(event) => {
          setQuery(event.target.value);
          setActive(0);
        }}
        onKeyDown={(event) => {
          const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
          if (by !== 0) move(by);
          else if (event.key === 'Enter') shown[active]?.pick();
          else if (event.key === 'Escape') onClose();
          // There is nowhere else to go within.
          else if (event.key !== 'Tab') return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      <div ref={list} id={id} className={styles['list']} role="listbox" aria-label={label}>
        {shown.map((item, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keyboard
          // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus, as a combobox does
          <div
            key={item.key}
            id={`${id}-${i}`}
            className={cx(styles['item'], i === active && styles['active'])}
            role="option"
            aria-selected={i === active}
            onPointerMove={() => i !== active && setActive(i)}
            onClick={item.pick}
          >
            {item.icon}
            <span className={styles['title']}>{item.title}</span>
            {item.detail !== undefined && <span className={styles['detail']}>{item.detail}</span>}
          </div>
        ))}
      </div>
      {shown.length === 0 && <p className={styles['empty']}>{empty}</p>}
    </div>,
    document.body,
  );
}
