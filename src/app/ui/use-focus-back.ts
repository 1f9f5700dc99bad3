import { useEffect, useLayoutEffect, useRef } from 'react';

/** For what takes the focus while it is mounted: it goes back to where it was, unless something else has it by then. */
export function useFocusBack(): void {
  const before = useRef<Element | null>(null);
  useLayoutEffect(() => {
    before.current = document.activeElement;
  }, []);
  useEffect(
    () => () => {
      const back = before.current;
      // Behind the own end of dialogs and menus.
      setTimeout(() => {
        if (document.activeElement === document.body && back instanceof HTMLElement)
          back.focus({ preventScroll: true });
      });
    },
    [],
  );
}
