import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { migrate } from '../../../src/graph/migrations/migrations.ts';
import { readGraph } from '../../../src/graph/read-graph.ts';
import { writeGraph } from '../../../src/graph/write-graph.ts';
import { graphs, rawGraphs } from './graph-arbitraries.ts';

const head = { format: 'chainrule/graph', version: 1 };
const chain = {
  ...head,
  nodes: [
    { id: 'x', op: 'input', attributes: { shape: ['N', 4] } },
    { id: 'fc', op: 'linear', attributes: { out_features: 3 } },
    { id: 'act', op: 'relu' },
  ],
  edges: [
    { from: 'x.y', to: 'fc.x' },
    { from: 'fc.y', to: 'act.x' },
  ],
};

/** What is said, one line each: code, place, message. */
function said(source: unknown): string[] {
  return readGraph(source).diagnostics.map(({ code, at, message }) => `${code} ${at.json}: ${message}`);
}

function kept(source: unknown): string[] {
  const { graph } = readGraph(source);
  return [...(graph?.nodes ?? []).map(({ id }) => id), ...(graph?.edges ?? []).map(({ from, to }) => `${from} ${to}`)];
}

describe('a good file', () => {
  test('opens without a word, every default filled in', () => {
    const { graph, diagnostics } = readGraph(JSON.stringify(chain));
    expect(diagnostics).toEqual([]);
    expect(graph).toMatchObject({ name: 'Untitled', seed: 0, blocks: {}, notes: [] });
    expect(graph?.training).toEqual({
      metrics: [],
      epochs: 10,
      batch: 32,
      numerics: 'fast',
      optimizer: { kind: 'sgd' },
      schedule: { kind: 'constant' },
    });
    expect(graph?.nodes[2]).toEqual({ id: 'act', op: 'relu', attributes: {}, parameters: {} });
  });

  test.each(readdirSync('examples').filter((file) => file.endsWith('.json')))(
    '%s opens, and is written as it stands',
    (file) => {
      const text = readFileSync(`examples/${file}`, 'utf8');
      const { graph, diagnostics } = readGraph(text);
      expect(diagnostics).toEqual([]);
      expect(graph && writeGraph(graph)).toBe(text);
      expect(graph?.description?.length).toBeGreaterThan(150);
      expect(graph?.nodes.every(({ position }) => position !== undefined)).toBe(true);
    },
  );

  test('read(write(graph)) is the graph', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        expect(readGraph(writeGraph(graph))).toEqual({ graph, diagnostics: [] });
      }),
      { numRuns: 60 },
    );
  });

  test('write(read(text)) no longer changes', () => {
    fc.assert(
      fc.property(rawGraphs, (raw) => {
        const first = readGraph(raw).graph;
        const text = first === null ? '' : writeGraph(first);
        const second = readGraph(text).graph;
        expect(second && writeGraph(second)).toBe(text);
      }),
      { numRuns: 60 },
    );
  });
});

describe('what is no graph file', () => {
  test.each([
    [
      '{"format": "chainrule/graph",\n "version": 1,\n "nodes": [,]}',
      'line 3, column 12: expected a value before `,`',
      3,
      12,
    ],
    ['{"a": 1,}', 'line 1, column 9: expected a name in double quotes', 1, 9],
    ["{'a': 1}", 'line 1, column 2: expected a name in double quotes', 1, 2],
    ['{"a": "x\n"}', 'line 1, column 7: the string that begins here does not end on its line', 1, 7],
    ['[1, 2', 'line 1, column 6: expected `,` or `]`', 1, 6],
    ['{"a": nul}', 'line 1, column 7: unexpected `nul`', 1, 7],
    ['', 'line 1, column 1: the text ends too early', 1, 1],
    ['{} x', 'line 1, column 4: nothing may follow the end of the document', 1, 4],
    ['{"a": 01}', 'line 1, column 8: expected `,` or `}`', 1, 8],
    ['{"a": "\\x"}', 'line 1, column 8: unknown escape after \\', 1, 8],
  ])('%j: line and column', (text, message, line, column) => {
    const { graph, diagnostics } = readGraph(text);
    expect(graph).toBeNull();
    expect(diagnostics).toEqual([
      { code: 'E_JSON_SYNTAX', severity: 'error', message, at: { json: '', line, column } },
    ]);
  });

  test.each([
    [[], 'E_FORMAT : a graph file is a JSON object'],
    [{ nodes: [] }, 'E_FORMAT /format: this is not a graph file: no `format`, expected "chainrule/graph"'],
    [{ format: 'other' }, 'E_FORMAT /format: this is not a graph file: format "other", expected "chainrule/graph"'],
    [{ ...head, version: 2 }, 'E_VERSION /version: the file is of version 2, this reads up to 1'],
    [{ ...head, version: 'x' }, 'E_VERSION /version: `version` must be a whole number from 1 to 1'],
  ])('%j', (source, message) => {
    expect(readGraph(source).graph).toBeNull();
    expect(said(source)).toEqual([message]);
  });
});

