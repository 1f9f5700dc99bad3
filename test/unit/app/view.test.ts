import { describe, expect, test } from 'vitest';
import { runTransition } from '../../../src/app/state/run-state.ts';
import { lastStepsOf, withAncestors } from '../../../src/app/state/session-store.ts';
import {
  defaultView,
  dotOf,
  instancePath,
  keptView,
  readKeptView,
  scopeKey,
  toggledBreakpoint,
} from '../../../src/app/state/view-store.ts';
import { stepsOf } from './support/fake-engine.ts';

describe('what is kept of the view', () => {
  test('comes back as it was, and only in its own place', () => {
    const view = { ...defaultView, theme: 'dark' as const, example: 3, selection: ['a'] };
    expect(readKeptView(JSON.parse(JSON.stringify(keptView(view, 'browser'))), 'browser')).toMatchObject({
      theme: 'dark',
    });
    expect(readKeptView(keptView(view, 'browser'), 'document')).toEqual({});
    expect(readKeptView(keptView(view, 'document'), 'document')).toMatchObject({ example: 3 });
  });

  test('foreign data is taken only where its type fits', () => {
    const foreign = { theme: 5, paletteWidth: 'wide', dockOpen: false, breakpoints: [], selection: ['x'], junk: 1 };
    expect(readKeptView(foreign, 'browser')).toEqual({ dockOpen: false });
    expect(readKeptView('nonsense', 'browser')).toEqual({});
    expect(readKeptView(null, 'document')).toEqual({});
  });
});

test('paths name time steps, cameras do not', () => {
  const scope = [
    { node: 'rnn', kind: 'recurrence', time: 3 },
    { node: 'cell', kind: 'block' },
  ] as const;
  expect(instancePath(scope, 'fc')).toBe('rnn[3]/cell/fc');
  expect(instancePath([], 'fc')).toBe('fc');
  expect(scopeKey(scope)).toBe('rnn/cell');
  expect(scopeKey(scope.map((step) => ({ ...step, time: 7 })))).toBe('rnn/cell');
  expect(scopeKey([{ ...scope[0], unfolded: 8 }])).not.toBe(scopeKey([scope[0]]));
});

test('a breakpoint is switched for one phase', () => {
  const once = toggledBreakpoint([], 'a', 'forward');
  const twice = toggledBreakpoint(once, 'a', 'backward');
  expect(twice.map(({ phase }) => phase)).toEqual(['forward', 'backward']);
  expect(toggledBreakpoint(twice, 'a', 'forward')).toEqual([{ path: 'a', phase: 'backward', enabled: true }]);
  expect(toggledBreakpoint(twice, 'a')).toEqual([]);
});

test.each([{ condition: 'norm(y) > 3' }, { hits: '% 5' }, { log: 'loss {loss}' }])(
  'a click on a dot never loses what was typed: %o',
  (typed) => {
    const plain = { path: 'a', phase: 'forward', enabled: true } as const;
    const other = { path: 'b', phase: 'forward', enabled: true } as const;
    const set = { id: 'b1', path: 'a', phase: 'forward', enabled: true, ...typed } as const;
    const off = toggledBreakpoint([set, plain, other], 'a', 'forward');
    expect(off).toEqual([{ ...set, enabled: false }, other]);
    expect(toggledBreakpoint(off, 'a', 'forward')).toEqual([set, other]);
    expect(toggledBreakpoint(off, 'a')).toEqual([set, other]);
  },
);

test('a dot is filled where the run stops, hollow where it would', () => {
  const at = { path: 'a', phase: 'forward', enabled: true } as const;
  expect(dotOf([])).toBe('none');
  expect(dotOf([{ ...at, enabled: false }])).toBe('off');
  expect(dotOf([{ ...at, enabled: false }, at])).toBe('on');
});

test('the run goes through its states, and strays are ignored', () => {
  const start = { kind: 'starting', again: false } as const;
  expect(runTransition(start, { kind: 'stopped' })).toBe(start);
  const compiling = runTransition(start, { kind: 'compile' });
  const ready = runTransition(compiling, { kind: 'compiled', runnable: true });
  expect(ready).toEqual({ kind: 'ready', runnable: true });
  const running = runTransition(ready, { kind: 'command' });
  expect(running).toEqual({ kind: 'running' });
  expect(runTransition(running, { kind: 'stopped' })).toEqual(ready);
  const broken = runTransition(compiling, { kind: 'compiled', runnable: false });
  expect(runTransition(broken, { kind: 'command' })).toBe(broken);
  expect(runTransition(running, { kind: 'crash', givesUp: false })).toEqual({ kind: 'starting', again: true });
});

test('a block is done when the last node inside it is, over all time steps', () => {
  expect(withAncestors('rnn[3]/cell/fc')).toEqual(['rnn[3]/cell/fc', 'rnn[3]/cell', 'rnn[3]', 'rnn']);
  const last = lastStepsOf(stepsOf('f a', 'f rnn[0]/fc', 'f rnn[1]/fc', 'b rnn[1]/fc', 'b rnn[0]/fc', 'u rnn/fc'));
  expect(last['rnn']).toEqual({ forward: 2, backward: 4, update: 5 });
  expect(last['rnn[0]']).toEqual({ forward: 1, backward: 4 });
  expect(last['a']).toEqual({ forward: 0 });
});
