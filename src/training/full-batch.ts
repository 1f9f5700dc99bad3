// Optimisers that compare losses of different iterations need the same examples in every one: all of them, in one batch, in
// one order.
import type { Registry } from '../compiler/compile.ts';
import type { GraphFile } from '../graph/schema.ts';
import { type Diagnostic, error } from '../tensor/diagnostic.ts';
import type { Dataset } from './datasets/dataset.ts';

/** Whether the optimiser of this graph is such a one. */
export function needsFullBatch({ training }: GraphFile, { optimizers }: Registry): boolean {
  const { kind } = training.optimizer;
  return Object.hasOwn(optimizers, kind) && optimizers[kind]?.fullBatch === true;
}

/** The graph as it is trained: for such an optimiser without shuffling, and endless data sets stay at their first examples. */
export function withSteadyBatch(graph: GraphFile, registry: Registry): GraphFile {
  const { data } = graph.training;
  if (!data?.shuffle || !needsFullBatch(graph, registry)) return graph;
  return { ...graph, training: { ...graph.training, data: { ...data, shuffle: false } } };
}

/** E_FULL_BATCH where such an optimiser is given less than all examples. */
export function fullBatchFaults(graph: GraphFile, registry: Registry, dataset: Dataset): readonly Diagnostic[] {
  const { batch, optimizer } = graph.training;
  const { count } = dataset.splits.train;
  if (batch === count || !needsFullBatch(graph, registry)) return [];
  return [
    error(
      'E_FULL_BATCH',
      `${registry.optimizers[optimizer.kind]?.title} compares losses, so it needs the same examples in every iteration: all ${count} of them, not batches of ${batch}`,
      { json: '/training/batch' },
      { hint: `Set the batch size to ${count}, or take fewer examples.` },
    ),
  ];
}
