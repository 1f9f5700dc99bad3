// What menus are made of: told by who offers one, drawn by open-menu.tsx.
import type { ReactElement, ReactNode } from 'react';

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
