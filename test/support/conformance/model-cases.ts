// models: trained networks in the files that people have, opened and run on the generated kernels; outputs within 1e-4 of the
// largest. What comes without a graph has one in model-graphs.ts.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '../../../src/compiler/compile.ts';
import { assignWeights } from '../../../src/engine/numbers/assign-weights.ts';
import { readOnnx } from '../../../src/formats/onnx/read-onnx.ts';
import { type BoundPlan, createWorkspace } from '../../../src/runtime/workspace.ts';
import { formatDiagnostic } from '../../../src/tensor/diagnostic.ts';
import { numel } from '../../../src/tensor/shape.ts';
import { type Tensor, tensor } from '../../../src/tensor/tensor.ts';
import { library, registry, relativeError } from '../graphs.ts';
import { readTensor, runReading } from '../onnx/node-tests.ts';
import { referencePath } from '../reference.ts';
import type { Check, ConformanceCase } from './case.ts';
import { planesOf, readExpected } from './model-files.ts';
import { darwinLstm, type ModelGraph, resnet20, tinyVgg } from './model-graphs.ts';

const tolerance = 1e-4;

/** Every network of the README; empty where the folder is not at hand. */
export function modelCases(): ConformanceCase[] {
  const root = referencePath('models');
  if (root === undefined) return [];
  const single = Object.entries(proofs).map(([name, prove]): ConformanceCase => {
    const folder = join(root, name.split('/')[0] as string);
    const run = () => {
      if (!existsSync(folder)) throw new Error('is not at hand');
      prove(folder, readExpected(join(folder, 'expected.safetensors')));
    };
    return { name, checks: [{ name: 'outputs', run }] };
  });
  const light = join(root, 'onnx-light');
  const structures = existsSync(light) ? readdirSync(light).filter((file) => file.endsWith('.onnx')) : [];
  return [
    ...single,
    ...structures.map((file) => ({
      name: `onnx-light/${file.replace('.onnx', '')}`,
      checks: [structure(light, file)],
    })),
  ];
}

type Expected = (name: string) => Tensor;

const proofs: Readonly<Record<string, (folder: string, expected: Expected) => void>> = {
  'mnist-cnn'(folder, expected) {
    const [pixels, scores] = [expected('Input3'), expected('Plus214_Output_0')];
    for (let i = 0; i < 16; i++) {
      const x = tensor([1, 1, 28, 28], pixels.data.subarray(784 * i, 784 * (i + 1)));
      const y = scores.data.subarray(10 * i, 10 * (i + 1));
      requireClose(`image ${i}`, runFile(join(folder, 'mnist.onnx'), 'Input3', x)('Plus214_Output_0').data, y);
    }
  },
  'squeezenet-fp16'(folder, expected) {
    const mean = [104, 117, 123];
    for (const [picture, best] of [
      ['chelsea', 285],
      ['coffee', 967],
    ] as const) {
      const pixels = expected(`${picture}/pixels_rgb_nhwc`);
      const bgr = { ...pixels, data: pixels.data.map((_, i, all) => all[i - (i % 3) + 2 - (i % 3)] as number) };
      const x = planesOf(bgr, (value, channel) => value - (mean[channel] as number));
      const { data } = runFile(join(folder, 'SqueezeNet_fp16.onnx'), 'data_0', x)('softmaxout_1');
      requireClose(picture, data, expected(`${picture}/softmaxout_1`).data);
      if (largest(data) !== best) throw new Error(`${picture}: class ${largest(data)}, expected ${best}`);
    }
  },
  'tiny-vgg'(folder, expected) {
    const x = planesOf(expected('pixels_nhwc'), (value) => value / 255);
    const names = ['output.y', 'softmax.y', 'conv_1_1.y', 'max_pool_1.y', 'max_pool_2.y'];
    const actual = runGraph(tinyVgg(folder), x, names);
    requireClose('logits', actual('output.y'), expected('logits').data);
    requireClose('probabilities', actual('softmax.y'), expected('probabilities').data);
    for (const name of ['conv_1_1', 'max_pool_1', 'max_pool_2']) {
      const { data } = expected(`bug_1/${name}`);
      requireClose(name, actual(`${name}.y`).subarray(data.length, 2 * data.length), data);
    }
  },
  'resnet20-cifar10/onnx'(folder, expected) {
    const logits = (x: Tensor) => runFile(join(folder, 'resnet20.onnx'), 'input', x)('logits').data;
    requireClose('logits', logits(expected('input')), expected('logits').data);
    requirePredictions(logits, expected('predictions_1000').data);
  },
  'resnet20-cifar10/safetensors'(folder, expected) {
    const model = resnet20(folder);
    const logits = (x: Tensor) => runGraph(model, x, ['linear.y'])('linear.y');
    requireClose('logits', logits(expected('input')), expected('logits').data);
    requirePredictions(logits, expected('predictions_1000').data);
  },
  'char-lstm-darwin'(folder, expected) {
    const [logits, generated] = [expected('logits'), expected('generated_ids').data];
    const ids = Int32Array.from([...expected('seed_ids').data, ...generated]).subarray(0, logits.shape[0]);
    const actual = runGraph(darwinLstm(folder, ids.length), tensor([ids.length, 1], ids, 'int32'), ['output.y'])(
      'output.y',
    );
    requireClose('logits', actual, logits.data);
    const letters = logits.shape[1] as number;
    const chosen = Array.from({ length: generated.length }, (_, i) => {
      const at = (ids.length - generated.length + i) * letters;
      return largest(actual.subarray(at, at + letters));
    });
    if (chosen.join() !== generated.join()) throw new Error(`the continuation is ${chosen}`);
    const json = (file: string) =>
      JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, string | number>;
    const letterOf = new Map(Object.entries(json('vocab.json')).map(([letter, id]) => [id, letter]));
    const text = chosen.map((id) => letterOf.get(id)).join('');
    if (text !== json('expected.json')['greedy_continuation']) throw new Error(`the continuation reads ${text}`);
  },
  'face-slim-320'(folder, expected) {
    const x = planesOf(expected('pixels_rgb_nhwc'), (value) => (value - 127) / 128);
    const output = runFile(join(folder, 'version-slim-320.onnx'), 'input', x);
    for (const name of ['scores', 'boxes']) requireClose(name, output(name).data, expected(name).data);
  },
};

