// The view that fits a graph shows all of it, and none of it under what lies over the canvas, as large as can be.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clearView } from '../../../src/app/canvas/model/clear-view.ts';
import type { Box } from '../../../src/app/canvas/model/node-geometry.ts';

const limits = { least: 0.01, most: 1.15 };

/** Legend with the buttons below it, minimap, overlay panel: as the page places them in a pane. */
function panels({ width, height }: { readonly width: number; readonly height: number }): readonly Box[] {
  return [
    { x: 15, y: height - 161, width: 164, height: 104 },
    { x: 15, y: height - 49, width: 118, height: 34 },
    { x: width - 183, y: height - 123, width: 168, height: 108 },
    { x: width - 245, y: 15, width: 230, height: 128 },
  ];
}

/** A grid of nodes, as the arranger makes it. */
function grid(columns: number, rows: number): readonly Box[] {
  return Array.from({ length: columns * rows }, (_, i) => ({
    x: (i % columns) * 280,
    y: Math.floor(i / columns) * 240,
    width: 216,
    height: 152,
  }));
}

function shown(box: Box, { x, y, zoom }: ReturnType<typeof clearView>): Box {
  return { x: box.x * zoom + x, y: box.y * zoom + y, width: box.width * zoom, height: box.height * zoom };
}

function meets(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

describe('the view that fits', () => {
  test('any grid of nodes in any pane stands clear of the panels, within the pane', () => {
    const pane = fc.record({ width: fc.integer({ min: 760, max: 2400 }), height: fc.integer({ min: 480, max: 1400 }) });
    fc.assert(
      fc.property(pane, fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }), (size, columns, rows) => {
        const nodes = grid(columns, rows);
        const covers = panels(size);
        const view = clearView(nodes, size, covers, limits);
        const drawn = nodes.map((node) => shown(node, view));
        expect(drawn.filter((box) => covers.some((cover) => meets(box, cover)))).toEqual([]);
        for (const { x, y, width, height } of drawn) {
          expect(x).toBeGreaterThanOrEqual(0);
          expect(y).toBeGreaterThanOrEqual(0);
          expect(x + width).toBeLessThanOrEqual(size.width);
          expect(y + height).toBeLessThanOrEqual(size.height);
        }
      }),
    );
  });

  test('panels cost nothing where the graph leaves their corners free', () => {
    const size = { width: 900, height: 600 };
    const row = grid(6, 1);
    expect(clearView(row, size, panels(size), limits)).toEqual(clearView(row, size, [], limits));
  });

  test('a tall graph goes beside the panels, a wide one above them', () => {
    const size = { width: 1000, height: 700 };
    const covers = panels(size).slice(0, 3);
    const tall = clearView(grid(1, 6), size, covers, limits);
    expect(tall.zoom).toBe(clearView(grid(1, 6), size, [], limits).zoom);
    const wide = grid(8, 5);
    const lowest = Math.max(...wide.map((node) => shown(node, clearView(wide, size, covers, limits))).map(bottom));
    expect(lowest).toBeLessThanOrEqual(size.height - 161);
  });

  test('a small graph keeps its natural size; a pane with hardly any room is used whole', () => {
    expect(clearView(grid(1, 1), { width: 900, height: 600 }, [], limits).zoom).toBe(1.15);
    const size = { width: 300, height: 160 };
    expect(clearView(grid(3, 3), size, panels(size), limits)).toEqual(clearView(grid(3, 3), size, [], limits));
  });
});

function bottom({ y, height }: Box): number {
  return y + height;
}
