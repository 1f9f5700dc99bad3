// A hundred damaged files of every format: a diagnostic or a consistent reading, in bounded time and memory. The thousands are in
// test/long. Seeds that once went wrong are kept for good.
import { gzipSync, zipSync } from 'fflate';
import { afterAll, describe, expect, test } from 'vitest';
import { countMemory } from '../../support/hostile/count-memory.ts';

const memory = countMemory(2 ** 28);
const { hostileFormats } = await import('../../support/hostile/formats.ts');
const { runHostile } = await import('../../support/hostile/run-hostile.ts');
const { gunzip } = await import('../../../src/formats/gzip/gunzip.ts');
const { unpackLimit } = await import('../../../src/formats/unpack-limit.ts');
const { readZip } = await import('../../../src/formats/zip/read-zip.ts');
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

describe('files that unpack to a thousand times their size', () => {
  const zeros = new Uint8Array(2 ** 26);

  test('gzip, announced as nothing or as it is', { timeout: 60_000 }, () => {
    const one = gzipSync(zeros);
    const bomb = new Uint8Array(Buffer.concat(new Array(16).fill(one)));
    // The last growing by doubling copies what stands: three times the limit, where unpacking all of it takes a gigabyte.
    const most = 3 * unpackLimit(bomb.length);
    for (const length of [zeros.length, 0, 0xffffffff]) {
      new DataView(bomb.buffer).setUint32(bomb.length - 4, length, true);
      memory.take();
      expect(gunzip(bomb, 'a.gz').diagnostics.map(({ code }) => code)).toEqual(['E_TOO_LARGE']);
      expect(memory.take()).toBeLessThan(most);
    }
  });

  test('zip, of files that share their data', { timeout: 60_000 }, () => {
    // Directory entries of one length, of which each points at the same file.
    const one = zipSync({ 'a.npy': zeros });
    const end = one.length - 22;
    const start = new DataView(one.buffer).getUint32(end + 16, true);
    const entry = one.subarray(start, end);
    const count = 64;
    const bomb = new Uint8Array(
      Buffer.concat([one.subarray(0, start), ...new Array(count).fill(entry), one.subarray(end)]),
    );
    const view = new DataView(bomb.buffer);
    view.setUint16(bomb.length - 14, count, true);
    view.setUint16(bomb.length - 12, count, true);
    memory.take();
    expect(readZip(bomb, 'a.zip').diagnostics.map(({ code }) => code)).toContain('E_TOO_LARGE');
    expect(memory.take()).toBeLessThan(2 * zeros.length);
  });
});

describe('damaged files', () => {
  test.each(hostileFormats)('$name', { timeout: 120_000 }, (format) => {
    const seeds = [...Array.from({ length: 100 }, (_, seed) => seed), ...(found[format.name] ?? [])];
    expect(runHostile(format, seeds, memory)).toEqual([]);
  });
});
