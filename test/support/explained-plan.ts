// A plan run in float64, with what explanations ask of it: every number as the step found it and as it left it.
import type { Compilation } from '../../src/compiler/compile.ts';
import { createExplainSource, type ExplainSource, type PlanNumbers } from '../../src/debugger/explain/source.ts';
import type { SpotExplanation } from '../../src/debugger/explain/terms.ts';
import { runReference } from '../../src/kernels/reference/reference.ts';
import type { Operator } from '../../src/operators/define-operator.ts';
import type { KernelSpec } from '../../src/program/kernel-spec.ts';
import { interpretPlan } from '../../src/runtime/interpret.ts';
import { formatDiagnostic } from '../../src/tensor/diagnostic.ts';
import type { NumericArray } from '../../src/tensor/dtype.ts';
import { compileGraph, graphOf, type NodeSketch } from './graphs.ts';
import { flattenPorts, type Numbers } from './operator-harness.ts';
import type { DrawnSample } from './operator-samples.ts';

export interface ExplainedPlan {
  readonly source: ExplainSource;
  /** At the end; values changed in place also as they were at the start. */
  readonly numbers: PlanNumbers;
  /** As a step (index into plan.steps) finds and leaves them. */
  numbersAt(step: number | null): PlanNumbers;
}

/** Throws with the diagnostics where there is no plan. */
export function runExplained(
  { plan, network, diagnostics }: Compilation,
  set: ReadonlyMap<string, ArrayLike<number>> = new Map(),
): ExplainedPlan {
  if (!plan) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  const nameOf = plan.values.map((_, index) => Object.keys(plan.names).find((name) => plan.names[name] === index));
  const run = (upTo: number): readonly NumericArray[] => {
    const fresh = interpretPlan(plan, { precision: 'float64', set });
    const arrays = nameOf.map((name) => (name === undefined ? new Float64Array() : fresh.read(name)));
    for (const { kernel, inputs, outputs } of plan.instructions.slice(0, upTo)) {
      const at = (index: number) => arrays[index] as NumericArray;
      runReference(plan.kernels[kernel] as KernelSpec, inputs.map(at), outputs.map(at));
    }
    return arrays;
  };
  const inPlace = (index: number) =>
    plan.values[index]?.region === 'persistent' && plan.values[index]?.kind !== 'computed';
  const last = run(plan.instructions.length);
  const between = (before: readonly NumericArray[], after: readonly NumericArray[]): PlanNumbers => ({
    read: (index) => (inPlace(index) ? before : last)[index] as NumericArray,
    after: (index) => (inPlace(index) ? after : last)[index] as NumericArray,
  });
  const numbers = between(run(0), last);
  return {
    source: createExplainSource(plan, network),
    numbers,
    numbersAt(step) {
      const at = step === null ? undefined : plan.steps[step];
      return at ? between(run(at.from), run(at.to)) : between(last, last);
    },
  };
}

/** A graph of one node and its inputs, with gradients of every input for fed gradients of every output. */
export function planOfSample(operator: Operator, drawn: DrawnSample): Compilation {
  const nodes: Record<string, NodeSketch> = {};
  const wires: Record<string, string> = {};
  for (const [port, { shape, dtype }] of Object.entries(drawn.inputs)) {
    if (Object.hasOwn(drawn.inferred.parameters ?? {}, port)) continue;
    nodes[`in_${port}`] = ['input', {}, { shape: [...shape], dtype }];
    wires[port] = `in_${port}.y`;
  }
  nodes['node'] = [operator.id, wires, drawn.attributes as Record<string, unknown>];
  const seeds = floats(flattenPorts<Numbers>(drawn.inferred.outputs as never)).map((port) => ({
    value: `node.${port}`,
    from: 'feed' as const,
  }));
  const towards = floats(drawn.inputs).map((port) => wires[port] ?? `node.${port}`);
  return compileGraph(graphOf({ nodes }), {
    mode: drawn.mode,
    batch: 2,
    gradients: operator.gradient && seeds.length > 0 ? { seeds, towards } : 'none',
  });
}

function floats(ports: Readonly<Record<string, Pick<Numbers, 'dtype'>>>): string[] {
  return Object.keys(ports).filter((port) => ports[port]?.dtype === 'float32');
}

/** What the terms make. */
export function combined({ by, terms, result }: SpotExplanation): number {
  const values = terms.map((term) => term.value);
  const sum = values.reduce((a, b) => a + b, 0);
  return {
    sum,
    mean: sum / values.length,
    max: Math.max(...values),
    min: Math.min(...values),
    product: values.reduce((a, b) => a * b, 1),
    function: result,
  }[by];
}

/** How large the terms are: what rounding is measured by. */
export function sizeOf({ by, terms }: SpotExplanation): number {
  return by === 'sum' || by === 'mean' ? terms.reduce((sum, term) => sum + Math.abs(term.value), 0) : 0;
}
