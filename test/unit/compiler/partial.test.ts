// A graph of which part cannot run: which nodes stop and for whom they wait, and that the rest computes what it computed before,
// bit for bit. Which nodes depend on a fault is found here by walking the wires, not by asking the compiler.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readGraph } from '../../../src/graph/read-graph.ts';
import type { GraphFile } from '../../../src/graph/schema.ts';
import type { Plan } from '../../../src/program/plan.ts';
import { bind, compileGraph, example, fileOf, graphOf, type NodeSketch, planOf, run } from '../../support/graphs.ts';
import { feedsFor, randomGraph } from '../../support/random-graph.ts';

const partial = { partial: true, numerics: 'strict' } as const;
const ofEnd = (end: string) => end.slice(0, end.indexOf('.'));
const topOf = (path: string) => path.replace(/[[/].*$/, '');

/** A node and all that its values reach. */
function reached({ edges }: GraphFile, from: string): Set<string> {
  const found = new Set([from]);
  for (const id of found) for (const edge of edges) if (ofEnd(edge.from) === id) found.add(ofEnd(edge.to));
  return found;
}

/** Bits of every value of the forward phase. */
function forwardBits(plan: Plan): Map<string, string> {
  const { bound } = bind(plan);
  bound.read('lr')[0] = 0.05;
  for (const [name, numbers] of Object.entries(feedsFor(plan))) bound.read(name).set(numbers);
  const end = plan.steps.find(({ phase }) => phase !== 'forward')?.from ?? plan.instructions.length;
  bound.run(0, end);
  const written = new Set(plan.instructions.slice(0, end).flatMap(({ outputs }) => outputs));
  const bits = new Map<string, string>();
  for (const [name, index] of Object.entries(plan.names)) {
    const kind = plan.values[index]?.kind;
    if (!written.has(index) && kind !== 'feed' && kind !== 'parameter' && kind !== 'constant') continue;
    const view = bound.view(index);
    bits.set(name, new Int32Array(view.buffer, view.byteOffset, view.length).join());
  }
  return bits;
}

/** The graph with one node at fault: of an operator that is not known, without its wires, or in a circle. */
function broken(graph: GraphFile, at: number, kind: number): { readonly graph: GraphFile; readonly culprit: string } {
  const { nodes, edges } = graph;
  const node = nodes[at % nodes.length] as GraphFile['nodes'][number];
  const culprit = node.id;
  const into = edges.filter(({ to }) => ofEnd(to) === culprit);
  const plain = node.block === undefined && into.length > 0;
  const after = [...reached(graph, culprit)].find(
    (id) => id !== culprit && nodes.some((each) => each.id === id && !each.block),
  );
  if (plain && kind === 1) return { graph: { ...graph, edges: edges.filter((edge) => !into.includes(edge)) }, culprit };
  const port = into[0]?.to;
  if (plain && kind === 2 && after !== undefined && port !== undefined) {
    const rest = edges.filter(({ to }) => to !== port);
    return { graph: { ...graph, edges: [...rest, { from: `${after}.y`, to: port }] }, culprit };
  }
  const unknown = { ...node, op: 'not_an_operator' };
  return { graph: { ...graph, nodes: nodes.map((each) => (each === node ? unknown : each)) }, culprit };
}

describe('random graphs with a random fault', () => {
  const place = fc.tuple(randomGraph(), fc.nat(30), fc.nat(2));

  test('exactly what depends on the fault stops; all other values keep their bits', { timeout: 240_000 }, () => {
    let compared = 0;
    fc.assert(
      fc.property(place, ([{ graph }, at, kind]) => {
        const before = forwardBits(planOf(graph, { numerics: 'strict' }));
        const { graph: drawn, culprit } = broken(graph, at, kind);
        const stops = reached(graph, culprit);
        const { plan, stopped, untrainable, diagnostics } = compileGraph(drawn, partial);
        expect(compileGraph(drawn).plan).toBeNull();
        expect(diagnostics.some(({ at: { path = '' } }) => stops.has(topOf(path)))).toBe(true);
        expect(new Set([...stopped.keys()].map(topOf))).toEqual(stops);
        for (const [path, { waitsFor }] of stopped) {
          expect(waitsFor.length).toBeGreaterThan(0);
          for (const each of waitsFor) expect(stops.has(topOf(each)), `${path} waits for ${each}`).toBe(true);
          if (kind !== 2) expect(waitsFor.map(topOf)).toEqual([culprit]);
        }
        // The loss adds up everything.
        expect(untrainable.map(({ code }) => code)).toEqual(['E_LOSS_WAITS']);
        if (!plan) return expect(stops.size).toBe(graph.nodes.length);
        expect(plan.loss).toBeNull();
        const after = forwardBits(plan);
        for (const [name, bits] of before) {
          const owner = topOf(name.slice(0, name.lastIndexOf('.')));
          if (stops.has(owner) || name === 'lr' || /[:(]|_penalty|objective/.test(name)) continue;
          expect(after.get(name), name).toBe(bits);
          compared++;
        }
      }),
      { numRuns: 60, seed: 6 },
    );
    expect(compared).toBeGreaterThan(500);
  });

  const junk: Readonly<Record<string, (value: string) => Record<string, NodeSketch>>> = {
    unwired: () => ({ z1: ['relu'] }),
    halfWired: (value) => ({ z1: ['add', { a: value }], z2: ['relu', { x: 'z1.y' }] }),
    wrong: (value) => ({
      z1: ['linear', { x: value }, { out_features: 3, in_features: 977 }],
      z2: ['sum', { x: 'z1.y' }],
    }),
    attribute: (value) => ({ z1: ['leaky_relu', { x: value }, { negative_slope: 'much' }] }),
    circle: (value) => ({ z1: ['add', { a: value, b: 'z2.y' }], z2: ['relu', { x: 'z1.y' }] }),
    loss: () => ({ z1: ['cross_entropy'] }),
    unknown: (value) => ({ z1: ['not_an_operator', { x: value }] }),
    dimension: () => ({ z1: ['input', {}, { shape: ['M', 3] }], z2: ['relu', { x: 'z1.y' }] }),
  };

  test('nodes with faults beside a network leave its plan as it is, to the byte', { timeout: 240_000 }, () => {
    const draws = fc.tuple(randomGraph(7), fc.nat(30), fc.constantFrom(...Object.keys(junk)));
    fc.assert(
      fc.property(draws, ([{ sketch, graph }, at, kind]) => {
        const ids = Object.keys(sketch.nodes);
        const added = junk[kind]?.(`${ids[at % ids.length]}.y`) ?? {};
        const sound = graphOf(sketch);
        const nodes = Object.entries(added).map(([id, [op, , attributes = {}]]) => ({
          id,
          op,
          attributes,
          parameters: {},
        }));
        const edges = Object.entries(added).flatMap(([id, [, wires = {}]]) =>
          Object.entries(wires).map(([port, from]) => ({ from, to: `${id}.${port}` })),
        );
        const drawn = { ...sound, nodes: [...sound.nodes, ...nodes], edges: [...sound.edges, ...edges] };
        const { plan, stopped, untrainable } = compileGraph(drawn, partial);
        expect([...stopped.keys()].sort()).toEqual(Object.keys(added).sort());
        expect(untrainable).toEqual([]);
        expect(JSON.stringify(plan)).toBe(JSON.stringify(planOf(graph, { numerics: 'strict' })));
      }),
      { numRuns: 60, seed: 7 },
    );
  });

  test('a graph without faults has the same plan in part as in whole', { timeout: 240_000 }, () => {
    fc.assert(
      fc.property(randomGraph(), ({ graph }) => {
        for (const gradients of ['training', 'all', 'none'] as const) {
          const whole = planOf(graph, { gradients, retain: [] });
          const part = compileGraph(graph, { gradients, retain: [], partial: true });
          expect(JSON.stringify(part.plan)).toBe(JSON.stringify(whole));
          expect(part.stopped.size).toBe(0);
        }
      }),
      { numRuns: 25, seed: 8 },
    );
  });
});

type File = { nodes: { id: string; op: string; attributes: object }[]; edges: { from: string; to: string }[] } & {
  blocks: Record<string, { outputs: string[]; nodes: File['nodes']; edges: File['edges'] }>;
};

const damages: readonly ((scope: Pick<File, 'nodes' | 'edges'>, a: number, b: number, file: File) => void)[] = [
  ({ nodes }, a) => void nodes.push({ ...nodes[a % nodes.length] } as File['nodes'][number]),
  ({ nodes }, a) => void nodes.splice(a % nodes.length, 1),
  ({ edges }, a) => void edges.splice(a % edges.length, 1),
  ({ edges }, a, b) => Object.assign(edges[a % edges.length] ?? {}, { from: edges[b % edges.length]?.from }),
  ({ edges, nodes }, a, b) =>
    Object.assign(edges[a % edges.length] ?? {}, { from: `${nodes[b % nodes.length]?.id}.y` }),
  ({ edges }, a, b) =>
    void edges.push({ from: edges[a % edges.length]?.from ?? '', to: edges[b % edges.length]?.to ?? '' }),
  ({ edges }, a) => Object.assign(edges[a % edges.length] ?? {}, { to: `${edges[a % edges.length]?.to}9` }),
  ({ nodes }, a, b) =>
    Object.assign(nodes[a % nodes.length] ?? {}, {
      attributes: { dim: [-7, 'x', null, 1.5, [3, 3]][b % 5], out_features: b - 3 },
    }),
  ({ nodes }, a, b) => Object.assign(nodes[a % nodes.length] ?? {}, { op: nodes[b % nodes.length]?.op }),
  (_, a, b, { blocks }) => {
    const block = Object.values(blocks)[a % 2];
    if (block) block.outputs.push(block.outputs[b % block.outputs.length] ?? 'y');
  },
];

test('whatever is wrong with a file: every node that was read runs, or says for whom it waits', {
  timeout: 240_000,
}, () => {
  let [ran, waited] = [0, 0];
  const hits = fc.array(fc.tuple(fc.nat(damages.length - 1), fc.nat(40), fc.nat(40), fc.nat(3)), {
    minLength: 1,
    maxLength: 3,
  });
  fc.assert(
    fc.property(randomGraph(), hits, ({ sketch }, list) => {
      const file = structuredClone(fileOf(sketch)) as unknown as File;
      for (const [kind, a, b, where] of list) {
        const scope = where === 0 ? (Object.values(file.blocks)[a % 2] ?? file) : file;
        if (scope.nodes.length > 0 && scope.edges.length > 0) damages[kind]?.(scope, a, b, file);
      }
      const { graph, diagnostics: read } = readGraph(file, { keepUnknown: true });
      if (!graph) return expect(read).not.toEqual([]);
      const { plan, stopped, diagnostics, network } = compileGraph(graph, partial);
      for (const [path, { waitsFor }] of stopped) expect(waitsFor.length, path).toBeGreaterThan(0);
      if (stopped.size > 0) expect([...diagnostics, ...read].some(({ severity }) => severity === 'error')).toBe(true);
      waited += stopped.size;
      if (!plan) return;
      const names = new Set(Object.keys(plan.names));
      for (const { path, operator } of network.instances) {
        expect(stopped.has(path)).toBe(false);
        if (operator.id !== 'unbind')
          expect(names.has(`${path}.y`) || names.has(`${path}.h`) || path.includes('in_')).toBe(true);
      }
      forwardBits(plan);
      ran++;
    }),
    { numRuns: 150, seed: 9 },
  );
  expect(ran).toBeGreaterThan(100);
  expect(waited).toBeGreaterThan(150);
});

describe('what is said', () => {
  const withAttribute = (graph: GraphFile, id: string, attributes: Record<string, unknown>): GraphFile => ({
    ...graph,
    nodes: graph.nodes.map((node) =>
      node.id === id ? { ...node, attributes: { ...node.attributes, ...attributes } } : node,
    ),
  });

  test('LeNet with a shape that does not fit in the middle: values up to it, the reason, nobody else blamed', () => {
    const { plan, diagnostics, stopped, untrainable } = compileGraph(
      withAttribute(example('lenet5'), 'conv2', { in_channels: 7 }),
      partial,
    );
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    expect(errors.map(({ code, at }) => [code, at.path])).toEqual([['E_CHANNELS', 'conv2']]);
    expect(plan?.names['conv1.y']).toBeDefined();
    expect(plan?.names['conv2.y']).toBeUndefined();
    expect(plan?.steps.every(({ phase }) => phase === 'forward')).toBe(true);
    expect(stopped.get('conv2')?.waitsFor).toEqual(['conv2']);
    expect(stopped.get('loss')?.waitsFor).toEqual(['conv2']);
    expect(untrainable).toMatchObject([{ code: 'E_LOSS_WAITS', at: { path: 'loss' } }]);
    expect(untrainable[0]?.message).toContain('waits for `conv2`');
  });

  const net: Record<string, NodeSketch> = {
    x: ['input', {}, { shape: ['N', 4] }],
    fc: ['linear', { x: 'x.y' }, { out_features: 3 }],
    loss: ['cross_entropy', { x: 'fc.y' }],
  };
  const unsound = (nodes: Record<string, NodeSketch>, training = {}) => {
    const drawn = graphOf({ nodes: { ...net, ...nodes } });
    return compileGraph({ ...drawn, training: { ...drawn.training, ...training } }, partial);
  };

  test('a second loss that is not wired yet is no second loss; wired it is, and training stops, values do not', () => {
    expect(unsound({ other: ['mse_loss'] })).toMatchObject({ plan: { loss: 'loss.y' }, untrainable: [] });
    const both = unsound({ other: ['mse_loss', { x: 'fc.y' }] });
    expect(both.plan?.loss).toBeNull();
    expect(both.untrainable.map(({ code }) => code)).toEqual(['E_LOSS']);
    expect(both.plan?.names['other.y']).toBeDefined();
  });

  test('a metric of a node that stops is not measured, and not spoken of; one of nothing is an error beside the plan', () => {
    const metric = (scores: string) => ({ metrics: [{ kind: 'accuracy', scores, target: 'loss.target' }] });
    const beside: Record<string, NodeSketch> = { side: ['linear', {}, { out_features: 3 }] };
    const waiting = unsound(beside, metric('side.y'));
    expect(waiting.plan).toMatchObject({ loss: 'loss.y', metrics: [] });
    expect(waiting.diagnostics.map(({ code }) => code)).toEqual(['E_UNWIRED']);
    const gone = unsound({}, metric('nobody.y'));
    expect(gone.plan).toMatchObject({ loss: 'loss.y', metrics: [] });
    expect(gone.diagnostics.map(({ code }) => code)).toEqual(['E_METRIC']);
    expect(gone.untrainable).toEqual([]);
  });

  test('an optimiser that is not there stops training, not the gradients', () => {
    const { plan, untrainable } = unsound({}, { optimizer: { kind: 'none_such' } });
    expect(plan?.names['grad(fc.weight)']).toBeDefined();
    expect(plan?.steps.some(({ phase }) => phase === 'update')).toBe(false);
    expect(untrainable.map(({ code }) => code)).toEqual(['E_OPTIMIZER']);
  });

  test('inside a recurrence: what the cell still gives is computed at every step', () => {
    const graph = graphOf({
      nodes: {
        x: ['input', {}, { shape: [3, 'N', 4] }],
        rnn: [
          'recurrence',
          { x: 'x.y' },
          { steps: 3, scan: ['x'], carry: { h: 'h' }, stack: { y: 'h' }, last: {} },
          { block: 'cell' },
        ],
      },
      blocks: {
        cell: {
          inputs: [{ name: 'x' }, { name: 'h', shape: ['N', 4] }],
          nodes: { sum: ['add', { a: 'in.x', b: 'in.h' }], new: ['relu', { x: 'sum.y' }] },
          outputs: { h: 'sum.y' },
        },
      },
    });
    const cell = graph.blocks['cell'];
    if (!cell) throw new Error('no cell');
    const edges = cell.edges.filter(({ to }) => to !== 'new.x');
    const { plan, stopped } = compileGraph({ ...graph, blocks: { cell: { ...cell, edges } } }, partial);
    expect([...stopped].map(([path, { waitsFor }]) => [path, waitsFor])).toEqual(
      [0, 1, 2].map((t) => [`rnn[${t}]/new`, ['rnn/new']]),
    );
    expect(plan?.names['rnn.y']).toBeDefined();
  });

  test('where nothing can run there is no plan', () => {
    const { plan, stopped } = compileGraph({ ...graphOf({ nodes: net }), nodes: [], edges: [] }, partial);
    expect([plan?.steps.length, stopped.size]).toEqual([0, 0]);
    const lonely = graphOf({ nodes: { x: ['input', {}, { shape: [2] }], relu: ['relu', { x: 'x.y' }] } });
    expect(compileGraph({ ...lonely, nodes: lonely.nodes.slice(1), edges: [] }, partial).plan).toBeNull();
  });

  test('numbers of a run: a healthy loss trains beside a fault as without it', () => {
    const alone = planOf(graphOf({ nodes: net }));
    const { plan } = unsound({ side: ['relu'] });
    if (!plan) throw new Error('no plan');
    const losses = [alone, plan].map((each) => {
      const { bound } = bind(each, feedsFor(each));
      bound.read('lr')[0] = 0.1;
      return Array.from({ length: 3 }, () => {
        run(bound);
        return bound.read('loss.y')[0];
      });
    });
    expect(losses[0]).toEqual(losses[1]);
    expect(new Set(losses[0]).size).toBe(3);
  });
});
