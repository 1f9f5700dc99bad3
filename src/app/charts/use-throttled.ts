import { startTransition, useEffect, useRef, useState } from 'react';

/**
 * The value, renewed at most once in `pauseMs` and without holding up anything more urgent; the last one always arrives.
 * @param delayMs how much later it is renewed, so that several charts do not draw in one task
 */
export function useThrottled<T>(value: T, pauseMs: number, delayMs = 0): T {
  const [shown, setShown] = useState(value);
  const last = useRef(0);
  useEffect(() => {
    const wait = Math.max(delayMs, last.current + pauseMs - performance.now());
    const timer = setTimeout(() => {
      last.current = performance.now();
      startTransition(() => setShown(value));
    }, wait);
    return () => clearTimeout(timer);
  }, [value, pauseMs, delayMs]);
  return shown;
}
