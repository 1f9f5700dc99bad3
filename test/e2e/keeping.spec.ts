// The numbers of a network outlive the page: weights of an opened model, trained ones, in another tab, after a crash of the
// engine. What was kept and cannot be read any more is told, and the network still opens.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { onnx } from '../../src/formats/onnx/onnx-messages.generated.js';
import { goldenFolder } from '../support/reference.ts';
import { expect, test, Workbench } from './support/workbench.ts';

const lenet = join(goldenFolder(), 'networks_lenet5.onnx');

async function openModel(workbench: Workbench): Promise<void> {
  await workbench.open();
  await workbench.ready();
  await workbench.openFile(lenet);
  await expect(workbench.node('conv1')).toBeVisible({ timeout: 30_000 });
  await workbench.ready();
  await kept(workbench.page);
}

/** Waits until all is kept. */
async function kept(page: Page): Promise<void> {
  await expect(page.getByText('saved', { exact: true })).toBeVisible({ timeout: 20_000 });
}

/** The iteration that the newest of the kept weights are of. */
function keptIteration(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise((done) => {
        const opening = indexedDB.open('chainrule.weights');
        // Asked before the page has made it, it must not be made here: nothing could be kept in it.
        opening.onupgradeneeded = () => opening.transaction?.abort();
        opening.onerror = () => done(-1);
        opening.onsuccess = () => {
          const reading = opening.result.transaction('weights').objectStore('weights').index('savedAt').getAll();
          reading.onsuccess = async () => {
            opening.result.close();
            const last = (reading.result as { file: Blob }[]).at(-1);
            const header = (await last?.file.slice(8, 200).text()) ?? '';
            done(Number(/"iteration":"(\d+)"/.exec(header)?.[1] ?? -1));
          };
        };
      }),
  );
}

/** Writes over what is kept of weights in this browser. */
function spoil(page: Page, how: 'garbage' | 'gone'): Promise<void> {
  return page.evaluate(
    (how) =>
      new Promise((done, failed) => {
        const opening = indexedDB.open('chainrule.weights');
        opening.onerror = failed;
        opening.onsuccess = () => {
          const store = opening.result.transaction('weights', 'readwrite').objectStore('weights');
          const reading = store.getAll();
          reading.onsuccess = () => {
            for (const each of reading.result as { id: string }[]) {
              if (how === 'gone') store.delete(each.id);
              else store.put({ ...each, file: new Blob([new Uint8Array(4000).fill(9)]) });
            }
            store.transaction.oncomplete = () => done();
          };
        };
      }),
    how,
  );
}

test('a reload brings the weights of an opened model back, also after an edit', async ({ workbench }) => {
  const { page } = workbench;
  await openModel(workbench);
  const before = await workbench.savedWeights();
  await page.reload();
  await expect(workbench.node('conv1')).toBeVisible();
  await workbench.ready();
  expect((await workbench.savedWeights()).equals(before)).toBe(true);
  // Once more, after an edit that the engine heard of.
  await workbench.place('Constant', { x: 60, y: 60 });
  await kept(page);
  await page.reload();
  await expect(workbench.node('constant')).toBeVisible();
  await workbench.ready();
  expect((await workbench.savedWeights()).equals(before)).toBe(true);
});

test('what was trained is there after a reload, and training goes on from it', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.open();
  await workbench.example('LeNet-5');
  const untrained = await workbench.savedWeights();
  await workbench.tab('Training');
  const panel = page.getByRole('tabpanel', { name: 'Training' });
  for (const count of [1, 2]) {
    await panel.getByRole('button', { name: 'One iteration' }).click();
    await expect(panel.getByText(`${count} / 640`)).toBeVisible();
  }
  const trained = await workbench.savedWeights();
  expect(trained.equals(untrained)).toBe(false);
  // Kept shortly after, without a word.
  await expect.poll(() => keptIteration(page), { timeout: 20_000 }).toBe(2);
  await page.reload();
  await workbench.ready();
  expect((await workbench.savedWeights()).equals(trained)).toBe(true);
  await panel.getByRole('button', { name: 'One iteration' }).click();
  await expect(panel.getByText('3 / 640')).toBeVisible();
});

