// chainrule debug: trains until a breakpoint stops it. Hits, lines of log points and watches, and nothing else, are JSON lines on
// stdout; the exit code is 3 where there was a hit.
import {
  type BreakpointHit,
  createDataShelf,
  createDebugging,
  type DebuggedTraining,
  type LogEntry,
  type Watched,
} from '../../index.ts';
import { CommandFailure, settle } from '../failure.ts';
import { readHaltTexts } from '../halt-texts.ts';
import type { Command } from '../options.ts';
import { setUpTraining, trainingOptions } from '../set-up-training.ts';

export const debug: Command = {
  name: 'debug',
  summary: 'Trains a graph until a breakpoint stops it; prints hits, log lines and watches as JSON lines.',
  positional: 'GRAPH',
  options: [
    {
      name: 'break',
      value: '[NODE[.PHASE]:] CONDITION',
      help: "such as 'fc1.backward: norm(grad(weight)) > 10'; a node and phase alone stops always",
      multiple: true,
    },
    { name: 'hits', value: 'COUNT', help: "which hits of a breakpoint count: '>= 10', '== 3', '% 5'" },
    { name: 'max-hits', value: 'N', help: 'go on until so many hits have been printed; default 1' },
    {
      name: 'log',
      value: '[NODE.PHASE:] MESSAGE',
      help: "a line there in every iteration: 'fc1.backward: loss {loss}, {norm(grad(weight))}'",
      multiple: true,
    },
    {
      name: 'watch',
      value: '[NODE:] EXPRESSION',
      help: 'its number after every epoch',
      multiple: true,
    },
    ...trainingOptions,
  ],
  async run(path, options, io) {
    const warn = (line: string) => io.err(`${line}\n`);
    const print = (line: unknown) => io.out(`${json(line)}\n`);
    const most = options.number('max-hits', { least: 1, whole: true }) ?? 1;
    const texts = readHaltTexts({
      breaks: options.texts('break'),
      hits: options.text('hits'),
      logs: options.texts('log'),
      watches: options.texts('watch'),
      watchOption: '--watch',
    });
    const shelf = createDataShelf();
    const { graph, batch, load } = setUpTraining(path, options, shelf, warn);
    let hits = 0;
    const { training, diagnostics, faults } = createDebugging(graph, {
      ...texts,
      shelf,
      ...(batch === undefined ? {} : { batch }),
      onHit(hit) {
        print(hitLine(hit));
        return ++hits >= most;
      },
      onLog: (entry) => print(logLine(entry)),
    });
    texts.settle(faults);
    settle(diagnostics, warn);
    if (!training) throw new CommandFailure(`${path}: nothing to train`);
    load(training);
    const stopped = runToStop(training, print, () => io.closed?.() === true);
    if (stopped) throw new CommandFailure(stopLine(stopped), 3);
    if (hits > 0)
      throw new CommandFailure(`${hits} ${hits === 1 ? 'hit' : 'hits'} in ${training.run.iteration} iterations`, 3);
  },
};

function runToStop(
  training: DebuggedTraining,
  print: (line: unknown) => void,
  isClosed: () => boolean,
): BreakpointHit | null {
  const { run } = training;
  while (!run.finished && !isClosed()) {
    const hit = training.iterate();
    if (hit) return hit;
    if (run.iteration % run.iterationsPerEpoch > 0) continue;
    const watched = training.watched();
    if (watched.length === 0) continue;
    const watches = Object.fromEntries(watched.map((each) => [watchName(each), each.value]));
    print({ kind: 'epoch', epoch: run.epoch, iteration: run.iteration, loss: run.loss, watches });
  }
  return null;
}

/** Two nodes may be asked the same. */
export function watchName({ path, text }: Watched): string {
  return path === '' ? text : `${path}: ${text}`;
}

function hitLine({ iteration, epoch, cursor, node, phase, expression, values, count }: BreakpointHit) {
  return { kind: 'hit', iteration, epoch, step: cursor, node, phase, expression, values, count };
}

function logLine({ iteration, epoch, cursor, node, phase, line, series }: LogEntry) {
  const values = Object.fromEntries(series.map((each) => [each.expression, each.value]));
  return { kind: 'log', iteration, epoch, step: cursor, node, phase, line, values };
}

function stopLine({ iteration, cursor, node, phase }: BreakpointHit): string {
  return `stopped in iteration ${iteration}, step ${cursor}, ${node} ${phase}`;
}

/** JSON has no NaN and no infinity: they are written as the words. */
export function json(value: unknown): string {
  return JSON.stringify(value, (_, each) => (typeof each === 'number' && !Number.isFinite(each) ? String(each) : each));
}
