// Against the engine's own report of the examples.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isGiven, portValues } from '../../../src/app/inspector/port-values.ts';
import { createEngine } from '../../../src/engine/engine.ts';
import type { CompileReport } from '../../../src/engine/protocol.ts';
import { readGraph } from '../../../src/graph/read-graph.ts';
import { optimizers } from '../../../src/operators/optimizers/registry.generated.ts';
import { operators } from '../../../src/operators/registry.generated.ts';

async function report(name: string): Promise<CompileReport> {
  const { graph } = readGraph(readFileSync(new URL(`../../../examples/${name}.json`, import.meta.url), 'utf8'));
  if (graph === null) throw new Error(name);
  const engine = createEngine({ registry: { operators, optimizers }, emit: () => undefined });
  return engine.open({ graph, revision: 1 });
}

const every = () => true;

describe('the values of a node', () => {
  it('are its outputs, its parameters and what arrives, each with its gradient', async () => {
    const lenet = await report('lenet5');
    const values = portValues(lenet, 'conv1', lenet.nodes['conv1'], every);
    expect(values.map(({ role, value, gradient }) => [role, value, gradient])).toEqual([
      ['output', 'conv1.y', 'grad(conv1.y)'],
      ['parameter', 'conv1.weight', 'grad(conv1.weight)'],
      ['parameter', 'conv1.bias', 'grad(conv1.bias)'],
      ['input', 'image.y', 'grad(conv1.x)'],
    ]);
    expect(values.every(({ share }) => share === null)).toBe(true);
    const loss = portValues(lenet, 'loss', lenet.nodes['loss'], every);
    expect(loss.find(({ port }) => port === 'target')).toMatchObject({ value: 'loss.target', gradient: null });
  });

  it('hold, inside a recurrence, the sum of a shared gradient and the share of the time step', async () => {
    const lstm = await report('char-lstm');
    const weight = portValues(lstm, 'rnn[3]/lstm', lstm.nodes['rnn[3]/lstm'], every).find(
      ({ port }) => port === 'weight_hh',
    );
    expect(weight).toMatchObject({
      value: 'rnn/lstm.weight_hh',
      gradient: 'grad(rnn/lstm.weight_hh)',
      share: 'grad(rnn[3]/lstm.weight_hh)',
    });
    const ports = portValues(lstm, 'rnn', lstm.nodes['rnn'], (name) => name === 'x');
    expect(ports.filter(({ role }) => role === 'input').length).toBeLessThanOrEqual(1);
  });

  it('may be typed over where they are given, not where they are computed', async () => {
    const lenet = await report('lenet5');
    expect(['conv1.weight', 'image.y', 'loss.target'].map((name) => isGiven(lenet, name))).toEqual([true, true, true]);
    expect(['conv1.y', 'loss.y'].map((name) => isGiven(lenet, name))).toEqual([false, false]);
  });
});
