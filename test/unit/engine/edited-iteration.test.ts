// An iteration that was edited in its middle and is then trained on: breakpoints are asked in what is left of it, as stepping asks
// them, and what is trained is bit for bit what is trained without them.
import { expect, test } from 'vitest';
import type { Breakpoint } from '../../../src/engine/protocol/halts.ts';
import { type Bench, bench, open } from '../../support/engines.ts';
import { always, logOf, resumed, spirals } from '../../support/halts.ts';

const parameters = ['fc1.weight', 'fc1.bias', 'scores.weight', 'scores.bias'];

/** Three iterations, then a computed number written over behind its step. */
async function edited(breakpoints: readonly Breakpoint[] = []) {
  const own = bench();
  const { engine } = own;
  const report = await open(engine, spirals);
  for (let i = 0; i < 3; i++) await engine.train('iterate');
  const at = report.steps.findIndex(({ node, phase }) => node === 'fc1' && phase === 'forward') + 1;
  await engine.seek({ iteration: 3, step: at });
  await engine.setElements('fc1.y', [
    { index: 3, value: 2.5 },
    { index: 40, value: -1 },
  ]);
  const facts = await engine.setBreakpoints(breakpoints);
  expect(facts.flatMap(({ faults }) => faults)).toEqual([]);
  return { ...own, report, at };
}

async function weights({ numbers }: Bench): Promise<readonly (readonly number[])[]> {
  return Promise.all(parameters.map(numbers));
}

const condition = 'norm(grad(weight)) > 0 and max(abs(update(weight))) >= 0';
const breakpoints: readonly Breakpoint[] = [
  { id: 'early', path: 'fc1', ...always, condition: 'y[0,3] == 2.5' },
  { id: 'late', path: 'scores', phase: 'update', enabled: true, condition },
];

test('training stops in it where stepping stops, with the same numbers, and behind it', async () => {
  const stepped = await edited(breakpoints);
  const wanted = await stepped.engine.control({ kind: 'continue' });
  expect(wanted.hits?.map(({ id }) => id)).toEqual(['late']);

  const own = await edited(breakpoints);
  const state = await resumed(own);
  expect([state.status, state.iteration]).toEqual(['paused', 3]);
  const stopped = own.events.findLast((event) => event.kind === 'session')?.state;
  expect([stopped?.iteration, stopped?.cursor]).toEqual([wanted.iteration, wanted.cursor]);
  expect(stopped?.hits).toEqual(wanted.hits);
  expect(await own.numbers('fc1.y')).toEqual(await stepped.numbers('fc1.y'));
  expect(await own.numbers('grad(scores.weight)')).toEqual(await stepped.numbers('grad(scores.weight)'));
  expect(await weights(own)).toEqual(await weights(stepped));

  // On from there: not in the same place again, but in the next iteration.
  const next = await resumed(own);
  expect([next.status, next.iteration]).toEqual(['paused', 4]);
  const later = own.events.findLast((event) => event.kind === 'session')?.state;
  expect(later?.hits?.map(({ id }) => id)).toEqual(['late']);
});

test('what is trained through it does not depend on what is asked; gone over again it stops again', async () => {
  const plain = await edited();
  for (let i = 0; i < 3; i++) await plain.engine.train('iterate');
  const log = '{norm(fc1.y)} {norm(grad(scores.weight))}';
  const own = await edited([{ id: 'line', path: 'scores', phase: 'backward', enabled: true, log }]);
  for (let i = 0; i < 3; i++) await own.engine.train('iterate');
  expect(await weights(own)).toEqual(await weights(plain));
  const lines = logOf(own).map(({ iteration, series }) => [iteration, ...series.map(({ value }) => value)]);
  expect(lines.map(([iteration]) => iteration)).toEqual([3, 4, 5]);
  await own.engine.seek({ iteration: 3, step: own.report.steps.length });
  const norm = (numbers: readonly number[]) => Math.sqrt(numbers.reduce((sum, x) => sum + x * x, 0));
  expect(lines[0]?.[1]).toBeCloseTo(norm(await own.numbers('fc1.y')), 9);
  expect(lines[0]?.[2]).toBeCloseTo(norm(await own.numbers('grad(scores.weight)')), 9);

  await own.engine.seek({ iteration: 2, step: 0 });
  await own.engine.setBreakpoints([{ id: 'again', path: 'fc1', ...always, condition: 'y[0,3] == 2.5' }]);
  const state = await resumed(own);
  expect([state.status, state.iteration]).toEqual(['paused', 3]);
  const stopped = own.events.findLast((event) => event.kind === 'session')?.state;
  expect(stopped?.hits?.map(({ id, cursor }) => [id, cursor])).toEqual([['again', own.at]]);
  await own.engine.setBreakpoints([]);
  for (let i = 0; i < 3; i++) await own.engine.train('iterate');
  expect(await weights(own)).toEqual(await weights(plain));
});
