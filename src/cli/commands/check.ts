// chainrule check: diagnostics, then the gradient of every node against central differences.
import { compile } from '../../compiler/compile.ts';
import { createDataShelf } from '../../engine/data-shelf.ts';
import { feedSamples, fixedFeeds } from '../../engine/feed-samples.ts';
import { checkGradients } from '../../insight/gradient-check.ts';
import { createKernelLibrary } from '../../kernels/library.ts';
import { optimizers } from '../../operators/optimizers/registry.generated.ts';
import { operators } from '../../operators/registry.generated.ts';
import { type BoundPlan, createWorkspace } from '../../runtime/workspace.ts';
import { formatDiagnostic } from '../../tensor/diagnostic.ts';
import { createBatches } from '../../training/batches.ts';
import { createFeeder, feedName } from '../../training/feed-batches.ts';
import { chooseData } from '../choose-data.ts';
import { CommandFailure, settle } from '../failure.ts';
import { readGraphFile } from '../files.ts';
import type { Command } from '../options.ts';
import { table } from '../table.ts';

/** Small, because float64 references are slow; gradients do not depend on it. */
const checkBatch = 2;

export const check: Command = {
  name: 'check',
  summary: 'Prints what is wrong with a graph and checks the gradient of every node.',
  positional: 'GRAPH',
  options: [
    { name: 'data', value: 'SOURCE[=path]', help: 'data to check on; default: the graph’s own, else random numbers' },
    { name: 'batch', value: 'N', help: `default ${checkBatch}` },
  ],
  async run(path, options, io) {
    const read = readGraphFile(path);
    const shelf = createDataShelf();
    const graph = chooseData(read, options.text('data'), shelf, (line) => io.err(`${line}\n`));
    const library = createKernelLibrary();
    const batch = options.number('batch', { least: 1, whole: true }) ?? checkBatch;
    const compilation = compile(
      graph,
      { operators, optimizers },
      { mode: 'train', batch, retain: 'all', gradients: 'all', update: false, workspaceBytes: library.workspaceBytes },
    );
    for (const diagnostic of compilation.diagnostics)
      if (diagnostic.severity !== 'error') io.out(`${formatDiagnostic(diagnostic)}\n`);
    settle(compilation.diagnostics, () => undefined);
    const { plan } = compilation;
    if (!plan) throw new CommandFailure(`${path}: nothing to check`);
    if (plan.loss === null) {
      io.out(`${path}: no faults found; without a loss there are no gradients to check\n`);
      return;
    }
    const bound = createWorkspace([plan], { library }).plans[0] as BoundPlan;
    const fed = fixedFeeds(plan);
    const data = graph.training.data;
    const dataset = data ? shelf.open(data, graph.seed).dataset : null;
    if (data && dataset && dataset.splits.train.count >= batch) {
      createFeeder(
        bound,
        createBatches(dataset.splits.train, { batch, seed: graph.seed, shuffle: data.shuffle, remainder: 'drop' }),
        data.bind,
      ).fill(0, 0);
      for (const target of Object.keys(data.bind)) fed.add(feedName(target));
    }
    feedSamples(
      bound,
      plan.feeds.filter((name) => !fed.has(name)),
    );
    const set = new Map(plan.feeds.map((name) => [name, bound.read(name)]));
    const checks = checkGradients(compilation, { set });
    io.out(
      `${table([['gradient', 'largest error', 'checked', 'kinks', ''], ...checks.map((c) => [`${c.path}.${c.port}`, c.error.toExponential(1), String(c.checked), String(c.kinks), c.passed ? 'ok' : 'WRONG'])])}\n`,
    );
    const wrong = checks.filter((c) => !c.passed);
    if (wrong.length > 0)
      throw new CommandFailure(
        `${wrong.length} of ${checks.length} gradients are wrong: ${wrong.map((c) => `${c.path}.${c.port}`).join(', ')}`,
      );
    io.out(`${checks.length} gradients agree with central differences\n`);
  },
};
