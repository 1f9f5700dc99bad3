// What the page paints: the thumbnails of nodes, read back pixel by pixel from the one canvas that holds them all.
import type { Locator } from '@playwright/test';
import { expect, type Workbench } from './workbench.ts';

export interface Painted {
  /** Changes when a pixel does. */
  readonly digest: number;
  /** How many colours there are; 0 where nothing is painted. */
  readonly colors: number;
}

/** The frame of a picture on a node: the value's, the gradient's or the filters'. */
export function slot(workbench: Workbench, node: string, value: string): Locator {
  return workbench.node(node).getByRole('button', { name: new RegExp(`^\\S+ ${escaped(value)}$`) });
}

/** What is painted within a frame. */
export async function painted(workbench: Workbench, node: string, value: string): Promise<Painted> {
  const frame = slot(workbench, node, value);
  await expect(frame).toBeVisible();
  return frame.evaluate((element) => {
    const layer = [...document.querySelectorAll<HTMLCanvasElement>('.react-flow canvas')].find(
      (canvas) => canvas.clientWidth > 400,
    );
    if (!layer) throw new Error('no layer of pictures');
    const [box, whole] = [element.getBoundingClientRect(), layer.getBoundingClientRect()];
    const ratio = layer.width / whole.width;
    const { data } = (layer.getContext('2d') as CanvasRenderingContext2D).getImageData(
      Math.round((box.left - whole.left) * ratio),
      Math.round((box.top - whole.top) * ratio),
      Math.max(1, Math.round(box.width * ratio)),
      Math.max(1, Math.round(box.height * ratio)),
    );
    const pixels = new Uint32Array(data.buffer);
    let digest = 0x811c9dc5;
    const colors = new Set<number>();
    for (const pixel of pixels) {
      digest = Math.imul(digest ^ pixel, 0x01000193) >>> 0;
      if (pixel >>> 24 > 0) colors.add(pixel);
    }
    return { digest, colors: colors.size };
  });
}

/** Waits until something is painted within a frame. */
export async function expectPainted(workbench: Workbench, node: string, value: string): Promise<Painted> {
  await expect(slot(workbench, node, value)).toBeEnabled();
  await expect.poll(async () => (await painted(workbench, node, value)).colors, { message: value }).toBeGreaterThan(1);
  return painted(workbench, node, value);
}

/** Waits until what is painted within a frame is not what it was. */
export async function expectRepainted(
  workbench: Workbench,
  node: string,
  value: string,
  before: Painted,
): Promise<void> {
  await expect
    .poll(async () => (await painted(workbench, node, value)).digest, { message: `${value} moves`, timeout: 30_000 })
    .not.toBe(before.digest);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
