// A picture as large as there is room, by a whole number, with a cursor on one pixel that follows the mouse or the arrow keys.
import { type KeyboardEvent, type PointerEvent, type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import type { Picture } from '../../engine/protocol/views.ts';
import { drawBars, drawMap, isVector } from './draw-picture.ts';
import styles from './picture-stage.module.css';

export interface Pixel {
  readonly x: number;
  readonly y: number;
}

interface PictureStageProps {
  readonly picture: Picture;
  readonly label: string;
  /** Times the pictures' own size; null: as large as fits. */
  readonly zoom: number | null;
  readonly cursor: Pixel | null;
  readonly onCursor: (pixel: Pixel | null) => void;
  /** Arrow keys; as `onCursor` where it is left out. */
  readonly onWalk?: (pixel: Pixel) => void;
  readonly onPick?: (pixel: Pixel) => void;
  /** Drawn over the picture, in its box. */
  readonly children?: ReactNode;
}

const padding = 12;

export function PictureStage({ picture, label, zoom, cursor, onCursor, onWalk, onPick, children }: PictureStageProps) {
  const stage = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [room, setRoom] = useState({ width: 0, height: 0 });
  const { width: columns, height: rows } = picture.pixels;
  const vector = isVector(picture);
  const scale = zoom ?? fitting(columns, rows, room);
  const size = vector
    ? { width: Math.max(columns, room.width), height: Math.max(80, Math.min(260, room.height)) }
    : { width: columns * scale, height: rows * scale };

  useLayoutEffect(() => {
    const element = stage.current;
    if (element === null) return;
    const measure = (): void =>
      setRoom({ width: element.clientWidth - 2 * padding, height: element.clientHeight - 2 * padding });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    if (canvas.current === null) return;
    if (vector) drawBars(canvas.current, picture, size.width, size.height);
    else drawMap(canvas.current, picture);
  }, [picture, vector, size.width, size.height]);

  const pixelAt = (event: PointerEvent | React.MouseEvent): Pixel => {
    const box = (canvas.current as HTMLCanvasElement).getBoundingClientRect();
    const x = Math.floor(((event.clientX - box.left) / box.width) * columns);
    const y = vector ? 0 : Math.floor(((event.clientY - box.top) / box.height) * rows);
    return { x: Math.min(columns - 1, Math.max(0, x)), y: Math.min(rows - 1, Math.max(0, y)) };
  };
  const onKey = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const from = cursor ?? { x: 0, y: 0 };
    if (by !== undefined) {
      event.preventDefault();
      const far = event.shiftKey ? 10 : 1;
      (onWalk ?? onCursor)({
        x: Math.min(columns - 1, Math.max(0, from.x + (cursor ? (by[0] as number) * far : 0))),
        y: Math.min(rows - 1, Math.max(0, from.y + (cursor ? (by[1] as number) * far : 0))),
      });
    } else if (event.key === 'Enter' && cursor) onPick?.(cursor);
  };
  const cell = { width: size.width / columns, height: size.height / rows };
  return (
    <div className={styles['stage']} ref={stage}>
      <div
        className={styles['picture']}
        style={size}
        role="application"
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys walk through its pixels
        tabIndex={0}
        onKeyDown={onKey}
        onPointerMove={(event) => onCursor(pixelAt(event))}
        onClick={(event) => onPick?.(pixelAt(event))}
      >
        <canvas ref={canvas} style={size} />
        {children}
        {cursor && (
          <i
            className={styles['cursor']}
            style={{
              left: cursor.x * cell.width,
              top: vector ? 0 : cursor.y * cell.height,
              width: Math.max(3, cell.width),
              height: vector ? size.height : Math.max(3, cell.height),
            }}
          />
        )}
      </div>
    </div>
  );
}

/** The largest whole number by which it fits; at least 1, then it is scrolled. */
export function fitting(
  columns: number,
  rows: number,
  room: { readonly width: number; readonly height: number },
): number {
  return Math.max(1, Math.floor(Math.min(room.width / columns, room.height / rows)));
}
