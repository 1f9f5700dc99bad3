import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  blockNames,
  documentFromGraph,
  edgesOf,
  type GraphDocument,
  graphFromDocument,
  nodeOf,
  nodesOf,
  trainingOf,
} from '../../../src/graph/document.ts';
import { applyDiff, type Draft, edit, emptyDiff, invertDiff, squashDiffs } from '../../../src/graph/edit.ts';
import { addNode } from '../../../src/graph/edits/add-node.ts';
import { applyQuickFix } from '../../../src/graph/edits/apply-quick-fix.ts';
import {
  clipboardSource,
  copyNodes,
  duplicateNodes,
  type Pasted,
  pasteNodes,
} from '../../../src/graph/edits/clipboard.ts';
import { connect, disconnect } from '../../../src/graph/edits/connect.ts';
import { groupNodes } from '../../../src/graph/edits/group.ts';
import { insertOnWire, moveOntoWire } from '../../../src/graph/edits/insert-on-wire.ts';
import { moveNodes } from '../../../src/graph/edits/move.ts';
import { removeNodes } from '../../../src/graph/edits/remove.ts';
import { renameNode } from '../../../src/graph/edits/rename-node.ts';
import { setArgument, setAttribute, setParameter, setTitle, setValue } from '../../../src/graph/edits/set-node.ts';
import { setData, setTraining } from '../../../src/graph/edits/set-training.ts';
import { ungroupNode } from '../../../src/graph/edits/ungroup.ts';
import { readGraph } from '../../../src/graph/read-graph.ts';
import type { GraphFile } from '../../../src/graph/schema.ts';
import { connectionRules } from '../../../src/graph/validate.ts';
import { graphs } from './graph-arbitraries.ts';

function graphOf(part: Record<string, unknown>): GraphFile {
  const { graph, diagnostics } = readGraph({ format: 'chainrule/graph', version: 1, ...part });
  if (graph === null || diagnostics.length > 0) throw new Error(JSON.stringify(diagnostics));
  return graph;
}

const base = documentFromGraph(
  graphOf({
    nodes: [
      { id: 'x', op: 'input', attributes: { shape: ['N', 4] }, position: [0, 0] },
      { id: 'fc', op: 'linear', attributes: { out_features: 3 }, position: [280, 0] },
      { id: 'act', op: 'relu', position: [560, 0] },
      { id: 'loss', op: 'mse_loss', position: [840, 0] },
    ],
    edges: [
      { from: 'x.y', to: 'fc.x' },
      { from: 'fc.y', to: 'act.x' },
      { from: 'act.y', to: 'loss.x' },
    ],
    training: {
      loss: 'loss.y',
      metrics: [{ kind: 'accuracy', scores: 'act.y', target: 'loss.target' }],
      data: { source: 'moons', bind: { x: 'x', 'loss.target': 'label' } },
      penalty: { l2: 0.1, on: ['fc.weight', '**.bias'] },
    },
  }),
);

/** What the page does, with the reader in between in a worker. */
function pasteText(draft: Draft, scope: string, text: string, offset: readonly [number, number]): Pasted | null {
  const found = clipboardSource(text, draft.block(scope));
  return found && pasteNodes(draft, scope, readGraph(found.source), found.place, offset);
}

function wires(document: GraphDocument, scope = ''): string[] {
  return edgesOf(document, scope).map(({ from, to }) => `${from} ${to}`);
}

function ids(document: GraphDocument, scope = ''): string[] {
  return nodesOf(document, scope).map(({ id }) => id);
}

/** The document after an edit, having seen that undoing it gives back what was. */
function changed<T>(document: GraphDocument, change: (draft: Draft) => T): GraphDocument {
  const edited = edit(document, change);
  expect(graphFromDocument(applyDiff(edited.document, invertDiff(edited.diff)))).toEqual(graphFromDocument(document));
  return edited.document;
}

describe('the document', () => {
  test('holds a graph without loss', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        expect(graphFromDocument(documentFromGraph(graph))).toEqual(graph);
      }),
      { numRuns: 50 },
    );
  });

  test('an edit without effect gives the same document', () => {
    const { document, diff } = edit(base, (draft) => {
      const id = addNode(draft, '', { op: 'relu' });
      removeNodes(draft, '', [id]);
      moveNodes(draft, '', { x: [0, 0] });
    });
    expect(diff).toEqual(emptyDiff);
    expect(document).toBe(base);
  });

  test('undone, a removed node is where it was', () => {
    const removed = edit(base, (draft) => removeNodes(draft, '', ['fc']));
    expect(ids(removed.document)).toEqual(['x', 'act', 'loss']);
    expect(ids(applyDiff(removed.document, invertDiff(removed.diff)))).toEqual(['x', 'fc', 'act', 'loss']);
  });
});

