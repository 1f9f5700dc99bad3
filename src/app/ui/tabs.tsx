// Tabs with their strip; the content is given, so that a panel may be loaded only when first shown.
import { Tabs as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
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
  return (
    <Radix.Root
      className={styles['root']}
      value={value}
      onValueChange={(id) => onChange(id as Id)}
      activationMode="manual"
    >
      <div className={styles['strip']}>
        <Radix.List className={styles['list']} aria-label={label}>
          {tabs.map((tab) => (
            <Radix.Trigger key={tab.id} value={tab.id} className={styles['tab']}>
              {tab.title}
              {tab.badge}
            </Radix.Trigger>
          ))}
        </Radix.List>
        {actions && <div className={styles['actions']}>{actions}</div>}
      </div>
      <Radix.Content key={value} value={value} className={styles['content']} tabIndex={-1}>
        {children(value)}
      </Radix.Content>
    </Radix.Root>
  );
}
