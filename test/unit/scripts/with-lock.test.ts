// Commands that start at the same time on a fresh clone share one installation and one build: the lock must exclude.
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sleep, withLock } from '../../../scripts/lib/bootstrap.mjs';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainrule-lock-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

test('one at a time, and everybody in the end', async () => {
  const lock = join(folder, 'lock');
  const events: string[] = [];
  const work = (name: string) => () =>
    Promise.resolve()
      .then(() => events.push(`${name} in`))
      .then(() => sleep(30))
      .then(() => events.push(`${name} out`));
  await Promise.all(['a', 'b', 'c'].map((name) => withLock(lock, work(name))));
  expect(events).toHaveLength(6);
  for (let i = 0; i < events.length; i += 2) {
    expect(events[i]?.endsWith('in')).toBe(true);
    expect(events[i + 1]).toBe(events[i]?.replace('in', 'out'));
  }
  expect(existsSync(lock)).toBe(false);
});

test('a failing body lets go of the lock and keeps its reason', async () => {
  const lock = join(folder, 'lock');
  await expect(withLock(lock, () => Promise.reject(new Error('disk full')))).rejects.toThrow('disk full');
  expect(await withLock(lock, () => Promise.resolve('next'))).toBe('next');
});

test('a lock whose holder died is taken over, a fresh one is waited for', async () => {
  const lock = join(folder, 'lock');
  mkdirSync(lock);
  const longAgo = new Date(Date.now() - 10 * 60_000);
  utimesSync(lock, longAgo, longAgo);
  expect(await withLock(lock, () => Promise.resolve('taken'))).toBe('taken');

  mkdirSync(lock);
  const waiting = withLock(lock, () => Promise.resolve('late'));
  expect(await Promise.race([waiting, sleep(250).then(() => 'still waiting')])).toBe('still waiting');
  rmSync(lock, { recursive: true });
  expect(await waiting).toBe('late');
});