describe('edits', () => {
  test('new nodes are numbered by operator', () => {
    const { document } = edit(base, (draft) => {
      for (const op of ['conv2d', 'conv2d', 'max_pool2d', 'linear', 'mse_loss', 'input', 'relu'])
        addNode(draft, '', { op });
      addNode(draft, '', { op: 'relu', id: 'act' });
    });
    expect(ids(document).slice(4)).toEqual([
      'conv1',
      'conv2',
      'max_pool1',
      'linear1',
      'loss2',
      'input',
      'relu1',
      'act2',
    ]);
  });

  test('connecting replaces what went to the port', () => {
    expect(wires(changed(base, (draft) => connect(draft, '', 'x.y', 'act.x')))).toEqual([
      'x.y fc.x',
      'x.y act.x',
      'act.y loss.x',
    ]);
  });

  test('variadic ports grow, and close up when a wire goes', () => {
    const joined = changed(base, (draft) => {
      const cat = addNode(draft, '', { op: 'concat' });
      expect(connect(draft, '', 'x.y', `${cat}.x`)).toBe('concat1.x0');
      expect(connect(draft, '', 'fc.y', `${cat}.x`)).toBe('concat1.x1');
      expect(connect(draft, '', 'act.y', `${cat}.x7`)).toBe('concat1.x2');
    });
    const closed = changed(joined, (draft) => disconnect(draft, '', 'concat1.x0'));
    expect(wires(closed).slice(3)).toEqual(['fc.y concat1.x0', 'act.y concat1.x1']);
    expect(wires(changed(joined, (draft) => removeNodes(draft, '', ['x', 'act'])))).toEqual(['fc.y concat1.x0']);
  });

  test('removing nodes takes wires and training references along', () => {
    const document = changed(base, (draft) => removeNodes(draft, '', ['act', 'x', 'nobody']));
    expect(wires(document)).toEqual([]);
    expect(trainingOf(document)).toMatchObject({
      loss: 'loss.y',
      metrics: [],
      data: { bind: { 'loss.target': 'label' } },
    });
  });

  test('renaming is followed by wires and training', () => {
    const document = changed(base, (draft) => {
      expect(renameNode(draft, '', 'loss', 'objective')).toBeUndefined();
      expect(renameNode(draft, '', 'act', 'scores')).toBeUndefined();
      expect(renameNode(draft, '', 'fc', 'layer')).toBeUndefined();
    });
    expect(wires(document)).toEqual(['x.y layer.x', 'layer.y scores.x', 'scores.y objective.x']);
    expect(ids(document)).toEqual(['x', 'layer', 'scores', 'objective']);
    expect(trainingOf(document)).toMatchObject({
      loss: 'objective.y',
      metrics: [{ scores: 'scores.y', target: 'objective.target' }],
      data: { bind: { x: 'x', 'objective.target': 'label' } },
      penalty: { on: ['layer.weight', '**.bias'] },
    });
  });

  test.each([
    ['fc', 'E_DUPLICATE_ID'],
    ['a b', 'E_ID'],
    ['in', 'E_ID'],
    ['__proto__', 'E_ID'],
  ])('renaming to %j is refused', (to, code) => {
    const { result, document } = edit(base, (draft) => renameNode(draft, '', 'act', to));
    expect(result?.code).toBe(code);
    expect(document).toBe(base);
  });

  test('attributes, parameters, arguments, values and titles come and go', () => {
    const set = changed(base, (draft) => {
      setAttribute(draft, '', 'fc', 'bias', false);
      setAttribute(draft, '', 'fc', 'out_features', 7);
      setParameter(draft, '', 'fc', 'weight', { init: { kind: 'zeros' }, trainable: false });
      setArgument(draft, '', 'fc', 'k', 1);
      setValue(draft, '', 'x', [1, 2]);
      setTitle(draft, '', 'fc', 'Layer');
    });
    expect(nodeOf(set, '', 'fc')).toMatchObject({
      title: 'Layer',
      attributes: { out_features: 7, bias: false },
      parameters: { weight: { init: { kind: 'zeros' }, trainable: false } },
    });
    const back = changed(set, (draft) => {
      setAttribute(draft, '', 'fc', 'bias', undefined);
      setAttribute(draft, '', 'fc', 'out_features', 3);
      setParameter(draft, '', 'fc', 'weight', { init: undefined, trainable: undefined });
      setArgument(draft, '', 'fc', 'k', undefined);
      setValue(draft, '', 'x', undefined);
      setTitle(draft, '', 'fc', '');
    });
    expect(graphFromDocument(back)).toEqual(graphFromDocument(base));
  });

  test('a node dropped on a wire stands between', () => {
    const document = changed(base, (draft) => insertOnWire(draft, '', 'act.x', { op: 'batch_norm' }));
    expect(wires(document)).toEqual(['x.y fc.x', 'batch_norm1.y act.x', 'act.y loss.x', 'fc.y batch_norm1.x']);
    const free = edit(base, (draft) => {
      addNode(draft, '', { op: 'relu', id: 'r' });
      expect(moveOntoWire(draft, '', 'act.x', 'x')).toBe(false);
      expect(moveOntoWire(draft, '', 'fc.x', 'r')).toBe(true);
      expect(insertOnWire(draft, '', 'loss.target', { op: 'relu' })).toBeUndefined();
      expect(insertOnWire(draft, '', 'act.x', { op: 'input' })).toBeUndefined();
    }).document;
    expect(wires(free)).toEqual(['r.y fc.x', 'fc.y act.x', 'act.y loss.x', 'x.y r.x']);
  });

  test('quick fixes', () => {
    const fixed = changed(base, (draft) => {
      expect(applyQuickFix(draft, '', 'loss', { kind: 'insert', title: '', port: 'x', op: 'flatten' })).toBe(true);
      expect(
        applyQuickFix(draft, '', 'fc', { kind: 'set_attribute', title: '', attribute: 'in_features', value: 4 }),
      ).toBe(true);
      expect(applyQuickFix(draft, '', 'fc', { kind: 'unset_attribute', title: '', attribute: 'out_features' })).toBe(
        true,
      );
      expect(applyQuickFix(draft, '', 'fc', { kind: 'disconnect', title: '', port: 'x' })).toBe(true);
      expect(applyQuickFix(draft, '', 'fc', { kind: 'disconnect', title: '', port: 'x' })).toBe(false);
      expect(applyQuickFix(draft, '', 'gone', { kind: 'unset_attribute', title: '', attribute: 'a' })).toBe(false);
    });
    expect(wires(fixed)).toEqual(['fc.y act.x', 'flatten1.y loss.x', 'act.y flatten1.x']);
    expect(nodeOf(fixed, '', 'fc')?.attributes).toEqual({ in_features: 4 });
    expect(nodeOf(fixed, '', 'flatten1')?.position).toEqual([700, 95]);
  });

  test('training and data', () => {
    const document = changed(base, (draft) => {
      setTraining(draft, { epochs: 3, loss: undefined, clip: { kind: 'norm', max: 1 } });
      setData(draft, { source: 'xor', bind: { x: 'x' } });
    });
    expect(trainingOf(document)).toMatchObject({
      epochs: 3,
      clip: { max: 1 },
      data: { source: 'xor', bind: { x: 'x' } },
    });
    expect(trainingOf(document).loss).toBeUndefined();
  });
});

