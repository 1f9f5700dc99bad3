// chainrule check: diagnostics, then the gradient of every node against central differences.
import { checkGraph, createDataShelf, formatDiagnostic } from '../../index.ts';
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
    const warn = (line: string) => io.err(`${line}\n`);
    const shelf = createDataShelf();
    const graph = chooseData(readGraphFile(path, warn).graph, options.text('data'), shelf, warn);
    const batch = options.number('batch', { least: 1, whole: true }) ?? checkBatch;
    const { diagnostics, gradients } = checkGraph(graph, { batch, shelf });
    for (const diagnostic of diagnostics)
      if (diagnostic.severity !== 'error') io.out(`${formatDiagnostic(diagnostic)}\n`);
    settle(diagnostics, () => undefined);
    if (gradients === null) {
      io.out(`${path}: no faults found; without a loss there are no gradients to check\n`);
      return;
    }
    const rows = gradients.map((c) => [
      `${c.path}.${c.port}`,
      c.error.toExponential(1),
      String(c.checked),
      String(c.kinks),
      c.passed ? (c.unclear > 0 ? 'NOT FINITE' : 'ok') : 'WRONG',
    ]);
    io.out(`${table([['gradient', 'largest error', 'checked', 'kinks', ''], ...rows])}\n`);
    const wrong = gradients.filter((c) => !c.passed);
    if (wrong.length > 0)
      throw new CommandFailure(
        `${wrong.length} of ${gradients.length} gradients are wrong: ${wrong.map((c) => `${c.path}.${c.port}`).join(', ')}`,
      );
    const unclear = gradients.filter((c) => c.unclear > 0);
    if (unclear.length > 0)
      throw new CommandFailure(
        `${unclear.length} of ${gradients.length} gradients cannot be compared, what is computed is NaN or infinite: ${unclear.map((c) => `${c.path}.${c.port}`).join(', ')}`,
      );
    io.out(`${gradients.length} gradients agree with central differences\n`);
  },
};
