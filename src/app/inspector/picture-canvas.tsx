import { useLayoutEffect, useRef } from 'react';
import type { Picture } from '../../engine/protocol/views.ts';
import { drawBars, drawMap, isVector } from './draw-picture.ts';
import styles from './picture-canvas.module.css';

interface PictureCanvasProps {
  readonly picture: Picture;
  /** Room for it; maps are enlarged by a whole number when they fit. */
  readonly width: number;
  readonly height: number;
}

/** A picture in a box. */
export function PictureCanvas({ picture, width, height }: PictureCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const vector = isVector(picture);
  const size = vector ? { width, height } : fitted(picture.pixels, width, height);
  useLayoutEffect(() => {
    if (canvas.current === null) return;
    if (vector) drawBars(canvas.current, picture, width, height);
    else drawMap(canvas.current, picture);
  }, [picture, vector, width, height]);
  return <canvas ref={canvas} className={styles['canvas']} style={size} aria-hidden />;
}

/** The largest size that fits: a whole multiple when enlarging. */
export function fitted(
  pixels: { readonly width: number; readonly height: number },
  width: number,
  height: number,
): { readonly width: number; readonly height: number } {
  const scale = Math.min(width / pixels.width, height / pixels.height);
  const factor = scale >= 1 ? Math.floor(scale) : scale;
  return { width: Math.round(pixels.width * factor), height: Math.round(pixels.height * factor) };
}
