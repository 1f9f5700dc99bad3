// What is drawn is kept: in the browser, in files, across reloads.
import { readFileSync } from 'node:fs';
import { expect, test } from './support/workbench.ts';

test('saved as JSON, reloaded and opened again it is the same graph', async ({ workbench }) => {
  await workbench.open();
  await workbench.ready();
  await workbench.dragNode('z', { x: 50, y: 20 });
  const waiting = workbench.page.waitForEvent('download');
  await workbench.press('Control+s');
  const saved = await waiting;
  expect(saved.suggestedFilename()).toBe('f-x-y-z.json');
  const path = await saved.path();
  const text = readFileSync(path, 'utf8');
  expect(JSON.parse(text)).toMatchObject({ format: 'chainrule/graph', training: { loss: 'f.y' } });

  await workbench.newGraph();
  await workbench.page.reload();
  await expect(workbench.canvas).toBeVisible();
  const choosing = workbench.page.waitForEvent('filechooser');
  await workbench.press('Control+o');
  await (await choosing).setFiles({ name: 'mine.json', mimeType: 'application/json', buffer: Buffer.from(text) });
  await workbench.expectNodes('x', 'y', 'z', 'q', 'f');
  await workbench.expectWire('q.y', 'f.a', ['3', '−4']);
  const again = workbench.page.waitForEvent('download');
  await workbench.press('Control+s');
  expect(readFileSync(await (await again).path(), 'utf8')).toBe(text);
});

test('a reload brings back what was drawn, without saving', async ({ workbench }) => {
  await workbench.open();
  await workbench.newGraph();
  await workbench.place('Tanh', { x: 300, y: 150 });
  await expect(workbench.page.getByText('saved', { exact: true })).toBeVisible();
  await workbench.page.reload();
  await workbench.expectNodes('tanh1');
});

test('a broken file is refused with the reason, and the graph on the page stays', async ({ workbench }) => {
  await workbench.open();
  const choosing = workbench.page.waitForEvent('filechooser');
  await workbench.press('Control+o');
  await (await choosing).setFiles({
    name: 'broken.json',
    mimeType: 'application/json',
    buffer: Buffer.from('{"format": '),
  });
  await expect(workbench.page.getByText('“broken.json” could not be opened')).toBeVisible();
  await workbench.expectNodes('x', 'y', 'z', 'q', 'f');
});

test('every example opens without a fault and runs', async ({ workbench }) => {
  test.setTimeout(180_000);
  await workbench.open();
  await workbench.page.getByRole('button', { name: 'File', exact: true }).click();
  await workbench.page.getByRole('menuitem', { name: 'Open an example' }).click();
  const titles = await workbench.page.getByRole('menu').last().getByRole('menuitem').allInnerTexts();
  expect(titles.length).toBeGreaterThanOrEqual(7);
  await workbench.press('Escape', 'Escape');
  for (const title of titles.map((each) => each.split('\n')[0] as string)) {
    await workbench.menu('Open an example', new RegExp(`^${title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`));
    await expect(workbench.page.getByRole('textbox', { name: 'Name of this graph' })).toHaveValue(title);
    await workbench.ready();
    await workbench.page.getByRole('tab', { name: /Problems/ }).click();
    await expect(workbench.page.getByText('No problems.'), title).toBeVisible();
  }
});
