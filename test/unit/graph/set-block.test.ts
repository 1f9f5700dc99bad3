import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  blockOf,
  documentFromGraph,
  edgesOf,
  type GraphDocument,
  graphFromDocument,
  nodeOf,
  notesOf,
} from '../../../src/graph/document.ts';
import { edit } from '../../../src/graph/edit.ts';
import { replaceGraph, replaceScope } from '../../../src/graph/edits/replace-graph.ts';
import { addBlockPort, removeBlockPort, renameBlock, setBlock } from '../../../src/graph/edits/set-block.ts';
import { setFile } from '../../../src/graph/edits/set-file.ts';
import { addNote, setNoteText } from '../../../src/graph/edits/set-note.ts';
import { readGraph } from '../../../src/graph/read-graph.ts';

function example(name: string): GraphDocument {
  const { graph } = readGraph(readFileSync(`examples/${name}.json`, 'utf8'));
  if (graph === null) throw new Error('no example');
  return documentFromGraph(graph);
}

const lstm = example('char-lstm');

function sound(document: GraphDocument): GraphDocument {
  const graph = graphFromDocument(document);
  expect(readGraph(graph)).toEqual({ graph, diagnostics: [] });
  return document;
}

describe('block definitions', () => {
  test('a new name is followed by every use', () => {
    const { document, result } = edit(lstm, (draft) => renameBlock(draft, 'cell', 'memory'));
    expect(result).toBeUndefined();
    expect([
      blockOf(document, 'cell'),
      nodeOf(document, '', 'rnn')?.block,
      nodeOf(document, 'memory', 'lstm')?.op,
    ]).toEqual([undefined, 'memory', 'lstm_cell']);
    sound(document);
    expect(edit(lstm, (draft) => renameBlock(draft, 'cell', 'out')).result?.code).toBe('E_ID');
  });

  test('ports come, and go with their wires and with what recurrences say of them', () => {
    const added = edit(lstm, (draft) => {
      expect(addBlockPort(draft, 'cell', 'inputs', { name: 'mask' })).toBeUndefined();
      expect(addBlockPort(draft, 'cell', 'inputs', { name: 'x' })?.code).toBe('E_DUPLICATE_ID');
      expect(addBlockPort(draft, 'cell', 'outputs', { name: 'gate' })).toBeUndefined();
    }).document;
    expect([blockOf(added, 'cell')?.inputs.at(-1), blockOf(added, 'cell')?.outputs]).toEqual([
      { name: 'mask' },
      ['h', 'c', 'gate'],
    ]);

    const without = sound(edit(lstm, (draft) => removeBlockPort(draft, 'cell', 'outputs', 'h')).document);
    expect(nodeOf(without, '', 'rnn')?.attributes).toEqual({
      steps: 32,
      scan: ['x'],
      carry: { c: 'c' },
      stack: {},
      last: { c_n: 'c' },
    });
    expect(edgesOf(without, '').map(({ to }) => to)).toEqual(['embed.x', 'rnn.x', 'loss.x', 'loss.target']);
    expect(edgesOf(without, 'cell').map(({ to }) => to)).toEqual(['lstm.x', 'lstm.h', 'lstm.c', 'out.c']);

    const deaf = sound(edit(lstm, (draft) => removeBlockPort(draft, 'cell', 'inputs', 'x')).document);
    expect(nodeOf(deaf, '', 'rnn')?.attributes['scan']).toEqual([]);
    expect(edgesOf(deaf, '').map(({ to }) => to)).not.toContain('rnn.x');
    expect(edgesOf(deaf, 'cell').map(({ from }) => from)).not.toContain('in.x');
  });

  test('title and arguments', () => {
    const { document } = edit(lstm, (draft) => setBlock(draft, 'cell', { title: undefined, arguments: { hidden: 8 } }));
    expect(blockOf(document, 'cell')).toMatchObject({ arguments: { hidden: 8 } });
    expect(blockOf(document, 'cell')).not.toHaveProperty('title');
  });
});

describe('whole graphs', () => {
  test('one replaces another as an edit whose diff says only what differs', () => {
    const changed = graphFromDocument(edit(lstm, (draft) => setFile(draft, { seed: 3 })).document);
    const { diff } = edit(lstm, (draft) => replaceGraph(draft, changed));
    expect([Object.keys(diff.added), Object.keys(diff.updated), Object.keys(diff.removed)]).toEqual([[], ['file'], []]);
    const other = graphFromDocument(example('resnet'));
    expect(graphFromDocument(edit(lstm, (draft) => replaceGraph(draft, other)).document)).toEqual(other);
  });

  test('one scope is replaced, the others stay', () => {
    const { nodes, edges } = graphFromDocument(example('xyz'));
    const { document } = edit(lstm, (draft) => replaceScope(draft, '', { nodes, edges }));
    const graph = graphFromDocument(document);
    expect([graph.nodes, graph.edges]).toEqual([nodes, edges]);
    expect(graph.blocks).toEqual(graphFromDocument(lstm).blocks);
  });
});

test('notes', () => {
  const { document, result } = edit(lstm, (draft) => {
    const id = addNote(draft, '', 'a', [0.4, -0.2]);
    setNoteText(draft, '', id, 'b');
    return [id, addNote(draft, '', 'c', [1, 1])];
  });
  expect(result).toEqual(['note1', 'note2']);
  expect(notesOf(document, '')).toEqual([
    { id: 'note1', text: 'b', position: [0, 0] },
    { id: 'note2', text: 'c', position: [1, 1] },
  ]);
});
