// Trained numbers follow a node that is renamed, goes into a block or comes out of one: weights, statistics, slots.
import { expect, test } from 'vitest';
import { documentFromGraph, graphFromDocument } from '../../../src/graph/document.ts';
import { type Draft, edit } from '../../../src/graph/edit.ts';
import { groupNodes } from '../../../src/graph/edits/group.ts';
import { renameNode } from '../../../src/graph/edits/rename-node.ts';
import { ungroupNode } from '../../../src/graph/edits/ungroup.ts';
import type { GraphFile } from '../../../src/graph/schema.ts';
import { bench, open } from '../../support/engines.ts';
import { graphOf } from '../../support/graphs.ts';

function spirals(): GraphFile {
  return graphOf({
    nodes: {
      x: ['input', {}, { shape: ['N', 2] }],
      fc1: ['linear', { x: 'x.y' }, { out_features: 8 }],
      bn: ['batch_norm', { x: 'fc1.y' }],
      fc2: ['linear', { x: 'bn.y' }, { out_features: 3 }],
      loss: ['cross_entropy', { x: 'fc2.y' }],
    },
    training: {
      loss: 'loss.y',
      epochs: 1000,
      batch: 20,
      data: { source: 'spirals', bind: { x: 'x', 'loss.target': 'label' }, validation: 0.1 },
      optimizer: { kind: 'momentum', lr: 0.1 },
    },
  });
}

const edited = (graph: GraphFile, change: (draft: Draft) => unknown): GraphFile =>
  graphFromDocument(edit(documentFromGraph(graph), change).document);

test('through new names and blocks, there and back', async () => {
  const { engine, numbers } = bench();
  let revision = 1;
  await open(engine, spirals(), revision++);
  for (let i = 0; i < 5; i++) await engine.train('iterate');
  await engine.control({ kind: 'restart' });
  const names = (fc1: string, bn: string) => [`${fc1}.weight`, `${bn}.running_mean`, `slot(${fc1}.weight, momentum)`];
  const read = (fc1: string, bn: string) => Promise.all(names(fc1, bn).map(numbers));
  const trained = await read('fc1', 'bn');
  expect(trained.flat().some((value) => value !== 0)).toBe(true);

  const renamed = edited(spirals(), (draft) => renameNode(draft, '', 'fc1', 'first'));
  expect((await open(engine, renamed, revision++)).moved).toEqual({ fc1: 'first' });
  expect(await read('first', 'bn')).toEqual(trained);

  const grouped = edited(renamed, (draft) => groupNodes(draft, '', ['first', 'bn'], 'part'));
  const use = grouped.nodes.find(({ op }) => op === 'block')?.id ?? '';
  await open(engine, grouped, revision++);
  expect(await read(`${use}/first`, `${use}/bn`)).toEqual(trained);

  await open(
    engine,
    edited(grouped, (draft) => ungroupNode(draft, '', use)),
    revision++,
  );
  expect(await read('first', 'bn')).toEqual(trained);

  expect((await open(engine, spirals(), revision++)).moved).toEqual({ first: 'fc1' });
  expect(await read('fc1', 'bn')).toEqual(trained);
  expect((await open(engine, spirals(), revision++)).moved).toBeUndefined();
});
