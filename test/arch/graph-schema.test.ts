// The published schema of graph files accepts every example and marks what is wrong in the place where it is wrong.
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { schemaFaults } from '../support/json-schema.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string) => JSON.parse(readFileSync(resolve(root, path), 'utf8'));
const schema = read('public/graph.schema.json');
const examples = readdirSync(resolve(root, 'examples')).filter((name) => name.endsWith('.json'));

test('there are examples', () => {
  expect(examples.length).toBeGreaterThan(0);
});

test.each(examples)('%s fits the schema', (name) => {
  expect(schemaFaults(schema, read(`examples/${name}`))).toEqual([]);
});

describe('a graph is marked', () => {
  const graph = (node: object, rest: object = {}) => ({
    format: 'chainrule/graph',
    version: 1,
    nodes: [{ id: 'a', op: 'linear', ...node }],
    ...rest,
  });

  test('not at all when it is right', () => {
    expect(schemaFaults(schema, graph({ attributes: { out_features: 10 } }))).toEqual([]);
    expect(schemaFaults(schema, graph({ attributes: { out_features: { arg: 'hidden' } } }))).toEqual([]);
  });

  test.each([
    ['an operator that does not exist', graph({ op: 'nonsense' }), '/nodes/0/op'],
    ['an attribute of another operator', graph({ attributes: { kernel_size: 3 } }), '/nodes/0/attributes'],
    ['a number out of range', graph({ attributes: { out_features: 0 } }), '/nodes/0/attributes/out_features'],
    ['a bad id', graph({ id: '1st' }), '/nodes/0/id'],
    ['an unknown optimiser', graph({}, { training: { optimizer: { kind: 'magic' } } }), '/training/optimizer/kind'],
    ['an edge without an end', graph({}, { edges: [{ from: 'a.y' }] }), '/edges/0'],
  ])('for %s', (_, value, place) => {
    const faults = schemaFaults(schema, value);
    expect(faults.map((fault) => fault.slice(0, fault.indexOf(':')))).toEqual([place]);
  });
});
