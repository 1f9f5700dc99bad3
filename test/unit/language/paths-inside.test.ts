// Which nodes texts name something inside of.
import { expect, test } from 'vitest';
import { pathsInside } from '../../../src/language/paths-inside.ts';

test('of the node that is asked, of every name in the texts, whatever the time step; quotients of bare names name nothing', () => {
  expect(
    pathsInside([
      { path: 'fc1/piece1', condition: 'norm(y) > 0' },
      { path: '', condition: 'any(isnan(rnn[3]/cell/gate.y)) or norm(a.y) / norm(b.y) > 2' },
      { path: 'conv', log: 'it is {block/bn.y}' },
      { path: 'conv', expression: 'max(a/b.y)' },
    ]),
  ).toEqual(['a', 'block', 'fc1', 'rnn', 'rnn/cell']);
  expect(pathsInside([{ path: 'fc1', condition: 'y / x > 1' }])).toEqual([]);
});

test('of however long a text in no time', () => {
  expect(pathsInside([{ path: '', condition: `${'x'.repeat(400_000)} + 1e3/a.y + seq/cell.h` }])).toEqual(['seq']);
});
