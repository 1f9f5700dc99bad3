// The pure half of the canvas: ports, sizes, order, simple layout, the switch to the far view.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layeredPositions, unfoldedPositions } from '../../../src/app/canvas/arrange/layered-positions.ts';
import { nodeAt, wantsFarView } from '../../../src/app/canvas/model/far-view.ts';
import { freePlace } from '../../../src/app/canvas/model/free-place.ts';
import { nodeGeometry } from '../../../src/app/canvas/model/node-geometry.ts';
import { scopeModels, topologicalOrder } from '../../../src/app/canvas/model/node-model.ts';
import { emptyGraph } from '../../../src/app/state/empty-graph.ts';
import { openScope } from '../../../src/app/state/scope-graph.ts';
import { readGraph } from '../../../src/graph/read-graph.ts';
import type { GraphFile } from '../../../src/graph/schema.ts';

function graphOf(parts: object): GraphFile {
  const { graph } = readGraph({ format: 'chainrule/graph', version: 1, ...parts });
  if (graph === null) throw new Error('not a graph');
  return graph;
}

function modelsOf(graph: GraphFile) {
  const scope = openScope(graph, [], {});
  if (scope === null) throw new Error('no scope');
  return scopeModels(scope, graph);
}

describe('ports', () => {
  test('a variadic input shows what is wired and one free place', () => {
    const graph = graphOf({
      nodes: [
        { id: 'a', op: 'input' },
        { id: 'c', op: 'concat' },
      ],
      edges: [
        { from: 'a.y', to: 'c.x0' },
        { from: 'a.y', to: 'c.x1' },
        { from: 'a.y', to: 'c.x2' },
      ],
    });
    const concat = modelsOf(graph).find(({ id }) => id === 'c');
    expect(concat?.inputs.map(({ name, wired }) => `${name} ${wired}`)).toEqual([
      'x0 true',
      'x1 true',
      'x2 true',
      'x3 false',
    ]);
  });

  test('inside a block its border stands as two nodes', () => {
    const graph = graphOf({
      nodes: [{ id: 'b', op: 'block', block: 'twice' }],
      blocks: {
        twice: {
          inputs: [{ name: 'x' }],
          outputs: ['y'],
          nodes: [{ id: 'r', op: 'relu' }],
          edges: [
            { from: 'in.x', to: 'r.x' },
            { from: 'r.y', to: 'out.y' },
          ],
        },
      },
    });
    const scope = openScope(graph, [{ node: 'b', kind: 'block' }], {});
    expect(scope?.block).toBe('twice');
    const models = scope === null ? [] : scopeModels(scope, graph);
    expect(models.map(({ id, kind }) => `${id} ${kind}`)).toEqual(['in in', 'r operator', 'out out']);
    expect(openScope(graph, [{ node: 'gone', kind: 'block' }], {})).toBeNull();
    expect(topologicalOrder(['out', 'r', 'in'], scope?.edges ?? [])).toEqual(['in', 'r', 'out']);
  });

  test.each(['none', 'numbers', 'pictures', 'filters'] as const)(
    'ports and pictures of %s nodes stand within the node',
    (body) => {
      const graph = graphOf({
        nodes: ['conv2d', 'lstm_cell', 'add', 'cross_entropy', 'slice', 'pad'].map((op) => ({ id: op, op })),
      });
      for (const model of modelsOf(graph)) {
        for (const messages of [false, true]) {
          const { width, height, ports, slots } = nodeGeometry(model, body, messages, true);
          expect(ports).toHaveLength(model.inputs.length + model.outputs.length);
          expect(new Set(ports.map(({ x, y }) => `${x} ${y}`)).size).toBe(ports.length);
          for (const { y } of ports) expect(y > 0 && y < height).toBe(true);
          for (const [i, slot] of slots.entries()) {
            expect(slot.x >= 4 && slot.x + slot.width <= width && slot.y + slot.height < height).toBe(true);
            expect(slot.x).toBeGreaterThanOrEqual((slots[i - 1]?.x ?? 0) + (slots[i - 1]?.width ?? 0));
          }
        }
      }
    },
  );
});

