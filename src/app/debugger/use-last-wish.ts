import { useRef } from 'react';

export interface LastWish<T> {
  /** Goes there; while it is on its way elsewhere, there next, and nowhere in between. */
  to(wanted: T): Promise<void>;
  /** Where it is going; null: it stands. Keys that come faster than answers count from here. */
  underWay(): T | null;
}

/** One journey at a time, of which only the last wish counts. `supersede` calls off the one on its way. */
export function useLastWish<T>(go: (to: T) => Promise<void>, supersede?: () => void): LastWish<T> {
  const wish = useRef<{ readonly to: T } | null>(null);
  const busy = useRef(false);
  return {
    async to(wanted) {
      wish.current = { to: wanted };
      if (busy.current) {
        supersede?.();
        return;
      }
      busy.current = true;
      try {
        let done: typeof wish.current;
        do {
          done = wish.current;
          await go(done.to);
        } while (done !== wish.current);
      } finally {
        wish.current = null;
        busy.current = false;
      }
    },
    underWay: () => wish.current?.to ?? null,
  };
}
