// Drop-down and context menus from one list of entries.
import { Check, ChevronRight } from 'lucide-react';
import { DropdownMenu as Radix, ContextMenu as RadixContext } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import { assertNever } from '../../tensor/assert.ts';
import { cx } from './cx.ts';
import styles from './menu.module.css';

export type MenuEntry =
  | {
      readonly kind: 'item';
      readonly id: string;
      readonly title: ReactNode;
      readonly keys?: string | undefined;
      readonly disabled?: boolean;
      readonly checked?: boolean;
      /** Why it cannot be chosen, or what it does. */
      readonly detail?: string | undefined;
      readonly danger?: boolean;
      readonly run: () => void;
    }
  | { readonly kind: 'menu'; readonly id: string; readonly title: ReactNode; readonly entries: readonly MenuEntry[] }
  | { readonly kind: 'label'; readonly id: string; readonly title: string }
  | { readonly kind: 'line'; readonly id: string };

interface MenuProps {
  readonly entries: readonly MenuEntry[];
  readonly align?: 'start' | 'end';
  readonly children: ReactElement;
}

/** Opens below its trigger (the child). */
export function Menu({ entries, align = 'start', children }: MenuProps) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className={styles['menu']} align={align} sideOffset={4} collisionPadding={8} loop>
          <Entries entries={entries} parts={Radix} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** Opens where the child is right-clicked. */
export function ContextMenu({ entries, children }: Omit<MenuProps, 'align'>) {
  return (
    <RadixContext.Root modal={false}>
      <RadixContext.Trigger asChild>{children}</RadixContext.Trigger>
      <RadixContext.Portal>
        <RadixContext.Content className={styles['menu']} collisionPadding={8} loop>
          <Entries entries={entries} parts={RadixContext} />
        </RadixContext.Content>
      </RadixContext.Portal>
    </RadixContext.Root>
  );
}

type Parts = Pick<typeof Radix, 'Item' | 'Sub' | 'SubTrigger' | 'SubContent' | 'Portal' | 'Label' | 'Separator'>;

function Entries({
  entries,
  parts,
}: {
  readonly entries: readonly MenuEntry[];
  readonly parts: Parts | typeof RadixContext;
}) {
  const { Item, Sub, SubTrigger, SubContent, Portal, Label, Separator } = parts as Parts;
  return entries.map((entry) => {
    switch (entry.kind) {
      case 'line':
        return <Separator key={entry.id} className={styles['line']} />;
      case 'label':
        return (
          <Label key={entry.id} className={styles['label']}>
            {entry.title}
          </Label>
        );
      case 'menu':
        return (
          <Sub key={entry.id}>
            <SubTrigger className={styles['item']}>
              <span className={styles['title']}>{entry.title}</span>
              <ChevronRight size={14} aria-hidden />
            </SubTrigger>
            <Portal>
              <SubContent className={styles['menu']} sideOffset={2} collisionPadding={8} loop>
                <Entries entries={entry.entries} parts={parts} />
              </SubContent>
            </Portal>
          </Sub>
        );
      case 'item':
        return (
          <Item
            key={entry.id}
            className={cx(styles['item'], entry.danger && styles['danger'])}
            disabled={entry.disabled ?? false}
            onSelect={entry.run}
          >
            {entry.checked !== undefined && (
              <span className={styles['check']}>{entry.checked && <Check size={14} aria-hidden />}</span>
            )}
            <span className={styles['title']}>
              {entry.title}
              {entry.detail && <small>{entry.detail}</small>}
            </span>
            {entry.keys && <kbd>{entry.keys}</kbd>}
          </Item>
        );
      default:
        return assertNever(entry);
    }
  });
}
