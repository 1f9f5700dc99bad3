// Numbers that decide shapes: chains that are known when the graph is compiled fold away, and what is not known is said where
// it is needed, with its source and the way out.
import { expect, test } from 'vitest';
import type { Diagnostic } from '../../../src/tensor/diagnostic.ts';
import { compileGraph, type GraphSketch, graphOf } from '../../support/graphs.ts';

type Nodes = GraphSketch['nodes'];

const image = ['input', {}, { shape: ['N', 4, 6, 5] }] as const;

/** Flattening as exporters write it: the batch read from the shape, −1 beside it. */
const exported: Nodes = {
  image,
  sizes: ['shape', { x: 'image.y' }],
  first: ['constant', {}, { value: 0, dtype: 'int32' }],
  batch: ['gather', { x: 'sizes.y', indices: 'first.y' }],
  row: ['unsqueeze', { x: 'batch.y' }],
  rest: ['constant', {}, { value: [-1], dtype: 'int32' }],
  list: ['concat', { x0: 'row.y', x1: 'rest.y' }, { dim: 0 }],
  flat: ['reshape', { x: 'image.y', shape: 'list.y' }, { shape: [7] }],
  y: ['relu', { x: 'flat.y' }],
};

function shapesOf(nodes: Nodes, batch = 3) {
  const { network, diagnostics } = compileGraph(graphOf({ nodes }), { batch });
  expect(diagnostics).toEqual([]);
  return (name: string) => network.values.get(name)?.shape;
}

function faultsOf(nodes: Nodes): readonly Diagnostic[] {
  const { diagnostics, plan } = compileGraph(graphOf({ nodes }), { batch: 3 });
  expect(plan).toBeNull();
  return diagnostics;
}

test('a chain of shape arithmetic decides the shape, for every batch', () => {
  expect(shapesOf(exported, 3)('y.y')).toEqual([3, 120]);
  expect(shapesOf(exported, 8)('y.y')).toEqual([8, 120]);
});

test('the folded chain costs nothing: neither stepping nor training sees it', () => {
  for (const retain of ['all', ['y.y']] as const) {
    const { plan } = compileGraph(graphOf({ nodes: exported }), { batch: 3, retain });
    const ran = new Set(plan?.steps.map(({ node }) => node));
    expect([...ran].filter((node) => node !== 'flat')).toEqual(['y']);
  }
  const { plan } = compileGraph(graphOf({ nodes: exported }), { batch: 3, retain: ['y.y'] });
  expect(plan?.values.filter(({ kind }) => kind === 'constant')).toEqual([]);
});

test('where everything stays readable, the folded numbers do too', () => {
  const { program } = compileGraph(graphOf({ nodes: exported }), { batch: 3, retain: 'all' });
  const list = program?.values.find(({ name }) => name === 'list.y');
  expect(list).toMatchObject({ kind: 'constant', dtype: 'int32', shape: [2], data: Int32Array.of(3, -1) });
});

test('numbers that something else reads too stay in the program', () => {
  const nodes: Nodes = {
    ...exported,
    count: ['cast', { x: 'list.y' }],
    scaled: ['mul', { a: 'count.y', b: 'count.y' }],
  };
  const { plan } = compileGraph(graphOf({ nodes }), { batch: 3, retain: 'all' });
  expect(plan?.steps.some(({ node }) => node === 'list')).toBe(true);
  expect(plan?.steps.some(({ node }) => node === 'batch')).toBe(true);
});

test('a fixed input, a constant and the attribute say the same; the wire wins', () => {
  const sizes: Nodes = {
    image,
    fixed: ['input', {}, { shape: [2], dtype: 'int32' }, { value: [6, -1] }],
    a: ['reshape', { x: 'image.y', shape: 'fixed.y' }, { shape: [1, 1, 1] }],
    b: ['reshape', { x: 'image.y' }, { shape: [6, -1] }],
  };
  const shapes = shapesOf(sizes);
  expect(shapes('a.y')).toEqual(shapes('b.y'));
});

