// Sessions against arithmetic done here: y = x·w, loss = mean (y − t)², SGD. And what a session refuses.
import { describe, expect, test } from 'vitest';
import { compile, createSession, type Plan, readGraph, run, tensor } from '../../../src/index.ts';

const document = {
  format: 'chainrule/graph',
  version: 1,
  nodes: [
    { id: 'x', op: 'input', attributes: { shape: ['N', 2] } },
    { id: 'fc', op: 'linear', attributes: { out_features: 1, bias: false } },
    { id: 'loss', op: 'mse_loss' },
  ],
  edges: [
    { from: 'x.y', to: 'fc.x' },
    { from: 'fc.y', to: 'loss.x' },
  ],
  training: { optimizer: { kind: 'sgd', lr: 0.1 } },
};

function graph() {
  const read = readGraph(document).graph;
  if (!read) throw new Error('the graph does not open');
  return read;
}

const feeds = { x: [[1, 2], [3, 4]], 'loss.target': [[1], [0]], 'fc.weight': [[1, -1]] }; // biome-ignore format: matrices
// y = (−1, −1), y − t = (−2, −1), loss = 2.5, ∂loss/∂y = (−2, −1), ∂loss/∂w = (−2 − 3, −4 − 4)
const gradient = [-5, -8];

describe('a session', () => {
  test('computes values, gradients and updates, and counts iterations', () => {
    const session = createSession(compile(graph(), { batch: 2 }));
    expect([...session.missing].sort()).toEqual(['loss.target', 'x.y']);
    session.feed(feeds);
    session.forward();
    expect([...session.read('fc.y').data, session.loss]).toEqual([-1, -1, 2.5]);
    expect(() => session.read('grad(fc.weight)')).toThrow('`grad(fc.weight)` is not computed yet');
    session.backward();
    expect([...session.read('grad(fc.weight)').data]).toEqual(gradient);
    expect([...session.read('grad(x)').data]).toEqual([-2, 2, -1, 1]);
    expect(session.iteration).toBe(0);
    session.update();
    expect(session.iteration).toBe(1);
    const after = [1 - 0.1 * -5, -1 - 0.1 * -8].map(Math.fround);
    expect([...session.read('fc.weight').data].map((w, i) => Math.abs(w - (after[i] as number)) < 1e-6)).toEqual([
      true,
      true,
    ]);
    session.learningRate = 0;
    session.train();
    expect([session.iteration, [...session.weights().keys()]]).toEqual([2, ['fc.weight']]);
  });

  test('trains as the iterations of one made by hand, with every optimiser state kept', () => {
    const momentum = {
      ...graph(),
      training: { ...graph().training, optimizer: { kind: 'momentum', lr: 0.1, momentum: 0.5 } },
    };
    const [a, b] = [createSession(compile(momentum, { batch: 2 })), createSession(compile(momentum, { batch: 2 }))];
    const { 'fc.weight': _, ...data } = feeds;
    for (const session of [a, b]) session.feed({ 'fc.weight': [[1, -1]] });
    for (let i = 0; i < 3; i++) a.train(data);
    for (let i = 0; i < 3; i++) {
      b.feed(data);
      while (b.step());
    }
    expect(b.iteration).toBe(3);
    expect([...b.read('fc.weight').data]).toEqual([...a.read('fc.weight').data]);
  });

  test('takes numbers in every form', () => {
    const session = createSession(compile(graph(), { batch: 2, mode: 'eval' }));
    const forms = [[[1, 2], [3, 4]], Float32Array.of(1, 2, 3, 4), Float64Array.of(1, 2, 3, 4), tensor([2, 2], [1, 2, 3, 4])]; // biome-ignore format: matrices
    for (const x of forms) {
      session.feed({ ...feeds, x });
      session.forward();
      expect([...session.read('fc.y').data]).toEqual([-1, -1]);
    }
    session.feed(new Map([['x.y', forms[0] as number[][]]]));
  });

  test('refuses in words', () => {
    const session = createSession(compile(graph(), { batch: 2 }));
    expect(() => session.forward()).toThrow('nothing feeds `loss.target`, `x.y`');
    expect(() => session.feed({ x: [[1, 2, 3]] })).toThrow('`x` takes [2, 2], not [1, 3]');
    expect(() => session.feed({ x: [[1, 2], [3]] })).toThrow('`x` takes [2, 2], not lists of uneven lengths');
    expect(() => session.feed({ x: new Float32Array(3) })).toThrow('`x` takes [2, 2], not 3 numbers');
    expect(() => session.feed({ x: tensor([4], [1, 2, 3, 4]) })).toThrow('`x` takes [2, 2], not [4]');
    expect(() => session.feed({ 'fc.y': [[1], [1]] })).toThrow('`fc.y` is computed by the graph');
    expect(() => session.feed({ nobody: 1 })).toThrow('there is no value `nobody` to be fed');
    expect(() => session.read('nobody.y')).toThrow('there is no value `nobody.y`');
    expect([session.has('fc.y'), session.has('nobody.y')]).toEqual([true, false]);
    session.dispose();
    expect(() => session.read('fc.y')).toThrow('the session was disposed');
    const broken = readGraph({ ...document, nodes: [...document.nodes, { id: 'sum', op: 'add' }] }).graph;
    expect(() => createSession(compile(broken ?? graph()))).toThrow(/nothing to run: error sum\.a/);
  });

  test('of a plan without the graph: what is fed into memory that is used again must be fed again', () => {
    const chain = readGraph({
      format: 'chainrule/graph',
      version: 1,
      nodes: [
        { id: 'x', op: 'input', attributes: { shape: [4] } },
        { id: 'a', op: 'softmax', attributes: { dim: 0 } },
        { id: 'b', op: 'softmax', attributes: { dim: 0 } },
        { id: 'c', op: 'softmax', attributes: { dim: 0 } },
      ],
      edges: [
        { from: 'x.y', to: 'a.x' },
        { from: 'a.y', to: 'b.x' },
        { from: 'b.y', to: 'c.x' },
      ],
    }).graph;
    if (!chain) throw new Error('the graph does not open');
    const plan = JSON.parse(JSON.stringify(compile(chain, { mode: 'eval', retain: ['c.y'] }).plan)) as Plan;
    const session = createSession(plan);
    const once = () => {
      session.feed({ x: [1, 2, 3, 4] });
      session.forward();
      return [...session.read('c.y').data];
    };
    const first = once();
    expect(first.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 6);
    expect(once()).toEqual(first);
    expect(() => session.forward()).toThrow('nothing feeds `x.y`');
    expect(() => session.read('a.y')).toThrow('the plan does not keep `a.y`');
  });
});

