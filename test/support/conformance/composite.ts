// A golden case of several operators, compiled as a graph with every optimising pass on: fan-out, shared weights and
// several outputs.
import { compile } from '../../../src/compiler/compile.ts';
import { readGraph } from '../../../src/graph/read-graph.ts';
import { operators } from '../../../src/operators/registry.generated.ts';
import { formatDiagnostic } from '../../../src/tensor/diagnostic.ts';
import type { NumericArray } from '../../../src/tensor/dtype.ts';
import type { Composite } from '../golden/composites.ts';
import { execute, type KernelRunner } from '../operator-harness.ts';
import type { GoldenCase, GoldenTensor } from '../reference.ts';

export interface Compared {
  readonly what: string;
  readonly actual: NumericArray;
  readonly expected: GoldenTensor;
}

/** Outputs and gradients beside what they should be. Throws with the diagnostics where the graph does not compile. */
export function runComposite(
  golden: GoldenCase,
  composite: Composite,
  read: (name: string) => GoldenTensor,
  runner: KernelRunner,
): Compared[] {
  const differentiable = golden.inputs.filter(({ grad }) => grad !== undefined);
  const seeded = golden.outputs.filter(({ upstream }) => upstream !== undefined);
  const sourceOf = (output: string) => composite.outputs[output] as string;
  const { graph, diagnostics: unread } = graphOf(golden, composite);
  if (!graph || unread.length > 0) throw new Error(unread.map(formatDiagnostic).join('; '));
  const { program, diagnostics } = compile(
    graph,
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
  if (!program || diagnostics.length > 0) throw new Error(diagnostics.map(formatDiagnostic).join('; '));

  const feeds = new Map<string, ArrayLike<number>>();
  for (const { name, tensor } of golden.inputs) feeds.set(`${name}.y`, read(tensor).data);
  for (const { name, upstream } of seeded) feeds.set(`grad(${sourceOf(name)})`, read(upstream as string).data);
  const given = new Map(
    program.values.flatMap(({ id, name }) => {
      const numbers = feeds.get(name);
      return numbers ? [[id, numbers] as const] : [];
    }),
  );
  const buffers = execute(program, given, 'float32', runner);
  // Passes give a removed value's name to the one that took its place.
  const idOf = (name: string) => program.aliases.get(name) ?? program.values.find((value) => value.name === name)?.id;
  const resultOf = (name: string) => buffers[idOf(name) as number] as NumericArray;
  return [
    ...golden.outputs.map(({ name, tensor }) => ({
      what: name,
      actual: resultOf(sourceOf(name)),
      expected: read(tensor),
    })),
    ...differentiable.map(({ name, grad }) => ({
      what: `grad/${name}`,
      actual: resultOf(`grad(${name}.y)`),
      expected: read(grad as string),
    })),
  ];
}

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
