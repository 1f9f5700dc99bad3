import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { formulasFromGraph, graphFromFormulas } from '../../../src/graph/formula.ts';
import { readGraph } from '../../../src/graph/read-graph.ts';
import type { GraphNode, Scope } from '../../../src/graph/schema.ts';

const referenceFunctions: Record<string, (...values: number[]) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  neg: (a) => -a,
  exp: Math.exp,
  log: Math.log,
  reciprocal: (a) => 1 / a,
  maximum: Math.max,
  minimum: Math.min,
  sigmoid: (a) => 1 / (1 + Math.exp(-a)),
  relu: (a) => Math.max(0, a),
  tanh: Math.tanh,
};

/** Computes a scalar graph on its own: ports in the order of the wires' names. */
function evaluate(
  { nodes, edges }: Pick<Scope, 'nodes' | 'edges'>,
  id: string,
  feeds: Record<string, number> = {},
): number {
  const node = nodes.find((each) => each.id === id) as GraphNode;
  if (node.op === 'input') return (node.value as number | undefined) ?? (feeds[id] as number);
  if (node.op === 'constant') return node.attributes['value'] as number;
  const given = edges
    .filter(({ to }) => to.startsWith(`${id}.`))
    .sort((a, b) => (a.to < b.to ? -1 : 1))
    .map(({ from }) => evaluate({ nodes, edges }, from.split('.')[0] as string, feeds));
  if (node.op === 'pow') return given[0]! ** (given[1] ?? (node.attributes['exponent'] as number));
  return referenceFunctions[node.op]!(...given);
}

function graph(text: string): Pick<Scope, 'nodes' | 'edges'> {
  const { diagnostics, ...scope } = graphFromFormulas(text);
  expect(diagnostics).toEqual([]);
  expect(readGraph({ format: 'chainrule/graph', version: 1, ...scope }).diagnostics).toEqual([]);
  return scope;
}

describe('formulas to graph', () => {
  test('f = (x + y) z is the example', () => {
    const made = graph('x = -2; y = 5; z = -4; q = x + y; f = q * z');
    const example = readGraph(readFileSync('examples/xyz.json', 'utf8')).graph;
    expect(made.edges).toEqual(example?.edges);
    expect(made.nodes.map(({ position, ...rest }) => rest)).toEqual(
      example?.nodes.map(({ position, ...rest }) => rest),
    );
    expect(evaluate(made, 'f')).toBe(-12);
  });

  test.each([
    ['1 / (1 + exp(-(2 * x - 3)))', (x: number) => 1 / (1 + Math.exp(-(2 * x - 3)))],
    ['max(x, 0.5) ^ 2 - min(x, 1) / 3', (x: number) => Math.max(x, 0.5) ** 2 - Math.min(x, 1) / 3],
    ['tanh(x) + sigmoid(-x) * relu(x - 1)', (x: number) => Math.tanh(x) + Math.max(0, x - 1) / (1 + Math.exp(x))],
    ['2 ^ x + ln(x ^ x)', (x: number) => 2 ** x + Math.log(x ** x)],
    ['-x ^ 2 - -x', (x: number) => -(x ** 2) + x],
    ['(x)', (x: number) => x],
  ])('%s', (text, expected) => {
    if (text === '(x)') {
      expect(graphFromFormulas(`y = ${text}`).diagnostics[0]?.message).toBe(
        'line 1, column 5: `y` would only be another name for `x`',
      );
      return;
    }
    for (const x of [0.3, 1.7, 4]) expect(evaluate(graph(`y = ${text}`), 'y', { x })).toBeCloseTo(expected(x), 12);
  });

  test.each([
    ['y = foo(x)', 'there is no function `foo`'],
    ['y = sigmod(x)', 'there is no function `sigmod`; did you mean `sigmoid`?'],
    ['y = exp(a, b)', '`exp` takes 1 value, not 2'],
    ['y = max(a)', '`maximum` takes 2 values, not 1'],
    ['y = linear(a)', 'there is no function `linear`'],
    ['y = y + 1', '`y` is used before it is given'],
    ['a = b + 1; b = 2', '`b` is used before it is given'],
    ['a = 1; a = 2', '`a` is given twice'],
    ['y = toString + 1', '`toString` is reserved'],
  ])('%s: %s', (text, message) => {
    expect(graphFromFormulas(text).diagnostics[0]?.message).toContain(message);
  });

  test('known nodes keep place and title', () => {
    const before = graph('y = exp(x)').nodes.map((node) => ({
      ...node,
      title: `T ${node.id}`,
      position: [7, 8] as const,
    }));
    const { nodes } = graphFromFormulas('y = exp(x) ; z = y + x', before);
    expect(nodes.map(({ id, title, position }) => [id, title, position])).toEqual([
      ['x', 'T x', [7, 8]],
      ['y', 'T y', [7, 8]],
      ['z', undefined, [560, 0]],
    ]);
  });
});

describe('graph to formulas', () => {
  test.each(['xyz', 'sigmoid-neuron'])('%s and back is the same graph', (name) => {
    const example = readGraph(readFileSync(`examples/${name}.json`, 'utf8')).graph;
    if (example === null) throw new Error('no example');
    const text = formulasFromGraph(example) ?? '';
    const back = graphFromFormulas(text, example.nodes);
    expect(back.diagnostics).toEqual([]);
    const byId = (nodes: readonly GraphNode[]) => [...nodes].sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(byId(back.nodes)).toEqual(byId(example.nodes));
    expect(new Set(back.edges.map(({ from, to }) => `${from} ${to}`))).toEqual(
      new Set(example.edges.map(({ from, to }) => `${from} ${to}`)),
    );
  });

  test('texts come back as they were, numbers within included', () => {
    const text = 'x = 3\na = x^2 + 1\nb = max(a, x)\ny = -b / 2.5\n';
    const made = graph(text);
    expect(formulasFromGraph(made)).toBe('x = 3\npow1 = x^2\na = pow1 + 1\nb = max(a, x)\nneg1 = -b\ny = neg1 / 2.5\n');
  });

  test.each(['lenet5', 'resnet', 'char-lstm'])('%s is more than formulas can say', (name) => {
    const example = readGraph(readFileSync(`examples/${name}.json`, 'utf8')).graph;
    expect(example && formulasFromGraph(example)).toBeNull();
  });
});
