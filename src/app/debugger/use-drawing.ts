// A canvas that is drawn anew when what it shows changes, when it gets another size and when the theme does.
import { type RefObject, useEffect, useRef } from 'react';
import { useTheme } from '../state/context.tsx';

/** In pixels of the page; `color` tells custom properties of the canvas. */
export type Draw = (
  context: CanvasRenderingContext2D,
  size: { readonly width: number; readonly height: number },
  color: (name: string) => string,
) => void;

/** @param shown what the drawing depends on */
export function useDrawing(draw: Draw, shown: readonly unknown[]): RefObject<HTMLCanvasElement | null> {
  const ref = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the caller names what it shows; the theme changes the colours
  useEffect(() => {
    const canvas = ref.current;
    if (canvas === null) return;
    const paint = (): void => {
      const { clientWidth: width, clientHeight: height } = canvas;
      const context = canvas.getContext('2d');
      if (context === null || width === 0) return;
      const ratio = globalThis.devicePixelRatio || 1;
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      context.scale(ratio, ratio);
      const style = getComputedStyle(canvas);
      draw(context, { width, height }, (name) => style.getPropertyValue(name));
    };
    paint();
    const observer = new ResizeObserver(paint);
    observer.observe(canvas);
    return () => observer.disconnect();
  }, [...shown, theme]);
  return ref;
}
