// A saliency map laid over its input: the more a pixel matters, the more it glows. Orange, so that it stands apart from grey
// digits and from both value scales.
import type { Picture } from '../../engine/protocol/views.ts';

type Map = Pick<Picture, 'values' | 'range' | 'pixels' | 'plane' | 'channels'>;

/** The map as transparent to opaque orange, to be drawn over the picture of the input: of each pixel the strongest channel. */
export function saliencyPixels({ values, range, pixels, plane, channels }: Map): ImageData {
  const { width, height, columns } = plane;
  const data = new Uint8ClampedArray(width * height * 4);
  const high = Math.max(Math.abs(range[0]), Math.abs(range[1])) || 1;
  for (let c = 0; c < channels; c++) {
    // Planes of a sheet are one pixel apart.
    const [left, top] = [(c % columns) * (width + 1), Math.floor(c / columns) * (height + 1)];
    for (let i = 0; i < width * height; i++) {
      const [x, y] = [i % width, Math.floor(i / width)];
      const share = Math.min(1, Math.abs(values[(top + y) * pixels.width + left + x] as number) / high);
      const alpha = 235 * Math.sqrt(share);
      if (alpha < (data[i * 4 + 3] as number)) continue;
      data[i * 4] = 255;
      data[i * 4 + 1] = 110 + 90 * share;
      data[i * 4 + 3] = alpha;
    }
  }
  return new ImageData(data, width, height);
}

/** Draws the map into a box as the picture below it stands there: centred, keeping proportions. */
export function drawSaliency(
  context: CanvasRenderingContext2D,
  picture: Picture,
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): void {
  const image = saliencyPixels(picture);
  const canvas = new OffscreenCanvas(image.width, image.height);
  canvas.getContext('2d')?.putImageData(image, 0, 0);
  const scale = Math.min(box.width / image.width, box.height / image.height);
  const [width, height] = [image.width * scale, image.height * scale];
  context.imageSmoothingEnabled = false;
  context.drawImage(canvas, box.x + (box.width - width) / 2, box.y + (box.height - height) / 2, width, height);
}
