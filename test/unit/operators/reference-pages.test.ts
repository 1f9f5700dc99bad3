// The reference pages: one for every operator, whose example is a graph that opens, compiles and gives what the page says.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { attributeFacts } from '../../../scripts/generators/attribute-facts.mjs';
import { compile } from '../../../src/compiler/compile.ts';
import { readGraph } from '../../../src/graph/read-graph.ts';
import { optimizers } from '../../../src/operators/optimizers/registry.generated.ts';
import { operators } from '../../../src/operators/registry.generated.ts';
import { hasErrors } from '../../../src/tensor/diagnostic.ts';

const docs = join(import.meta.dirname, '../../../docs');
const fileOf = (id: string) => `${id.replaceAll('_', '-')}.md`;

describe('the reference pages', () => {
  it('are one for each operator, all in the index', () => {
    expect(readdirSync(join(docs, 'operators')).sort()).toEqual(Object.keys(operators).map(fileOf).sort());
    const index = readFileSync(join(docs, 'operators.md'), 'utf8');
    for (const id of Object.keys(operators)) expect(index).toContain(`(operators/${fileOf(id)})`);
  });

  it.each(Object.keys(operators))('%s: the example opens and gives the types that the page names', (id) => {
    const page = readFileSync(join(docs, 'operators', fileOf(id)), 'utf8');
    const text = /```json\n([\s\S]*?)\n```/.exec(page)?.[1] ?? '';
    const { graph, diagnostics } = readGraph(text);
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    if (!graph) throw new Error('no graph');
    const { network, diagnostics: faults } = compile(
      graph,
      { operators, optimizers },
      { mode: 'train', retain: [], gradients: 'none', workspaceBytes: () => 0 },
    );
    expect(hasErrors(faults), JSON.stringify(faults)).toBe(false);
    const stated = [
      ...(/^Gives (`.*?)\.(?: The node owns .*)?$/m.exec(page)?.[1] ?? '').matchAll(/`(.+?)` (\w+) (\[.*?\])/g),
    ];
    expect(stated.length).toBeGreaterThan(0);
    for (const [, name, dtype, shape] of stated) {
      const type = network.values.get(name as string);
      expect({ name, dtype: type?.dtype, shape: JSON.stringify(type?.shape) }).toEqual({
        name,
        dtype,
        shape: JSON.stringify(JSON.parse(shape as string)),
      });
    }
  });
});

describe('what a page says of an attribute', () => {
  it.each([
    [{ type: 'integer', minimum: 1, maximum: 4 }, 'whole number', '1 to 4'],
    [{ type: 'integer', minimum: -9007199254740991, maximum: 9007199254740991 }, 'whole number', ''],
    [{ type: 'number', exclusiveMinimum: 0 }, 'number', 'above 0'],
    [{ type: 'number', exclusiveMinimum: 0, maximum: 1024 }, 'number', 'above 0, at most 1024'],
    [{ type: 'string', enum: ['mean', 'sum'] }, 'one of', '`"mean"`, `"sum"`'],
    [
      { type: 'array', maxItems: 8, items: { type: 'integer', minimum: 1 } },
      'list of at most 8 whole numbers',
      'at least 1',
    ],
    [
      {
        anyOf: [
          { type: 'integer', minimum: 0 },
          { type: 'string', const: 'same' },
        ],
      },
      'whole number, or `"same"`',
      'at least 0',
    ],
  ])('%j', (schema, type, range) => {
    expect(attributeFacts(schema)).toEqual({ type, range });
  });
});
