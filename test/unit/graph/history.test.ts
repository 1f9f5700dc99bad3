import { expect, test } from 'vitest';
import { documentFromGraph, type GraphDocument, nodesOf } from '../../../src/graph/document.ts';
import { applyDiff, type Draft, edit } from '../../../src/graph/edit.ts';
import { addNode } from '../../../src/graph/edits/add-node.ts';
import { moveNodes } from '../../../src/graph/edits/move.ts';
import { setAttribute } from '../../../src/graph/edits/set-node.ts';
import {
  beginGesture,
  cancelGesture,
  emptyHistory,
  endGesture,
  type History,
  type HistoryStep,
  recordBeside,
  recordEdit,
  redo,
  undo,
} from '../../../src/graph/history.ts';
import { readGraph } from '../../../src/graph/read-graph.ts';

/** A document with its history, as the page's store keeps them. */
class Editor {
  document: GraphDocument;
  history: History = emptyHistory();
  constructor() {
    const { graph } = readGraph({
      format: 'chainrule/graph',
      version: 1,
      nodes: [{ id: 'fc', op: 'linear', position: [0, 0] }],
    });
    if (graph === null) throw new Error('no graph');
    this.document = documentFromGraph(graph);
  }
  edit(label: string, change: (draft: Draft) => unknown, merge?: string): void {
    const edited = edit(this.document, change);
    this.document = edited.document;
    this.history = recordEdit(this.history, label, edited.diff, merge);
  }
  step(step: HistoryStep | null): string | undefined {
    if (step === null) return undefined;
    this.document = applyDiff(this.document, step.diff);
    this.history = step.history;
    return step.label;
  }
  show(): string {
    return nodesOf(this.document, '')
      .map(({ id, position, attributes }) =>
        [id, position?.join() ?? '', attributes['out_features'] ?? ''].join(' ').trim(),
      )
      .join('; ');
  }
}

test('undo and redo walk through the entries; a new edit forgets what was undone', () => {
  const editor = new Editor();
  editor.edit('Add ReLU', (draft) => addNode(draft, '', { op: 'relu' }));
  editor.edit('Move', (draft) => moveNodes(draft, '', { fc: [5, 5] }));
  expect(editor.show()).toBe('fc 5,5; relu1');
  expect(editor.step(undo(editor.history))).toBe('Move');
  expect(editor.step(undo(editor.history))).toBe('Add ReLU');
  expect(editor.step(undo(editor.history))).toBeUndefined();
  expect(editor.show()).toBe('fc 0,0');
  expect(editor.step(redo(editor.history))).toBe('Add ReLU');
  expect(editor.show()).toBe('fc 0,0; relu1');
  editor.edit('Add tanh', (draft) => addNode(draft, '', { op: 'tanh' }));
  expect(editor.step(redo(editor.history))).toBeUndefined();
  expect(editor.show()).toBe('fc 0,0; relu1; tanh1');
});

test('a gesture is one entry; one that ends where it began is none', () => {
  const editor = new Editor();
  editor.history = beginGesture(editor.history, 'Move');
  for (let x = 1; x <= 20; x++) editor.edit('…', (draft) => moveNodes(draft, '', { fc: [x, 0] }));
  editor.history = endGesture(editor.history);
  editor.history = beginGesture(editor.history, 'Move');
  editor.edit('…', (draft) => moveNodes(draft, '', { fc: [30, 0] }));
  editor.edit('…', (draft) => moveNodes(draft, '', { fc: [20, 0] }));
  editor.history = endGesture(editor.history);
  expect(editor.history.undo.map(({ label }) => label)).toEqual(['Move']);
  editor.step(undo(editor.history));
  expect(editor.show()).toBe('fc 0,0');
});

test('undo during a gesture takes the gesture back; cancelling leaves no entry', () => {
  const editor = new Editor();
  editor.history = beginGesture(editor.history, 'Move');
  editor.edit('…', (draft) => moveNodes(draft, '', { fc: [9, 9] }));
  expect(editor.step(undo(editor.history))).toBe('Move');
  expect([editor.show(), editor.history.gesture]).toEqual(['fc 0,0', null]);
  editor.history = beginGesture(editor.history, 'Move');
  editor.edit('…', (draft) => moveNodes(draft, '', { fc: [7, 7] }));
  editor.step(cancelGesture(editor.history));
  expect([editor.show(), editor.history.undo.length]).toEqual(['fc 0,0', 0]);
});

test('edits that follow each other under one merge key are one entry', () => {
  const editor = new Editor();
  const type = (value: number | undefined) =>
    editor.edit('Set out_features', (draft) => setAttribute(draft, '', 'fc', 'out_features', value), 'fc.out_features');
  type(1);
  type(12);
  type(128);
  expect(editor.history.undo).toHaveLength(1);
  editor.edit('Move', (draft) => moveNodes(draft, '', { fc: [1, 1] }));
  type(5);
  expect(editor.history.undo.map(({ label }) => label)).toEqual(['Set out_features', 'Move', 'Set out_features']);
  for (let k = 0; k < 3; k++) editor.step(undo(editor.history));
  expect(editor.show()).toBe('fc 0,0');
});

test('what is done beside the document is undone and redone in its order', () => {
  const editor = new Editor();
  const beside = { number: 7 };
  editor.edit('move', (draft) => moveNodes(draft, '', { fc: [5, 5] }));
  editor.history = recordBeside(editor.history, 'change fc.weight', beside);
  const last = undo(editor.history);
  expect([last?.label, last?.beside]).toEqual(['change fc.weight', beside]);
  const moved = editor.document;
  editor.step(last);
  expect(editor.document).toEqual(moved);
  const again = redo(editor.history);
  expect([again?.label, again?.beside]).toEqual(['change fc.weight', beside]);
  const first = undo(editor.history);
  expect([first?.label, first?.beside]).toEqual(['move', undefined]);
  // A new edit leaves nothing to redo, whichever kind it is.
  editor.step(first);
  editor.history = recordBeside(editor.history, 'change lr', beside);
  expect(redo(editor.history)).toBeNull();
});
