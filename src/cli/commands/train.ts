// chainrule train: the training set-up of a graph, run to its end. A progress bar on a terminal, one JSON line an epoch
// otherwise or with --json.
import { availableParallelism } from 'node:os';
import {
  createDataShelf,
  createTraining,
  type GraphFile,
  type Measured,
  optimizers,
  schedules,
  type TrainingRun,
} from '../../index.ts';
import { chooseData } from '../choose-data.ts';
import { chooseSchedule } from '../choose-schedule.ts';
import { CommandFailure, settle } from '../failure.ts';
import { readGraphFile, readTensors, writeTensors } from '../files.ts';
import type { Command, Io, Options } from '../options.ts';

/** More gain little on networks of this size. */
const mostThreads = 4;

export const train: Command = {
  name: 'train',
  summary: 'Trains a graph and saves its weights.',
  positional: 'GRAPH',
  options: [
    {
      name: 'data',
      value: 'SOURCE[=path]',
      help: 'digits, shapes, …, or mnist=folder, cifar10=folder; default: the graph’s own',
    },
    { name: 'epochs', value: 'N', help: 'passes over the training examples' },
    { name: 'batch', value: 'N', help: 'examples per iteration; all of them for lbfgs' },
    { name: 'optimizer', value: 'KIND', help: Object.keys(optimizers).join(', ') },
    { name: 'lr', value: 'X', help: 'learning rate' },
    {
      name: 'schedule',
      value: 'KIND[:OPTION=VALUE,…]',
      help: `${Object.keys(schedules).join(', ')}; such as step:step_size=3,gamma=0.5`,
    },
    { name: 'seed', value: 'N', help: 'in place of the graph’s' },
    { name: 'weights', value: 'IN', help: 'start from these: .safetensors, .npz or .npy' },
    { name: 'out', value: 'W.safetensors', help: 'save the weights, as .npz if it is called so' },
    {
      name: 'threads',
      value: 'N',
      help: 'that may share the work, with the same result; default: as many as the machine has, at most 4',
    },
    { name: 'json', help: 'one JSON line an epoch, also on a terminal' },
  ],
  async run(path, options, io) {
    const warn = (line: string) => io.err(`${line}\n`);
    const shelf = createDataShelf();
    const { graph: given, weights: own } = readGraphFile(path, warn);
    const graph = chooseData(adjust(given, options), options.text('data'), shelf, warn);
    const batch = options.number('batch', { least: 1, whole: true });
    const threads =
      options.number('threads', { least: 1, whole: true }) ?? Math.min(mostThreads, availableParallelism());
    const { training, diagnostics } = createTraining(graph, {
      shelf,
      threads,
      ...(batch === undefined ? {} : { batch }),
    });
    settle(diagnostics, warn);
    if (!training) throw new CommandFailure(`${path}: nothing to train`);
    try {
      const weights = options.text('weights');
      const start = weights === undefined ? own : readTensors(weights, warn);
      if (weights !== undefined || own.size > 0) settle(training.loadWeights(start), warn);
      const { run } = training;

      const bar = io.columns !== null && !options.flag('json');
      const started = performance.now();
      while (!run.finished) await epoch(run, io, bar, started);
      const test = run.evaluate('test');
      const seconds = (performance.now() - started) / 1000;
      if (test)
        io.out(
          bar
            ? `test: ${measured(test)}, ${seconds.toFixed(1)} s\n`
            : `${JSON.stringify({ test, seconds: Number(seconds.toFixed(2)) })}\n`,
        );
      const out = options.text('out');
      if (out !== undefined) writeTensors(out, training.weights());
    } finally {
      training.dispose();
    }
  },
};

function adjust(graph: GraphFile, options: Options): GraphFile {
  const { training } = graph;
  const kind = options.text('optimizer');
  if (kind !== undefined && !Object.hasOwn(optimizers, kind))
    throw new CommandFailure(`--optimizer is one of ${Object.keys(optimizers).join(', ')}, not \`${kind}\``, 2);
  const lr = options.number('lr', { least: 0, whole: false });
  const schedule = options.text('schedule');
  return {
    ...graph,
    seed: options.number('seed', { least: 0, whole: true }) ?? graph.seed,
    training: {
      ...training,
      epochs: options.number('epochs', { least: 1, whole: true }) ?? training.epochs,
      optimizer: {
        ...(kind === undefined || kind === training.optimizer.kind ? training.optimizer : { kind }),
        ...(lr === undefined ? {} : { lr }),
      },
      ...(schedule === undefined ? {} : { schedule: chooseSchedule(schedule) }),
    },
  };
}

async function epoch(run: TrainingRun, io: Io, bar: boolean, started: number): Promise<void> {
  const number = run.epoch;
  const begin = performance.now();
  let sum = 0;
  const metrics = run.metricNames.map(() => 0);
  let drawn = 0;
  for (let i = 0; i < run.iterationsPerEpoch; i++) {
    run.iterate();
    sum += run.loss;
    metrics.forEach((total, m) => {
      metrics[m] = total + run.metric(m);
    });
    if (!Number.isFinite(run.loss))
      throw new CommandFailure(
        `the loss became ${run.loss} in iteration ${run.iteration}; try a smaller learning rate`,
        3,
      );
    const now = performance.now();
    if (bar && (now - drawn > 100 || i + 1 === run.iterationsPerEpoch)) {
      drawn = now;
      draw(run, io, number, i + 1, sum / (i + 1), ((i + 1) * run.batch * 1000) / (now - begin));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  const seconds = (performance.now() - begin) / 1000;
  const validation = run.evaluate('validation');
  const n = run.iterationsPerEpoch;
  const result = {
    loss: sum / n,
    metrics: Object.fromEntries(run.metricNames.map((name, m) => [name, (metrics[m] as number) / n])),
  };
  if (bar) {
    io.out(
      `\r\x1b[Kepoch ${number + 1}/${run.epochs}: ${measured(result)}${validation ? `, validation ${measured(validation)}` : ''}, ${seconds.toFixed(1)} s\n`,
    );
    return;
  }
  io.out(
    `${JSON.stringify({ epoch: number + 1, iterations: run.iteration, train: result, validation, seconds: Number(seconds.toFixed(2)), elapsed: Number(((performance.now() - started) / 1000).toFixed(2)), examplesPerSecond: Math.round((n * run.batch) / seconds) })}\n`,
  );
}

function draw(run: TrainingRun, io: Io, epochNumber: number, done: number, loss: number, rate: number): void {
  const text = ` epoch ${epochNumber + 1}/${run.epochs} ${done}/${run.iterationsPerEpoch} loss ${loss.toFixed(4)} ${Math.round(rate)}/s`;
  const width = Math.max(5, Math.min(40, (io.columns ?? 80) - text.length - 3));
  const full = Math.round((done / run.iterationsPerEpoch) * width);
  io.out(`\r[${'='.repeat(full)}${' '.repeat(width - full)}]${text}\x1b[K`);
}

function measured({ loss, metrics }: Measured): string {
  return [
    `loss ${loss.toFixed(4)}`,
    ...Object.entries(metrics).map(([name, value]) => `${name} ${(100 * value).toFixed(2)} %`),
  ].join(', ');
}