describe('the clipboard', () => {
  test('pastes with fresh ids, the wires between and an offset', () => {
    const text = copyNodes(base, '', ['fc', 'act']);
    const document = changed(base, (draft) => {
      expect(pasteText(draft, '', text, [10, 20])).toEqual({ ids: ['fc2', 'act2'], diagnostics: [] });
    });
    expect(wires(document).slice(3)).toEqual(['fc2.y act2.x']);
    expect(nodeOf(document, '', 'fc2')).toEqual({ ...nodeOf(base, '', 'fc'), id: 'fc2', position: [290, 20] });
    const parts = edit(base, (draft) => {
      const cat = addNode(draft, '', { op: 'concat' });
      for (const from of ['x.y', 'fc.y', 'act.y']) connect(draft, '', from, `${cat}.x`);
      duplicateNodes(draft, '', ['concat1', 'act'], [0, 0]);
    }).document;
    expect(wires(parts).at(-1)).toBe('act2.y concat2.x0');
    const twice = changed(document, (draft) => duplicateNodes(draft, '', ['fc2'], [0, 0]));
    expect(ids(twice).at(-1)).toBe('fc3');
  });

  test('other text is not pasted', () => {
    for (const text of ['', 'hello', '{"a":1}', '[1]', 'null']) {
      expect(edit(base, (draft) => pasteText(draft, '', text, [0, 0])).result).toBeNull();
    }
  });

  test('blocks come along: shared when equal, renamed when not, refused within themselves', () => {
    const grouped = edit(base, (draft) => groupNodes(draft, '', ['fc', 'act'], 'layer'));
    const text = copyNodes(grouped.document, '', ['layer1']);
    const same = edit(grouped.document, (draft) => pasteText(draft, '', text, [0, 0])).document;
    expect([blockNames(same), nodeOf(same, '', 'layer2')?.block]).toEqual([['layer'], 'layer']);

    const wider = edit(grouped.document, (draft) => setAttribute(draft, 'layer', 'fc', 'out_features', 9)).document;
    const other = edit(wider, (draft) => pasteText(draft, '', text, [0, 0])).document;
    expect([blockNames(other), nodeOf(other, '', 'layer2')?.block]).toEqual([['layer', 'layer2'], 'layer2']);
    expect(nodeOf(other, 'layer2', 'fc')?.attributes['out_features']).toBe(3);

    const inside = edit(grouped.document, (draft) => pasteText(draft, 'layer', text, [0, 0]));
    expect(inside.result).toMatchObject({ ids: [], diagnostics: [{ code: 'E_BLOCK_RECURSION' }] });
  });

  test('inside a block, references to its arguments survive', () => {
    const document = documentFromGraph(
      graphOf({
        blocks: {
          b: {
            arguments: { size: 4 },
            inputs: [],
            outputs: [],
            nodes: [{ id: 'l', op: 'linear', attributes: { out_features: { arg: 'size' } } }],
          },
        },
      }),
    );
    const text = copyNodes(document, 'b', ['l']);
    const pasted = edit(document, (draft) => pasteText(draft, 'b', text, [0, 0]));
    expect(nodeOf(pasted.document, 'b', 'l2')?.attributes).toEqual({ out_features: { arg: 'size' } });
    expect(edit(document, (draft) => pasteText(draft, '', text, [0, 0])).result?.diagnostics[0]?.code).toBe(
      'E_ARGUMENT',
    );
  });
});

