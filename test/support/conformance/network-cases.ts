// golden/networks: whole networks against PyTorch, compiled and run on the generated kernels, in both numerics, with the
// debugger's plan (all kept) and the fast plan (memory re-used). README: 1e-4 on losses and logits, 1e-3 relative to the
// largest entry on gradients, parameters and statistics.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readOnnx } from '../../../src/formats/onnx/read-onnx.ts';
import { operators } from '../../../src/operators/registry.generated.ts';
import { tensor } from '../../../src/tensor/tensor.ts';
import { type GoldenNetwork, layeredNetwork, mlpNetwork, recurrentNetwork } from '../golden/networks.ts';
import { optimizerChoice } from '../golden/optimizers.ts';
import { bind, type Json, planOf, run } from '../graphs.ts';
import { runOnnx } from '../onnx/node-tests.ts';
import { type GoldenEntry, goldenFolder, loadGoldenManifest } from '../reference.ts';
import { type Check, type ConformanceCase, requireClose, unsupported } from './case.ts';
import { interpretabilityChecks } from './interpretability-checks.ts';

type Named<T> = Readonly<Record<string, T>>;
type PlanOptions = NonNullable<Parameters<typeof planOf>[1]>;

const both = ['strict', 'fast'] as const;

export function networkCases(): ConformanceCase[] {
  return loadGoldenManifest().networks.map((entry) => ({ name: entry.id, checks: checksOf(entry) }));
}

/** The network as a graph of ours; null where an operator is missing. */
function build(entry: GoldenEntry, training: Json): GoldenNetwork | null {
  if (entry['kind'] === 'network') return layeredNetwork(entry, training);
  if (entry['kind'] === 'char_rnn') return recurrentNetwork(entry, training, operators);
  return entry['kind'] === 'mlp_training' ? mlpNetwork(entry, training) : null;
}

function checksOf(entry: GoldenEntry): readonly Check[] {
  if (!build(entry, {})) return unsupported(`no graph for a network of the kind ${entry['kind']}`);
  if (entry['kind'] === 'mlp_training') return runChecks(entry);
  const make = (training: Json = {}) => build(entry, training) as GoldenNetwork;
  const has = (field: string) => entry[field] !== undefined;
  return [
    ...both.flatMap((numerics): Check[] => [
      { name: `first pass, ${numerics}`, run: () => firstPass(entry, make(), numerics) },
      ...[true, false].map((keepAll) => ({
        name: `three steps, ${numerics}, ${keepAll ? 'all kept' : 'memory re-used'}`,
        run: () => threeSteps(entry, make, numerics, keepAll),
      })),
    ]),
    ...(has('buffers_after_3_steps') ? [{ name: 'statistics', run: () => buffersAfterSteps(entry, make) }] : []),
    ...(has('optimizer_adam') ? [{ name: 'three steps of Adam', run: () => adamSteps(entry, make) }] : []),
    ...(has('logits_eval') ? [{ name: 'inference', run: () => inference(entry, make()) }] : []),
    ...(has('onnx') ? [{ name: 'its ONNX file', run: () => inferenceOfFile(entry, make()) }] : []),
    ...interpretabilityChecks(entry, make),
    ...(has('hidden') ? [{ name: 'hidden states', run: () => hiddenStates(entry, make()) }] : []),
  ];
}

/** Losses before the first and after each of `steps` updates. */
function losses(network: GoldenNetwork, lr: number, steps: number, options: PlanOptions) {
  const { bound } = bind(planOf(network.graph, options), network.start);
  const found: number[] = [];
  for (let step = 0; step <= steps; step++) {
    bound.read('iteration')[0] = step;
    bound.read('lr')[0] = step < steps ? lr : 0;
    for (const [name, numbers] of Object.entries(network.start))
      if (bound.plan.feeds.includes(name)) bound.read(name).set(numbers);
    run(bound);
    found.push(bound.read('loss.y')[0] as number);
  }
  return { found, bound };
}

function firstPass(entry: GoldenEntry, network: GoldenNetwork, numerics: 'strict' | 'fast'): void {
  const { bound } = bind(planOf(network.graph, { numerics }), network.start);
  run(bound);
  const read = (name: unknown) => network.tensor(name as string).data;
  const ours = (name: string) => network.names[name] as string;
  requireClose('loss', bound.read('loss.y'), (entry['losses_sgd'] as readonly number[]).slice(0, 1), 1e-4, 1);
  requireClose('logits', bound.read(network.logits), read(entry['logits']), 1e-4, 1);
  for (const [name, at] of Object.entries(entry['grads'] as Named<string>)) {
    requireClose(`gradient of ${name}`, bound.read(`grad(${ours(name)})`), read(at), 1e-3);
  }
  if (entry['grad_input'] !== undefined) {
    requireClose('gradient of the input', bound.read('grad(input.y)'), read(entry['grad_input']), 1e-3);
  }
  for (const [name, at] of Object.entries((entry['buffers_after_1_forward'] ?? {}) as Named<string>)) {
    requireClose(name, bound.read(ours(name)), read(at), 1e-3);
  }
}

