// `--schedule KIND[:OPTION=VALUE,…]`: what is read, and what is refused with the reason.
import { expect, test } from 'vitest';
import { chooseSchedule } from '../../../src/cli/choose-schedule.ts';

test('a kind, and options as JSON or as words', () => {
  expect(chooseSchedule('cosine')).toEqual({ kind: 'cosine' });
  expect(chooseSchedule('multi_step:milestones=[2, 6],gamma=0.5,warmup=3')).toEqual({
    kind: 'multi_step',
    milestones: [2, 6],
    gamma: 0.5,
    warmup: 3,
  });
  expect(chooseSchedule('one_cycle:anneal_strategy=linear,three_phase=true')).toEqual({
    kind: 'one_cycle',
    anneal_strategy: 'linear',
    three_phase: true,
  });
});

test('what is wrong is said, as a fault of usage', () => {
  for (const [text, reason] of [
    ['steps', 'there is no schedule `steps`'],
    ['step:step_size=0', 'step_size'],
    ['step:gama=1', 'gama'],
    ['step:gamma', 'OPTION=VALUE'],
    ['__proto__', 'there is no schedule'],
  ] as const) {
    expect(() => chooseSchedule(text), text).toThrow(
      expect.objectContaining({ code: 2, message: expect.stringContaining(reason) }),
    );
  }
});
