import { describe, expect, test } from 'vitest';
import { nodeOfName, type Walk, walkBetween, walkTo } from '../../../src/app/state/walk.ts';

const start: Walk = { places: [], at: -1, question: 'number', front: true, opened: false };
const names = ({ places }: Walk): string[] => places.map(({ name, index }) => `${name} ${index}`);

describe('a walk', () => {
  test('goes on, back and on another way', () => {
    const there = walkTo(walkTo(walkTo(start, { name: 'loss.y', index: 0 }), { name: 'fc.y', index: 3 }), {
      name: 'x.y',
      index: 7,
    });
    expect(names(there)).toEqual(['loss.y 0', 'fc.y 3', 'x.y 7']);
    expect(there.at).toBe(2);
    const back = walkBetween(there, 0);
    expect(back.at).toBe(0);
    expect(names(back)).toHaveLength(3);
    const other = walkTo(back, { name: 'fc.y', index: 4 });
    expect(names(other)).toEqual(['loss.y 0', 'fc.y 4']);
    expect(walkBetween(other, 9).at).toBe(1);
    expect(walkBetween(other, -2).at).toBe(0);
  });

  test('the same number again is no step; sliding leaves no trace', () => {
    const there = walkTo(walkTo(start, { name: 'loss.y', index: 0 }), { name: 'fc.y', index: 3 });
    expect(names(walkTo(there, { name: 'fc.y', index: 3 }))).toEqual(['loss.y 0', 'fc.y 3']);
    const slid = walkTo(there, { name: 'fc.y', index: 4 }, true);
    expect(names(slid)).toEqual(['loss.y 0', 'fc.y 4']);
    expect(slid.at).toBe(1);
  });

  test('comes to the front, and does not grow without end', () => {
    let walk = start;
    for (let index = 0; index < 500; index++) walk = walkTo({ ...walk, front: false }, { name: 'x.y', index });
    expect(walk.front).toBe(true);
    expect(walk.places.length).toBeLessThan(300);
    expect(walk.places[walk.at]).toEqual({ name: 'x.y', index: 499 });
  });
});

test.each([
  ['conv1.y', 'conv1'],
  ['block1/conv1.weight', 'block1/conv1'],
  ['grad(rnn[3]/cell.h)', 'rnn[3]/cell'],
  ['slot(fc.weight, momentum)', 'fc'],
  ['grad(lstm/cell_0_3.h)', 'lstm/cell_0_3'],
  ['update(fc.bias)', 'fc'],
  ['lr', ''],
])('%s belongs to %s', (name, node) => expect(nodeOfName(name)).toBe(node));
