// Golden cases of several operators, compiled as graphs: fan-out, shared weights and several outputs. Values and gradients
// by PyTorch, here in float32 with every optimising pass on.
import { describe, expect, test } from 'vitest';
import { compile } from '../../../src/compiler/compile.ts';
import { readGraph } from '../../../src/graph/read-graph.ts';
import { runReference } from '../../../src/kernels/reference/reference.ts';
import { operators } from '../../../src/operators/registry.generated.ts';
import type { NumericArray } from '../../../src/tensor/dtype.ts';
import { type Composite, goldenComposites } from '../../support/golden-composites.ts';
import { execute, type KernelRunner } from '../../support/operator-harness.ts';
import { type GoldenCase, loadGoldenManifest, loadGoldenTensors } from '../../support/reference.ts';
import { createWasmRunner } from '../../support/wasm-runner.ts';

const all = loadGoldenManifest().cases.filter(({ op }) => op === 'Composite');
const supported = all.flatMap((golden) => {
  const composite = goldenComposites[golden.id];
  return composite ? [{ id: golden.id, golden, composite }] : [];
});
const unsupported = all.filter(({ id }) => goldenComposites[id] === undefined).map(({ id }) => id);
process.stdout.write(`golden composites: ${supported.length} taken, not supported: ${unsupported.join(', ')}\n`);

test('all golden composites are graphs here', () => {
  expect(unsupported).toEqual([]);
  expect(supported.length).toBe(Object.keys(goldenComposites).length);
  expect(supported.length).toBeGreaterThanOrEqual(14);
});

function graphOf(golden: GoldenCase, { nodes }: Composite) {
  const inputs = golden.inputs.map(({ name, shape, dtype }) => ({
    id: name,
    op: 'input',
    attributes: { shape, dtype: dtype === 'I32' ? 'int32' : 'float32' },
  }));
  const inner = Object.entries(nodes).map(([id, [op, , attributes]]) => ({ id, op, attributes: attributes ?? {} }));
  const edges = Object.entries(nodes).flatMap(([id, [, wires]]) =>
    Object.entries(wires).map(([port, from]) => ({ from, to: `${id}.${port}` })),
  );
  return readGraph({ format: 'chainrule/graph', version: 1, nodes: [...inputs, ...inner], edges });
}

const executors: [string, () => KernelRunner][] = [
  ['plain kernels', () => runReference],
  ['WebAssembly kernels', () => createWasmRunner('fast')],
];

describe.each(executors)('%s', (_, runner) => {
  test.each(supported)('$id', ({ golden, composite }) => {
    const tensors = loadGoldenTensors(golden.file);
    const read = graphOf(golden, composite);
    expect(read.diagnostics).toEqual([]);
    if (!read.graph) throw new Error('no graph');
    const differentiable = golden.inputs.filter(({ grad }) => grad !== undefined);
    const seeded = golden.outputs.filter(({ upstream }) => upstream !== undefined);
    const sourceOf = (output: string) => composite.outputs[output] as string;
    const { program, diagnostics } = compile(
      read.graph,
      { operators, optimizers: {} },
      {
        mode: 'train',
        retain: [...Object.values(composite.outputs), ...differentiable.map(({ name }) => `grad(${name}.y)`)],
        gradients: {
          seeds: seeded.map(({ name }) => ({ value: sourceOf(name), from: 'feed' })),
          towards: differentiable.map(({ name }) => `${name}.y`),
        },
        update: false,
        workspaceBytes: () => 0,
      },
    );
    expect(diagnostics).toEqual([]);
    if (!program) throw new Error('no program');

    const feeds = new Map<string, ArrayLike<number>>();
    const dataOf = (tensor: string | undefined) => tensors.get(tensor as string)?.data as Float32Array;
    for (const { name, tensor } of golden.inputs) feeds.set(`${name}.y`, dataOf(tensor));
    for (const { name, upstream } of seeded) feeds.set(`grad(${sourceOf(name)})`, dataOf(upstream));
    const given = new Map(
      program.values.flatMap(({ id, name }) =>
        feeds.has(name) ? [[id, feeds.get(name) as Float32Array] as const] : [],
      ),
    );
    const buffers = execute(program, given, 'float32', runner());
    // Passes give a removed value's name to the one that took its place.
    const idOf = (name: string) => program.aliases.get(name) ?? program.values.find((value) => value.name === name)?.id;
    const resultOf = (name: string) => buffers[idOf(name) as number] as NumericArray;

    for (const { name, tensor } of golden.outputs) expectNear(name, resultOf(sourceOf(name)), dataOf(tensor));
    for (const { name, grad } of differentiable) expectNear(`grad/${name}`, resultOf(`grad(${name}.y)`), dataOf(grad));
  });
});

function expectNear(what: string, actual: NumericArray, expected: Float32Array): void {
  expect(actual, what).toHaveLength(expected.length);
  for (const [i, b] of expected.entries()) {
    if (!(Math.abs((actual[i] as number) - b) <= 1e-5 + 1e-4 * Math.abs(b)))
      expect.fail(`${what}[${i}] is ${actual[i]}, PyTorch says ${b}`);
  }
}
