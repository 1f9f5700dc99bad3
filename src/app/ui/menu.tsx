// A drop-down menu from a list of entries. What draws it is loaded when a pointer or the keyboard comes near.
import { cloneElement, lazy, Suspense, useState } from 'react';
import type { MenuProps } from './menu-entry.ts';

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
