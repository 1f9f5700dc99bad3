// Every optimiser against PyTorch's steps from fixed gradients: the golden cases of test/support/conformance on compiled
// plans, and the record alone on the plain kernels.
import { describe, expect, test } from 'vitest';
import { optimizerCases } from '../../support/conformance/optimizer-cases.ts';
import { optimizerChoice } from '../../support/golden/optimizers.ts';
import { optimizerFiles, runOptimizer } from '../../support/optimizer-harness.ts';
import { loadGoldenManifest } from '../../support/reference.ts';

const entries = loadGoldenManifest().optimizers;
const optimizers = optimizerFiles();

test('all optimisers have golden steps', () => {
  const used = entries.map(({ optimizer, hyperparameters }) =>
    optimizerChoice(optimizer as string, hyperparameters as Readonly<Record<string, unknown>>),
  );
  expect([...optimizers.keys()].filter((id) => !used.some((choice) => choice?.kind === id))).toEqual([]);
});

describe.each(optimizerCases())('$name', ({ checks }) => {
  test.each(checks)('$name', ({ run }) => run());
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