describe('a damaged file opens as far as it goes', () => {
  test('dangling edges, wrong ports, directions and two wires to one input', () => {
    const edges = [
      ...chain.edges,
      { from: 'act.y', to: 'conv9.x' },
      { from: 'act.z', to: 'fc.x' },
      { from: 'act.y', to: 'fc.y' },
      { from: 'x.y', to: 'act.x' },
      { from: 'x', to: 'act.x' },
      { from: 'in.x', to: 'act.x' },
      { from: 'x.y', to: 'fc.wieght' },
    ];
    expect(said({ ...chain, edges })).toEqual([
      'E_DANGLING /edges/2/to: edge 2 goes to `conv9.x`, but there is no node `conv9`; left out',
      'E_PORT /edges/3/from: edge 3 comes from `act.z`, but `act` has no such output (it has `y`); left out',
      'E_DIRECTION /edges/4/to: edge 4 goes to `fc.y`, but `y` is an output of `fc`; left out',
      'E_TWO_WIRES /edges/5: edges 1 and 5 both go to `act.x`, which takes one; the second is left out',
      'E_ENDPOINT /edges/6/from: edge 6 comes from `x`, but an end is written `node.port`; left out',
      'E_DANGLING /edges/7/from: edge 7 comes from `in.x`, but `in` exists only inside blocks; left out',
      'E_PORT /edges/8/to: edge 8 goes to `fc.wieght`, but `fc` has no such input (it has `x`, `weight`, `bias`); left out',
    ]);
    expect(readGraph({ ...chain, edges }).diagnostics.at(-1)?.hint).toBe('Did you mean `weight`?');
    expect(kept({ ...chain, edges })).toEqual(kept(chain));
  });

  test('a page keeps a node whose operator is unknown, with its wires, and is told', () => {
    const nodes = [...chain.nodes, { id: 'odd', op: 'Frobnicate' }, { id: 'end', op: 'tanh' }];
    const edges = [...chain.edges, { from: 'act.y', to: 'odd.x0' }, { from: 'odd.y0', to: 'end.x' }];
    const { graph, diagnostics } = readGraph({ ...chain, nodes, edges }, { keepUnknown: true });
    expect(graph?.nodes.map(({ op }) => op)).toEqual(['input', 'linear', 'relu', 'Frobnicate', 'tanh']);
    expect(graph?.edges).toEqual(edges);
    expect(diagnostics.map(({ code, at, message }) => [code, at.path, message])).toEqual([
      ['E_UNKNOWN_OPERATOR', 'odd', 'node `odd`: there is no operator `Frobnicate`'],
    ]);
    const again = readGraph(writeGraph(graph as NonNullable<typeof graph>), { keepUnknown: true });
    expect(again.graph).toEqual(graph);
    // A command line leaves it out, and what hangs on it.
    expect(kept({ ...chain, nodes, edges })).toEqual([...kept(chain).slice(0, 3), 'end', ...kept(chain).slice(3)]);
  });

  test('nodes: unknown operators, duplicate and reserved ids, no id', () => {
    const nodes = [
      ...chain.nodes,
      { id: 'act', op: 'tanh' },
      { id: 'a', op: 'rellu' },
      { id: 'constructor', op: 'relu' },
      { op: 'relu' },
      'node',
    ];
    const { diagnostics } = readGraph({ ...chain, nodes });
    expect(said({ ...chain, nodes })).toEqual([
      'E_DUPLICATE_ID /nodes/3: a second node is called `act`; left out',
      'E_UNKNOWN_OPERATOR /nodes/4: node `a`: there is no operator `rellu`; left out',
      'E_FIELD /nodes/5/id: `id` of node `constructor` cannot be "constructor": letters, digits and _ make a name, not beginning with a digit, `in` and `out` are reserved; left out',
      'E_NODE /nodes/5: node `constructor` cannot be read; left out',
      'E_MISSING /nodes/6/id: `id` of node 6 is missing; left out with what needs it',
      'E_NODE /nodes/6: node 6 cannot be read; left out',
      'E_FIELD /nodes/7: node 7 must be an object, not "node"; left out',
      'E_NODE /nodes/7: node 7 cannot be read; left out',
    ]);
    expect(diagnostics[1]?.hint).toBe('Did you mean `relu`?');
    expect(kept({ ...chain, nodes })).toEqual(kept(chain));
  });

  test('attributes and other members go one by one', () => {
    const nodes = [
      {
        id: 'x',
        op: 'input',
        attributes: { shape: ['N', -4], dtype: 'float16', sahpe: [] },
        value: 'a',
        position: [0, 'b'],
      },
      {
        id: 'fc',
        op: 'linear',
        attributes: { out_features: 2.5, bias: 1 },
        parameters: { weights: {}, bias: { init: { kind: 'normal', std: -1 } } },
        colour: 1,
      },
      { id: 'act', op: 'relu', value: 3, block: 'b' },
    ];
    expect(said({ ...chain, nodes })).toEqual([
      'E_FIELD /nodes/0/value: `value` of node `x` does not fit: "a"; left out',
      'E_FIELD /nodes/0/position/1: `position.1` of node `x` must be a number, not "b"; left out',
      'E_ATTRIBUTE /nodes/0/attributes/shape: `shape` of input `x` item 1 must be at least 0, not -4, or must be a text, not -4; left out',
      'E_ATTRIBUTE /nodes/0/attributes/dtype: `dtype` of input `x` must be "float32" or "int32", not "float16"; left out',
      'E_UNKNOWN_ATTRIBUTE /nodes/0/attributes/sahpe: input `x` has no attribute `sahpe`; left out',
      'E_FIELD /nodes/1/parameters/bias/init/std: `parameters.bias.init.std` of node `fc` must be at least 0; left out',
      'E_UNKNOWN_FIELD /nodes/1/colour: node `fc` has no `colour`; left out',
      'E_ATTRIBUTE /nodes/1/attributes/out_features: `out_features` of linear `fc` must be a whole number, not 2.5; left out',
      'E_ATTRIBUTE /nodes/1/attributes/bias: `bias` of linear `fc` must be true or false, not 1; left out',
      'E_PARAMETER /nodes/1/parameters/weights: linear `fc` has no parameter `weights` (it has `weight`, `bias`); left out',
      'E_FIELD /nodes/2/block: `block` belongs to blocks, not to relu; left out',
      'E_FIELD /nodes/2/value: only inputs hold a `value`, `act` is relu; left out',
    ]);
    expect(readGraph({ ...chain, nodes }).graph?.nodes).toEqual([
      { id: 'x', op: 'input', attributes: {}, parameters: {} },
      { id: 'fc', op: 'linear', attributes: {}, parameters: { bias: { init: { kind: 'normal' } } } },
      { id: 'act', op: 'relu', attributes: {}, parameters: {} },
    ]);
  });

  test('a circle is named and its last wire left out', () => {
    const nodes = ['a', 'b', 'c'].map((id) => ({ id, op: 'add' }));
    const edges = [
      { from: 'a.y', to: 'b.a' },
      { from: 'b.y', to: 'c.a' },
      { from: 'c.y', to: 'a.a' },
      { from: 'c.y', to: 'c.b' },
    ];
    expect(said({ ...head, nodes, edges })).toEqual([
      'E_CYCLE /edges/2: the wires run in a circle: a → b → c → a; edge 2 (`c.y` to `a.a`) is left out',
      'E_CYCLE /edges/3: the wires run in a circle: c → c; edge 3 (`c.y` to `c.b`) is left out',
    ]);
  });

  test('gaps among the wires of a variadic port close', () => {
    const nodes = [
      { id: 'x', op: 'input' },
      { id: 'cat', op: 'concat' },
    ];
    const edges = ['x5', 'x0', 'x2'].map((port) => ({ from: 'x.y', to: `cat.${port}` }));
    expect(said({ ...head, nodes, edges })).toEqual([
      'W_GAP /edges/2/to: nothing goes to `cat.x1`: `cat.x2` takes its place',
      'W_GAP /edges/0/to: nothing goes to `cat.x2`: `cat.x5` takes its place',
    ]);
    expect(kept({ ...head, nodes, edges })).toEqual(['x', 'cat', 'x.y cat.x2', 'x.y cat.x0', 'x.y cat.x1']);
  });

  test('blocks: unknown ones, recursion, arguments, borders', () => {
    const source = {
      ...head,
      nodes: [
        { id: 'u', op: 'block', block: 'a', arguments: { size: 2, other: 1 }, attributes: { k: 1 } },
        { id: 'v', op: 'block', block: 'zz' },
        { id: 'w', op: 'block' },
        { id: 'l', op: 'linear', attributes: { out_features: { arg: 'size' } } },
      ],
      edges: [{ from: 'u.q', to: 'l.x' }],
      blocks: {
        a: {
          arguments: { size: 1 },
          inputs: [{ name: 'x' }, { name: 'x' }],
          outputs: ['y'],
          nodes: [
            { id: 'b', op: 'block', block: 'b' },
            { id: 'l', op: 'linear', attributes: { out_features: { arg: 'sizes' } } },
          ],
          edges: [
            { from: 'in.x', to: 'b.x' },
            { from: 'b.y', to: 'out.y' },
            { from: 'out.y', to: 'in.x' },
          ],
        },
        b: {
          inputs: [{ name: 'x' }],
          outputs: ['y'],
          nodes: [{ id: 'a', op: 'block', block: 'a' }],
          edges: [{ from: 'a.y', to: 'out.y' }],
        },
        in: {},
      },
    };
    expect(said(source)).toEqual([
      'E_DUPLICATE_ID /blocks/a/inputs/1: block `a` has two inputs called `x`; the second is left out',
      "E_BLOCK /blocks/in: block `in`: the name is reserved for a block's own inputs and outputs; left out",
      'E_ARGUMENT /nodes/0/arguments/other: block `a` has no argument `other`; left out',
      'E_UNKNOWN_ATTRIBUTE /nodes/0/attributes/k: block `u` has no attribute `k`; left out',
      'E_UNKNOWN_BLOCK /nodes/1/block: node `v`: there is no block `zz`; left out',
      'E_UNKNOWN_BLOCK /nodes/2/block: node `w` does not say which block it uses; left out',
      'E_ARGUMENT /nodes/3/attributes/out_features: `out_features` of `l`: arguments exist only inside blocks; left out',
      'E_PORT /edges/0/from: edge 0 comes from `u.q`, but `u` has no such output (it has `y`); left out',
      'E_ARGUMENT /blocks/a/nodes/1/attributes/out_features: `out_features` of `l`: the block has no argument `sizes`; left out',
      'E_DIRECTION /blocks/a/edges/2/from: edge 2 comes from `out.y`, but `y` is an input of `out`; left out',
      'E_DIRECTION /blocks/a/edges/2/to: edge 2 goes to `in.x`, but `x` is an output of `in`; left out',
      'E_BLOCK_RECURSION /blocks/b/nodes/0: block `a` contains itself: a → b → a; node `a` is left out with its wires',
    ]);
    expect(readGraph(source).graph?.blocks['b']).toMatchObject({ nodes: [], edges: [] });
    // A path would name a node of the outermost graph.
    expect(
      readGraph(source).diagnostics.filter(({ at }) => at.json?.startsWith('/blocks') && at.path !== undefined),
    ).toEqual([]);
  });

  test('a recurrence names only what its block has', () => {
    const cell = {
      inputs: [{ name: 'x' }, { name: 'h' }],
      outputs: ['h'],
      nodes: [{ id: 's', op: 'add' }],
      edges: [
        { from: 'in.x', to: 's.a' },
        { from: 'in.h', to: 's.b' },
        { from: 's.y', to: 'out.h' },
      ],
    };
    const node = {
      id: 'r',
      op: 'recurrence',
      block: 'cell',
      attributes: { steps: 3, scan: ['x', 'z'], carry: { h: 'h', g: 'h' }, stack: { y: 'h' }, last: { c: 'k' } },
    };
    const source = {
      ...head,
      nodes: [node, { id: 'act', op: 'relu' }],
      edges: [{ from: 'r.y', to: 'act.x' }],
      blocks: { cell },
    };
    expect(said(source)).toEqual([
      'E_PORT /nodes/0/attributes/scan: `scan` of recurrence `r`: block `cell` has no input `z`; left out',
      'E_PORT /nodes/0/attributes/carry: `carry` of recurrence `r`: block `cell` has no input `g`; left out',
      'E_PORT /nodes/0/attributes/last: `last` of recurrence `r`: block `cell` has no output `k`; left out',
    ]);
    expect(readGraph(source).graph?.nodes[0]?.attributes).toEqual({
      steps: 3,
      scan: ['x'],
      carry: { h: 'h' },
      stack: { y: 'h' },
      last: {},
    });
    expect(kept(source)).toContain('r.y act.x');
  });

  test('training: unknown optimisers and options, references to nobody', () => {
    const training = {
      loss: 'lss.y',
      metrics: [
        { kind: 'accuracy', scores: 'fc.y', target: 'nobody.y' },
        { kind: 'recall', scores: 'fc.y', target: 'x.y' },
      ],
      batch: 0,
      optimizer: { kind: 'adm', lr: 1 },
      schedule: { kind: 'steps' },
      data: { source: 'moons', bind: { x: 'x', 'los.target': 'label' } },
    };
    expect(said({ ...chain, training })).toEqual([
      'E_FIELD /training/metrics/1/kind: `metrics.1.kind` of training must be "accuracy", not "recall"; left out',
      'E_FIELD /training/batch: `batch` of training must be at least 1; left out',
      'E_TRAINING /training/metrics/0/target: metric 0 names `nobody.y`: there is no node `nobody`; left out',
      'E_TRAINING /training/data/bind/los.target: a binding names `los.target`: there is no node `los`; left out',
      'E_OPTIMIZER /training/optimizer/kind: there is no optimiser `adm`; sgd takes its place',
      'E_SCHEDULE /training/schedule/kind: there is no schedule `steps`; constant takes its place',
      'E_TRAINING /training/loss: the loss names `lss.y`: there is no node `lss`; left out',
    ]);
    expect(readGraph({ ...chain, training }).graph?.training).toMatchObject({
      metrics: [],
      batch: 32,
      data: { bind: { x: 'x' } },
    });
  });
});

