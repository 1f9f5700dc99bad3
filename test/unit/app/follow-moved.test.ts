import { expect, test } from 'vitest';
import { followMoved } from '../../../src/app/state/follow-moved.ts';

const moved = { fc1: 'first', y: 'never', 'b/conv': 'b/filters' };

test('breakpoints stay at their node, with what they ask and write', () => {
  const { breakpoints } = followMoved(
    {
      watches: [],
      breakpoints: [
        { path: 'fc1', phase: 'backward', enabled: true, condition: 'norm(grad(weight)) / norm(fc1.weight) > mean(y)' },
        { path: '', phase: 'forward', enabled: false, hits: '% 5', log: '{{fc1}} {norm(fc1)} at {iteration}' },
      ],
    },
    moved,
  );
  expect(breakpoints).toEqual([
    { path: 'first', phase: 'backward', enabled: true, condition: 'norm(grad(weight)) / norm(first.weight) > mean(y)' },
    { path: '', phase: 'forward', enabled: false, hits: '% 5', log: '{{fc1}} {norm(first)} at {iteration}' },
  ]);
});

test('watches follow, quotients stay quotients, and what is no condition stays as it was written', () => {
  const watch = (expression: string, path = '') => ({ id: expression, path, expression });
  const after = (expression: string, path = '') =>
    followMoved({ breakpoints: [], watches: [watch(expression, path)] }, moved).watches[0];
  expect(after('fc1.y/fc1.x')?.expression).toBe('first.y/first.x');
  expect(after('max(abs(update(b/conv.weight)))')?.expression).toBe('max(abs(update(b/filters.weight)))');
  expect(after('loss > fc1')?.expression).toBe('loss > first');
  expect(after('mean(y == 0)', 'fc1')).toEqual({ id: 'mean(y == 0)', path: 'first', expression: 'mean(y == 0)' });
  expect(after('fc1.y >> § fc10.y')?.expression).toBe('first.y >> § fc10.y');
});
