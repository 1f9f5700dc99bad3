// Weights loaded into a run are an edit among the others: taken back, everything stands as it stood before, to the bit.
import { expect, test } from 'vitest';
import { type Bench, bench, open } from '../../support/engines.ts';
import { spirals } from '../../support/halts.ts';

type File = Uint8Array<ArrayBuffer>;

const names = ['fc1.weight', 'fc1.bias', 'scores.weight', 'scores.bias'];
const weights = ({ numbers }: Bench) => Promise.all(names.map(numbers));

/** Weights after so many iterations of other seeds. */
async function trained(seed: number): Promise<File> {
  const { engine } = bench();
  await open(engine, { ...spirals, seed });
  await engine.train('iterate');
  return (await engine.exportFile('safetensors')).bytes as File;
}

test('before anything ran, in a trained run, twice in a row: each is taken back by itself', async () => {
  const [first, second] = await Promise.all([trained(5), trained(6)]);
  const own = bench();
  const { engine } = own;
  await open(engine, spirals);
  const start = await weights(own);
  expect(await engine.loadWeights(first)).toEqual([]);
  const loaded = await weights(own);
  expect(loaded).not.toEqual(start);
  expect((await engine.session()).edits).toBe(1);
  expect(await engine.loadWeights(second)).toEqual([]);
  expect((await engine.takeBack(2)).state.edits).toBe(1);
  expect(await weights(own)).toEqual(loaded);
  await engine.takeBack(1);
  expect(await weights(own)).toEqual(start);
  expect((await engine.session()).edits).toBe(0);

  for (let i = 0; i < 4; i++) await engine.train('iterate');
  const stood = await engine.session();
  const before = await weights(own);
  const loss = await own.number('loss.y');
  await engine.loadWeights(first);
  expect(await weights(own)).toEqual(loaded);
  const { branches } = await engine.timeline();
  expect(branches.map(({ origin }) => origin)).toEqual(['start', 'weights']);
  await engine.setElements('fc1.bias', [{ index: 0, value: 3 }]);
  await engine.takeBack(2);
  expect(await weights(own)).toEqual(loaded);
  const { state: back } = await engine.takeBack(1);
  expect([back.iteration, back.cursor, back.edits]).toEqual([stood.iteration, stood.cursor, 0]);
  expect(await weights(own)).toEqual(before);
  expect(await own.number('loss.y')).toBe(loss);
  expect((await engine.timeline()).branches.map(({ origin }) => origin)).toEqual(['start']);
});

test('what was trained on with them stays a branch; the history under it is what it was', async () => {
  const file = await trained(7);
  const own = bench();
  const { engine } = own;
  await open(engine, spirals);
  for (let i = 0; i < 3; i++) await engine.train('iterate');
  const before = await weights(own);
  await engine.loadWeights(file);
  for (let i = 0; i < 2; i++) await engine.train('iterate');
  const after = await weights(own);
  await engine.takeBack(1);
  expect(await weights(own)).toEqual(before);
  const { branches, branch } = await engine.timeline();
  expect(branch).toBe(1);
  expect(branches.map(({ id, length }) => [id, length])).toEqual([
    [1, 3],
    [2, 5],
  ]);
  await engine.switchBranch(2);
  await engine.seek({ iteration: 5, step: 0 });
  expect(await weights(own)).toEqual(after);
  // A file that is none changes nothing, and nothing is to be taken back.
  expect((await engine.loadWeights(new Uint8Array([1, 2, 3]))).some(({ severity }) => severity === 'error')).toBe(true);
  expect(await weights(own)).toEqual(after);
  expect((await engine.session()).edits).toBe(0);
});
