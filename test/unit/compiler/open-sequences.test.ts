// A recurrent layer that is opened for stepping computes what it computes closed: the same values and gradients, to the
// rounding of float32, by the cells that it stands for.
import { describe, expect, test } from 'vitest';
import { compile } from '../../../src/compiler/compile.ts';
import { readGraph } from '../../../src/graph/read-graph.ts';
import { optimizers } from '../../../src/operators/optimizers/registry.generated.ts';
import { operators } from '../../../src/operators/registry.generated.ts';
import { numel } from '../../../src/tensor/shape.ts';
import { execute } from '../../support/operator-harness.ts';
import { distinctSigned } from '../../support/operator-samples.ts';

function run(op: string, expand: readonly string[]) {
  const { graph, diagnostics } = readGraph({
    format: 'chainrule/graph',
    version: 1,
    nodes: [
      { id: 'x', op: 'input', attributes: { shape: [3, 2, 4] } },
      { id: 'layers', op, attributes: { hidden_size: 3, bidirectional: true, num_layers: 2 } },
      { id: 'loss', op: 'mse_loss' },
    ],
    edges: [
      { from: 'x.y', to: 'layers.x' },
      { from: 'layers.y', to: 'loss.x' },
    ],
  });
  expect(diagnostics).toEqual([]);
  if (!graph) throw new Error('no graph');
  const options = { mode: 'train', retain: 'all', gradients: 'all', expand, workspaceBytes: () => 0 } as const;
  const { program, diagnostics: faults } = compile(graph, { operators, optimizers }, options);
  expect(faults).toEqual([]);
  if (!program) throw new Error('no program');
  const given = new Map(
    program.values
      .filter(({ kind }) => kind !== 'computed' && kind !== 'constant')
      .map(({ id, name, shape, dtype }) => [id, dtype === 'int32' ? [1] : distinctSigned(numel(shape), name)]),
  );
  const buffers = execute(program, given, 'float64');
  const parameters = program.values
    .filter(({ kind }) => kind === 'parameter')
    .map(({ name }) => name)
    .sort();
  const names = ['loss.y', 'layers.y', ...parameters.map((name) => `grad(${name})`)];
  const idOf = (name: string) => program.values.find((value) => value.name === name)?.id ?? program.aliases.get(name);
  for (const name of names) expect(idOf(name), name).toBeDefined();
  return {
    parameters,
    nodes: new Set(program.instructions.map(({ origin }) => origin.node)),
    values: names.map((name) => Array.from(buffers[idOf(name) as number] ?? [])),
  };
}

describe.each(['rnn', 'lstm', 'gru'])('%s', (op) => {
  test('opened, gives the same values and gradients', () => {
    const [closed, open] = [run(op, []), run(op, ['layers'])];
    expect(closed.parameters.length).toBe(16);
    expect(open.parameters).toEqual(closed.parameters);
    expect([...open.nodes]).toContain('layers/cell_0_2');
    for (const [k, values] of closed.values.entries()) {
      for (const [i, value] of values.entries()) expect(open.values[k]?.[i]).toBeCloseTo(value, 10);
    }
  });
});