test('another tab starts from a copy with the same weights; each keeps its own', async ({ workbench }) => {
  await openModel(workbench);
  const before = await workbench.savedWeights();
  const second = new Workbench(await workbench.page.context().newPage());
  await second.open();
  await expect(second.node('conv1')).toBeVisible();
  await second.ready();
  expect((await second.savedWeights()).equals(before)).toBe(true);
  await second.place('Constant', { x: 60, y: 60 });
  await kept(second.page);
  await workbench.page.reload();
  await expect(workbench.node('conv1')).toBeVisible();
  await expect(workbench.node('constant')).toHaveCount(0);
  await workbench.ready();
  expect((await workbench.savedWeights()).equals(before)).toBe(true);
  await second.page.reload();
  await expect(second.node('constant')).toBeVisible();
  await second.ready();
  expect((await second.savedWeights()).equals(before)).toBe(true);
});

test('an engine that dies loses no weights', async ({ workbench }) => {
  const { page } = workbench;
  await openModel(workbench);
  const before = await workbench.savedWeights();
  await page.evaluate(() => dispatchEvent(new Event('chainrule:crash-engine')));
  await expect(page.getByText('The engine stopped unexpectedly')).toBeVisible({ timeout: 20_000 });
  await workbench.ready();
  expect((await workbench.savedWeights()).equals(before)).toBe(true);
});

test('weights that cannot be read any more, or are gone, are told; the network opens', async ({ workbench }) => {
  const { page } = workbench;
  await openModel(workbench);
  await spoil(page, 'garbage');
  await page.reload();
  await expect(workbench.node('conv1')).toBeVisible();
  await workbench.ready();
  await workbench.tab('Problems');
  await expect(page.getByRole('listitem').filter({ hasText: 'weights that this browser kept' })).toHaveCount(1);
  await workbench.openFile(lenet);
  await expect(page.getByRole('listitem').filter({ hasText: 'weights that this browser kept' })).toHaveCount(0);
  await workbench.ready();
  await kept(page);
  await spoil(page, 'gone');
  await page.reload();
  await expect(workbench.node('conv1')).toBeVisible();
  await expect(page.getByText(/The weights of .* could not be kept/)).toBeVisible();
});

test('a large file is opened with signs of progress, and called off: the page stays as it was', async ({
  workbench,
}, info) => {
  test.setTimeout(120_000);
  const { page } = workbench;
  await workbench.open();
  await workbench.ready();
  const path = info.outputPath('large.onnx');
  writeFileSync(path, largeModel(192, 2 ** 20));
  const dialog = page.getByRole('dialog', { name: 'Opening large.onnx' });
  // Watched from within the page, frame by frame: a fast machine is soon done.
  const grown = page.waitForFunction(
    () => {
      const share = document.querySelector<HTMLProgressElement>('[role="dialog"] progress')?.value ?? 0;
      const seen = globalThis as { firstShare?: number };
      if (share > 0) seen.firstShare ??= share;
      return seen.firstShare !== undefined && share > seen.firstShare;
    },
    undefined,
    { polling: 'raf', timeout: 90_000 },
  );
  await workbench.openFile(path);
  await grown;
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog).toHaveCount(0);
  await workbench.expectNodes('x', 'y', 'z', 'q', 'f');
  await expect(page.getByText('could not be opened')).toHaveCount(0);
  // The engine is free at once.
  await workbench.openFile(lenet);
  await expect(workbench.node('conv1')).toBeVisible();
});

/** A chain of additions, each of so many bfloat16 numbers, which take their time to be read. */
function largeModel(count: number, size: number): Uint8Array {
  const rawData = new Uint8Array(2 * size);
  const names = Array.from({ length: count }, (_, i) => String(i));
  return onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name: 'large',
      node: names.map((name, i) => ({
        opType: 'Add',
        name,
        input: [i === 0 ? 'x' : `y${i - 1}`, name],
        output: [`y${i}`],
      })),
      initializer: names.map((name) => ({ name, dataType: 16, dims: [size], rawData })),
      input: [{ name: 'x', type: { tensorType: { elemType: 1, shape: { dim: [{ dimValue: size }] } } } }],
      output: [{ name: `y${count - 1}`, type: { tensorType: { elemType: 1 } } }],
    },
  }).finish();
}
