// golden/operators: every golden case of an operator or a composite: values and gradients by PyTorch in float64, here in
// float32, through the plain kernels and through the WebAssembly ones in both numerics.
import { runReference } from '../../../src/kernels/reference/reference.ts';
import { type OpId, operators } from '../../../src/operators/registry.generated.ts';
import { goldenComposites } from '../golden/composites.ts';
import { type GoldenUse, goldenOperators } from '../golden/operators.ts';
import { type KernelRunner, type Numbers, type RunResult, runOperator } from '../operator-harness.ts';
import { type GoldenCase, type GoldenTensor, loadGoldenManifest } from '../reference.ts';
import { createWasmRunner } from '../wasm-runner.ts';
import { type Check, type ConformanceCase, requireNear, unsupported } from './case.ts';
import { runComposite } from './composite.ts';
import { createGoldenTensors } from './golden-tensors.ts';

type Read = (name: string) => GoldenTensor;

export interface TakenCase {
  readonly golden: GoldenCase;
  readonly operator: OpId;
  readonly use: GoldenUse;
}

/** The cases of single operators that the table takes, with the line that takes each. */
export function takenCases(cases: readonly GoldenCase[]): TakenCase[] {
  const uses = Object.entries(goldenOperators).flatMap(([operator, list]) =>
    list.map((use) => ({ operator: operator as OpId, use })),
  );
  return cases.flatMap((golden) =>
    uses
      .filter(({ use }) => use.op === golden.op && (use.when?.(golden) ?? true))
      .map(({ operator, use }) => ({ golden, operator, use })),
  );
}

export function operatorCases(): ConformanceCase[] {
  const { cases } = loadGoldenManifest();
  const tensors = createGoldenTensors();
  const runners = executors();
  return cases.map((golden) => {
    const check = proof(golden);
    return {
      name: golden.id,
      checks: check
        ? runners.map(({ name, runner }): Check => ({ name, run: () => check(tensors(golden.file), runner()) }))
        : unsupported(`no operator takes ${golden.op} with these attributes`),
    };
  });
}

/** The ways to run a kernel; each is made when first asked for. */
function executors(): { readonly name: string; readonly runner: () => KernelRunner }[] {
  const once = (make: () => KernelRunner) => {
    let made: KernelRunner | undefined;
    return () => {
      made ??= make();
      return made;
    };
  };
  return [
    { name: 'plain kernels', runner: () => runReference },
    { name: 'WebAssembly kernels, strict', runner: once(() => createWasmRunner('strict')) },
    { name: 'WebAssembly kernels, fast', runner: once(() => createWasmRunner('fast')) },
  ];
}

function proof(golden: GoldenCase): ((read: Read, runner: KernelRunner) => void) | null {
  const limit = limitOf(golden.id);
  if (golden.op === 'Composite') {
    const composite = goldenComposites[golden.id];
    if (!composite) return null;
    return (read, runner) => {
      for (const { what, actual, expected } of runComposite(golden, composite, read, runner)) {
        requireNear(what, actual, expected.data, limit);
      }
    };
  }
  const [taken] = takenCases([golden]);
  if (!taken) return null;
  return (read, runner) => {
    const result = runGolden(taken, read, runner);
    for (const { name, tensor } of golden.outputs) {
      const port = taken.use.outputs[name];
      if (port === undefined) throw new Error(`no port for golden output ${name}`);
      if (port === '') continue;
      const actual = port.startsWith('state.') ? result.nextState[port.slice(6)] : result.outputs[port];
      requireTensor(name, actual, read(tensor), limit);
    }
    for (const { name, grad } of golden.inputs) {
      if (grad === undefined) continue;
      requireTensor(`grad/${name}`, result.gradients[taken.use.inputs[name] as string], read(grad), limit);
    }
  };
}

/** README: |a − b| ≤ 1e-5 + 1e-4·|b|; one case is ill-conditioned on purpose. */
function limitOf(id: string): (expected: number) => number {
  return id === 'batch_norm/train_batch2' ? () => 1e-4 : (expected) => 1e-5 + 1e-4 * Math.abs(expected);
}

function requireTensor(
  what: string,
  actual: Numbers | undefined,
  expected: GoldenTensor,
  limit: (expected: number) => number,
): void {
  if (actual?.shape.join() !== expected.shape.join()) {
    throw new Error(`${what} is [${actual?.shape.join(', ') ?? 'nothing'}], expected [${expected.shape.join(', ')}]`);
  }
  requireNear(what, actual.data, expected.data, limit);
}

function runGolden({ golden, operator, use }: TakenCase, read: Read, run: KernelRunner): RunResult {
  const inputs: Record<string, Numbers> = {};
  const state: Record<string, Numbers> = {};
  const cotangents: Record<string, ArrayLike<number>> = {};
  for (const { name, tensor, dtype } of golden.inputs) {
    const port = use.inputs[name];
    if (port === undefined) throw new Error(`no port for golden input ${name}`);
    const given: Numbers = { dtype: dtype === 'I32' ? 'int32' : 'float32', ...read(tensor) };
    if (port.startsWith('state.')) state[port.slice(6)] = given;
    else inputs[port] = given;
  }
  for (const { name, upstream } of golden.outputs) {
    if (upstream !== undefined) cotangents[use.outputs[name] as string] = read(upstream).data;
  }
  return runOperator(operators[operator], {
    attributes: use.attributes?.(golden.attrs, golden) ?? {},
    mode: use.mode?.(golden.attrs) ?? 'train',
    inputs,
    state,
    cotangents,
    wants: golden.inputs.filter(({ grad }) => grad !== undefined).map(({ name }) => use.inputs[name] as string),
    precision: 'float32',
    run,
  });
}
