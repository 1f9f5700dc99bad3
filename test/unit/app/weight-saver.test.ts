// When the numbers are asked for: seldom while training goes on, soon once it has come to a halt.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createNotices } from '../../../src/app/state/notices.ts';
import { createSessionStore } from '../../../src/app/state/session-store.ts';
import { createWeightSaver } from '../../../src/app/state/weight-saver.ts';
import type { TrainState } from '../../../src/engine/protocol.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const state = (status: TrainState['status'], iteration: number): TrainState => ({
  revision: 1,
  order: iteration,
  status,
  epoch: 0,
  epochs: 1,
  iteration,
  iterationsPerEpoch: 100,
  loss: 1,
  metrics: {},
  examplesPerSecond: 1,
  diagnostics: [],
});

test('training that is paused is kept soon, not when it would have been kept had it gone on', async () => {
  const session = createSessionStore();
  let asked = 0;
  const saver = createWeightSaver({
    link: {
      async keep() {
        asked++;
        return null;
      },
    },
    session,
    notices: createNotices(),
    keeper: {
      keep: async () => undefined,
      forget: async () => undefined,
      recall: async () => undefined,
      copy: async () => undefined,
    },
  });
  session.setState({ training: state('running', 1) });
  await vi.advanceTimersByTimeAsync(1000);
  session.setState({ training: state('running', 2) });
  expect(asked).toBe(0);
  session.setState({ training: state('paused', 3) });
  await vi.advanceTimersByTimeAsync(500);
  expect(asked).toBe(1);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked).toBe(1);
  // While it goes on, as seldom as ever.
  for (let i = 0; i < 60; i++) {
    session.setState({ training: state('running', 4 + i) });
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(asked).toBeLessThanOrEqual(3);
  saver.dispose();
});
