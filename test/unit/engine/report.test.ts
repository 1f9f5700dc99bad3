// What the page learns of a compilation: counts, names and costs of nodes, blocks and time steps.
import { expect, test } from 'vitest';
import { bench, open } from '../../support/engines.ts';
import { example } from '../../support/graphs.ts';

test('LeNet-5: parameters, multiplications, shapes by every name', async () => {
  const { engine } = bench();
  const report = await open(engine, example('lenet5'));
  expect(report.parameterCount).toBe(61_706);
  expect(report.nodes['conv1']).toMatchObject({
    parameters: ['conv1.weight', 'conv1.bias'],
    parameterCount: 156,
    inputs: { x: 'image.y' },
    outputs: { y: 'conv1.y' },
  });
  const batch = report.values['image.y']?.shape[0] as number;
  const products = batch * 6 * 28 * 28 * 25;
  expect(report.nodes['conv1']?.flops).toBeGreaterThanOrEqual(2 * products);
  expect(report.nodes['conv1']?.flops).toBeLessThan(2.2 * products);
  expect(report.nodes['conv1']?.bytes).toBe(4 * batch * 6 * 28 * 28);
  expect(report.nodes['loss']?.inputs['target']).toBe('loss.target');
  for (const name of ['conv2.x', 'pool1.y', 'grad(pool1.y)', 'grad(conv2.x)'])
    expect(report.values[name]?.shape, name).toEqual([batch, 6, 14, 14]);
  expect(report.values['loss.target']).toEqual({ shape: [batch], dtype: 'int32' });
  expect(report.loss).toBe('loss.y');
  expect(Object.keys(report.values).some((name) => name.includes(':'))).toBe(false);
});

test('blocks and recurrences: facts of the whole, of each step, and shared parameters counted once', async () => {
  const { engine } = bench();
  const report = await open(engine, example('char-lstm'));
  const cell = 4 * 128 * (32 + 128 + 2);
  expect(report.nodes['rnn']).toMatchObject({ steps: 32, parameterCount: cell, outputs: { y: 'rnn.y' } });
  expect(report.nodes['rnn[7]/lstm']).toMatchObject({
    expandable: true,
    outputs: { h: 'rnn[7]/lstm.h', c: 'rnn[7]/lstm.c' },
  });
  expect(report.parameterCount).toBe(40 * 32 + cell + 128 * 40 + 40);
  expect(report.values['rnn[31]/lstm.h']).toEqual(report.values['rnn.h_n']);
  // What flows back through a cell's input h, beside the gradient of its output h; nothing else of the compiler's is told.
  expect(report.values['grad(rnn[5]/lstm.h):in']).toEqual(report.values['rnn[4]/lstm.h']);
  const own = Object.keys(report.values).filter((name) => name.includes(':'));
  expect(own.every((name) => /^grad\(rnn\[\d+\]\/lstm\.[hc]\):in$/.test(name))).toBe(true);
});

test('the fast plan’s facts: steps in order, buffers within the arena', async () => {
  const { engine } = bench();
  expect(await engine.planFacts()).toBeNull();
  await open(engine, example('lenet5'));
  const facts = await engine.planFacts();
  const phases = facts?.steps.map((step) => ['forward', 'backward', 'update'].indexOf(step.phase)) ?? [];
  expect(phases).toEqual([...phases].sort());
  for (const { offset, bytes, live } of facts?.buffers ?? []) {
    expect(offset + bytes).toBeLessThanOrEqual(facts?.scratchBytes ?? 0);
    expect(live[0]).toBeLessThanOrEqual(live[1]);
  }
  expect(facts?.scratchBytes).toBeLessThan(facts?.sumBytes ?? 0);
  expect(facts?.text.split('\n').length).toBe(facts?.steps.length);
});