describe('run', () => {
  const tensors = new Map([
    ['x', tensor([2, 2], [1, 2, 3, 4])],
    ['loss.target', tensor([2, 1], [1, 0])],
    ['fc.weight', tensor([1, 2], [1, -1])],
  ]);

  test('gives what is fetched, in that order, under the names asked for', () => {
    const names = [new Map([['scores', 'fc.y']])];
    const fetch = ['grad(scores)', 'scores', 'loss.y', 'grad(fc.weight)'];
    const { values, diagnostics } = run(graph(), { feeds: tensors, fetch, names });
    expect(diagnostics).toEqual([]);
    expect([...(values ?? [])].map(([name, { data }]) => [name, [...data]])).toEqual([
      ['grad(scores)', [-2, -1]],
      ['scores', [-1, -1]],
      ['loss.y', [2.5]],
      ['grad(fc.weight)', gradient],
    ]);
  });

  test('answers diagnostics, never exceptions', () => {
    const codes = (options: Parameters<typeof run>[1]) => run(graph(), options).diagnostics.map(({ code }) => code);
    expect(codes({ fetch: ['nobody.y'], feeds: tensors })).toEqual(['E_VALUE']);
    expect(codes({})).toEqual(['E_NOT_FED']);
    expect(codes({ feeds: new Map([['fc.y', tensor([32, 1], new Array(32).fill(0))]]) })).toEqual(['E_FEED_COMPUTED']);
    expect(codes({ feeds: new Map([['q', tensor([], [1])]]) })).toEqual(['E_FEED_UNKNOWN']);
    expect(codes({ feeds: tensors, dims: { N: 3 } })).toEqual(['E_FEED_SHAPE']);
  });
});
