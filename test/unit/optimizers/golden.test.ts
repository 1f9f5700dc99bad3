// Every optimiser against PyTorch's steps from fixed gradients, executed in float32.
import { describe, expect, test } from 'vitest';
import { optimizerFiles, runOptimizer } from '../../support/optimizer-harness.ts';
import { loadGoldenManifest, loadGoldenTensors } from '../../support/reference.ts';

const ids: Readonly<Record<string, string>> = {
  SGD: 'sgd',
  Momentum: 'momentum',
  Nesterov: 'nesterov',
  AdaGrad: 'adagrad',
  RMSProp: 'rmsprop',
  Adam: 'adam',
  AdamW: 'adamw',
  Adadelta: 'adadelta',
  Adamax: 'adamax',
  NAdam: 'nadam',
};

interface Entry {
  readonly id: string;
  readonly optimizer: string;
  readonly file: string;
  readonly hyperparameters: Readonly<Record<string, unknown>>;
  readonly steps: number;
  readonly param0: string;
  readonly grads: string;
  readonly params: string;
}

const entries = loadGoldenManifest().optimizers.filter(({ kind }) => kind === 'fixed_gradients') as unknown as Entry[];
const optimizers = optimizerFiles();
const supported = entries.filter(({ optimizer }) => optimizers.has(ids[optimizer] ?? ''));
const missing = entries.filter((entry) => !supported.includes(entry)).map(({ optimizer }) => optimizer);

/** `nesterov` is named by the optimiser itself. */
function optionsOf({ optimizer, hyperparameters }: Entry): { lr: number; options: Record<string, unknown> } {
  const { lr, nesterov, ...options } = hyperparameters;
  expect(nesterov === undefined || optimizer === 'Nesterov').toBe(true);
  return { lr: lr as number, options };
}

function farthest(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [actual[i] as number, expected[i] as number];
    const excess = Math.abs(a - b) / (1e-5 + 1e-4 * Math.abs(b));
    worst = Number.isNaN(excess) ? Number.POSITIVE_INFINITY : Math.max(worst, excess);
  }
  return worst;
}

test('all optimisers have golden steps; what has no optimiser yet is said', () => {
  expect(supported.length).toBeGreaterThanOrEqual(19);
  expect([...optimizers.keys()].filter((id) => !supported.some((entry) => ids[entry.optimizer] === id))).toEqual([]);
  process.stdout.write(`golden optimisers: ${supported.length} run, not supported: ${missing.join(', ')}\n`);
});

describe.each(supported)('$id', (entry) => {
  test('follows PyTorch after every step', () => {
    const tensors = loadGoldenTensors(entry.file);
    const read = (name: string) => {
      const tensor = tensors.get(name);
      if (!tensor) throw new Error(`${entry.file} has no ${name}`);
      return tensor;
    };
    const start = read(entry.param0);
    const count = start.data.length;
    const row = (name: string, step: number) => read(name).data.slice(step * count, (step + 1) * count);
    const { lr, options } = optionsOf(entry);
    const run = runOptimizer(optimizers.get(ids[entry.optimizer] as string)!, { lr, options, start: start.data });
    for (let step = 0; step < entry.steps; step++) {
      expect(farthest(run.step(row(entry.grads, step)), row(entry.params, step)), `step ${step}`).toBeLessThanOrEqual(
        1,
      );
    }
  });
});

test('momentum with the nesterov option is nesterov', () => {
  const start = [0.5, -1, 2];
  const run = (id: string, options: Record<string, unknown>) => {
    const { step } = runOptimizer(optimizers.get(id)!, {
      lr: 0.1,
      options: { momentum: 0.8, weight_decay: 0.1, ...options },
      start,
    });
    step([1, -0.5, 0.25]);
    return [...step([0.1, 0.2, -0.3])];
  };
  expect(run('momentum', { nesterov: true })).toEqual(run('nesterov', {}));
  expect(run('momentum', {})).not.toEqual(run('nesterov', {}));
});
