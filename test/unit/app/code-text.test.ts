import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textEdit } from '../../../src/app/code/text-edit.ts';
import { documentFromGraph, graphFromDocument } from '../../../src/graph/document.ts';
import { applyDiff, edit, invertDiff } from '../../../src/graph/edit.ts';
import { replaceGraph } from '../../../src/graph/edits/replace-graph.ts';
import { readGraph } from '../../../src/graph/read-graph.ts';
import type { GraphFile } from '../../../src/graph/schema.ts';
import { writeGraph } from '../../../src/graph/write-graph.ts';

function example(name: string): GraphFile {
  return readGraph(readFileSync(new URL(`../../../examples/${name}.json`, import.meta.url), 'utf8')).graph as GraphFile;
}

describe('the smallest replacement', () => {
  it('turns one text into the other', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', '\n') }),
        fc.string({ unit: fc.constantFrom('a', 'b', '\n') }),
        (before, after) => {
          const change = textEdit(before, after);
          if (change === null) expect(before).toBe(after);
          else expect(before.slice(0, change.from) + change.text + before.slice(change.to)).toBe(after);
        },
      ),
    );
  });

  it('touches one line when one number changes', () => {
    const graph = example('lenet5');
    const changed: GraphFile = { ...graph, seed: 7 };
    const change = textEdit(writeGraph(graph), writeGraph(changed));
    expect(change).toMatchObject({ text: '7' });
  });
});

describe('a graph in place of another', () => {
  it('changes only the records that differ, in the order of the text, and can be taken back', () => {
    const before = example('lenet5');
    const after: GraphFile = {
      ...before,
      nodes: before.nodes.map((node) =>
        node.id === 'conv1' ? { ...node, attributes: { ...node.attributes, out_channels: 12 } } : node,
      ),
    };
    const document = documentFromGraph(before);
    const { document: edited, diff } = edit(document, (draft) => replaceGraph(draft, after));
    expect(graphFromDocument(edited)).toEqual(after);
    expect(Object.keys(diff.updated)).toEqual(['node:/conv1']);
    expect(Object.keys(diff.added)).toEqual([]);
    expect(graphFromDocument(applyDiff(edited, invertDiff(diff)))).toEqual(before);
  });

  it('leads from any example to any other', () => {
    const names = ['xyz', 'lenet5', 'char-lstm', 'spirals'];
    for (const from of names) {
      for (const to of names) {
        const { document } = edit(documentFromGraph(example(from)), (draft) => replaceGraph(draft, example(to)));
        expect(writeGraph(graphFromDocument(document))).toBe(writeGraph(example(to)));
      }
    }
  });
});
