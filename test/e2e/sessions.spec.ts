// Sessions travel: as a file with all numbers, as a link without.
import { readFileSync } from 'node:fs';
import { expect, test, Workbench } from './support/workbench.ts';

const strip = ({ page }: Workbench) => page.getByRole('slider', { name: 'Position in the iteration' });
const steps = ({ page }: Workbench) => page.getByRole('region', { name: 'Steps of the iteration' });
const breakpoint = ({ page }: Workbench) => page.getByRole('checkbox', { name: /fc2, backward/ });

/** LeNet trained for two iterations, then stopped before its seventh step, with a breakpoint. */
async function stand(workbench: Workbench): Promise<void> {
  await workbench.open();
  await workbench.example('LeNet-5');
  for (let i = 1; i <= 2; i++) {
    await workbench.press('Control+k');
    await workbench.page.getByRole('combobox', { name: 'Command palette' }).fill('Train one iteration');
    await workbench.press('Enter');
    await expect(workbench.page.getByRole('banner')).toContainText(new RegExp(`iteration ${i}\\b`));
  }
  await steps(workbench).getByRole('button', { name: 'Breakpoint at fc2, backward' }).click();
  await steps(workbench).locator('[data-step="6"]').click();
  await expect(strip(workbench)).toHaveAttribute('aria-valuenow', '6');
}

test('a saved session opens elsewhere at the same step, with the same numbers and breakpoints', async ({
  workbench,
  browser,
}) => {
  await stand(workbench);
  // The gradient of the steps before is gone.
  await expect(workbench.node('relu2')).toContainText('∂L–');
  const told = await workbench.node('relu2').textContent();
  const weights = await workbench.savedWeights();
  const waiting = workbench.page.waitForEvent('download');
  await workbench.press('Control+Shift+s');
  const saved = await waiting;
  expect(saved.suggestedFilename()).toBe('lenet-5.chainrule');
  const buffer = readFileSync(await saved.path());

  // Another person: nothing of this browser's storage is there.
  const context = await browser.newContext();
  const other = new Workbench(await context.newPage());
  await other.open();
  await other.ready();
  await other.openFile({ name: 'lenet-5.chainrule', mimeType: 'application/octet-stream', buffer });
  await expect(other.page.getByRole('textbox', { name: 'Name of this graph' })).toHaveValue('LeNet-5');
  await expect(strip(other)).toHaveAttribute('aria-valuenow', '6');
  await expect.poll(() => other.node('relu2').textContent()).toBe(told);
  await expect(breakpoint(other)).toBeChecked();
  expect((await other.savedWeights()).equals(weights)).toBe(true);
  for (const each of [workbench, other]) {
    await each.press('F5');
    await expect(steps(each).locator('[aria-current="step"]')).toContainText('fc2');
  }
  await context.close();
});

test('a link opens the graph with its breakpoints, and is used once', async ({ workbench, browser }) => {
  await stand(workbench);
  await workbench.menu('Copy share link');
  await expect(workbench.page.getByText('Link copied.')).toBeVisible();
  const url = await workbench.page.evaluate(() => navigator.clipboard.readText());
  expect(url).toMatch(/^http:\/\/localhost:\d+\/\?test#session=[\w-]+$/);

  const context = await browser.newContext();
  const other = new Workbench(await context.newPage());
  await other.page.goto(url);
  await expect(other.page.getByRole('textbox', { name: 'Name of this graph' })).toHaveValue('LeNet-5');
  await other.ready();
  await expect(breakpoint(other)).toBeChecked();
  expect(new URL(other.page.url()).hash).toBe('');
  await context.close();
});

/** A graph with notes of so many letters that say nothing, so that they stay long when they are packed. */
function noted(letters: number) {
  let state = 7;
  const letter = (): string => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return String.fromCharCode(97 + Math.floor((state / 2 ** 32) * 26));
  };
  const text = () => Array.from({ length: 1000 }, letter).join('');
  const graph = {
    format: 'chainrule/graph',
    version: 1,
    name: 'Noted',
    seed: 0,
    nodes: [{ id: 'x', op: 'input', attributes: { shape: [2] }, position: [0, 0] }],
    edges: [],
    notes: Array.from({ length: letters / 1000 }, (_, at) => ({ id: `n${at}`, text: text(), position: [0, 100 * at] })),
  };
  return { name: 'noted.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(graph)) };
}

test('a long link opens; one that mail would cut off is refused, with its length and what is allowed', async ({
  workbench,
  browser,
}) => {
  const { page } = workbench;
  await workbench.open();
  await workbench.openFile(noted(60_000));
  await expect(workbench.node('x')).toBeVisible();
  await workbench.ready();
  await workbench.menu('Copy share link');
  await expect(page.getByText(/too large for a link \(\d\d,\d\d\d characters, 32,000 are allowed\)/)).toBeVisible();
  await workbench.openFile(noted(30_000));
  await expect(page.locator('.react-flow__node')).toHaveCount(31);
  await workbench.ready();
  await workbench.menu('Copy share link');
  await expect(page.getByText('Link copied.')).toBeVisible();
  const url = await page.evaluate(() => navigator.clipboard.readText());
  expect(url.length).toBeGreaterThan(20_000);
  expect(url.length).toBeLessThanOrEqual(32_000);
  const context = await browser.newContext();
  const other = new Workbench(await context.newPage());
  await other.page.goto(url);
  await expect(other.page.getByRole('textbox', { name: 'Name of this graph' })).toHaveValue('Noted');
  await expect(other.page.locator('.react-flow__node')).toHaveCount(31);
  await context.close();
});

test('a session that is saved just after an edit has the edit', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.open();
  await workbench.example('LeNet-5');
  await workbench.select('fc1');
  const field = page
    .getByRole('complementary', { name: 'Inspector' })
    .getByRole('textbox', { name: 'Output features', exact: true });
  await field.fill('77');
  const waiting = page.waitForEvent('download');
  // Not even left: the shortcut takes over what is typed.
  await workbench.press('Control+Shift+s');
  const buffer = readFileSync(await (await waiting).path());
  await workbench.newGraph();
  await workbench.openFile({ name: 'edited.chainrule', mimeType: 'application/octet-stream', buffer });
  await workbench.ready();
  await workbench.select('fc1');
  await expect(field).toHaveValue('77');
});

test('a damaged session is refused with the reason, a damaged link too', async ({ workbench }) => {
  await workbench.open();
  await workbench.ready();
  await workbench.openFile({
    name: 'cut.chainrule',
    mimeType: 'application/zip',
    buffer: Buffer.from('PK\u0003\u0004cut'),
  });
  await expect(workbench.page.getByText('“cut.chainrule” could not be opened')).toBeVisible();
  await workbench.expectNodes('x', 'y', 'z', 'q', 'f');
  await workbench.page.goto('/?again#session=AAAA');
  await expect(workbench.page.getByText('“The link” could not be opened')).toBeVisible();
  await workbench.expectNodes('x', 'y', 'z', 'q', 'f');
});
