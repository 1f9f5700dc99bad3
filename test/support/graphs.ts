// Graphs for tests in few words, and plans compiled, bound and run. Everything passes through the real reader, so that no
// test stands on a graph that nobody could open.
import { readFileSync } from 'node:fs';
import { type Compilation, type CompileOptions, compile, type Registry } from '../../src/compiler/compile.ts';
import { readGraph } from '../../src/graph/read-graph.ts';
import type { GraphFile } from '../../src/graph/schema.ts';
import { createKernelLibrary } from '../../src/kernels/library.ts';
import { optimizers } from '../../src/operators/optimizers/registry.generated.ts';
import { operators as known } from '../../src/operators/registry.generated.ts';
import type { Plan } from '../../src/program/plan.ts';
import { type BoundPlan, createWorkspace, type Workspace } from '../../src/runtime/workspace.ts';
import { formatDiagnostic } from '../../src/tensor/diagnostic.ts';

export const registry: Registry = { operators: known, optimizers };

/** Shared by all tests of a file: equal kernels are compiled once. */
export const library = createKernelLibrary();

export type Json = Readonly<Record<string, unknown>>;

/** `id: [op, { port: 'node.port' }, attributes, more]`. */
export type NodeSketch = readonly [
  op: string,
  wires?: Readonly<Record<string, string>>,
  attributes?: Json,
  more?: Json,
];

export interface GraphSketch {
  readonly nodes: Readonly<Record<string, NodeSketch>>;
  /** Blocks: `out` wires by output name; inputs as in the file. */
  readonly blocks?: Readonly<Record<string, BlockSketch>>;
  readonly training?: Json;
  readonly seed?: number;
}

export interface BlockSketch {
  readonly inputs: readonly Json[];
  readonly nodes: Readonly<Record<string, NodeSketch>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly arguments?: Json;
}

function scope(nodes: Readonly<Record<string, NodeSketch>>, outputs: Readonly<Record<string, string>> = {}) {
  const wires = Object.entries(nodes).flatMap(([id, [, ports = {}]]) =>
    Object.entries(ports).map(([port, from]) => ({ from, to: `${id}.${port}` })),
  );
  return {
    nodes: Object.entries(nodes).map(([id, [op, , attributes = {}, more = {}]]) => ({ id, op, attributes, ...more })),
    edges: [...wires, ...Object.entries(outputs).map(([port, from]) => ({ from, to: `out.${port}` }))],
  };
}

/** The sketch as a file, before anybody read it. */
export function fileOf(sketch: GraphSketch): Json {
  return {
    format: 'chainrule/graph',
    version: 1,
    seed: sketch.seed ?? 0,
    ...scope(sketch.nodes),
    blocks: Object.fromEntries(
      Object.entries(sketch.blocks ?? {}).map(([name, block]) => [
        name,
        {
          inputs: block.inputs,
          outputs: Object.keys(block.outputs),
          arguments: block.arguments ?? {},
          ...scope(block.nodes, block.outputs),
        },
      ]),
    ),
    training: sketch.training ?? {},
  };
}

/** Throws where the reader finds an error. */
export function graphOf(sketch: GraphSketch): GraphFile {
  return readSound(fileOf(sketch));
}

export function example(name: string): GraphFile {
  return readSound(readFileSync(new URL(`../../examples/${name}.json`, import.meta.url), 'utf8'));
}

function readSound(source: unknown): GraphFile {
  const { graph, diagnostics } = readGraph(source);
  const errors = diagnostics.filter((d) => d.severity === 'error');
  if (!graph || errors.length > 0) throw new Error(errors.map(formatDiagnostic).join('\n'));
  return graph;
}

export function compileGraph(
  graph: GraphFile,
  options: Partial<CompileOptions> = {},
  operators: Registry['operators'] = registry.operators,
): Compilation {
  return compile(
    graph,
    { ...registry, operators },
    {
      mode: 'train',
      retain: 'all',
      gradients: 'all',
      workspaceBytes: library.workspaceBytes,
      ...options,
    },
  );
}

/** Throws with the diagnostics where there is no plan. */
export function planOf(graph: GraphFile, options: Partial<CompileOptions> = {}): Plan {
  const { plan, diagnostics } = compileGraph(graph, options);
  if (!plan) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  return plan;
}

export type Numbers = ArrayLike<number>;

/** A workspace with the plan's initial values and what is given by value name. */
export function bind(
  plan: Plan,
  set: Readonly<Record<string, Numbers>> = {},
): { readonly workspace: Workspace; readonly bound: BoundPlan } {
  const workspace = createWorkspace([plan], { library });
  workspace.initialize(plan.seed);
  const bound = workspace.plans[0] as BoundPlan;
  for (const [name, numbers] of Object.entries(set)) bound.read(name).set(numbers);
  return { workspace, bound };
}

/** One iteration from start to end. */
export function run(bound: BoundPlan): void {
  bound.run(0, bound.plan.instructions.length);
}

/** Binds, runs once, answers a reader of copies. */
export function runOnce(plan: Plan, set: Readonly<Record<string, Numbers>> = {}): (name: string) => number[] {
  const { bound } = bind(plan, set);
  run(bound);
  return (name) => [...bound.read(name)];
}

/** Largest |a − b| relative to the largest |b| (at least `least`); infinite where one is not finite. */
export function relativeError(actual: Numbers, expected: Numbers, least = 1e-6): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let [worst, size] = [0, least];
  for (let i = 0; i < expected.length; i++) {
    const off = Math.abs((actual[i] as number) - (expected[i] as number));
    worst = off >= 0 ? Math.max(worst, off) : Number.POSITIVE_INFINITY;
    size = Math.max(size, Math.abs(expected[i] as number));
  }
  return worst / size;
}

/** A small classifier of spirals with all that outlives an iteration: weights behind dropout, running statistics, momentum. */
export function spiralNet(training: Json = {}, units = 8): GraphFile {
  return graphOf({
    nodes: {
      x: ['input', {}, { shape: ['N', 2] }],
      fc1: ['linear', { x: 'x.y' }, { out_features: units }],
      bn: ['batch_norm', { x: 'fc1.y' }],
      relu: ['relu', { x: 'bn.y' }],
      drop: ['dropout', { x: 'relu.y' }, { p: 0.2 }],
      fc2: ['linear', { x: 'drop.y' }, { out_features: 3 }],
      loss: ['cross_entropy', { x: 'fc2.y' }],
    },
    training: {
      loss: 'loss.y',
      epochs: 60,
      batch: 20,
      data: { source: 'spirals', bind: { x: 'x', 'loss.target': 'label' }, validation: 0.1 },
      optimizer: { kind: 'momentum', lr: 0.1 },
      ...training,
    },
  });
}