/** Weights of one number throughout; the input rises from 0 to 1. */
function structure(folder: string, file: string): Check {
  return {
    name: 'outputs',
    run() {
      const expected = readTensor(join(folder, file.replace('.onnx', '_output_0.pb')));
      const count = numel([3, 224, 224]);
      const x = tensor(
        [1, 3, 224, 224],
        Float32Array.from({ length: count }, (_, i) => i / count),
      );
      const reading = readOnnx(new Uint8Array(readFileSync(join(folder, file))));
      const [input = '', output = ''] = [...[...reading.inputs.keys()], ...reading.outputs.keys()];
      requireClose(output, runReading(reading, new Map([[input, x]]))(output).data, expected.data);
    },
  };
}

function runFile(path: string, input: string, x: Tensor): (output: string) => Tensor {
  return runReading(readOnnx(new Uint8Array(readFileSync(path))), new Map([[input, x]]));
}

function runGraph({ graph, tensors }: ModelGraph, x: Tensor, retain: readonly string[]) {
  const { plan, diagnostics } = compile(graph, registry, {
    mode: 'eval',
    batch: x.shape[0] as number,
    retain,
    gradients: 'none',
    workspaceBytes: library.workspaceBytes,
  });
  if (!plan) throw new Error(diagnostics.map(formatDiagnostic).join('; '));
  const workspace = createWorkspace([plan], { library });
  workspace.initialize(plan.seed);
  const bound = workspace.plans[0] as BoundPlan;
  const told = assignWeights(bound, tensors);
  if (told.length > 0) throw new Error(told.map(formatDiagnostic).join('; '));
  bound.read('input.y').set(x.data);
  bound.run(0, plan.instructions.length);
  return (name: string) => bound.read(name);
}

function requireClose(what: string, actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  const error = relativeError(actual, expected);
  if (!(error <= tolerance)) throw new Error(`${what} is off by ${error} of the largest`);
}

/** The class of every picture of the CIFAR-10 file, in batches; nothing where the file is not at hand. */
function requirePredictions(logits: (x: Tensor) => ArrayLike<number>, expected: ArrayLike<number>): void {
  const path = referencePath('data/cifar-10/test_batch.bin');
  if (path === undefined) return;
  const bytes = readFileSync(path);
  const [pixels, batch] = [3 * 32 * 32, 250];
  const [mean, std] = [
    [0.485, 0.456, 0.406],
    [0.229, 0.224, 0.225],
  ];
  for (let first = 0; first < expected.length; first += batch) {
    const count = Math.min(batch, expected.length - first);
    const x = Float32Array.from({ length: count * pixels }, (_, i) => {
      const channel = Math.floor((i % pixels) / 1024);
      // Each record is a label and three planes.
      const value = bytes[(first + Math.floor(i / pixels)) * (pixels + 1) + 1 + (i % pixels)] as number;
      return (value / 255 - (mean[channel] as number)) / (std[channel] as number);
    });
    const scores = logits(tensor([count, 3, 32, 32], x));
    for (let i = 0; i < count; i++) {
      const found = largest(Array.prototype.slice.call(scores, 10 * i, 10 * (i + 1)));
      if (found !== expected[first + i])
        throw new Error(`picture ${first + i} is ${found}, expected ${expected[first + i]}`);
    }
  }
}

function largest(numbers: ArrayLike<number>): number {
  return Array.from(numbers).reduce((best, value, i, all) => (value > (all[best] as number) ? i : best), 0);
}
