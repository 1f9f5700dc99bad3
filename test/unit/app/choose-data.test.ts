import { describe, expect, it } from 'vitest';
import { bindSlot, chooseData, feedSlots, type Source } from '../../../src/app/trainer/choose-data.ts';
import { documentFromGraph, graphFromDocument } from '../../../src/graph/document.ts';
import { edit } from '../../../src/graph/edit.ts';
import { readGraph } from '../../../src/graph/read-graph.ts';
import type { GraphFile } from '../../../src/graph/schema.ts';

const digits: Source = {
  id: 'digits',
  fields: {
    image: { dtype: 'float32', shape: [1, 28, 28], batchAxis: 0, role: 'input' },
    label: { dtype: 'int32', shape: [], batchAxis: 0, role: 'target', classes: 10 },
  },
};

const characters: Source = {
  id: 'characters',
  fields: {
    input: { dtype: 'int32', shape: [32], batchAxis: 1, role: 'input' },
    target: { dtype: 'int32', shape: [32], batchAxis: 1, role: 'target', classes: 40 },
  },
};

function graph(nodes: readonly object[], edges: readonly (readonly [string, string])[]): GraphFile {
  const read = readGraph({
    format: 'chainrule/graph',
    version: 1,
    nodes,
    edges: edges.map(([from, to]) => ({ from, to })),
  });
  expect(read.diagnostics).toEqual([]);
  return read.graph as GraphFile;
}

function chosen(before: GraphFile, source: Source): GraphFile {
  return graphFromDocument(edit(documentFromGraph(before), (draft) => chooseData(draft, source)).document);
}

const classifier = graph(
  [
    { id: 'pixels', op: 'input', attributes: { shape: ['N', 8] } },
    { id: 'flat', op: 'flatten' },
    { id: 'fc', op: 'linear' },
    { id: 'loss', op: 'cross_entropy' },
  ],
  [
    ['pixels.y', 'flat.x'],
    ['flat.y', 'fc.x'],
    ['fc.y', 'loss.x'],
  ],
);

describe('choosing a data set', () => {
  it('binds image to the only input, label to the loss, takes the shape over and counts accuracy', () => {
    const { training, nodes } = chosen(classifier, digits);
    expect(training.data?.source).toBe('digits');
    expect(training.data?.bind).toEqual({ pixels: 'image', 'loss.target': 'label' });
    expect(nodes[0]?.attributes).toEqual({ shape: ['N', 1, 28, 28] });
    expect(training.metrics).toEqual([{ kind: 'accuracy', scores: 'fc.y', target: 'loss.target' }]);
  });

  it('tells an input that is a target by its wire into the loss, and sequences by their batch axis', () => {
    const model = graph(
      [
        { id: 'text', op: 'input' },
        { id: 'next', op: 'input' },
        { id: 'embed', op: 'embedding' },
        { id: 'loss', op: 'cross_entropy', attributes: { dim: -1 } },
      ],
      [
        ['text.y', 'embed.x'],
        ['embed.y', 'loss.x'],
        ['next.y', 'loss.target'],
      ],
    );
    const { training, nodes } = chosen(model, characters);
    expect(training.data?.bind).toEqual({ text: 'input', next: 'target' });
    expect(nodes[0]?.attributes).toEqual({ shape: [32, 'N'], dtype: 'int32' });
    expect(nodes[1]?.attributes).toEqual({ shape: [32, 'N'], dtype: 'int32' });
    expect(training.metrics).toEqual([{ kind: 'accuracy', scores: 'embed.y', target: 'next.y' }]);
  });

  it('leaves inputs alone that hold a number of their own, and shapes that fit already', () => {
    const model = graph(
      [
        { id: 'image', op: 'input', attributes: { shape: ['B', 1, 28, 28] } },
        { id: 'bias', op: 'input', value: 2 },
      ],
      [],
    );
    const { training, nodes } = chosen(model, digits);
    expect(training.data?.bind).toEqual({ image: 'image' });
    expect(nodes[0]?.attributes).toEqual({ shape: ['B', 1, 28, 28] });
  });

  it('keeps options only for the same source, and is one diff that can be taken back', () => {
    const first = chosen(classifier, digits);
    const data = first.training.data as NonNullable<GraphFile['training']['data']>;
    const withOptions: GraphFile = {
      ...first,
      training: { ...first.training, data: { ...data, options: { noise: 1 } } },
    };
    expect(chosen(withOptions, digits).training.data?.options).toEqual({ noise: 1 });
    expect(chosen(withOptions, characters).training.data?.options).toEqual({});
  });

  it('binds by hand, too', () => {
    const first = documentFromGraph(chosen(classifier, digits));
    const freed = edit(first, (draft) => bindSlot(draft, digits, 'pixels', undefined)).document;
    expect(graphFromDocument(freed).training.data?.bind).toEqual({ 'loss.target': 'label' });
    expect(feedSlots(classifier.nodes, classifier.edges)).toEqual({ inputs: ['pixels'], targets: ['loss.target'] });
  });
});
