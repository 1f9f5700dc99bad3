import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { tileKey, withKeptTile } from '../../../src/app/state/tile-keeper.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function storageOf(kept?: string) {
  const items = new Map(kept === undefined ? [] : [[tileKey, kept]]);
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, item: string) => void items.set(key, item),
  };
}

function clientOf(answer: () => Promise<unknown>) {
  const asked: unknown[] = [];
  return {
    asked,
    tune(known: unknown) {
      asked.push(known);
      return answer();
    },
  };
}

const tile = { rows: 3, columns: 12 };

test('measured once, a while after the start, and kept', async () => {
  const [storage, client] = [storageOf(), clientOf(() => Promise.resolve(tile))];
  expect(withKeptTile(client, storage, 'browser 1')).toBe(client);
  expect(client.asked).toEqual([]);
  await vi.runAllTimersAsync();
  expect(client.asked).toEqual([null]);
  const next = clientOf(() => Promise.resolve(tile));
  withKeptTile(next, storage, 'browser 1');
  await vi.runAllTimersAsync();
  expect(next.asked).toEqual([tile]);
});

test.each([JSON.stringify({ browser: 'browser 0', tile }), '{', 'null', '7'])('%s is measured anew', async (kept) => {
  const [storage, client] = [storageOf(kept), clientOf(() => Promise.resolve(tile))];
  withKeptTile(client, storage, 'browser 1');
  await vi.runAllTimersAsync();
  expect(client.asked).toEqual([null]);
  expect(JSON.parse(storage.items.get(tileKey) ?? '')).toEqual({ browser: 'browser 1', tile });
});

test('an engine that dies meanwhile keeps nothing', async () => {
  const [storage, client] = [storageOf(), clientOf(() => Promise.reject(new Error('the engine stopped')))];
  withKeptTile(client, storage, 'browser 1');
  await vi.runAllTimersAsync();
  expect(storage.items.size).toBe(0);
});
