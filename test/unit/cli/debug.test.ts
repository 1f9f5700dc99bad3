// chainrule debug and chainrule assert in process: JSON lines, exit codes, carets. Truth: the losses and weights of a training of the
// same graph that nobody stopped.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { createTraining } from '../../../src/library/training.ts';
import { example } from '../../support/graphs.ts';

const folder = mkdtempSync(join(tmpdir(), 'chainrule-debug-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const spirals = new URL('../../../examples/spirals.json', import.meta.url).pathname;

async function cli(...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await main(args, {
    out: (text) => void out.push(text),
    err: (line) => void err.push(line),
    columns: null,
  });
  return { code, out: out.join(''), err: err.join('') };
}

async function lines(...args: string[]) {
  const { code, out, err } = await cli('debug', spirals, ...args);
  const all = out.split('\n').filter((line) => line !== '');
  return { code, err, lines: all.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

/** Losses by iteration of a training nobody stopped, and a weight before and after each. */
function plainRun(iterations: number, numerics: 'fast' | 'strict' = 'strict') {
  const graph = example('spirals');
  const { training } = createTraining({ ...graph, training: { ...graph.training, numerics } });
  if (!training) throw new Error('spirals train');
  const losses: number[] = [];
  const weights = [[...(training.weights().get('fc1.weight')?.data ?? [])]];
  for (let i = 0; i < iterations; i++) {
    training.run.iterate();
    losses.push(training.run.loss);
    weights.push([...(training.weights().get('fc1.weight')?.data ?? [])]);
  }
  return { losses, weights, perEpoch: training.run.iterationsPerEpoch };
}

const norm = (numbers: readonly number[]) => Math.sqrt(numbers.reduce((sum, x) => sum + x * x, 0));

describe('debug', () => {
  test('stops at the first iteration in which the condition holds: exit 3, the hit as a JSON line', async () => {
    const { losses } = plainRun(40);
    const threshold = (losses[20] as number) + 1e-9;
    const first = losses.findIndex((loss) => loss < threshold);
    expect(first).toBeGreaterThan(0);
    const answer = await lines('--numerics', 'strict', '--epochs', '40', '--break', `loss < ${threshold}`);
    expect(answer.code).toBe(3);
    expect(answer.lines).toEqual([
      {
        kind: 'hit',
        iteration: first,
        epoch: Math.floor(first / 3),
        step: expect.any(Number),
        node: expect.any(String),
        phase: 'forward',
        expression: `loss < ${threshold}`,
        values: { loss: losses[first] },
        count: 1,
      },
    ]);
    expect(answer.err).toMatch(/^stopped in iteration \d+, step \d+, .+ forward\n$/);
  });

  test('--max-hits goes on, --hits counts; an end without a hit is exit 0', async () => {
    const several = await lines('--epochs', '2', '--break', 'fc1.backward: norm(grad(weight)) > 0', '--max-hits', '4');
    expect([several.code, several.lines.map(({ iteration }) => iteration)]).toEqual([3, [0, 1, 2, 3]]);
    expect(several.lines[0]).toMatchObject({ node: 'fc1', phase: 'backward' });
    const third = await lines('--epochs', '2', '--break', 'fc1.update', '--hits', '== 3');
    expect([third.code, third.lines.map(({ iteration, count }) => [iteration, count])]).toEqual([3, [[2, 3]]]);
    const fewer = await lines('--epochs', '1', '--break', 'iteration == 1', '--max-hits', '2');
    expect([fewer.code, fewer.lines.map(({ kind }) => kind)]).toEqual([3, ['hit']]);
    expect(fewer.err).toBe('1 hit in 3 iterations\n');
    const none = await lines('--epochs', '1', '--break', 'any(isnan(grad(fc1.weight)))');
    expect(none).toEqual({ code: 0, err: '', lines: [] });
  });

  test('breakpoints that hold at one place are lines of their own, in their order', async () => {
    const given = ['--break', 'loss > 0', '--break', 'loss < 1e9 # why: it learns', '--break', 'loss < 0'];
    const { code, lines: hits } = await lines('--epochs', '1', ...given, '--max-hits', '5');
    expect(code).toBe(3);
    expect(hits.map(({ iteration, expression, count }) => [iteration, expression, count])).toEqual([
      [0, 'loss > 0', 1],
      [0, 'loss < 1000000000', 1],
      [1, 'loss > 0', 2],
      [1, 'loss < 1000000000', 2],
      [2, 'loss > 0', 3],
    ]);
  });

  test('nobody reads any more: it ends, with the code of what was found', async () => {
    const read: string[] = [];
    const code = await main(['debug', spirals, '--epochs', '1000000', '--log', 'fc1.forward: {loss}'], {
      out: (text) => void read.push(text),
      err: () => undefined,
      columns: null,
      closed: () => read.length >= 3,
    });
    expect([code, read.length]).toEqual([0, 3]);
  });

  test('log points write a line an iteration, watches a number an epoch', async () => {
    const { losses, weights, perEpoch } = plainRun(6);
    const answer = await lines(
      ...[
        '--numerics',
        'strict',
        '--epochs',
        '2',
        '--log',
        'loss: {loss}',
        '--log',
        'fc1.update: {max(abs(update(weight)))}',
      ],
      ...['--watch', 'fc1: norm(weight)', '--watch', 'norm(update(fc1.weight))'],
    );
    expect([answer.code, answer.err]).toEqual([0, '']);
    const logs = answer.lines.filter(({ kind }) => kind === 'log');
    expect(logs.filter(({ phase }) => phase === 'forward').map(({ values }) => values)).toEqual(
      losses.map((loss) => ({ loss })),
    );
    const updates = weights.slice(1).map((after, i) => after.map((x, at) => x - (weights[i]?.[at] as number)));
    expect(logs.filter(({ node }) => node === 'fc1').map(({ values }) => Object.values(values as object)[0])).toEqual(
      updates.map((update) => Math.max(...update.map(Math.abs))),
    );
    const epochs = answer.lines.filter(({ kind }) => kind === 'epoch');
    expect(epochs.length).toBe(2);
    for (const [i, { watches }] of epochs.entries()) {
      const [size, step] = Object.values(watches as Record<string, number>);
      expect(size).toBeCloseTo(norm(weights[(i + 1) * perEpoch] as number[]), 10);
      expect(step).toBeCloseTo(norm(updates[(i + 1) * perEpoch - 1] as number[]), 10);
    }
  });

  test('an exploding rate is caught at its first NaN; NaN is written as a word', async () => {
    const answer = await lines('--lr', '1e30', '--epochs', '3', '--break', 'fc1.forward: any(isnan(y)) or isnan(loss)');
    expect(answer.code).toBe(3);
    const values = answer.lines[0]?.['values'] as Record<string, unknown>;
    expect(Object.keys(values)).toEqual(['any(isnan(y))', 'isnan(loss)']);
    const log = await lines('--lr', '1e30', '--epochs', '3', '--log', '{loss}');
    expect(log.lines.at(-1)).toMatchObject({ kind: 'log', values: { loss: 'NaN' } });
  });

  test.each([
    [
      ['--break', 'fc1.backward: norm(grad(weight) > 10'],
      '--break: column 37: expected `)` to close `(`, found the end',
      36,
      1,
    ],
    [
      ['--break', 'fc1.backward: norm(grad(wight)) > 10'],
      '--break: column 20: `fc1` has no port `wight`, and there is no node of that name; did you mean `weight`?',
      19,
      11,
    ],
    [['--break', 'fc1.backwrad: y'], '--break: column 5: `backwrad` is no phase; did you mean `backward`?', 4, 8],
    [
      ['--break', 'score.forward: any(y)'],
      '--break: column 1: there is no such node in the plan; did you mean `scores`?',
      0,
      5,
    ],
    [['--watch', 'nrom(fc1.weight)'], '--watch: column 1: there is no function `nrom`; did you mean `norm`?', 0, 4],
    [['--break', 'fc1.sideways: y'], '--break: column 5: `sideways` is no phase, only forward, backward, update', 4, 8],
    [['--break', 'fc9.forward: any(y)'], '--break: column 1: there is no such node in the plan', 0, 3],
    [['--break', 'relu.forward: y > 0'], '--break: column 15: is 90×100, not one number', 14, 5],
    [['--log', 'fc1.forward:  at {mean(q)}'], '--log: column 24: `fc1` has no port `q`', 23, 1],
    [['--log', 'loss {loss'], '--log: column 6: this brace is not closed', 5, 1],
    [['--watch', 'fc1: y >'], '--watch: column 9: expected a value, found the end', 8, 1],
    [['--break', 'loss > 1', '--hits', 'often'], '--hits: column 1: a hit count is a number', 0, 5],
  ])('%j is a usage failure with a caret', async (args, message, at, width) => {
    const { code, err } = await cli('debug', spirals, ...args);
    expect([code, err.slice(0, message.length)]).toEqual([2, message]);
    const [, text, marks] = err.split('\n');
    expect([text, marks]).toEqual([
      args[1 + 2 * Number(args.includes('--hits'))],
      `${' '.repeat(at)}${'^'.repeat(width)}`,
    ]);
  });

  test('several faults are told at once; a wrong option value is usage, a graph without data is not', async () => {
    const two = await cli('debug', spirals, '--break', 'z > 1', '--watch', 'norm(');
    expect([two.code, two.err.match(/column/g)?.length]).toEqual([2, 2]);
    expect((await cli('debug', spirals, '--numerics', 'exact')).err).toBe(
      '--numerics is fast or strict, not `exact`\n',
    );
    const bare = join(folder, 'bare.json');
    const node = { id: 'x', op: 'input', attributes: { shape: [2] } };
    writeFileSync(bare, JSON.stringify({ format: 'chainrule/graph', version: 1, nodes: [node], edges: [] }));
    const { code, err } = await cli('debug', bare, '--break', 'iteration == 3');
    expect([code, err]).toEqual([1, expect.stringMatching(/E_NO_DATA/)]);
  });
});

describe('assert', () => {
  test('prints each condition with its numbers; exit 0 where all hold, 3 where one does not', async () => {
    const { losses } = plainRun(5, 'fast');
    const all = ['loss < 10', 'fc1: all(isfinite(grad(weight)))', 'max(abs(update(fc1.weight))) > 0 and epoch < 9'];
    const good = await cli('assert', spirals, ...all, '--iterations', '5');
    expect([good.code, good.err]).toEqual([0, '']);
    expect(good.out.split('\n')[0]).toBe(`true   loss < 10  (loss = ${losses[4]})`);
    expect(good.out.split('\n').filter((line) => line.startsWith('true ')).length).toBe(3);
    const bad = await cli('assert', spirals, 'loss > 10', 'loss < 10', '--iterations', '5');
    expect([bad.code, bad.err]).toEqual([3, '1 of 2 conditions do not hold\n']);
    expect(bad.out).toMatch(/^FALSE {2}loss > 10 {2}\(loss = [\d.]+\)\ntrue /);
  });

  test('--json, and whole epochs', async () => {
    const { losses } = plainRun(6, 'fast');
    const { code, out } = await cli('assert', spirals, 'loss < 0', '--epochs', '2', '--json');
    expect([code, JSON.parse(out)]).toEqual([3, { condition: 'loss < 0', holds: false, values: { loss: losses[5] } }]);
  });

  test('a graph that needs no data is asked without any: computed, or trained where there is something to train', async () => {
    const xyz = new URL('../../../examples/xyz.json', import.meta.url).pathname;
    const asked = ['q: y == 3', 'f.y == -12', 'grad(x.y) == -4', 'f.y > 0'];
    const computed = await cli('assert', xyz, ...asked);
    expect([computed.code, computed.err]).toEqual([3, '1 of 4 conditions do not hold\n']);
    expect(computed.out.split('\n').map((line) => line.slice(0, 5))).toEqual(['true ', 'true ', 'true ', 'FALSE', '']);
    // A parabola with its minimum at 3, walked down by gradient descent: w after n steps is 3 − 3 (1 − 2 lr)^n.
    const parabola = join(folder, 'parabola.json');
    const nodes = [
      { id: 'w', op: 'parameter', attributes: { value: 0 } },
      { id: 'minus', op: 'constant', attributes: { value: -3 } },
      { id: 'd', op: 'add' },
      { id: 'f', op: 'mul' },
    ];
    const edges = [
      ['w.y', 'd.a'],
      ['minus.y', 'd.b'],
      ['d.y', 'f.a'],
      ['d.y', 'f.b'],
    ].map(([from, to]) => ({ from, to }));
    const training = { loss: 'f.y', epochs: 3, optimizer: { kind: 'sgd', lr: 0.25 } };
    writeFileSync(parabola, JSON.stringify({ format: 'chainrule/graph', version: 1, nodes, edges, training }));
    const trained = await cli('assert', parabola, 'w.y == 2.8125', 'iteration == 4', '--iterations', '4', '--json');
    expect([trained.err, trained.code]).toEqual(['', 0]);
    const stopped = await cli('debug', parabola, '--break', 'w.y > 2', '--epochs', '9');
    expect([stopped.code, JSON.parse(stopped.out)]).toEqual([
      3,
      expect.objectContaining({ iteration: 1, values: { 'w.y': 2.25 } }),
    ]);
  });

  test('where data is needed and none is named, it says of which input, and what to do', async () => {
    const graph = { ...example('spirals'), training: { ...example('spirals').training, data: undefined } };
    const bare = join(folder, 'spirals-without-data.json');
    writeFileSync(bare, JSON.stringify(graph));
    const { code, err } = await cli('assert', bare, 'loss < 10');
    expect(code).toBe(1);
    expect(err).toMatch(/nothing feeds .*`x\.y`.*--data SOURCE/s);
    expect(err).toContain('`loss.target`');
    expect((await cli('assert', bare, 'loss < 10', '--data', 'spirals')).code).toBe(0);
  });

  test('without a condition, or with one that nobody understands: exit 2', async () => {
    expect(await cli('assert', spirals)).toMatchObject({ code: 2, err: 'chainrule assert needs a condition\n' });
    const { code, err } = await cli('assert', spirals, 'accuracy > 0.5');
    expect(code).toBe(2);
    expect(err).toBe('condition: column 1: there is no value `accuracy`\naccuracy > 0.5\n^^^^^^^^\n');
  });
});
