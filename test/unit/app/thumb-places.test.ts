// Held against the engine: every pixel of its thumbnails must show the element that the page says stands there.
import { describe, expect, it } from 'vitest';
import { boxOfElement, coverOf, elementsAt, fieldTest } from '../../../src/app/overlays/thumb-places.ts';
import { chooseColoring, createPainter, paintThumbnail, thumbnailLayout } from '../../../src/engine/views/paint.ts';
import { planesOf } from '../../../src/engine/views/planes.ts';
import { statisticsOf } from '../../../src/engine/views/statistics.ts';

const box = { width: 96, height: 64 };

function thumbnailOf(shape: readonly number[], batchAxis: number | null, example: number) {
  const count = shape.reduce((a, b) => a * b, 1);
  // Neighbours differ by most of the scale, so that a pixel off by one is seen.
  const data = Float32Array.from({ length: count }, (_, i) => ((i * 97) % 251) / 251 - 0.5);
  const planes = planesOf({ shape, batchAxis, filters: batchAxis === null && shape.length === 4 }, example);
  const coloring = chooseColoring(data, statisticsOf(data), 'signed', false, 'dark');
  const layout = thumbnailLayout(planes, batchAxis, box);
  return { data, layout, coloring, pixels: paintThumbnail(data, planes, layout, coloring, box) };
}

/** The field of all elements that belong, over the whole tensor. */
function fieldOf(shape: readonly number[], belongs: (index: number) => boolean) {
  const count = shape.reduce((a, b) => a * b, 1);
  const mask = Uint8Array.from({ length: count }, (_, index) => (belongs(index) ? 1 : 0));
  return { shape, box: shape.map((size): [number, number] => [0, size]), mask };
}

describe.each([
  { shape: [2, 6, 5, 7], batchAxis: 0, example: 1 },
  { shape: [4, 3, 5, 5], batchAxis: 0, example: 2 },
  { shape: [6, 3, 5, 5], batchAxis: null, example: 0 },
  { shape: [2, 40, 5, 5], batchAxis: 0, example: 1 },
  { shape: [120, 200], batchAxis: null, example: 0 },
  { shape: [9, 4, 6], batchAxis: 1, example: 3 },
  { shape: [5, 3, 4, 6], batchAxis: 1, example: 2 },
  { shape: [1, 1, 28, 28], batchAxis: 0, example: 0 },
])('$shape with the batch on axis $batchAxis', ({ shape, batchAxis, example }) => {
  const { data, layout, coloring, pixels } = thumbnailOf(shape, batchAxis, example);
  const shown = new Set<number>();

  it('a pixel shows the element that stands there', () => {
    const paint = createPainter(coloring);
    const [low, high] = coloring.range;
    for (let y = 0; y < box.height; y++) {
      for (let x = 0; x < box.width; x++) {
        const own = pixels.data.subarray((y * box.width + x) * 4, (y * box.width + x) * 4 + 4);
        const elements = elementsAt(layout, x, y);
        expect(elements.length > 0).toBe(own[3] === 255);
        if (elements.length === 0) continue;
        const expected = new Uint8ClampedArray(4);
        const values = elements.map((index) => data[index] as number);
        if (elements.length === 1) paint(expected, 0, values[0] as number, 0, 0);
        else expected.set([...values.map((value) => ((value - low) * 255) / (high - low)), 255]);
        expect([...own]).toEqual([...expected]);
        for (const index of elements) shown.add(index);
      }
    }
    expect(shown.size).toBeGreaterThan(20);
  });

  it('an element that is shown stands where its pixels are, others nowhere', () => {
    for (const index of shown) {
      const at = boxOfElement(layout, index);
      if (at === null) throw new Error(`${index} is nowhere`);
      expect(elementsAt(layout, at.x + at.width / 2, at.y + at.height / 2)).toContain(index);
    }
    // Another example, or a plane that found no room.
    const far = [...data.keys()].filter((index) => !shown.has(index) && boxOfElement(layout, index) === null);
    const drawn = layout.starts.length * layout.plane.width * layout.plane.height;
    expect(far.length).toBe(data.length - drawn);
  });

  it('what lies outside of a field is covered, pixel by pixel where every element has its own', () => {
    const first = layout.starts[0] as number;
    const belongs = (index: number) => index === first || index === first + layout.columnStride;
    const { outside } = coverOf(layout, box, fieldOf(shape, belongs));
    if (layout.tile.width < layout.plane.width) return expect(outside.includes(0)).toBe(true);
    let free = 0;
    for (let y = 0; y < box.height; y++) {
      for (let x = 0; x < box.width; x++) {
        const elements = elementsAt(layout, x, y);
        if (elements.some(belongs)) {
          expect(outside[y * box.width + x]).toBe(0);
          free++;
        }
      }
    }
    expect(free).toBeGreaterThan(0);
    expect(outside.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(0);
  });
});

describe('a field', () => {
  it('is its box, or the marks in it', () => {
    const shape = [2, 3, 4];
    const whole = fieldTest({
      shape,
      box: [
        [1, 2],
        [0, 2],
        [1, 3],
      ],
      mask: null,
    });
    expect([...Array(24).keys()].filter(whole)).toEqual([13, 14, 17, 18]);
    const marked = fieldTest({
      shape,
      box: [
        [1, 2],
        [0, 2],
        [1, 3],
      ],
      mask: Uint8Array.of(1, 0, 0, 1),
    });
    expect([...Array(24).keys()].filter(marked)).toEqual([13, 18]);
  });

  it('a small one is outlined where it stands, a scattered one is not', () => {
    const shape = [1, 1, 10, 10];
    const { layout } = thumbnailOf(shape, 0, 0);
    const compact = coverOf(
      layout,
      box,
      fieldOf(shape, (index) => [34, 35, 44, 45].includes(index)),
    );
    expect(compact.outlines).toHaveLength(1);
    const [outline] = compact.outlines;
    const middle = elementsAt(layout, (outline?.x ?? 0) + 1, (outline?.y ?? 0) + 1);
    expect(middle).toEqual([34]);
    const scattered = fieldOf(shape, (index) => index === 34 || index === 45);
    expect(coverOf(layout, box, scattered).outlines).toHaveLength(0);
  });

  it.each([
    {
      shape: [2, 6, 5, 7],
      batchAxis: 0,
      stretch: [
        [1, 2],
        [2, 4],
        [1, 3],
        [0, 4],
      ],
    },
    {
      shape: [9, 4, 6],
      batchAxis: 1,
      stretch: [
        [0, 5],
        [3, 4],
        [2, 6],
      ],
    },
    {
      shape: [4, 3, 9, 9],
      batchAxis: 0,
      stretch: [
        [1, 2],
        [1, 2],
        [0, 9],
        [4, 5],
      ],
    },
    {
      shape: [8, 12],
      batchAxis: 0,
      stretch: [
        [1, 2],
        [3, 9],
      ],
    },
  ] as const)('a stretch of $shape covers what its marks one by one do', ({ shape, batchAxis, stretch }) => {
    const { layout } = thumbnailOf(shape, batchAxis, stretch[batchAxis]?.[0] ?? 0);
    const whole = { shape, box: stretch, mask: null };
    const marked = fieldOf(shape, fieldTest(whole));
    const cover = coverOf(layout, box, whole);
    expect(cover).toEqual(coverOf(layout, box, marked));
    expect(new Set(cover.outside).size).toBe(2);
  });
});
