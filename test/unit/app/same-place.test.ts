import { describe, expect, it } from 'vitest';
import { samePlace } from '../../../src/app/state/same-place.ts';
import type { Phase } from '../../../src/program/program.ts';

/** `F conv1, B conv1`: phase and node of each step. */
const steps = (text: string) =>
  text.split(', ').map((each) => {
    const [letter, node] = each.split(' ') as [string, string];
    const phase: Phase = letter === 'F' ? 'forward' : letter === 'B' ? 'backward' : 'update';
    return { node, phase };
  });

describe('the place of a cursor in another plan', () => {
  const closed = steps('F rnn[0]/lstm, F rnn[1]/lstm, F loss, B loss, B rnn[1]/lstm, B rnn[0]/lstm');
  const opened = steps(
    'F rnn[0]/lstm/f, F rnn[0]/lstm/h, F rnn[1]/lstm/f, F rnn[1]/lstm/h, F loss, B loss, B rnn[1]/lstm/h, B rnn[1]/lstm/f, B rnn[0]/lstm/h, B rnn[0]/lstm/f',
  );

  it('is before the first step inside a node that was opened', () => {
    expect(samePlace(closed, 1, opened)).toBe(2);
    expect(samePlace(closed, 4, opened)).toBe(6);
  });

  it('is before a node that was closed, wherever inside it stood', () => {
    expect(samePlace(opened, 2, closed)).toBe(1);
    expect(samePlace(opened, 3, closed)).toBe(1);
    expect(samePlace(opened, 7, closed)).toBe(4);
  });

  it('stays at the start, at the end, and before a step that is still there', () => {
    expect(samePlace(closed, 0, opened)).toBe(0);
    expect(samePlace(closed, closed.length, opened)).toBe(opened.length);
    expect(samePlace(closed, 3, opened)).toBe(5);
  });

  it('tells steps of one node in one phase apart by their rank', () => {
    expect(samePlace(steps('F a, F a, F b'), 1, steps('F new, F a, F a, F b'))).toBe(2);
  });

  it('is after what had run where the next step is deleted', () => {
    expect(samePlace(steps('F a, F b, F c'), 1, steps('F a, F c'))).toBe(1);
    expect(samePlace(steps('F a, F b'), 1, steps('F x, F y'))).toBe(0);
  });
});
