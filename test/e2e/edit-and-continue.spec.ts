// Edit and continue: what is changed while the run is paused forks it, every history stays and is charted, the first difference is
// what was changed, and Ctrl+Z takes it back.
import { history, side, standInPast } from './support/debugger.ts';
import { expect, test, type Workbench } from './support/workbench.ts';

const rows = ({ page }: Workbench) => page.getByRole('table', { name: 'Branches' }).getByRole('row');
const inspector = ({ page }: Workbench) => page.getByRole('complementary', { name: 'Inspector' });

/** On to the end of the iteration and into the next. */
async function goOn(workbench: Workbench): Promise<void> {
  await workbench.press('Shift+F5', 'F10');
  await expect(history(workbench)).toHaveAttribute('aria-valuenow', '3');
}

/** Compares the branch that is open with the first one; answers what is told. */
async function compared(workbench: Workbench): Promise<string> {
  const { page } = workbench;
  await page.getByRole('button', { name: 'Compare run 1 with the branch that is open' }).click();
  const told = page.getByText(/^First difference: /);
  await expect(told).toBeVisible({ timeout: 60_000 });
  return (await told.textContent()) ?? '';
}

const marked = ({ page }: Workbench) =>
  page.getByRole('list', { name: 'First difference of two branches, node by node' }).getByRole('listitem');

test('the learning rate', async ({ workbench }) => {
  test.setTimeout(120_000);
  const { page } = workbench;
  await standInPast(workbench);
  const rate = page.getByRole('textbox', { name: 'Learning rate' });
  const before = await rate.inputValue();
  await rate.fill('0.5');
  await rate.press('Enter');
  await expect(rows(workbench)).toHaveCount(3);
  await goOn(workbench);
  expect(await compared(workbench)).toMatch(/^First difference: lr\b/);
  // Both losses are drawn.
  await expect(page.getByRole('img', { name: /Loss of every branch/ })).toBeVisible();
  await workbench.canvas.focus();
  await workbench.press('Control+z');
  await expect(history(workbench)).toHaveAttribute('aria-valuenow', '2');
  await expect(rate).toHaveValue(before);
  // It was run on: its history stays.
  await expect(rows(workbench)).toHaveCount(3);
  await expect(rows(workbench).nth(1)).toHaveAttribute('aria-current', 'true');
  await workbench.press('Control+Shift+z');
  await expect(rate).toHaveValue('0.5');
  await expect(rows(workbench)).toHaveCount(4);
});

test('a learning rate that is being typed counts for the key, and the click, that trains', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.open();
  await workbench.example('LeNet-5');
  await workbench.epochs(1000);
  const rate = page.getByRole('tabpanel', { name: 'Training' }).getByLabel('Learning rate', { exact: true });
  const pause = workbench.button('Pause training');
  for (const [value, train] of [
    ['0.031', () => workbench.press('Control+Enter')],
    ['0.032', () => workbench.button('Train').click()],
  ] as const) {
    await rate.fill(value);
    await train();
    await expect(pause).toBeVisible();
    // Two reports of it: the edit has not ended it.
    const told = () => page.getByRole('banner').textContent();
    const first = await told();
    await expect.poll(told).not.toBe(first);
    await pause.click();
    await expect(workbench.button('Train')).toBeVisible();
    await workbench.tab('Debugger');
    await side(workbench).getByText('History').click();
    // The schedule lowers it from there on, a little with every iteration.
    const now = page.getByRole('tabpanel', { name: 'Debugger' }).getByRole('textbox', { name: 'Learning rate' });
    await expect.poll(async () => Number(await now.inputValue())).toBeCloseTo(Number(value), 3);
    await workbench.tab('Training');
  }
});

