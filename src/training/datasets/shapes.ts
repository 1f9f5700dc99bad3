// shapes: 32×32 colour pictures of ten figures on textured backgrounds, drawn by code, endless and seeded. Position, size, turn,
// colours, shading, texture and grain vary; figure and background always differ enough to be told apart.
import { z } from 'zod';
import { cosine, sine } from '../../tensor/elementary.ts';
import type { Canvas } from './canvas.ts';
import { type DataFields, defineBuiltIn, labelField } from './dataset.ts';
import { openDrawnPictures, type Painter } from './drawn-pictures.ts';
import type { ExampleRandom } from './example-random.ts';
import { colourCode } from './picture-code.ts';
import { createCover } from './shape-cover.ts';
import { type Outline, outlines } from './shape-outlines.ts';
import { createTexture } from './texture.ts';

const sizePx = 32;
const plane = sizePx * sizePx;

const fields: DataFields = {
  image: { dtype: 'float32', shape: [3, sizePx, sizePx], batchAxis: 0, role: 'input' },
  label: labelField(outlines.map((outline) => outline.name)),
};

const about = { id: 'shapes', title: 'Shapes', fields };

const options = z.strictObject({
  examples: z.int().min(10).max(1_000_000).default(4096).meta({ title: 'Examples per epoch' }),
  noise: z.number().min(0).max(1).default(0.05).meta({ title: 'Strongest grain', unit: 'of white' }),
});

export const shapes = defineBuiltIn({
  kind: 'built-in',
  ...about,
  summary:
    'Ten figures in colour on textured backgrounds, 32 × 32, drawn by code: CIFAR-10’s format without a download.',
  options,
  endless: true,
  open: ({ examples, noise }, seed) =>
    openDrawnPictures(about, examples, seed, (random, canvas) => createShapePainter(random, canvas, noise)),
});

/** One channel (0 red, 1 green, 2 blue) of a colour given by hue (turns), saturation and value. */
function channelOf(channel: number, hue: number, saturation: number, value: number): number {
  const h = (hue - Math.floor(hue)) * 6;
  const k = (((5 - 2 * channel + h) % 6) + 6) % 6;
  return value * (1 - saturation * Math.max(0, Math.min(1, k, 4 - k)));
}

/** Perceived brightness (Rec. 709 weights). */
function brightness(colour: Float64Array): number {
  return 0.2126 * (colour[0] as number) + 0.7152 * (colour[1] as number) + 0.0722 * (colour[2] as number);
}

/** Returns a function that draws figure `label` with the numbers of the current example. */
function createShapePainter(random: ExampleRandom, canvas: Canvas, noise: number): Painter {
  const { plain } = canvas;
  const texture = createTexture(random, sizePx);
  const cover = canvas.room(plane);
  const blend = canvas.room(plane);
  const light = canvas.room(plane);
  const drawCover = createCover(sizePx);
  const paint = canvas.run(colourCode());
  const placement = { centreX: 0.5, centreY: 0.5, size: 0.5, squeeze: 0.5, cos: 0.5, sin: 0.5, edge: 0.5 };
  const figure = new Float64Array(3);
  const first = new Float64Array(3);
  const second = new Float64Array(3);
  const pick = (colour: Float64Array, hue: number, saturation: number, value: number) => {
    for (let c = 0; c < 3; c++) colour[c] = channelOf(c, hue, saturation, value);
  };

  return (label) => {
    const outline = outlines[label] as Outline;
    const hue = random.uniform();
    pick(figure, hue, random.between(0.45, 1), random.between(0.35, 1));
    // The background keeps its distance in brightness; the sign goes where there is room.
    const own = brightness(figure);
    const gap = random.between(0.26, 0.45);
    const darker = own - gap > 0.1 && (own + gap > 0.9 || random.uniform() < 0.5);
    const backHue = hue + random.between(0.15, 0.85);
    const saturation = random.between(0.05, 0.6);
    const contrast = random.between(0.03, 0.12);
    const lift = darker ? -gap : gap;
    towards(first, backHue, saturation, own + lift + contrast / 2, pick);
    towards(second, backHue + random.between(-0.08, 0.08), saturation, own + lift - contrast / 2, pick);
    texture.restart();

    const size = random.between(8, 13);
    const squeeze = random.between(0.9, 1.1);
    const room = Math.max(0, 13.5 - size);
    const centreX = 15.5 + random.between(-room, room);
    const centreY = 15.5 + random.between(-room, room);
    const angle = random.between(-1, 1) * outline.turn;
    const shade = random.between(0, 0.016);
    const shadeX = shade * cosine(random.between(0, 2 * Math.PI));
    const shadeY = shade * random.between(-1, 1);
    const grain = noise * random.uniform();
    const edge = size * random.between(0.8, 1.1);

    texture.draw(blend);
    placement.centreX = centreX;
    placement.centreY = centreY;
    placement.size = size;
    placement.squeeze = squeeze;
    placement.cos = cosine(angle);
    placement.sin = sine(angle);
    placement.edge = edge;
    drawCover(outline, placement, cover);
    for (let y = 0; y < sizePx; y++) {
      const dy = y - centreY;
      for (let x = 0; x < sizePx; x++) light[y * sizePx + x] = 1 + (x - centreX) * shadeX + dy * shadeY;
    }
    for (let c = 0; c < 3; c++) {
      const back = first[c] as number;
      const span = (second[c] as number) - back;
      const out = plain.byteOffset + c * plane * 8;
      paint(blend.byteOffset, cover.byteOffset, light.byteOffset, out, plane, back, span, figure[c] as number);
    }
    return grain;
  };
}

/** Picks a colour of the hue whose brightness is about `target`: less saturation where the hue alone is too dark. */
function towards(
  colour: Float64Array,
  hue: number,
  saturation: number,
  target: number,
  pick: (colour: Float64Array, hue: number, saturation: number, value: number) => void,
): void {
  const aim = Math.max(0.06, Math.min(0.96, target));
  pick(colour, hue, saturation, 1);
  const full = brightness(colour);
  if (full >= aim) pick(colour, hue, saturation, aim / full);
  else pick(colour, hue, (saturation * (1 - aim)) / (1 - full), 1);
}
