// Options about training that several commands take: which data, how much of it, in what numerics, from which weights.
import type { DataShelf, GraphFile, Training } from '../index.ts';
import { chooseData } from './choose-data.ts';
import { CommandFailure, settle } from './failure.ts';
import { readGraphFile, readTensors } from './files.ts';
import type { OptionSpec, Options } from './options.ts';

export const trainingOptions: readonly OptionSpec[] = [
  {
    name: 'data',
    value: 'SOURCE[=path]',
    help: 'digits, shapes, …, or mnist=folder, cifar10=folder; default: the graph’s own',
  },
  { name: 'epochs', value: 'N', help: 'passes over the training examples' },
  { name: 'batch', value: 'N', help: 'examples per iteration' },
  { name: 'lr', value: 'X', help: 'learning rate' },
  { name: 'seed', value: 'N', help: 'in place of the graph’s' },
  { name: 'numerics', value: 'fast|strict', help: 'strict: the same bits everywhere; default: the graph’s' },
  { name: 'weights', value: 'IN', help: 'start from these: .safetensors, .npz or .npy' },
];

export interface TrainingSetUp {
  readonly graph: GraphFile;
  readonly batch: number | undefined;
  /** Puts the weights in that came along or were given. */
  load(training: Training): void;
}

/** Reads the graph, its data and its starting weights as the options say. What cannot be trained fails the command. */
export function setUpTraining(
  path: string,
  options: Options,
  shelf: DataShelf,
  warn: (line: string) => void,
): TrainingSetUp {
  const { graph: given, weights: own } = readGraphFile(path, warn);
  const graph = chooseData(adjusted(given, options), options.text('data'), shelf, warn);
  const file = options.text('weights');
  const start = file === undefined ? own : readTensors(file, warn);
  return {
    graph,
    batch: options.number('batch', { least: 1, whole: true }),
    load(training) {
      if (file !== undefined || own.size > 0) settle(training.loadWeights(start), warn);
    },
  };
}

function adjusted(graph: GraphFile, options: Options): GraphFile {
  const { training } = graph;
  const lr = options.number('lr', { least: 0, whole: false });
  const numerics = options.text('numerics') ?? training.numerics;
  if (numerics !== 'fast' && numerics !== 'strict')
    throw new CommandFailure(`--numerics is fast or strict, not \`${numerics}\``, 2);
  return {
    ...graph,
    seed: options.number('seed', { least: 0, whole: true }) ?? graph.seed,
    training: {
      ...training,
      numerics,
      epochs: options.number('epochs', { least: 1, whole: true }) ?? training.epochs,
      optimizer: { ...training.optimizer, ...(lr === undefined ? {} : { lr }) },
    },
  };
}