test('a weight, taken back before anything ran on it', async ({ workbench }) => {
  test.setTimeout(120_000);
  const { page } = workbench;
  await standInPast(workbench);
  await workbench.select('fc2');
  await page.locator('[data-parameter="weight"]').getByRole('button', { name: 'weight', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'fc2.weight' });
  const picture = dialog.getByRole('application');
  await picture.focus();
  await workbench.press('ArrowRight', 'Enter');
  const field = dialog.getByRole('textbox', { name: /^fc2\.weight\[/ });
  const before = await field.inputValue();
  await field.fill('0.75');
  await field.press('Enter');
  await workbench.press('Escape');
  await expect(rows(workbench)).toHaveCount(3);
  await workbench.canvas.focus();
  await workbench.press('Control+z');
  // Nothing is left of it.
  await expect(rows(workbench)).toHaveCount(2);
  await page.locator('[data-parameter="weight"]').getByRole('button', { name: 'weight', exact: true }).click();
  await picture.focus();
  await workbench.press('ArrowRight', 'Enter');
  await expect(field).toHaveValue(before);
  await workbench.press('Escape');
});

test('a value that was computed', async ({ workbench }) => {
  test.setTimeout(120_000);
  const { page } = workbench;
  await standInPast(workbench);
  await workbench.press('F10', 'F10');
  await workbench.select('relu1');
  await inspector(workbench).getByRole('button', { name: 'Look at relu1.y in full size' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'relu1.y' });
  await dialog.getByRole('button', { name: 'Change numbers' }).click();
  await dialog.getByRole('application').focus();
  await workbench.press('ArrowRight', 'Enter');
  const field = dialog.getByRole('textbox', { name: /^relu1\.y\[/ });
  await field.fill('3.5');
  await field.press('Enter');
  await expect(dialog.getByText(/^max 3\.5|3\.5/).first()).toBeVisible();
  await workbench.press('Escape');
  await expect(rows(workbench)).toHaveCount(3);
  await goOn(workbench);
  expect(await compared(workbench)).toMatch(/^First difference: relu1\.y, made by relu1/);
  await expect(marked(workbench)).toHaveText([/^relu1: relu1\.y/]);
});

test('an attribute', async ({ workbench }) => {
  test.setTimeout(120_000);
  const { page } = workbench;
  await standInPast(workbench);
  await workbench.select('fc1');
  await workbench.setAttribute('Output features', '90');
  await workbench.ready();
  await expect(rows(workbench)).toHaveCount(3);
  await expect(page.getByText('an edited graph')).toBeVisible();
  await goOn(workbench);
  expect(await compared(workbench)).toMatch(/^First difference: fc1\./);
  await expect(marked(workbench)).toHaveText([/^fc1: /]);
  // The run before is still there, with its graph.
  await page.getByRole('button', { name: 'Go to run 1' }).click();
  await expect(inspector(workbench).getByRole('textbox', { name: 'Output features', exact: true })).toHaveValue('120');
  await workbench.ready();
  await expect(rows(workbench).nth(1)).toHaveAttribute('aria-current', 'true');
  await expect(history(workbench)).toHaveAttribute('aria-valuemax', '3');
});

test('a single number that was computed, forwards and backwards', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.open();
  await workbench.ready();
  await workbench.select('q');
  const value = (name: string) => inspector(workbench).locator(`[data-value="${name}"]`);
  await expect(value('q.y').locator('output')).toHaveText('3');
  await value('q.y').getByRole('button', { name: 'Change q.y' }).click();
  const field = value('q.y').getByRole('textbox', { name: 'New number of q.y' });
  await field.fill('10');
  await field.press('Enter');
  await expect(value('q.y').locator('output')).toHaveText('10');
  await workbench.select('f');
  await expect(value('f.y').locator('output')).toHaveText('−40');
  await workbench.select('q');
  await value('grad(q.y)').getByRole('button', { name: 'Change grad(q.y)' }).click();
  await value('grad(q.y)').getByRole('textbox').fill('2');
  await workbench.press('Enter');
  await workbench.select('x');
  await expect(value('grad(x.y)').locator('output')).toHaveText('2');
  await workbench.canvas.focus();
  await workbench.press('Control+z');
  await expect(value('grad(x.y)').locator('output')).toHaveText('−4');
  await workbench.select('q');
  await workbench.canvas.focus();
  await workbench.press('Control+z');
  await expect(value('q.y').locator('output')).toHaveText('3');
  await expect(page.getByRole('button', { name: /^Redo/ })).toBeEnabled();
});

/** Of a safetensors file, without what it says of itself. */
const numbersOf = (file: Buffer) => file.subarray(8 + Number(file.readBigUInt64LE(0)));

test('weights from a file', async ({ workbench }) => {
  test.setTimeout(120_000);
  const { page } = workbench;
  await workbench.open();
  await workbench.example('LeNet-5');
  await workbench.ready();
  const first = await workbench.savedWeights();
  const isFirst = async () => numbersOf(await workbench.savedWeights()).equals(numbersOf(first));
  for (let i = 0; i < 2; i++) await workbench.press('Shift+F5', 'F10');
  await side(workbench).getByText('History').click();
  await expect(history(workbench)).toHaveAttribute('aria-valuenow', '2');
  const trained = await workbench.savedWeights();
  expect(numbersOf(trained).equals(numbersOf(first))).toBe(false);
  await workbench.openFile({ name: 'start.safetensors', mimeType: 'application/octet-stream', buffer: first });
  await expect(rows(workbench)).toHaveCount(3);
  expect(await isFirst()).toBe(true);
  await workbench.canvas.focus();
  await expect(page.getByRole('button', { name: /^Undo load start\.safetensors/ })).toBeEnabled();
  await workbench.press('Control+z');
  await expect(rows(workbench)).toHaveCount(2);
  expect(numbersOf(await workbench.savedWeights()).equals(numbersOf(trained))).toBe(true);
  await workbench.canvas.focus();
  await workbench.press('Control+Shift+z');
  await expect(rows(workbench)).toHaveCount(3);
  expect(await isFirst()).toBe(true);
});
