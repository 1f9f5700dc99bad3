// The line between two panels: dragged with the mouse or moved with the arrow keys; a double click goes back to the usual size.
import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { cx } from './cx.ts';
import styles from './split-handle.module.css';

interface SplitHandleProps {
  readonly label: string;
  /** How the line runs. */
  readonly line: 'vertical' | 'horizontal';
  /** Size of the panel that it changes, in pixels. */
  readonly size: number;
  readonly least: number;
  readonly most: number;
  readonly usual: number;
  /** Whether the panel grows when the line moves right or down; otherwise it stands on the other side. */
  readonly grows: 'forward' | 'backward';
  readonly onResize: (size: number) => void;
}

const keyStepPx = 16;

export function SplitHandle({ label, line, size, least, most, usual, grows, onResize }: SplitHandleProps) {
  const start = useRef<{ readonly at: number; readonly size: number } | null>(null);
  const sign = grows === 'forward' ? 1 : -1;
  const set = (next: number): void => onResize(Math.round(Math.max(least, Math.min(most, next))));
  const at = (event: PointerEvent): number => (line === 'vertical' ? event.clientX : event.clientY);
  const onKeyDown = (event: KeyboardEvent): void => {
    const back = line === 'vertical' ? 'ArrowLeft' : 'ArrowUp';
    const forth = line === 'vertical' ? 'ArrowRight' : 'ArrowDown';
    if (event.key !== back && event.key !== forth) return;
    event.preventDefault();
    set(size + (event.key === forth ? keyStepPx : -keyStepPx) * sign);
  };
  return (
    <div
      role="separator"
      aria-label={label}
      aria-orientation={line}
      aria-valuenow={size}
      aria-valuemin={least}
      aria-valuemax={most}
      tabIndex={0}
      className={cx(styles['handle'], styles[line])}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { at: at(event), size };
      }}
      onPointerMove={(event) => {
        if (start.current !== null) set(start.current.size + (at(event) - start.current.at) * sign);
      }}
      onPointerUp={() => {
        start.current = null;
      }}
      onDoubleClick={() => set(usual)}
      onKeyDown={onKeyDown}
    />
  );
}
