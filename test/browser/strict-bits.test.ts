// Strict numerics give the same bits in a page as in Node: the same trainings run in both.
import { expect, test } from 'vitest';
import { commands } from 'vitest/browser';
import { detectFeatures } from '../../src/kernels/features.ts';
import { type StrictNetwork, strictTraining } from '../support/strict-training.ts';

test.each<StrictNetwork>(['lenet', 'resnet20'])('%s: 200 iterations', { timeout: 300_000 }, async (network) => {
  // This engine can fuse multiply-add, Node 20 cannot: only what strict numerics promise makes them agree.
  expect(detectFeatures().relaxedSimd).toBe(true);
  const here = await strictTraining(network, 200, 50);
  expect(here.map(({ iteration }) => iteration)).toEqual([50, 100, 150, 200]);
  expect(new Set(here.map(({ hash }) => hash)).size).toBe(4);
  expect(here.every(({ loss }) => Number.isFinite(loss))).toBe(true);
  expect(here).toEqual(await commands.strictTraining(network, 200, 50));
});