describe('blocks', () => {
  test('grouping makes ports of the wires across the border; names follow', () => {
    const document = changed(base, (draft) => {
      expect(groupNodes(draft, '', ['fc', 'act'], 'layer')).toEqual({ ok: true, id: 'layer1', block: 'layer' });
    });
    expect(wires(document)).toEqual(['layer1.y loss.x', 'x.y layer1.x']);
    expect(wires(document, 'layer')).toEqual(['in.x fc.x', 'fc.y act.x', 'act.y out.y']);
    expect(trainingOf(document)).toMatchObject({
      metrics: [{ scores: 'layer1/act.y' }],
      penalty: { on: ['layer1/fc.weight', '**.bias'] },
    });
    expect(readGraph(graphFromDocument(document)).diagnostics).toEqual([]);
  });

  test('ungrouping what was grouped gives the same wires and names', () => {
    const grouped = edit(base, (draft) => groupNodes(draft, '', ['fc', 'act'], 'layer')).document;
    const document = changed(grouped, (draft) => {
      expect(ungroupNode(draft, '', 'layer1')).toEqual({ ok: true, ids: ['fc', 'act'] });
    });
    expect(wires(document).sort()).toEqual(wires(base).sort());
    expect(blockNames(document)).toEqual([]);
    expect(trainingOf(document)).toEqual(trainingOf(base));
  });

  test('nodes with a way around them cannot be one block', () => {
    const { result, document } = edit(base, (draft) => groupNodes(draft, '', ['x', 'act']));
    expect(result).toMatchObject({ ok: false, diagnostic: { code: 'E_GROUP', at: { path: 'fc' } } });
    expect(document).toBe(base);
  });

  test('arguments are put in when a use is opened, and passed on when part of a block is grouped', () => {
    const source = documentFromGraph(
      graphOf({
        nodes: [
          { id: 'x', op: 'input' },
          { id: 'u', op: 'block', block: 'b', arguments: { size: 9 } },
          { id: 'v', op: 'block', block: 'b' },
        ],
        edges: [
          { from: 'x.y', to: 'u.x' },
          { from: 'u.y', to: 'v.x' },
        ],
        blocks: {
          b: {
            arguments: { size: 4 },
            inputs: [{ name: 'x' }],
            outputs: ['y'],
            nodes: [
              { id: 'l', op: 'linear', attributes: { out_features: { arg: 'size' } } },
              { id: 'r', op: 'relu' },
            ],
            edges: [
              { from: 'in.x', to: 'l.x' },
              { from: 'l.y', to: 'r.x' },
              { from: 'r.y', to: 'out.y' },
            ],
          },
        },
      }),
    );
    const opened = changed(source, (draft) => {
      ungroupNode(draft, '', 'u');
      ungroupNode(draft, '', 'v');
    });
    expect(wires(opened).sort()).toEqual(['l.y r.x', 'r.y v_l.x', 'v_l.y v_r.x', 'x.y l.x']);
    expect(nodesOf(opened, '').map(({ attributes }) => attributes['out_features'])).toEqual([
      undefined,
      9,
      undefined,
      4,
      undefined,
    ]);

    const deeper = changed(source, (draft) => groupNodes(draft, 'b', ['l'], 'inner'));
    expect(nodeOf(deeper, 'b', 'inner1')).toMatchObject({ block: 'inner', arguments: { size: { arg: 'size' } } });
    expect(readGraph(graphFromDocument(deeper)).diagnostics).toEqual([]);
    const undone = changed(deeper, (draft) => ungroupNode(draft, 'b', 'inner1'));
    expect(nodeOf(undone, 'b', 'l')?.attributes).toEqual({ out_features: { arg: 'size' } });
  });
});

