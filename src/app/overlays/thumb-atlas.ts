// Pictures of many values on few canvases: cells of one size on pages, the longest unseen one makes room. A picture is put in
// when the engine has painted it, and drawn from there as often as the canvas moves.
import type { Pixels } from '../../engine/protocol/views.ts';

/** A picture is at most this large. */
export const cellWidth = 96;
export const cellHeight = 64;

// A page that was drawn from is copied by the browser before it is next changed: pages are small, and the caller puts all
// new pictures in before it draws any.
const columns = 10;
const rows = 8;
const cellsOfPage = columns * rows;

interface Cell {
  readonly index: number;
  readonly pixels: Pixels;
}

export interface ThumbAtlas {
  /** Puts a picture in, unless it is there already. */
  put(name: string, pixels: Pixels): void;
  /** Draws into a box, keeping proportions. @returns whether there was a picture */
  draw(context: CanvasRenderingContext2D, name: string, x: number, y: number, width: number, height: number): boolean;
}

export function createThumbAtlas(pages = 32): ThumbAtlas {
  /** In the order of last use. */
  const cells = new Map<string, Cell>();
  const contexts: OffscreenCanvasRenderingContext2D[] = [];
  const free = Array.from({ length: pages * cellsOfPage }, (_, i) => pages * cellsOfPage - 1 - i);

  function contextOf(index: number): OffscreenCanvasRenderingContext2D {
    const page = Math.floor(index / cellsOfPage);
    const known = contexts[page];
    if (known) return known;
    const context = new OffscreenCanvas(columns * cellWidth, rows * cellHeight).getContext(
      '2d',
    ) as OffscreenCanvasRenderingContext2D;
    contexts[page] = context;
    return context;
  }

  function corner(index: number): readonly [x: number, y: number] {
    const at = index % cellsOfPage;
    return [(at % columns) * cellWidth, Math.floor(at / columns) * cellHeight];
  }

  return {
    put(name, pixels) {
      const known = cells.get(name);
      if (known?.pixels === pixels) return;
      cells.delete(name);
      let index = known?.index ?? free.pop();
      if (index === undefined) {
        const [oldest, cell] = cells.entries().next().value as [string, Cell];
        cells.delete(oldest);
        index = cell.index;
      }
      const [x, y] = corner(index);
      contextOf(index).putImageData(new ImageData(pixels.data, pixels.width, pixels.height), x, y);
      cells.set(name, { index, pixels });
    },
    draw(context, name, x, y, width, height) {
      const cell = cells.get(name);
      if (cell === undefined) return false;
      cells.delete(name);
      cells.set(name, cell);
      const { pixels, index } = cell;
      const scale = Math.min(width / pixels.width, height / pixels.height);
      const [drawnWidth, drawnHeight] = [pixels.width * scale, pixels.height * scale];
      const [left, top] = corner(index);
      context.imageSmoothingEnabled = scale < 1;
      context.drawImage(
        contextOf(index).canvas,
        left,
        top,
        pixels.width,
        pixels.height,
        x + (width - drawnWidth) / 2,
        y + (height - drawnHeight) / 2,
        drawnWidth,
        drawnHeight,
      );
      return true;
    },
  };
}
