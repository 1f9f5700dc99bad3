import { describe, expect, test } from 'vitest';
import { documentFromGraph } from '../../../src/graph/document.ts';
import { readGraph } from '../../../src/graph/read-graph.ts';
import { canConnect, canUseBlock, connectionRules } from '../../../src/graph/validate.ts';

function documentOf(part: Record<string, unknown>) {
  const { graph } = readGraph({ format: 'chainrule/graph', version: 1, ...part });
  if (graph === null) throw new Error('no graph');
  return documentFromGraph(graph);
}

const document = documentOf({
  nodes: [
    { id: 'x', op: 'input' },
    { id: 'labels', op: 'input', attributes: { dtype: 'int32' } },
    { id: 'a', op: 'relu' },
    { id: 'b', op: 'relu' },
    { id: 'cat', op: 'concat' },
    { id: 'e', op: 'embedding' },
    { id: 'use', op: 'block', block: 'outer' },
  ],
  edges: [
    { from: 'a.y', to: 'b.x' },
    { from: 'b.y', to: 'cat.x0' },
  ],
  blocks: {
    outer: { inputs: [{ name: 'x' }], outputs: ['y'], nodes: [{ id: 'i', op: 'block', block: 'inner' }] },
    inner: { inputs: [{ name: 'n', dtype: 'int32' }], outputs: ['y'], nodes: [{ id: 'r', op: 'relu' }] },
  },
});

describe('wires', () => {
  test.each([
    ['x.y', 'a.x', true],
    ['x.y', 'b.x', true],
    ['x.y', 'cat.x', true],
    ['x.y', 'cat.x1', true],
    ['x.y', 'e.weight', true],
    ['labels.y', 'e.x', true],
    ['x.y', 'use.x', true],
    ['use.y', 'a.x', true],
    ['cat.y', 'a.x', 'That would close a circle: a → b → cat → a'],
    ['a.y', 'a.x', 'A node cannot feed itself'],
    ['x.y', 'e.x', '`e.x` takes int32, `x.y` gives float32'],
    ['labels.y', 'a.x', '`a.x` takes float32, `labels.y` gives int32'],
    ['x.y', 'a.z', '`a.z` is not an input'],
    ['x.y', 'b.y', '`b.y` is not an input'],
    ['a.x', 'b.x', '`a.x` is not an output'],
    ['nobody.y', 'b.x', '`nobody.y` is not an output'],
    ['x', 'b.x', 'A wire runs from `node.port` to `node.port`'],
  ])('%s to %s: %s', (from, to, verdict) => {
    expect(canConnect(document, '', from, to)).toBe(verdict);
  });

  test('the border of a block is seen from inside', () => {
    expect(canConnect(document, 'outer', 'in.x', 'i.n')).toBe(true);
    expect(canConnect(document, 'outer', 'i.y', 'out.y')).toBe(true);
    expect(canConnect(document, 'inner', 'in.n', 'r.x')).toBe('`r.x` takes float32, `in.n` gives int32');
    expect(canConnect(document, 'inner', 'out.y', 'r.x')).toBe('`out.y` is not an output');
  });

  test('all ports of a large graph are answered from one reading of the document', () => {
    const count = 1500;
    const nodes = Array.from({ length: count }, (_, k) => ({ id: `n${k}`, op: 'add' }));
    const edges = nodes.flatMap((_, k) => [
      ...(k > 0 ? [{ from: `n${k - 1}.y`, to: `n${k}.a` }] : []),
      ...(k > 9 ? [{ from: `n${k - 10}.y`, to: `n${k}.b` }] : []),
    ]);
    let readings = 0;
    const { records, ...rest } = documentOf({ nodes, edges });
    const large = {
      ...rest,
      get records() {
        readings++;
        return records;
      },
    };
    const rules = connectionRules(large, '');
    const once = readings;
    let legal = 0;
    for (const { id } of nodes) if (rules.canConnect('n700.y', `${id}.a`) === true) legal++;
    const other = connectionRules(large, '');
    let sources = 0;
    for (const { id } of nodes) if (other.canConnect(`${id}.y`, 'n700.a') === true) sources++;
    expect([legal, sources]).toEqual([count - 701, 700]);
    expect(once).toBeGreaterThan(0);
    expect(readings).toBe(2 * once);
  });
});

test('a block cannot come to lie within itself', () => {
  expect(canUseBlock(document, '', 'outer')).toBe(true);
  expect(canUseBlock(document, 'outer', 'inner')).toBe(true);
  expect(canUseBlock(document, 'inner', 'outer')).toBe('Block `outer` would contain itself: outer → inner → outer');
  expect(canUseBlock(document, 'inner', 'inner')).toBe('Block `inner` would contain itself: inner → inner');
  expect(canUseBlock(document, '', 'nobody')).toBe('There is no block `nobody`');
});
