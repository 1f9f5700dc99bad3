import { expect, it } from 'vitest';
import { formatSeconds, secondsLeft } from '../../../src/app/trainer/time-left.ts';
import type { TrainState } from '../../../src/engine/protocol.ts';

const state: TrainState = {
  revision: 0,
  order: 1,
  status: 'running',
  epoch: 1,
  epochs: 4,
  iteration: 150,
  iterationsPerEpoch: 100,
  loss: 1,
  metrics: {},
  examplesPerSecond: 500,
  diagnostics: [],
};

it('says how long the rest takes at the present speed, while it runs', () => {
  // 250 iterations of 20 examples at 500 a second.
  expect(secondsLeft(state, 20)).toBe(10);
  expect(secondsLeft({ ...state, iteration: 400 }, 20)).toBe(0);
  expect(secondsLeft({ ...state, status: 'paused' }, 20)).toBeNull();
  expect(secondsLeft({ ...state, examplesPerSecond: 0 }, 20)).toBeNull();
});

it.each([
  [0.4, '0 s'],
  [59.4, '59 s'],
  [185, '3:05 min'],
  [4200, '1:10 h'],
])('%d seconds read as %s', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});
