// chainrule run: forward, and backward where a gradient is fetched. Values that nothing computes and nobody feeds take, in
// this order, the graph's fixed value, or the first batch of the graph's own training data.
import { run as runModel, type Tensor } from '../../index.ts';
import { CommandFailure, settle } from '../failure.ts';
import { readSource, readTensors, writeTensors } from '../files.ts';
import type { Command } from '../options.ts';
import { sizes } from '../sizes.ts';
import { formatNumber, table } from '../table.ts';

export const run: Command = {
  name: 'run',
  summary: 'Runs a graph or a plan and prints or saves what is fetched.',
  positional: 'GRAPH',
  options: [
    {
      name: 'feeds',
      value: 'F',
      help: 'tensors by input node (x) or by the name of any value that is not computed',
    },
    { name: 'weights', value: 'F', help: 'parameters and running statistics: .safetensors, .npz or .npy' },
    {
      name: 'fetch',
      value: 'NAME,…',
      help: 'values to give, e.g. fc.y,grad(conv1.weight); default: what nothing else uses',
      multiple: true,
    },
    { name: 'seed-grad', value: 'NAME,…', help: 'start the gradient with ones at these values', multiple: true },
    { name: 'mode', value: 'train|eval', help: 'default eval' },
    { name: 'seed', value: 'N', help: 'for initial parameters and random masks, in place of the graph’s' },
    { name: 'dim', value: 'NAME=SIZE', help: 'size of a symbolic dimension, e.g. N=4', multiple: true },
    { name: 'numerics', value: 'fast|strict', help: 'strict gives the same bits on every engine' },
    {
      name: 'out',
      value: 'F.safetensors',
      help: 'save the values instead of printing them, as .npz if it is called so',
    },
  ],
  async run(path, options, io) {
    const warn = (line: string) => io.err(`${line}\n`);
    const tensors = (name: string): ReadonlyMap<string, Tensor> => {
      const file = options.text(name);
      return file === undefined ? new Map() : readTensors(file, warn);
    };
    const mode = options.text('mode');
    if (mode !== undefined && mode !== 'train' && mode !== 'eval')
      throw new CommandFailure(`--mode is train or eval, not \`${mode}\``, 2);
    const numerics = options.text('numerics');
    if (numerics !== undefined && numerics !== 'fast' && numerics !== 'strict')
      throw new CommandFailure(`--numerics is fast or strict, not \`${numerics}\``, 2);
    const seed = options.number('seed', { least: 0, whole: true });
    const dims = sizes(options.list('dim'));
    const fetch = options.list('fetch');
    const feeds = tensors('feeds');
    const model = readSource(path, warn, { feeds, dims });
    const { weights, inputs, outputs, rows } = model;
    const seeds = options.list('seed-grad');
    const source = model.graph ?? model.plan;
    if (!source) throw new CommandFailure(`${path}: cannot be read`);
    const given = tensors('weights');
    const { values, diagnostics } = runModel(source, {
      feeds,
      mode: mode ?? model.mode,
      dims,
      names: [inputs, outputs],
      seedGradients: seeds.length > 0 ? seeds : model.seedGradients,
      rows,
      ...(given.size > 0 ? { weights: given } : weights.size > 0 ? { weights } : {}),
      ...(fetch.length > 0 ? { fetch } : outputs.size > 0 ? { fetch: [...outputs.keys()] } : {}),
      ...(seed === undefined ? {} : { seed }),
      ...(numerics === undefined ? {} : { numerics }),
    });
    settle(diagnostics, warn);
    const out = options.text('out');
    if (out !== undefined) writeTensors(out, values ?? new Map());
    else
      io.out(`${table([['value', 'shape', 'min', 'mean', 'max', 'numbers'], ...[...(values ?? [])].map(rowOf)], 2)}\n`);
  },
};

function rowOf([name, { shape, data }]: [string, Tensor]): string[] {
  let [min, max, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const x of data) {
    min = Math.min(min, x);
    max = Math.max(max, x);
    sum += x;
  }
  const shown = [...data.slice(0, 4)].map(formatNumber).join(' ') + (data.length > 4 ? ' …' : '');
  return [
    name,
    `[${shape.join(', ')}]`,
    formatNumber(min),
    formatNumber(sum / Math.max(1, data.length)),
    formatNumber(max),
    shown,
  ];
}
