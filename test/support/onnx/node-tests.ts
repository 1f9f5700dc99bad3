// The backend node tests of ONNX (onnx-node-tests/README.md): every model is read, compiled with the real kernels, fed with the
// stored inputs and held against the stored outputs, as upstream: relative 1e-3, absolute 1e-7, whole numbers equal. Inputs
// that decide shapes are fixed to the test's values when the model is read.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '../../../src/compiler/compile.ts';
import { assignWeights } from '../../../src/engine/numbers/assign-weights.ts';
import { type Int64, onnx, type TensorProto } from '../../../src/formats/onnx/onnx-messages.generated.js';
import { type OnnxReading, readOnnx } from '../../../src/formats/onnx/read-onnx.ts';
import { type BoundPlan, createWorkspace } from '../../../src/runtime/workspace.ts';
import { formatDiagnostic, hasErrors } from '../../../src/tensor/diagnostic.ts';
import { numel } from '../../../src/tensor/shape.ts';
import type { Tensor } from '../../../src/tensor/tensor.ts';
import type { ConformanceCase } from '../conformance/case.ts';
import { library, registry } from '../graphs.ts';
import { referencePath } from '../reference.ts';

interface ListedTest {
  readonly test: string;
  readonly inputs: readonly { readonly name: string }[];
  readonly outputs: readonly { readonly name: string }[];
}

/** Every test of `tests.json`; empty where the folder is not at hand. */
export function onnxNodeCases(): ConformanceCase[] {
  const folder = referencePath('onnx-node-tests');
  if (folder === undefined) return [];
  const listed = JSON.parse(readFileSync(join(folder, 'tests.json'), 'utf8')) as readonly ListedTest[];
  return listed.map((each) => ({
    name: each.test,
    checks: [{ name: 'outputs', run: () => proveNodeTest(join(folder, each.test), each) }],
  }));
}

/** Throws with what is wrong. */
function proveNodeTest(folder: string, listed: ListedTest): void {
  const bytes = new Uint8Array(readFileSync(join(folder, 'model.onnx')));
  const sets = readdirSync(folder).filter((name) => name.startsWith('test_data_set_'));
  if (sets.length === 0) throw new Error('no data set');
  for (const set of sets) {
    const read = (kind: string, names: ListedTest['inputs']) =>
      new Map(names.map(({ name }, i) => [name, readTensor(join(folder, set, `${kind}_${i}.pb`))]));
    const inputs = read('input', listed.inputs);
    const actual = runOnnx(bytes, inputs);
    for (const [name, expected] of read('output', listed.outputs)) {
      const found = actual(name);
      if (randomDropout.test(folder)) proveDropout(name, found, expected, inputs, actual);
      else requireEqual(name, found, expected);
    }
  }
}

/** Masks of NumPy's generator: every output must be 0 or scaled, as the mask says. */
const randomDropout = /node\/test_training_dropout(?!_zero_ratio)/;

function proveDropout(
  name: string,
  found: Tensor,
  expected: Tensor,
  inputs: ReadonlyMap<string, Tensor>,
  actual: (name: string) => Tensor,
): void {
  if (found.shape.join() !== expected.shape.join()) throw new Error(`${name} has the shape [${found.shape}]`);
  const [x, ratio] = [inputs.get('x')?.data, inputs.get('r')?.data[0] ?? 0.5];
  if (!x) throw new Error('no input x');
  const mask = name === 'z' ? actual('y').data.map((value) => Number(value !== 0)) : null;
  for (const [i, value] of found.data.entries()) {
    const scaled = (x[i] as number) / (1 - ratio);
    const fits = mask ? value === mask[i] : value === 0 || Math.abs(value - scaled) <= 1e-3 * Math.abs(scaled);
    if (!fits) throw new Error(`${name}[${i}] is ${value}, neither 0 nor ${scaled}`);
  }
}

/** The model with these inputs: its outputs by ONNX name. Throws with the diagnostics where it does not run. */
export function runOnnx(bytes: Uint8Array, inputs: ReadonlyMap<string, Tensor>): (output: string) => Tensor {
  const shapes = new Map([...inputs].map(([name, { shape }]) => [name, shape]));
  let reading = readOnnx(bytes, { shapes });
  for (let fixed = 0; reading.toFix.length > fixed; ) {
    fixed = reading.toFix.length;
    const fix = new Map([...inputs].filter(([name]) => reading.toFix.includes(name)));
    const again = readOnnx(bytes, { shapes, fix });
    reading = { ...again, toFix: [...new Set([...reading.toFix, ...again.toFix])] };
  }
  return runReading(reading, inputs);
}

