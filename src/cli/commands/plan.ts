// chainrule plan: steps, buffers, and the arena's peak against the sum and the lower bound.
import { compile, type Plan, printPlan } from '../../index.ts';
import { CommandFailure, settle } from '../failure.ts';
import { readGraphFile } from '../files.ts';
import type { Command } from '../options.ts';
import { formatBytes, table } from '../table.ts';

export const plan: Command = {
  name: 'plan',
  summary: 'Prints the plan of a graph: its steps and its memory.',
  positional: 'GRAPH',
  options: [
    { name: 'batch', value: 'N', help: 'size of the dimension N; default: the training batch' },
    { name: 'mode', value: 'train|eval', help: 'default train' },
    { name: 'retain', value: 'all|NAME,…', help: 'values that stay readable at the end', multiple: true },
    { name: 'json', help: 'write the plan as JSON, which `run` takes in place of a graph' },
  ],
  async run(path, options, io) {
    const warn = (line: string) => io.err(`${line}\n`);
    const { graph } = readGraphFile(path, warn);
    const batch = options.number('batch', { least: 1, whole: true });
    const mode = options.text('mode') ?? 'train';
    if (mode !== 'train' && mode !== 'eval') throw new CommandFailure(`--mode is train or eval, not \`${mode}\``, 2);
    const retained = options.list('retain');
    const all = retained.length === 1 && retained[0] === 'all';
    const compilation = compile(graph, {
      mode,
      ...(batch === undefined ? {} : { batch }),
      retain: all ? 'all' : retained,
      gradients: mode === 'eval' ? 'none' : all ? 'all' : 'training',
    });
    settle(compilation.diagnostics, warn);
    if (!compilation.plan) throw new CommandFailure(`${path}: nothing to plan`);
    io.out(options.flag('json') ? `${JSON.stringify(compilation.plan)}\n` : report(compilation.plan));
  },
};

function report(made: Plan): string {
  const { arena } = made;
  const buffers = made.values
    .filter((value) => value.region === 'scratch')
    .sort((a, b) => a.offset - b.offset || a.live[0] - b.live[0])
    .map((value) => [
      value.name,
      `[${value.shape.join(', ')}]`,
      String(value.offset),
      formatBytes(value.bytes),
      `${value.live[0]}–${value.live[1]}`,
    ]);
  const ratio = arena.lowerBoundBytes === 0 ? 1 : arena.scratchBytes / arena.lowerBoundBytes;
  return [
    `${made.name}: ${made.mode}, batch ${made.batch}, ${made.steps.length} steps, ${made.instructions.length} instructions, ${made.kernels.length} kernels`,
    '',
    printPlan(made),
    '',
    table([['buffer', 'shape', 'offset', 'size', 'alive'], ...buffers], 2),
    '',
    table([
      ['persistent (parameters, state, slots)', formatBytes(arena.persistentBytes)],
      ['constants', formatBytes(arena.constantBytes)],
      ['scratch: peak of the arena', formatBytes(arena.scratchBytes)],
      ['scratch: lower bound', `${formatBytes(arena.lowerBoundBytes)} (${ratio.toFixed(3)}×)`],
      ['scratch: sum of all buffers', formatBytes(arena.sumBytes)],
    ]),
    '',
  ].join('\n');
}
