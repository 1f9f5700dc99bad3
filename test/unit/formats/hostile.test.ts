// A hundred damaged files of every format: a diagnostic or a consistent reading, in bounded time and memory. The thousands are in
// test/long. Seeds that once went wrong are kept for good.
import { afterAll, describe, expect, test } from 'vitest';
import { countMemory } from '../../support/hostile/count-memory.ts';

const memory = countMemory(2 ** 28);
const { hostileFormats } = await import('../../support/hostile/formats.ts');
const { runHostile } = await import('../../support/hostile/run-hostile.ts');
afterAll(() => memory.restore());

/** By format: the first hundred, and seeds that found something. */
const found: Readonly<Record<string, readonly number[]>> = {
  graph: [11388],
  onnx: [48, 292, 391, 2300, 4326],
  zip: [1902],
};

const graphFormat = hostileFormats.find(({ name }) => name === 'graph');
const graphOf = (nodes: readonly object[], more: object = {}) =>
  new TextEncoder().encode(JSON.stringify({ format: 'chainrule/graph', version: 1, nodes, edges: [], ...more }));

describe('graphs that ask for much', () => {
  const node = { id: 'n', op: 'constant' };
  const cell = {
    inputs: [{ name: 'x' }, { name: 'h', shape: [1e20] }],
    outputs: ['h'],
    nodes: [{ id: 's', op: 'add' }],
    edges: [
      { from: 'in.x', to: 's.a' },
      { from: 'in.h', to: 's.b' },
      { from: 's.y', to: 'out.h' },
    ],
  };
  test.each([
    ['a constant of a thousand million numbers', graphOf([{ ...node, attributes: { value: 1, shape: [1e9] } }])],
    ['a constant beyond the length of lists', graphOf([{ ...node, attributes: { value: 1, shape: [1e5, 1e5] } }])],
    ['a name of a megabyte', graphOf([{ ...node, ['k'.repeat(2 ** 20)]: 1 }])],
    [
      'lists ten thousand deep',
      new TextEncoder().encode(
        `{"format":"chainrule/graph","version":1,"nodes":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
      ),
    ],
    [
      'a recurrence that starts with more than there is',
      graphOf(
        [
          { id: 'x', op: 'input', attributes: { shape: [2, 3] } },
          { id: 'r', op: 'recurrence', block: 'cell', attributes: { steps: 2, scan: ['x'], carry: { h: 'h' } } },
        ],
        { edges: [{ from: 'x.y', to: 'r.x' }], blocks: { cell } },
      ),
    ],
  ])('%s', (_, bytes) => {
    memory.take();
    const reading = graphFormat?.read(bytes);
    expect(reading?.fault).toBeNull();
    expect(reading?.diagnostics.map(({ severity }) => severity)).toContain('error');
    expect(memory.take()).toBeLessThan(2 ** 24);
  });
});

describe('damaged files', () => {
  test.each(hostileFormats)('$name', { timeout: 120_000 }, (format) => {
    const seeds = [...Array.from({ length: 100 }, (_, seed) => seed), ...(found[format.name] ?? [])];
    expect(runHostile(format, seeds, memory)).toEqual([]);
  });
});