/** What was read, compiled and fed. */
export function runReading(
  { graph, diagnostics, weights, mode, ...reading }: OnnxReading,
  inputs: ReadonlyMap<string, Tensor>,
): (output: string) => Tensor {
  if (!graph || hasErrors(diagnostics)) throw new Error(diagnostics.map(formatDiagnostic).join('; '));
  const retain = [...reading.outputs.values()];
  retain.push(...reading.rows.values());
  const gradients = reading.gradients ?? 'none';
  const options = { mode, retain, gradients, update: false, workspaceBytes: library.workspaceBytes } as const;
  const batch = [...inputs.values()][0]?.shape[0];
  const compilation = compile(graph, registry, { ...options, ...(batch === undefined ? {} : { batch }) });
  const { plan } = compilation;
  if (!plan) throw new Error(compilation.diagnostics.map(formatDiagnostic).join('; '));
  const workspace = createWorkspace([plan], { library });
  workspace.initialize(plan.seed);
  const bound = workspace.plans[0] as BoundPlan;
  assignWeights(bound, weights);
  for (const [name, tensor] of inputs) {
    const id = reading.inputs.get(name);
    if (id !== undefined && plan.feeds.includes(`${id}.y`)) bound.read(`${id}.y`).set(tensor.data);
  }
  bound.run(0, plan.instructions.length);
  const find = (name: string | undefined, output: string) => {
    const index = name === undefined ? undefined : bound.find(name);
    const value = index === undefined ? undefined : plan.values[index];
    if (index === undefined || !value) throw new Error(`there is no output ${output}`);
    return { dtype: value.dtype, shape: value.shape, data: bound.view(index).slice() };
  };
  return (output) => {
    const whole = find(reading.outputs.get(output), output);
    const counted = reading.rows.get(output);
    if (counted === undefined) return whole;
    const rows = find(counted, output).data[0] as number;
    const columns = numel(whole.shape.slice(1));
    return { ...whole, shape: whole.shape.with(0, rows), data: whole.data.slice(0, rows * columns) };
  };
}

function requireEqual(name: string, { shape, data }: Tensor, expected: Tensor): void {
  if (shape.join() !== expected.shape.join())
    throw new Error(`${name} has the shape [${shape.join(', ')}], expected [${expected.shape.join(', ')}]`);
  for (const [i, wanted] of expected.data.entries()) {
    const value = data[i] as number;
    const near =
      expected.dtype === 'int32'
        ? value === wanted
        : Object.is(value, wanted) || Math.abs(value - wanted) <= 1e-7 + 1e-3 * Math.abs(wanted);
    if (!near) throw new Error(`${name}[${i}] is ${value}, expected ${wanted}`);
  }
}

/** A serialised TensorProto. */
export function readTensor(path: string): Tensor {
  const proto = onnx.TensorProto.decode(new Uint8Array(readFileSync(path)));
  const shape = proto.dims.map(plain);
  const numbers = elements(proto);
  const isFloat = [1, 10, 11].includes(proto.dataType);
  return {
    dtype: isFloat ? 'float32' : 'int32',
    shape,
    data: isFloat ? Float32Array.from(numbers) : Int32Array.from(numbers),
  };
}

const plain = (value: Int64): number => (typeof value === 'number' ? value : value.toNumber());

/** Numbers of the element types that the tests hold. */
function elements(proto: TensorProto): number[] {
  const { rawData: raw } = proto;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const list = (bytes: number, read: (at: number) => number) =>
    Array.from({ length: raw.length / bytes }, (_, i) => read(i * bytes));
  switch (proto.dataType) {
    case 1:
      return raw.length > 0 ? list(4, (at) => view.getFloat32(at, true)) : [...proto.floatData];
    case 6:
      return raw.length > 0 ? list(4, (at) => view.getInt32(at, true)) : [...proto.int32Data];
    case 7:
      return raw.length > 0 ? list(8, (at) => Number(view.getBigInt64(at, true))) : proto.int64Data.map(plain);
    case 9:
      return raw.length > 0 ? list(1, (at) => view.getUint8(at)) : [...proto.int32Data];
    case 11:
      return raw.length > 0 ? list(8, (at) => view.getFloat64(at, true)) : [...proto.doubleData];
    default:
      throw new Error(`elements of type ${proto.dataType}`);
  }
}
