// A drop-down menu from a list of entries. What draws it is loaded when a pointer or the keyboard comes near.
import { cloneElement, lazy, type ReactElement, type ReactNode, Suspense, useState } from 'react';

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

export interface MenuProps {
  readonly entries: readonly MenuEntry[];
  readonly align?: 'start' | 'end';
  /** Called when it is about to be opened: entries may still have to be loaded. */
  readonly onPrepare?: () => void;
  /** Called when an opened one is closed. */
  readonly onClose?: () => void;
  /** What opens it. */
  readonly children: ReactElement<TriggerProps>;
}

interface TriggerProps {
  readonly onClick?: () => void;
  readonly onKeyDown?: (event: { readonly key: string; preventDefault(): void }) => void;
  readonly onPointerEnter?: () => void;
  readonly onFocus?: () => void;
  readonly 'aria-haspopup'?: 'menu';
  readonly 'aria-expanded'?: boolean;
}

const load = async () => import('./open-menu.tsx');
const OpenMenu = lazy(async () => ({ default: (await load()).OpenMenu }));

/** Opens below its trigger (the child). */
export function Menu(props: MenuProps) {
  const [opened, setOpened] = useState(false);
  const open = (): void => setOpened(true);
  const prepare = (): void => {
    props.onPrepare?.();
    void load();
  };
  const trigger = cloneElement(props.children, {
    onClick: open,
    onKeyDown: (event) => {
      if (event.key !== 'ArrowDown') return;
      event.preventDefault();
      open();
    },
    onPointerEnter: prepare,
    onFocus: prepare,
    'aria-haspopup': 'menu',
    'aria-expanded': false,
  });
  if (!opened) return trigger;
  return (
    <Suspense fallback={trigger}>
      <OpenMenu {...props} />
    </Suspense>
  );
}
