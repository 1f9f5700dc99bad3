// Pictures drawn by code, endless and seeded: what digits and shapes share. Example i of a split is a function of (seed, i).

import { streamKey } from '../../tensor/random.ts';
import { numel } from '../../tensor/shape.ts';
import { type Canvas, createCanvas } from './canvas.ts';
import type { DataFields, Dataset, Split, SplitName } from './dataset.ts';
import { balancedClass, createExampleRandom, type ExampleRandom } from './example-random.ts';

/** Paints a picture of class `label` with the random numbers of the current example; answers how strong its grain is. */
export type Painter = (label: number) => number;
type CreatePainter = (random: ExampleRandom, canvas: Canvas) => Painter;

/** Writes example `index` of the stream `key` to `offset` of `out`. */
type DrawExample = (key: number, index: number, label: number, out: Float32Array | Int32Array, offset: number) => void;

/** Validation holds a quarter as many examples as an epoch, but no more than this. */
const mostHeld = 1000;

/** A data set of `examples` pictures an epoch, classes in balance. */
export function openDrawnPictures(
  { id, title, fields }: { readonly id: string; readonly title: string; readonly fields: DataFields },
  examples: number,
  seed: number,
  createPainter: CreatePainter,
): Dataset {
  const classes = fields['label']?.classes ?? 1;
  const size = numel(fields['image']?.shape ?? []);
  let draw: DrawExample | null = null;
  const split = (name: SplitName, count: number): Split => {
    const key = streamKey(seed, `${id}/${name}`);
    return {
      count,
      endless: true,
      fill(field, indices, from, n, out) {
        for (let i = 0; i < n; i++) {
          const index = indices[from + i] as number;
          const label = balancedClass(key, index, classes);
          if (field === 'label') out[i] = label;
          else {
            // What is only listed needs no memory to draw in.
            draw ??= createDrawing(size, createPainter);
            draw(key, index, label, out, i * size);
          }
        }
      },
    };
  };
  const held = Math.max(classes, Math.min(mostHeld, Math.round(examples / 4)));
  return {
    id,
    title,
    fields,
    splits: { train: split('train', examples), validation: split('validation', held), test: split('test', mostHeld) },
  };
}

function createDrawing(size: number, createPainter: CreatePainter): DrawExample {
  const random = createExampleRandom();
  const canvas = createCanvas(size);
  const paint = createPainter(random, canvas);
  return (key, index, label, out, offset) => {
    random.restart(key, index);
    const grain = paint(label);
    canvas.finish(random.key, grain, out, offset);
  };
}
