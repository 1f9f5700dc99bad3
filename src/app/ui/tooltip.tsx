// Tooltips: one floating label for the whole page, shown over whatever carries `data-tip` when the pointer rests on it or the
// keyboard reaches it. The text repeats accessible names, so it is hidden from assistive technology.
import { cloneElement, type ReactElement, type ReactNode, useEffect, useRef, useState } from 'react';
import styles from './tooltip.module.css';

type Side = 'top' | 'bottom' | 'left' | 'right';

interface TooltipProps {
  readonly text: string;
  readonly keys?: string | undefined;
  readonly side?: Side;
  /** An element that takes data attributes. */
  readonly children: ReactElement<{ 'data-tip'?: string; 'data-tip-keys'?: string; 'data-tip-side'?: Side }>;
}

export function Tooltip({ text, keys, side = 'bottom', children }: TooltipProps) {
  return cloneElement(children, {
    'data-tip': text,
    'data-tip-side': side,
    ...(keys === undefined ? {} : { 'data-tip-keys': keys }),
  });
}

interface Shown {
  readonly text: string;
  readonly keys: string | undefined;
  readonly side: Side;
  readonly target: DOMRect;
}

/** After one tooltip was shown, the next ones come at once. */
const restMs = 450;
const warmMs = 300;
const gapPx = 6;

/** Stands once around the page. */
export function TooltipProvider({ children }: { readonly children: ReactNode }) {
  const [shown, setShown] = useState<Shown | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let current: Element | null = null;
    let lastHidden = 0;
    const hide = (): void => {
      clearTimeout(timer);
      if (current !== null) lastHidden = performance.now();
      current = null;
      setShown(null);
    };
    const reach = (event: Event): void => {
      const target = event.target instanceof Element ? event.target.closest('[data-tip]') : null;
      if (target === current) return;
      const warm = current !== null || performance.now() - lastHidden < warmMs;
      hide();
      if (!(target instanceof HTMLElement) || (event.type === 'focusin' && !target.matches(':focus-visible'))) return;
      current = target;
      timer = setTimeout(
        () => {
          const { tip = '', tipKeys, tipSide } = target.dataset;
          if (target.isConnected && tip !== '') {
            setShown({
              text: tip,
              keys: tipKeys,
              side: (tipSide ?? 'bottom') as Side,
              target: target.getBoundingClientRect(),
            });
          }
        },
        warm ? 0 : restMs,
      );
    };
    const events = ['pointerover', 'focusin'] as const;
    const ends = ['pointerdown', 'keydown', 'wheel', 'dragstart', 'blur'] as const;
    for (const each of events) document.addEventListener(each, reach);
    for (const each of ends) document.addEventListener(each, hide, true);
    return () => {
      hide();
      for (const each of events) document.removeEventListener(each, reach);
      for (const each of ends) document.removeEventListener(each, hide, true);
    };
  }, []);
  return (
    <>
      {children}
      {shown && <Tip shown={shown} />}
    </>
  );
}

function Tip({ shown: { text, keys, side, target } }: { readonly shown: Shown }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const { width, height } = element.getBoundingClientRect();
    const below = target.bottom + gapPx + height < innerHeight;
    const x =
      side === 'left'
        ? target.left - width - gapPx
        : side === 'right'
          ? target.right + gapPx
          : target.left + (target.width - width) / 2;
    const y =
      side === 'left' || side === 'right'
        ? target.top + (target.height - height) / 2
        : side === 'bottom' && below
          ? target.bottom + gapPx
          : target.top - height - gapPx;
    element.style.left = `${Math.max(8, Math.min(x, innerWidth - width - 8))}px`;
    element.style.top = `${Math.max(8, y)}px`;
    element.style.visibility = 'visible';
  }, [side, target]);
  return (
    <div ref={box} className={styles['tooltip']} aria-hidden="true">
      {text}
      {keys !== undefined && <kbd>{keys}</kbd>}
    </div>
  );
}
