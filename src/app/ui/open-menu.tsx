// The drop-down itself: loaded with Radix when a menu is first opened (menu.tsx).
import { Check, ChevronRight } from 'lucide-react';
import { DropdownMenu as Radix } from 'radix-ui';
import type { KeyboardEvent } from 'react';
import { assertNever } from '../../tensor/assert.ts';
import { cx } from './cx.ts';
import styles from './menu.module.css';
import type { MenuEntry, MenuProps } from './menu-entry.ts';

/** Opens at once; closing it leaves a menu that opens by its trigger. */
export function OpenMenu({ entries, align = 'start', onClose, children }: MenuProps) {
  return (
    <Radix.Root modal={false} defaultOpen onOpenChange={(open) => !open && onClose?.()}>
      <Radix.Trigger asChild onKeyDown={leaveToCommands}>
        {children}
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className={styles['menu']} align={align} sideOffset={4} collisionPadding={8} loop>
          <Entries entries={entries} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** Ctrl+Enter is a command of the page, also at the button of a menu: Radix asks React's event, the page's keys the browser's. */
function leaveToCommands(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey) Object.assign(event, { defaultPrevented: true });
}

function Entries({ entries }: { readonly entries: readonly MenuEntry[] }) {
  const { Item, Sub, SubTrigger, SubContent, Portal, Label, Separator } = Radix;
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
                <Entries entries={entry.entries} />
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