test('numbers that come only when the graph runs are said at the port, with their source and what to do', () => {
  const reshaped = (more: Nodes): Nodes => ({ image, ...more, flat: ['reshape', { x: 'image.y', shape: 'sizes.y' }] });
  const [fed] = faultsOf(reshaped({ sizes: ['input', {}, { shape: [2], dtype: 'int32' }] }));
  expect(fed).toMatchObject({ code: 'E_UNKNOWN', at: { path: 'flat', port: 'shape' } });
  expect(fed?.message).toContain('they come from `sizes`, an input without a fixed value');
  expect(fed?.hint).toContain('Set a fixed value at the input `sizes`');

  const [computed] = faultsOf(
    reshaped({ q: ['input', {}, { shape: [2] }], sizes: ['cast', { x: 'q.y' }, { dtype: 'int32' }] }),
  );
  expect(computed?.hint).toContain('the input `q`');

  const [trained] = faultsOf(
    reshaped({ p: ['parameter', {}, { value: [2, 3] }], sizes: ['cast', { x: 'p.y' }, { dtype: 'int32' }] }),
  );
  expect(trained?.message).toContain('`p.value`, a parameter');

  const [random] = faultsOf(
    reshaped({
      c: ['constant', {}, { value: [2, 3] }],
      d: ['dropout', { x: 'c.y' }],
      sizes: ['cast', { x: 'd.y' }, { dtype: 'int32' }],
    }),
  );
  expect(random?.message).toContain('`d`, which draws random numbers');
});

test('numbers that do not fit are said at the wire, not at the attribute', () => {
  const [wrong] = faultsOf({
    image,
    sizes: ['constant', {}, { value: [7, -1], dtype: 'int32' }],
    flat: ['reshape', { x: 'image.y', shape: 'sizes.y' }],
  });
  expect(wrong?.at).toEqual({ path: 'flat', port: 'shape' });
  const [many] = faultsOf({
    image,
    k: ['constant', {}, { value: 9, dtype: 'int32' }],
    best: ['top_k', { x: 'image.y', k: 'k.y' }],
  });
  expect(many).toMatchObject({ at: { path: 'best', port: 'k' } });
  expect(many?.fixes ?? []).toEqual([]);
  const [minus] = faultsOf({
    image,
    sizes: ['constant', {}, { value: [-2, 3], dtype: 'int32' }],
    flat: ['reshape', { x: 'image.y', shape: 'sizes.y' }],
  });
  expect(minus).toMatchObject({ code: 'E_ATTRIBUTE', at: { path: 'flat', port: 'shape' } });
});

test('a single number counts as a list and the other way round', () => {
  const shapes = shapesOf(
    {
      image,
      one: ['constant', {}, { value: 1, dtype: 'int32' }],
      list: ['constant', {}, { value: [2], dtype: 'int32' }],
      sum: ['sum', { x: 'image.y', dim: 'one.y' }],
      best: ['top_k', { x: 'image.y', k: 'list.y' }],
      pieces: ['split', { x: 'image.y', split_size: 'list.y' }, { dim: 0, split_size: 1 }],
      cut: ['slice', { x: 'image.y', starts: 'one.y', ends: 'list.y', dims: 'one.y' }],
    },
    2,
  );
  expect(shapes('sum.y')).toEqual([2, 6, 5]);
  expect(shapes('best.y')).toEqual([2, 4, 6, 2]);
  expect(shapes('pieces.y0')).toEqual([2, 4, 6, 5]);
  expect(shapes('cut.y')).toEqual([2, 1, 6, 5]);
});