describe('diffs', () => {
  const action = fc.record({
    kind: fc.constantFrom(
      'add',
      'remove',
      'connect',
      'disconnect',
      'move',
      'rename',
      'group',
      'ungroup',
      'copy',
      'insert',
      'attribute',
    ),
    scope: fc.constantFrom('', 'part'),
    a: fc.nat(100),
    b: fc.nat(100),
  });

  test('any edits leave a sound graph; undone one by one or squashed, the first one is back', () => {
    fc.assert(
      fc.property(graphs, fc.array(action, { maxLength: 12 }), (graph, actions) => {
        const start = documentFromGraph(graph);
        const diffs = [];
        let current = start;
        for (const each of actions) {
          const edited = edit(current, (draft) => perform(draft, each));
          diffs.push(edited.diff);
          current = edited.document;
        }
        const result = graphFromDocument(current);
        expect(readGraph(result)).toEqual({ graph: result, diagnostics: [] });
        const squashed = diffs.reduce(squashDiffs, emptyDiff);
        expect(graphFromDocument(applyDiff(start, squashed))).toEqual(result);
        expect(graphFromDocument(applyDiff(current, invertDiff(squashed)))).toEqual(graph);
        expect(
          graphFromDocument(diffs.reduceRight((document, diff) => applyDiff(document, invertDiff(diff)), current)),
        ).toEqual(graph);
      }),
      { numRuns: 150 },
    );
  });
});

interface Action {
  readonly kind: string;
  readonly scope: string;
  readonly a: number;
  readonly b: number;
}

function perform(draft: Draft, { kind, scope: wish, a, b }: Action): void {
  const document = draft.document();
  const scope = wish === '' || draft.block(wish) !== undefined ? wish : '';
  const nodes = ids(document, scope);
  const edges = edgesOf(document, scope);
  const one = nodes[a % nodes.length];
  const two = nodes[b % nodes.length];
  const wire = edges[a % edges.length]?.to;
  if (kind === 'add') addNode(draft, scope, { op: ['relu', 'concat', 'add', 'input'][a % 4] as string });
  if (kind === 'copy' && one) pasteText(draft, scope, copyNodes(document, scope, [one, two ?? one]), [a, b]);
  if (kind === 'disconnect' && wire) disconnect(draft, scope, wire);
  if (kind === 'insert' && wire) insertOnWire(draft, scope, wire, { op: 'relu' });
  if (!one || !two) return;
  if (kind === 'remove') removeNodes(draft, scope, [one]);
  if (kind === 'move') moveNodes(draft, scope, { [one]: [a, b] });
  if (kind === 'rename') renameNode(draft, scope, one, `renamed${b}`);
  if (kind === 'group') groupNodes(draft, scope, [one, two]);
  if (kind === 'ungroup') ungroupNode(draft, scope, one);
  if (kind === 'attribute' && nodeOf(document, scope, one)?.op === 'linear')
    setAttribute(draft, scope, one, 'out_features', a + 1);
  if (kind === 'connect') {
    const rules = connectionRules(document, scope);
    const from = `${one}.${rules.ports.get(one)?.outputs[0]?.name}`;
    const to = `${two}.${rules.ports.get(two)?.inputs[0]?.name}`;
    if (rules.canConnect(from, to) === true) connect(draft, scope, from, to);
  }
}
