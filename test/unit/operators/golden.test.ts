// Every golden case whose operator exists: values and gradients by PyTorch in float64, here in float32, through the plain
// kernels and through the WebAssembly ones.
import { afterAll, describe, expect, test } from 'vitest';
import { runReference } from '../../../src/kernels/reference/reference.ts';
import { type OpId, operators } from '../../../src/operators/registry.generated.ts';
import { type GoldenUse, goldenOperators } from '../../support/golden-operators.ts';
import { type KernelRunner, type Numbers, type RunResult, runOperator } from '../../support/operator-harness.ts';
import { type GoldenCase, type GoldenTensor, loadGoldenManifest, loadGoldenTensors } from '../../support/reference.ts';
import { createWasmRunner } from '../../support/wasm-runner.ts';

interface Supported {
  readonly id: string;
  readonly golden: GoldenCase;
  readonly operator: OpId;
  readonly use: GoldenUse;
}

const { cases } = loadGoldenManifest();
const uses = Object.entries(goldenOperators).flatMap(([operator, list]) =>
  list.map((use) => ({ operator: operator as OpId, use })),
);
const supported: Supported[] = cases.flatMap((golden) =>
  uses
    .filter(({ use }) => use.op === golden.op && (use.when?.(golden) ?? true))
    .map(({ operator, use }) => ({ id: golden.id, golden, operator, use })),
);

test('there are golden cases, and each is taken once', () => {
  expect(cases.length).toBeGreaterThan(300);
  expect(supported.length).toBeGreaterThan(150);
  expect(new Set(supported.map(({ id }) => id)).size).toBe(supported.length);
});

test('every line of the table takes a case', () => {
  const idle = uses.filter(({ use }) => !supported.some((each) => each.use === use));
  expect(idle.map(({ operator, use }) => `${operator} ← ${use.op}`)).toEqual([]);
});

/** README: |a − b| ≤ 1e-5 + 1e-4·|b|; one case is ill-conditioned on purpose. */
function within(id: string, a: number, b: number): boolean {
  if (Object.is(a, b)) return true;
  return Math.abs(a - b) <= (id === 'batch_norm/train_batch2' ? 1e-4 : 1e-5 + 1e-4 * Math.abs(b));
}

function expectGolden(id: string, what: string, actual: Numbers | undefined, expected: GoldenTensor): void {
  expect(actual?.shape, what).toEqual(expected.shape);
  const data = actual?.data ?? [];
  for (let i = 0; i < expected.data.length; i++) {
    const [a, b] = [data[i] as number, expected.data[i] as number];
    const same = expected.data instanceof Int32Array ? a === b : within(id, a, b);
    if (!same) expect.fail(`${what}[${i}] is ${a}, PyTorch says ${b}`);
  }
}

function runGolden(
  { golden, operator, use }: Supported,
  tensors: ReadonlyMap<string, GoldenTensor>,
  run: KernelRunner,
): RunResult {
  const inputs: Record<string, Numbers> = {};
  const state: Record<string, Numbers> = {};
  const cotangents: Record<string, ArrayLike<number>> = {};
  for (const { name, tensor, dtype } of golden.inputs) {
    const port = use.inputs[name];
    if (port === undefined) throw new Error(`no port for golden input ${name}`);
    const given: Numbers = { dtype: dtype === 'I32' ? 'int32' : 'float32', ...(tensors.get(tensor) as GoldenTensor) };
    if (port.startsWith('state.')) state[port.slice(6)] = given;
    else inputs[port] = given;
  }
  for (const { name, upstream } of golden.outputs) {
    if (upstream !== undefined) cotangents[use.outputs[name] as string] = (tensors.get(upstream) as GoldenTensor).data;
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

const executors: { name: string; run: () => KernelRunner }[] = [
  { name: 'plain kernels', run: () => runReference },
  { name: 'WebAssembly kernels, strict', run: () => createWasmRunner('strict') },
  { name: 'WebAssembly kernels, fast', run: () => createWasmRunner('fast') },
];

describe.each(executors)('$name', ({ name: executor, run }) => {
  const outcome = new Map<string, { passed: number; failed: number }>();
  let runner: KernelRunner | undefined;

  test.each(supported)('$id', (each) => {
    const { golden, use, id } = each;
    const tally = outcome.get(golden.op) ?? { passed: 0, failed: 0 };
    outcome.set(golden.op, tally);
    tally.failed++;
    runner ??= run();
    const tensors = loadGoldenTensors(golden.file);
    const result = runGolden(each, tensors, runner);
    for (const { name, tensor } of golden.outputs) {
      const port = use.outputs[name];
      if (port === undefined) throw new Error(`no port for golden output ${name}`);
      if (port === '') continue;
      const actual = port.startsWith('state.') ? result.nextState[port.slice(6)] : result.outputs[port];
      expectGolden(id, name, actual, tensors.get(tensor) as GoldenTensor);
    }
    for (const { name, grad } of golden.inputs) {
      if (grad === undefined) continue;
      expectGolden(id, `grad/${name}`, result.gradients[use.inputs[name] as string], tensors.get(grad) as GoldenTensor);
    }
    tally.failed--;
    tally.passed++;
  });

  afterAll(() => {
    const ops = [...new Set(cases.map(({ op }) => op))];
    const lines = ops.map((op) => {
      const { passed, failed } = outcome.get(op) ?? { passed: 0, failed: 0 };
      return { op, passed, failed, unsupported: cases.filter((each) => each.op === op).length - passed - failed };
    });
    const total = (key: 'passed' | 'failed' | 'unsupported') => lines.reduce((sum, line) => sum + line[key], 0);
    const numbers = `${total('passed')} passed, ${total('failed')} failed, ${total('unsupported')} not supported`;
    process.stdout.write(`golden cases, ${executor}: ${numbers}\n`);
    if (executor !== executors[0]?.name && total('failed') === 0) return;
    const details = lines.map((line) => `${line.op} ${line.passed}/${line.failed}/${line.unsupported}`).join(', ');
    process.stdout.write(`  (op passed/failed/not supported) ${details}\n`);
  });
});
