import { type RefObject, useLayoutEffect, useRef, useState } from 'react';

interface ScrollWindow {
  /** The element that scrolls. */
  readonly box: RefObject<HTMLDivElement | null>;
  /** What of it is in sight, in pixels. */
  readonly view: { readonly top: number; readonly height: number };
}

/** Follows what of a long list is in sight, so that only that is drawn; `height` until it is known. */
export function useScrollWindow(height: number): ScrollWindow {
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height });
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = (): void => setView({ top: element.scrollTop, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener('scroll', measure, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', measure);
    };
  }, []);
  return { box, view };
}
