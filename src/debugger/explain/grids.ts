// Terms that lie in a window of feature maps as small pictures of numbers: patch, filter and their products for each channel,
// or a patch with its winner. Read off the terms: convolution and pooling of any kind come out alike.
import type { Explanation } from '../../program/explanation.ts';
import type { Shape } from '../../tensor/shape.ts';
import type { SpotTerm } from './terms.ts';

/** A small picture of numbers: a patch, a filter, their products. */
export interface SpotGrid {
  readonly title: 'patch' | 'filter' | 'products';
  readonly rows: number;
  readonly columns: number;
  /** Row by row; NaN where nothing stands (padding). */
  readonly values: readonly number[];
  /** Index into plan.values of what they are elements of; null: of nothing. */
  readonly value: number | null;
  /** Indices into it; -1 where nothing stands. */
  readonly indices: readonly number[];
  /** Which one decides (pooling's winner). */
  readonly chosen?: number;
}

/** Windows wider than this are no patches. */
const widest = 15;
/** Channels pictured: those with the largest sums. */
const mostChannels = 12;

/** One row of grids for each channel; empty where the terms do not lie in windows. */
export function gridsOf(
  terms: readonly SpotTerm[],
  by: Explanation['by'],
  shapeOf: (value: number) => Shape,
): readonly (readonly SpotGrid[])[] {
  const products = terms.filter(({ factors }) => factors.length === 2 && factors[0]?.spot && factors[1]?.spot);
  const pairs = products.length > 1;
  const used = pairs ? products : terms.filter(({ factors }) => factors[0]?.spot);
  const maps = used[0]?.factors[0]?.spot?.value;
  if (maps === undefined || (pairs ? by !== 'sum' : by !== 'max' && by !== 'mean') || used.length < 2) return [];
  const shape = shapeOf(maps);
  if (shape.length < 3 || used.some(({ factors }) => factors[0]?.spot?.value !== maps)) return [];
  if (pairs && shapeOf(products[0]?.factors[1]?.spot?.value ?? maps).length < 3) return [];

  const [height, width] = shape.slice(-2) as [number, number];
  const channels = new Map<number, { term: SpotTerm; row: number; column: number }[]>();
  for (const term of used) {
    const index = term.factors[0]?.spot?.index ?? 0;
    const plane = Math.floor(index / (height * width));
    const list = channels.get(plane) ?? [];
    list.push({ term, row: Math.floor(index / width) % height, column: index % width });
    channels.set(plane, list);
  }
  const all = [...channels.values()].flat();
  const rows = lines(all.map(({ row }) => row));
  const columns = lines(all.map(({ column }) => column));
  if (rows.length > widest || columns.length > widest || rows.length * columns.length < 2) return [];
  const strongest = [...channels.values()].sort((a, b) => weightOf(b) - weightOf(a)).slice(0, mostChannels);
  return strongest.map((places) => {
    const grid = (title: SpotGrid['title'], factor: number | null): SpotGrid => {
      const values = new Array<number>(rows.length * columns.length).fill(Number.NaN);
      const indices = new Array<number>(values.length).fill(-1);
      let of: number | null = null;
      for (const { term, row, column } of places) {
        const at = rows.indexOf(row) * columns.length + columns.indexOf(column);
        const found = factor === null ? undefined : term.factors[factor];
        values[at] = found ? found.value : term.value;
        indices[at] = found?.spot?.index ?? -1;
        of = found?.spot?.value ?? of;
      }
      return { title, rows: rows.length, columns: columns.length, values, value: of, indices };
    };
    const patch = grid('patch', 0);
    if (!pairs) return [by === 'max' ? { ...patch, chosen: largest(patch.values) } : patch];
    return [patch, grid('filter', 1), grid('products', null)];
  });
}

function lines(coordinates: readonly number[]): readonly number[] {
  return [...new Set(coordinates)].sort((a, b) => a - b);
}

function weightOf(places: readonly { readonly term: SpotTerm }[]): number {
  return Math.abs(places.reduce((sum, { term }) => sum + term.value, 0));
}

function largest(values: readonly number[]): number {
  return values.reduce(
    (best, value, i) => (value > (values[best] as number) || Number.isNaN(values[best]) ? i : best),
    0,
  );
}
