// Diagnostics of a graph, and the gradient of every node against central differences in float64.
import { createDataShelf, type DataShelf } from '../engine/data-shelf.ts';
import { feedSamples, fixedFeeds } from '../engine/feed-samples.ts';
import type { GraphFile } from '../graph/schema.ts';
import { checkGradients, type PortCheck } from '../insight/gradient-check.ts';
import { createKernelLibrary } from '../kernels/library.ts';
import { type BoundPlan, createWorkspace } from '../runtime/workspace.ts';
import { type Diagnostic, hasErrors } from '../tensor/diagnostic.ts';
import { createBatches } from '../training/batches.ts';
import { createFeeder, feedName } from '../training/feed-batches.ts';
import { compile } from './compile.ts';

export interface CheckOptions {
  /** Default 2: small, because float64 references are slow; gradients do not depend on it. */
  readonly batch?: number;
  /** Where data sets of files stand; without data the check runs on random numbers. */
  readonly shelf?: DataShelf;
}

export interface GraphCheck {
  readonly diagnostics: readonly Diagnostic[];
  /** One for each port that has a gradient; null where errors or a missing loss leave nothing to check. */
  readonly gradients: readonly PortCheck[] | null;
}

/**
 * Compiles the graph and checks its gradients on a few examples against central differences; `gradients` is null where it does not
 * run or has no loss.
 */
export function checkGraph(graph: GraphFile, { batch = 2, shelf = createDataShelf() }: CheckOptions = {}): GraphCheck {
  const compilation = compile(graph, { batch, update: false });
  const { plan, diagnostics } = compilation;
  if (!plan || hasErrors(diagnostics) || plan.loss === null) return { diagnostics, gradients: null };
  const bound = createWorkspace([plan], { library: createKernelLibrary() }).plans[0] as BoundPlan;
  const fed = fixedFeeds(plan);
  const { data } = graph.training;
  const dataset = data ? shelf.open(data, graph.seed).dataset : null;
  if (data && dataset && dataset.splits.train.count >= batch) {
    const options = { batch, seed: graph.seed, shuffle: data.shuffle, remainder: 'drop' as const };
    createFeeder(bound, createBatches(dataset.splits.train, options), data.bind).fill(0, 0);
    for (const target of Object.keys(data.bind)) fed.add(feedName(target));
  }
  feedSamples(
    bound,
    plan.feeds.filter((name) => !fed.has(name)),
  );
  const set = new Map(plan.feeds.map((name) => [name, bound.read(name)]));
  return { diagnostics, gradients: checkGradients(compilation, { set }) };
}
