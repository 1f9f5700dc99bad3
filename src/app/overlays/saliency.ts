// A saliency map laid over its input: the more a pixel matters, the more it glows. Orange, so that it stands apart from grey
// digits and from both value scales.
import type { Picture } from '../../engine/protocol.ts';

/** The map as transparent to opaque orange, to be drawn over the picture of the input. */
export function saliencyPixels({ values, range, pixels }: Pick<Picture, 'values' | 'range' | 'pixels'>): ImageData {
  const data = new Uint8ClampedArray(pixels.width * pixels.height * 4);
  const high = range[1] > 0 ? range[1] : 1;
  for (let i = 0; i < values.length; i++) {
    const share = Math.min(1, Math.max(0, (values[i] as number) / high));
    data[i * 4] = 255;
    data[i * 4 + 1] = 110 + 90 * share;
    data[i * 4 + 2] = 0;
    data[i * 4 + 3] = 235 * Math.sqrt(share);
  }
  return new ImageData(data, pixels.width, pixels.height);
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
