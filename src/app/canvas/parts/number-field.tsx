import { useEffect, useRef } from 'react';
import { cx } from '../../ui/cx.ts';
import styles from '../op-node.module.css';

interface NumberFieldProps {
  readonly label: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

/** A number on a node that can be typed; arrow keys change it by one. */
export function NumberField({ label, value, onChange }: NumberFieldProps) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (field.current && field.current !== document.activeElement) field.current.value = spell(value);
  }, [value]);
  const commit = (text: string): void => {
    const next = parse(text);
    if (text.trim() !== '' && Number.isFinite(next)) {
      if (next !== value) onChange(next);
    } else if (field.current) field.current.value = spell(value);
  };
  return (
    <input
      ref={field}
      className={cx(styles['field'], 'nodrag')}
      aria-label={label}
      defaultValue={spell(value)}
      inputMode="decimal"
      spellCheck={false}
      onBlur={(event) => commit(event.target.value)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Enter') event.currentTarget.blur();
        if (event.key === 'Escape') {
          event.currentTarget.value = spell(value);
          event.currentTarget.blur();
        }
        const by = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0;
        if (by === 0) return;
        event.preventDefault();
        const next = Number((parse(event.currentTarget.value) + by).toPrecision(12));
        if (!Number.isFinite(next)) return;
        event.currentTarget.value = spell(next);
        onChange(next);
      }}
    />
  );
}

/** With a true minus sign, as every number on the page. */
function spell(value: number): string {
  return String(value).replace('-', '−');
}

function parse(text: string): number {
  return Number(text.replaceAll('−', '-').replace(',', '.'));
}