test('ports that only decide shapes fold away until they are wired or the node is selected; the others stay', () => {
  const graph = graphOf({
    nodes: [
      { id: 'x', op: 'input', attributes: { shape: [4, 4] } },
      { id: 'ends', op: 'constant', attributes: { value: [2], dtype: 'int32' } },
      { id: 's', op: 'slice' },
    ],
    edges: [
      { from: 'x.y', to: 's.x' },
      { from: 'ends.y', to: 's.ends' },
    ],
  });
  const model = modelsOf(graph).find(({ id }) => id === 's');
  if (!model) throw new Error('no slice');
  for (const body of ['none', 'pictures'] as const) {
    const [closed, open] = [false, true].map((selected) => nodeGeometry(model, body, false, selected));
    expect(closed?.ports.map(({ name }) => name)).toEqual(['x', 'ends', 'y']);
    expect(open?.ports.map(({ name }) => name).sort()).toEqual(['dims', 'ends', 'starts', 'steps', 'x', 'y']);
    expect(open?.ports.filter(({ name }) => ['x', 'ends', 'y'].includes(name))).toEqual(closed?.ports);
    expect(open?.height).toBeGreaterThan(closed?.height ?? 0);
  }
});

const sized = (id: string, height = 100) => ({ id, data: { geometry: { width: 216, height } } });

test('the simple layout overlaps nothing and runs from left to right, then line by line, whatever the graph', () => {
  const graphs = fc.integer({ min: 1, max: 40 }).chain((count) =>
    fc.record({
      heights: fc.array(fc.integer({ min: 40, max: 300 }), { minLength: count, maxLength: count }),
      pairs: fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 60 }),
    }),
  );
  fc.assert(
    fc.property(graphs, ({ heights, pairs }) => {
      const nodes = heights.map((height, i) => sized(`n${i}`, height));
      const edges = pairs.filter(([a, b]) => a < b).map(([a, b]) => ({ source: `n${a}`, target: `n${b}` }));
      const positions = layeredPositions(nodes, edges);
      const at = (id: string) => positions[id] as readonly [number, number];
      for (const { source, target } of edges) {
        const bottom = at(source)[1] + (heights[Number(source.slice(1))] as number);
        expect(at(source)[0] + 216 < at(target)[0] || bottom < at(target)[1]).toBe(true);
      }
      for (const [i, a] of nodes.entries()) {
        for (const b of nodes.slice(i + 1)) {
          const [ax, ay] = at(a.id);
          const [bx, by] = at(b.id);
          const apart =
            Math.abs(ax - bx) >= 216 || ay + a.data.geometry.height <= by || by + b.data.geometry.height <= ay;
          expect(apart).toBe(true);
        }
      }
    }),
  );
});

test('a long network fits a window, constants stand beside what they feed', () => {
  const count = 300;
  const nodes = Array.from({ length: count }, (_, i) => [sized(`n${i}`, 150), sized(`c${i}`, 60)]).flat();
  const edges = Array.from({ length: count }, (_, i) => [
    { source: `c${i}`, target: `n${i}` },
    ...(i > 0 ? [{ source: `n${i - 1}`, target: `n${i}` }] : []),
  ]).flat();
  const positions = layeredPositions(nodes, edges);
  const places = Object.values(positions);
  const [width, height] = [0, 1].map((axis) => Math.max(...places.map((place) => place[axis] as number)));
  expect((width as number) / (height as number)).toBeGreaterThan(1);
  expect((width as number) / (height as number)).toBeLessThan(3);
  const far = edges.filter(({ source, target }) => {
    const [[ax, ay], [bx, by]] = [
      positions[source] as readonly [number, number],
      positions[target] as readonly [number, number],
    ];
    return Math.hypot(ax - bx, ay - by) > 600;
  });
  // Only where a line ends.
  expect(far.length).toBeLessThan(count / 5);
});

const grid = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    id: `n${i}`,
    position: { x: (i % 20) * 300, y: Math.floor(i / 20) * 200 },
    data: { geometry: { width: 216, height: 150 } },
  }));

test('a new node finds a free place near by', () => {
  const nodes = grid(40);
  const [x, y] = freePlace([400, 200], nodes);
  const covers = nodes.some(({ position }) => Math.abs(position.x - x) < 216 && Math.abs(position.y - y) < 150);
  expect(covers).toBe(false);
  expect(freePlace([5000, 5000], nodes)).toEqual([5000 - 108, 5000 - 75]);
});