describe('hostile files', () => {
  test('keys of every object are refused', () => {
    const text =
      '{"format":"chainrule/graph","version":1,"__proto__":{"nodes":[]},"blocks":{"constructor":{}},"nodes":[{"id":"a","op":"relu","attributes":{"__proto__":1}}]}';
    expect(said(text)).toEqual([
      'E_HOSTILE_KEY /__proto__: the name `__proto__` is not allowed; left out',
      'E_HOSTILE_KEY /blocks/constructor: the name `constructor` is not allowed; left out',
      'E_HOSTILE_KEY /nodes/0/attributes/__proto__: the name `__proto__` is not allowed; left out',
    ]);
    expect(({} as Record<string, unknown>)['nodes']).toBeUndefined();
  });

  test('an operator or block called like an inherited member does not exist', () => {
    const nodes = [
      { id: 'a', op: 'toString' },
      { id: 'b', op: 'block', block: 'valueOf' },
    ];
    expect(readGraph({ ...head, nodes }).graph?.nodes).toEqual([]);
  });

  test('sizes: too many nodes, deep nesting, huge texts, explosive blocks', () => {
    const many = Array.from({ length: 20_001 }, (_, index) => ({ id: `n${index}`, op: 'relu' }));
    const { graph, diagnostics } = readGraph({ ...head, nodes: many });
    expect(graph?.nodes).toHaveLength(20_000);
    expect(diagnostics.map(({ code }) => code)).toEqual(['E_TOO_LARGE']);

    const deep = `{"format":"chainrule/graph","version":1,"name":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect(readGraph(deep).diagnostics.map(({ code }) => code)).toContain('E_DEPTH');
    expect(readGraph('['.repeat(1_000_000)).diagnostics[0]?.code).toBe('E_JSON_SYNTAX');

    expect(said({ ...head, name: 'x'.repeat(200_000) })).toEqual([
      'E_TOO_LARGE /name: a text of 200000 characters, 100000 are allowed; left out',
    ]);

    const level = (block: string) => ({
      inputs: [],
      outputs: [],
      nodes: Array.from({ length: 10 }, (_, k) => ({ id: `u${k}`, op: 'block', block })),
    });
    const blocks = Object.fromEntries(
      Array.from({ length: 12 }, (_, k) => [
        `b${k}`,
        k === 0 ? { nodes: [{ id: 'r', op: 'relu' }] } : level(`b${k - 1}`),
      ]),
    );
    expect(said({ ...head, nodes: [{ id: 'top', op: 'block', block: 'b11' }], blocks })).toEqual([
      'E_TOO_LARGE /blocks: opened up, the blocks make 211111111111 nodes in 12 levels; 200000 in 16 are allowed',
    ]);
  });

  test('a long chain with a wire back', () => {
    const nodes = Array.from({ length: 15_000 }, (_, index) => ({ id: `n${index}`, op: 'relu' }));
    const edges = nodes.map((_, index) => ({ from: `n${index}.y`, to: `n${(index + 1) % nodes.length}.x` }));
    const { graph, diagnostics } = readGraph({ ...head, nodes, edges });
    expect(graph?.edges).toHaveLength(14_999);
    expect(diagnostics.map(({ code }) => code)).toEqual(['E_CYCLE']);
  });

  test('values that JSON does not have, and values that contain themselves', () => {
    const self: Record<string, unknown> = { ...head };
    self['training'] = self;
    expect(readGraph(self).diagnostics.map(({ code }) => code)).toContain('E_DEPTH');
    expect(said({ ...head, seed: Number.NaN, name: () => 1 })).toEqual([
      'E_NUMBER /seed: NaN is not a JSON number; left out',
      'E_JSON /name: a function is not JSON; left out',
    ]);
  });

  test('whatever comes, nothing is thrown and what opens is sound', () => {
    const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true });
    fc.assert(fc.property(anything, (value) => Array.isArray(readGraph(value).diagnostics)));
    fc.assert(fc.property(fc.string(), (text) => Array.isArray(readGraph(text).diagnostics)));
    const mutated = fc.tuple(rawGraphs, fc.array(fc.tuple(fc.nat(), fc.anything()), { minLength: 1, maxLength: 6 }));
    fc.assert(
      fc.property(mutated, ([raw, changes]) => {
        const broken = structuredClone(raw);
        for (const [pick, value] of changes) damage(broken, pick, value);
        const { graph } = readGraph(broken);
        if (graph === null) return;
        expect(readGraph(writeGraph(graph))).toEqual({ graph, diagnostics: [] });
      }),
      { numRuns: 200 },
    );
  });
});

/** Puts a value at some place of the JSON below format and version. */
function damage(root: Record<string, unknown>, pick: number, value: unknown): void {
  const places: [Record<string, unknown>, string][] = [];
  const seen = new Set<unknown>();
  const visit = (object: unknown): void => {
    if (typeof object !== 'object' || object === null || seen.has(object)) return;
    seen.add(object);
    for (const key of Object.keys(object)) {
      if (object === root && (key === 'format' || key === 'version')) continue;
      places.push([object as Record<string, unknown>, key]);
      visit((object as Record<string, unknown>)[key]);
    }
  };
  visit(root);
  const place = places[pick % places.length];
  if (place) place[0][place[1]] = value;
}

test('older versions are brought up step by step', () => {
  const steps = [
    { from: 1, run: (raw: Record<string, unknown>) => ({ ...raw, name: `${raw['title']}` }) },
    { from: 2, run: (raw: Record<string, unknown>) => ({ ...raw, seed: 7 }) },
  ];
  expect(migrate({ version: 1, title: 'a' }, 1, 3, steps)).toEqual({ version: 3, title: 'a', name: 'a', seed: 7 });
  expect(migrate({ version: 2, title: 'a' }, 2, 3, steps)).toEqual({ version: 3, title: 'a', seed: 7 });
});
