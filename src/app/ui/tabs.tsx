// Tabs with their strip (arrow keys move, Home and End too); the content is given by a function, so that a panel may be loaded
// only when first shown.
import { type KeyboardEvent, type ReactNode, useId } from 'react';
import { cx } from './cx.ts';
import styles from './tabs.module.css';

export interface Tab<Id extends string> {
  readonly id: Id;
  readonly title: string;
  /** Shown after the title: a count, for instance. */
  readonly badge?: ReactNode;
}

interface TabsProps<Id extends string> {
  readonly label: string;
  readonly tabs: readonly Tab<Id>[];
  readonly value: Id;
  readonly onChange: (id: Id) => void;
  /** Stands at the end of the strip. */
  readonly actions?: ReactNode;
  readonly children: (id: Id) => ReactNode;
}

export function Tabs<Id extends string>({ label, tabs, value, onChange, actions, children }: TabsProps<Id>) {
  const base = useId();
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const at = tabs.findIndex(({ id }) => id === value);
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      Home: 0,
      End: tabs.length - 1,
    };
    const to = moves[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = tabs[(to + tabs.length) % tabs.length];
    if (next === undefined) return;
    onChange(next.id);
    document.getElementById(`${base}-${next.id}`)?.focus();
  };
  return (
    <div className={styles['root']}>
      <div className={styles['strip']}>
        <div className={styles['list']} role="tablist" aria-label={label} onKeyDown={onKeyDown}>
          {tabs.map((tab) => (
            <button
              key={tab.id}
              id={`${base}-${tab.id}`}
              type="button"
              role="tab"
              aria-selected={tab.id === value}
              aria-controls={`${base}-panel`}
              tabIndex={tab.id === value ? 0 : -1}
              className={cx(styles['tab'], tab.id === value && styles['active'])}
              onClick={() => onChange(tab.id)}
            >
              {tab.title}
              {tab.badge}
            </button>
          ))}
        </div>
        {actions && <div className={styles['actions']}>{actions}</div>}
      </div>
      <div id={`${base}-panel`} role="tabpanel" aria-labelledby={`${base}-${value}`} className={styles['content']}>
        {children(value)}
      </div>
    </div>
  );
}