test('from afar when too many nodes are in view, and back with some slack', () => {
  const nodes = grid(400);
  const whole = [0, 0, 0.1] as const;
  expect(wantsFarView(nodes, 800, 600, whole, false)).toBe(true);
  expect(wantsFarView(nodes, 800, 600, [0, 0, 1], false)).toBe(false);
  expect(wantsFarView(grid(80), 800, 600, whole, false)).toBe(false);
  // 110 in view: stays as it is, either way.
  const some = grid(110);
  expect([
    wantsFarView(some, 6000, 2000, [0, 0, 0.5], false),
    wantsFarView(some, 6000, 2000, [0, 0, 0.5], true),
  ]).toEqual([false, true]);
  expect(nodeAt(nodes, 310, 20)?.id).toBe('n1');
  expect(nodeAt(nodes, 290, 20)).toBeUndefined();
});

test('an empty graph is one that the reader takes', () => {
  const empty = emptyGraph();
  expect(readGraph(empty)).toEqual({ graph: empty, diagnostics: [] });
});

test('many parameters do not make a node tall: their ports come with its selection', () => {
  const lstm = { id: 'l', op: 'lstm', attributes: { hidden_size: 4, num_layers: 2, bidirectional: true } };
  const graph = graphOf({ nodes: [lstm, { id: 'c', op: 'lstm_cell' }, { id: 'w', op: 'parameter' }] });
  const [model, cell] = ['l', 'c'].map((id) => modelsOf(graph).find((each) => each.id === id));
  if (!model || !cell) throw new Error('no lstm');
  const [closed, open] = [false, true].map((selected) => nodeGeometry(model, 'pictures', false, selected));
  expect(closed?.height).toBeLessThanOrEqual(nodeGeometry(cell, 'pictures', false, false).height + 10);
  const inputs = (of: typeof open): number => of?.ports.filter(({ side }) => side === 'input').length ?? 0;
  expect(inputs(open)).toBe(model.inputs.length);
  expect(inputs(open) - inputs(closed)).toBeGreaterThanOrEqual(16);
  // Those that stood there stay where they are.
  for (const place of closed?.ports ?? []) expect(open?.ports).toContainEqual(place);
  // A wire keeps its port.
  const wired = graphOf({
    nodes: [lstm, { id: 'w', op: 'parameter' }],
    edges: [{ from: 'w.y', to: 'l.weight_ih_l1' }],
  });
  const held = modelsOf(wired).find(({ id }) => id === 'l');
  if (!held) throw new Error('no lstm');
  expect(nodeGeometry(held, 'pictures', false, false).ports.map(({ name }) => name)).toContain('weight_ih_l1');
});

test('time steps lie side by side and all alike, whatever is in them, and the border around them', () => {
  const inner = ['wx', 'uh', 'sum', 'act'];
  const times = [8, 9, 10, 11];
  const nodes = [
    sized('in'),
    ...times.flatMap((t) => inner.map((id, i) => sized(`[${t}]/${id}`, 80 + 30 * i))),
    sized('out'),
  ];
  const edges = times.flatMap((t) => [
    { source: 'in', target: `[${t}]/wx` },
    ...[
      ['wx', 'sum'],
      ['uh', 'sum'],
      ['sum', 'act'],
    ].map(([a, b]) => ({ source: `[${t}]/${a}`, target: `[${t}]/${b}` })),
    { source: t === 8 ? 'in' : `[${t - 1}]/act`, target: `[${t}]/uh` },
    { source: `[${t}]/act`, target: 'out' },
  ]);
  const positions = unfoldedPositions(nodes, edges);
  const at = (id: string) => positions[id] as readonly [number, number];
  for (const id of inner) {
    const places = times.map((t) => at(`[${t}]/${id}`));
    expect(new Set(places.map(([, y]) => y)).size).toBe(1);
    const strides = places.slice(1).map(([x], i) => x - (places[i]?.[0] ?? 0));
    expect(new Set(strides).size).toBe(1);
  }
  // No node of a step reaches into the next one.
  for (const t of times.slice(1)) {
    const before = Math.max(...inner.map((id) => at(`[${t - 1}]/${id}`)[0] + 216));
    expect(Math.min(...inner.map((id) => at(`[${t}]/${id}`)[0]))).toBeGreaterThan(before);
  }
  expect(at('in')[0] + 216).toBeLessThan(at('[8]/wx')[0]);
  expect(at('out')[0]).toBeGreaterThan(at('[11]/act')[0] + 216);
});