test('borders, sizes of pictures, factors, ranges and the share that drops out may be wired', () => {
  const whole = (value: unknown) => ['constant', {}, { value, dtype: 'int32' }] as const;
  const nodes: Nodes = {
    image,
    borders: whole([1, 2, 0, 3]),
    padded: ['pad', { x: 'image.y', pad: 'borders.y' }],
    size: whole([12, 7]),
    larger: ['upsample_bilinear2d', { x: 'image.y', size: 'size.y' }, { align_corners: true }],
    factor: ['constant', {}, { value: 1.5 }],
    near: ['upsample_nearest2d', { x: 'image.y', scale_factor: 'factor.y' }],
    factors: whole([2, 3]),
    nails: ['upsample_bed_of_nails2d', { x: 'image.y', scale_factor: 'factors.y' }],
    tiled: ['tile', { x: 'image.y', dims: 'factors.y' }],
    sizes: ['shape', { x: 'image.y' }],
    height: ['select', { x: 'sizes.y' }, { dim: 0, index: 2 }],
    range: ['arange', { end: 'height.y' }, { start: -1, step: 2 }],
    filled: ['full', { shape: 'sizes.y' }, { fill_value: 0.5 }],
    classes: ['one_hot', { x: 'range.y', num_classes: 'height.y' }, { dtype: 'float32' }],
  };
  const shapes = shapesOf(nodes, 2);
  expect(shapes('padded.y')).toEqual([2, 4, 9, 8]);
  expect(shapes('larger.y')).toEqual([2, 4, 12, 7]);
  expect(shapes('near.y')).toEqual([2, 4, 9, 7]);
  expect(shapes('nails.y')).toEqual([2, 4, 12, 15]);
  expect(shapes('tiled.y')).toEqual([2, 4, 12, 15]);
  expect(shapes('range.y')).toEqual([4]);
  expect(shapes('filled.y')).toEqual([2, 4, 6, 5]);
  expect(shapes('classes.y')).toEqual([4, 6]);

  const dropped = (p: number) => ({
    image,
    share: ['constant', {}, { value: p }] as const,
    y: ['dropout', { x: 'image.y', p: 'share.y' }, { p: 0.1 }] as const,
  });
  const { program } = compileGraph(graphOf({ nodes: dropped(0.75) }), { batch: 2, mode: 'train' });
  const drawn = program?.instructions.flatMap(({ kernel }) => (kernel.op === 'bernoulli' ? [kernel.keep] : []));
  expect(drawn).toEqual([0.25]);
  expect(faultsOf(dropped(2))[0]).toMatchObject({ code: 'E_ATTRIBUTE', at: { path: 'y', port: 'p' } });
});

test('arithmetic on sizes is that of whole numbers: towards 0, exact, and through float32 and back', () => {
  const whole = (value: unknown) => ['constant', {}, { value, dtype: 'int32' }] as const;
  const shapes = shapesOf(
    {
      image,
      sizes: ['shape', { x: 'image.y' }, { start: 2 }],
      two: whole(2),
      minus: whole([-7, -7]),
      halves: ['div', { a: 'sizes.y', b: 'two.y' }],
      cut: ['div', { a: 'minus.y', b: 'two.y' }],
      more: ['sub', { a: 'halves.y', b: 'cut.y' }],
      rolled: ['expand', { x: 'image.y', shape: 'ends.y' }],
      ends: ['concat', { x0: 'ones.y', x1: 'ones.y', x2: 'sizes.y' }, { dim: 0 }],
      ones: whole([1]),
      real: ['cast', { x: 'sizes.y' }],
      scale: ['constant', {}, { value: [1.5, 1.5] }],
      grown: ['mul', { a: 'real.y', b: 'scale.y' }],
      back: ['cast', { x: 'grown.y' }, { dtype: 'int32' }],
      total: ['prod', { x: 'back.y' }],
      piece: ['slice', { x: 'image.y', starts: 'cut.y', ends: 'more.y', dims: 'axes.y' }],
      axes: whole([2, 3]),
      line: ['expand', { x: 'one.y', shape: 'total.y' }],
      one: ['constant', {}, { value: [0] }],
    },
    2,
  );
  // halves [3, 2], cut [-3, -3], more [6, 5], back [9, 7]
  expect(shapes('piece.y')).toEqual([2, 4, 3, 3]);
  expect(shapes('rolled.y')).toEqual([2, 4, 6, 5]);
  expect(shapes('line.y')).toEqual([63]);
});
