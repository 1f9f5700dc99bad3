// Draws an engine's picture onto a canvas: maps as crisp pixels, vectors as bars.
import type { Picture } from '../../engine/protocol/views.ts';

/** A vector has one row; a scalar is a map of one pixel. */
export function isVector({ plane, channels, pixels }: Picture): boolean {
  return plane.height === 1 && plane.width > 1 && channels === 1 && pixels.height === 1;
}

/** One canvas pixel for one picture pixel; the canvas is enlarged by CSS. */
export function drawMap(canvas: HTMLCanvasElement, { pixels }: Pick<Picture, 'pixels'>): void {
  canvas.width = pixels.width;
  canvas.height = pixels.height;
  canvas.getContext('2d')?.putImageData(new ImageData(pixels.data, pixels.width, pixels.height), 0, 0);
}

/** Bars from the zero line, each in its colour of the picture. */
export function drawBars(canvas: HTMLCanvasElement, picture: Picture, width: number, height: number): void {
  const ratio = globalThis.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.scale(ratio, ratio);
  const { values, pixels, range } = picture;
  const low = Math.min(0, range[0]);
  const high = Math.max(0, range[1]);
  const span = high > low ? high - low : 1;
  const zero = (high / span) * height;
  const wide = width / values.length;
  const ink = getComputedStyle(canvas).color;
  values.forEach((value, i) => {
    const end = ((high - Math.min(high, Math.max(low, value))) / span) * height;
    const [red, green, blue] = pixels.data.subarray(i * 4, i * 4 + 3);
    context.fillStyle = Number.isFinite(value) ? `rgb(${red} ${green} ${blue})` : 'magenta';
    const top = Number.isFinite(value) ? Math.min(end, zero) : 0;
    const tall = Number.isFinite(value) ? Math.max(1, Math.abs(end - zero)) : height;
    context.fillRect(i * wide, top, Math.max(0.5, wide - (wide > 4 ? 1 : 0)), tall);
  });
  context.fillStyle = ink;
  context.fillRect(0, Math.min(height - 1, zero), width, 1);
}
