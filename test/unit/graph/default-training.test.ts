// The page makes graphs without the schema: what it writes must be what the schema would fill in.
import { expect, test } from 'vitest';
import { defaultTraining } from '../../../src/graph/default-training.ts';
import { graphFormat, graphVersion } from '../../../src/graph/graph-format.ts';
import { readGraph } from '../../../src/graph/read-graph.ts';
import { trainingSchema } from '../../../src/graph/schema.ts';

test('an empty training set-up reads as the default one', () => {
  expect(defaultTraining()).toEqual(trainingSchema.parse({}));
});

test('a graph with nothing in it reads without a fault', () => {
  const { graph, diagnostics } = readGraph({ format: graphFormat, version: graphVersion });
  expect(diagnostics).toEqual([]);
  expect(graph?.training).toEqual(defaultTraining());
});
