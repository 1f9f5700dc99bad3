// chainrule assert: conditions that must hold after some training, for continuous integration. Prints each with its numbers.
import { createDataShelf, createDebugging, type Watched } from '../../index.ts';
import { CommandFailure, settle } from '../failure.ts';
import { readHaltTexts } from '../halt-texts.ts';
import type { Command } from '../options.ts';
import { setUpTraining, trainingOptions } from '../set-up-training.ts';
import { json, watchName } from './debug.ts';

export const assertCommand: Command = {
  name: 'assert',
  summary: 'Trains a little and says whether conditions hold then; exits 3 where one does not.',
  positional: 'GRAPH',
  more: "'[NODE:] CONDITION' …",
  options: [
    {
      name: 'iterations',
      value: 'N',
      help: 'of training, after which the conditions are asked; default 1, or all of --epochs',
    },
    { name: 'json', help: 'one JSON line a condition' },
    ...trainingOptions,
  ],
  async run(path, options, io) {
    const warn = (line: string) => io.err(`${line}\n`);
    if (options.more.length === 0) throw new CommandFailure('chainrule assert needs a condition', 2);
    const texts = readHaltTexts({
      breaks: [],
      hits: undefined,
      logs: [],
      watches: options.more,
      watchOption: 'condition',
    });
    const shelf = createDataShelf();
    const { graph, batch, load } = setUpTraining(path, options, shelf, warn);
    const opening = createDebugging(graph, { ...texts, shelf, ...(batch === undefined ? {} : { batch }) });
    const { training, diagnostics, faults } = opening;
    texts.settle(faults);
    settle(diagnostics, warn);
    if (!training) throw new CommandFailure(`${path}: nothing to train`);
    load(training);
    const { run } = training;
    const whole = options.text('epochs') !== undefined;
    const iterations =
      options.number('iterations', { least: 1, whole: true }) ?? (whole ? Number.POSITIVE_INFINITY : 1);
    for (let i = 0; i < iterations && (!whole || !run.finished); i++) training.iterate();
    const watched = training.watched();
    for (const each of watched) io.out(`${options.flag('json') ? asJson(each) : asLine(each)}\n`);
    const failed = watched.filter(({ value }) => value === 0).length;
    if (failed > 0)
      throw new CommandFailure(
        `${failed} of ${watched.length} ${watched.length === 1 ? 'condition does' : 'conditions do'} not hold`,
        3,
      );
  },
};

function asLine(watched: Watched): string {
  const { value, values } = watched;
  const numbers = Object.entries(values).map(([name, number]) => `${name} = ${number}`);
  return `${value === 0 ? 'FALSE' : 'true '}  ${watchName(watched)}${numbers.length > 0 ? `  (${numbers.join(', ')})` : ''}`;
}

function asJson(watched: Watched): string {
  const { value, values } = watched;
  return json({ condition: watchName(watched), holds: value !== 0, values });
}