type Make = (training?: Json) => GoldenNetwork;

const frugal = { retain: [], gradients: 'training' } as const;
const thorough = { retain: 'all', gradients: 'all' } as const;

function sgdOf(entry: GoldenEntry): { readonly training: Json; readonly lr: number } {
  const { name, ...hyperparameters } = entry['optimizer'] as Json;
  const optimizer = optimizerChoice(name as string, hyperparameters);
  if (!optimizer) throw new Error(`there is no optimizer ${name}`);
  return { training: { optimizer }, lr: hyperparameters['lr'] as number };
}

function threeSteps(entry: GoldenEntry, make: Make, numerics: 'strict' | 'fast', keepAll: boolean): void {
  const { training, lr } = sgdOf(entry);
  const network = make(training);
  const { found, bound } = losses(network, lr, 3, { numerics, ...(keepAll ? thorough : frugal) });
  requireClose('losses', found, entry['losses_sgd'] as readonly number[], 1e-4);
  for (const [name, at] of Object.entries(entry['params_after_3_steps'] as Named<string>)) {
    requireClose(`${name} after 3 steps`, bound.read(network.names[name] as string), network.tensor(at).data, 1e-3);
  }
}

function buffersAfterSteps(entry: GoldenEntry, make: Make): void {
  const { training, lr } = sgdOf(entry);
  const network = make(training);
  // The third pass is followed by an update with rate 0: the statistics have seen three forward passes.
  const { bound } = losses(network, lr, 2, frugal);
  for (const [name, at] of Object.entries(entry['buffers_after_3_steps'] as Named<string>)) {
    requireClose(`${name} after 3 steps`, bound.read(network.names[name] as string), network.tensor(at).data, 1e-3);
  }
}

function adamSteps(entry: GoldenEntry, make: Make): void {
  const { name, ...hyperparameters } = entry['optimizer_adam'] as Json;
  const optimizer = optimizerChoice(name as string, hyperparameters);
  const { found } = losses(make({ optimizer }), hyperparameters['lr'] as number, 3, frugal);
  requireClose('losses', found, entry['losses_adam'] as readonly number[], 1e-4);
}

function inference(entry: GoldenEntry, network: GoldenNetwork): void {
  const options = { mode: 'eval', retain: [network.logits], gradients: 'none' } as const;
  const { bound } = bind(planOf(network.graph, options), network.start);
  run(bound);
  requireClose('logits', bound.read(network.logits), network.tensor(entry['logits_eval'] as string).data, 1e-4, 1);
}

/** The same network read from the file beside the tensors: inference mode, initial statistics. */
function inferenceOfFile(entry: GoldenEntry, network: GoldenNetwork): void {
  const bytes = new Uint8Array(readFileSync(join(goldenFolder(), entry['onnx'] as string)));
  const { inputs, outputs } = readOnnx(bytes);
  const [input = '', output = ''] = [...inputs.keys(), ...outputs.keys()];
  const { shape, data } = network.tensor(entry['input'] as string);
  const found = runOnnx(bytes, new Map([[input, tensor(shape, data)]]))(output).data;
  requireClose('logits', found, network.tensor(entry['logits_eval'] as string).data, 1e-4, 1);
}

function hiddenStates(entry: GoldenEntry, network: GoldenNetwork): void {
  const { bound } = bind(planOf(network.graph), network.start);
  run(bound);
  requireClose('hidden', bound.read('rnn.y'), network.tensor(entry['hidden'] as string).data, 1e-4, 1);
}

/** A training of some steps with each of several optimisers. */
function runChecks(entry: GoldenEntry): Check[] {
  const runs = entry['runs'] as Named<{ readonly hyperparameters: Json; readonly losses: readonly number[] }>;
  return Object.entries(runs).flatMap(([name, { hyperparameters, losses: expected }]) =>
    both.map((numerics) => ({
      name: `${name}, ${numerics}`,
      run: () => {
        const optimizer = optimizerChoice(name, hyperparameters);
        if (!optimizer) throw new Error(`there is no optimizer ${name}`);
        const network = mlpNetwork(entry, { optimizer });
        const lr = hyperparameters['lr'] as number;
        const { found } = losses(network, lr, expected.length - 1, { numerics, ...frugal });
        requireClose('losses', found, expected, 1e-4);
      },
    })),
  );
}
