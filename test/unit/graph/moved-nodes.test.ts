// What is known of a node follows it: renamed, grouped, opened up, undone.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { documentFromGraph, graphFromDocument } from '../../../src/graph/document.ts';
import { type Draft, edit } from '../../../src/graph/edit.ts';
import { groupNodes } from '../../../src/graph/edits/group.ts';
import { removeNodes } from '../../../src/graph/edits/remove.ts';
import { renameNode } from '../../../src/graph/edits/rename-node.ts';
import { setAttribute } from '../../../src/graph/edits/set-node.ts';
import { ungroupNode } from '../../../src/graph/edits/ungroup.ts';
import { followPath, movedNodes } from '../../../src/graph/moved-nodes.ts';
import { readGraph } from '../../../src/graph/read-graph.ts';
import type { GraphFile } from '../../../src/graph/schema.ts';

function chain(): GraphFile {
  const linear = (id: string, x: number) => ({
    id,
    op: 'linear',
    attributes: { out_features: 4 },
    position: [x, 0],
  });
  const { graph } = readGraph({
    format: 'chainrule/graph',
    version: 1,
    nodes: [
      { id: 'x', op: 'input', attributes: { shape: ['N', 4] }, position: [0, 0] },
      linear('fc1', 300),
      linear('fc2', 600),
      linear('fc3', 900),
    ],
    edges: [
      { from: 'x.y', to: 'fc1.x' },
      { from: 'fc1.y', to: 'fc2.x' },
      { from: 'fc2.y', to: 'fc3.x' },
    ],
  });
  if (graph === null) throw new Error('not a graph');
  return graph;
}

function edited(graph: GraphFile, change: (draft: Draft) => unknown): GraphFile {
  return graphFromDocument(edit(documentFromGraph(graph), change).document);
}

const told = (before: GraphFile, after: GraphFile) => Object.fromEntries(movedNodes(before, after));

describe('nodes that moved', () => {
  test('a new name, also among nodes that are alike, and back', () => {
    const before = chain();
    const after = edited(before, (draft) => renameNode(draft, '', 'fc2', 'middle'));
    expect(told(before, after)).toEqual({ fc2: 'middle' });
    expect(told(after, before)).toEqual({ middle: 'fc2' });
  });

  test('a new name together with another attribute', () => {
    const before = chain();
    const after = edited(before, (draft) => {
      renameNode(draft, '', 'fc2', 'middle');
      setAttribute(draft, '', 'middle', 'bias', false);
    });
    expect(told(before, after)).toEqual({ fc2: 'middle' });
  });

  test('into a block, renamed there, used twice, out again', () => {
    const before = chain();
    const grouped = edited(before, (draft) => groupNodes(draft, '', ['fc1', 'fc2'], 'pair'));
    const use = grouped.nodes.find(({ op }) => op === 'block')?.id ?? '';
    expect(told(before, grouped)).toEqual({ fc1: `${use}/fc1`, fc2: `${use}/fc2` });
    expect(told(grouped, before)).toEqual({ [`${use}/fc1`]: 'fc1', [`${use}/fc2`]: 'fc2' });
    const twice = edited(grouped, (draft) => {
      const node = grouped.nodes.find(({ id }) => id === use);
      if (node) draft.putNode('', { ...node, id: 'again', position: [0, 900] });
    });
    expect(told(grouped, twice)).toEqual({});
    const renamed = edited(twice, (draft) => renameNode(draft, 'pair', 'fc2', 'last'));
    expect(told(twice, renamed)).toEqual({ [`${use}/fc2`]: `${use}/last`, 'again/fc2': 'again/last' });
    const opened = edited(renamed, (draft) => ungroupNode(draft, '', 'again'));
    expect(told(renamed, opened)).toEqual({ 'again/fc1': 'fc1', 'again/last': 'last' });
    expect(told(opened, renamed)).toEqual({ fc1: 'again/fc1', last: 'again/last' });
    const other = edited(twice, (draft) => renameNode(draft, '', 'again', 'more'));
    expect(told(twice, other)).toEqual({ again: 'more', 'again/fc1': 'more/fc1', 'again/fc2': 'more/fc2' });
  });

  test('what is deleted, added or edited has not moved', () => {
    const before = chain();
    const without = edited(before, (draft) => removeNodes(draft, '', ['fc3']));
    expect(told(before, without)).toEqual({});
    expect(told(without, before)).toEqual({});
    expect(
      told(
        before,
        edited(before, (draft) => setAttribute(draft, '', 'fc1', 'out_features', 9)),
      ),
    ).toEqual({});
    const other = edited(without, (draft) =>
      draft.putNode('', { id: 'r', op: 'relu', attributes: {}, parameters: {}, position: [900, 0] }),
    );
    expect(told(before, other)).toEqual({});
  });

  test('any renaming of any nodes is told, in any order', () => {
    const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(names, (to) => {
        const before = chain();
        const after = edited(before, (draft) => {
          for (const [i, id] of ['fc1', 'fc2', 'fc3'].entries()) renameNode(draft, '', id, to[i] as string);
        });
        expect(told(before, after)).toEqual({ fc1: to[0], fc2: to[1], fc3: to[2] });
      }),
    );
  });
});

test('a path follows its node and the node around it, with its time', () => {
  const moved = new Map([
    ['rnn', 'loop'],
    ['fc1', 'block1/fc1'],
  ]);
  expect(followPath('rnn[3]/cell', moved)).toBe('loop[3]/cell');
  expect(followPath('rnn[3]', moved)).toBe('loop[3]');
  expect(followPath('fc1/inner', moved)).toBe('block1/fc1/inner');
  expect(followPath('other', moved)).toBe('other');
  expect(followPath('', moved)).toBe('');
});
