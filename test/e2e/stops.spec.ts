// What stops training and what only writes: a breakpoint without a condition, iteration by iteration; log points, their lines and
// their chart; lines that lead back to where they were written, on whatever branch.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Workbench } from './support/workbench.ts';

const side = ({ page }: Workbench) => page.getByRole('group', { name: 'Beside the steps' });
const strip = ({ page }: Workbench) => page.getByRole('slider', { name: 'Position in the iteration' });
const history = ({ page }: Workbench) => page.getByRole('slider', { name: 'History of the run' });
const why = ({ page }: Workbench) => page.getByRole('region', { name: 'Why the run stopped' });
const lines = ({ page }: Workbench) => page.getByRole('list', { name: 'Lines of the log points' }).getByRole('button');

test.beforeEach(async ({ workbench }) => {
  test.setTimeout(120_000);
  await workbench.open();
  await workbench.example('LeNet-5');
});

test('training stops before a node with a breakpoint, goes on to the next hit, and past one that is switched off', async ({
  workbench,
}) => {
  const { page } = workbench;
  const steps = page.getByRole('region', { name: 'Steps of the iteration' });
  // Long enough to be paused on any machine.
  await workbench.epochs(1000);
  await workbench.tab('Debugger');
  await steps.getByRole('button', { name: 'Breakpoint at fc1, backward' }).click();
  await workbench.button('Train').click();
  await expect(why(workbench)).toContainText('Stopped before fc1, backward');
  // What stood on the page was past it: the next iteration is the first that comes by.
  await expect(why(workbench)).toContainText('iteration 1');
  await expect(steps.locator('[aria-current="step"]')).toContainText('fc1');
  await expect(workbench.node('fc1')).toContainText('backward');
  const cursor = (await strip(workbench).getAttribute('aria-valuenow')) ?? '';
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    // Colours change by and by.
    await expect.poll(() => why(workbench).evaluate((bar) => bar.getAnimations({ subtree: true }).length)).toBe(0);
    const { violations } = await new AxeBuilder({ page }).include('[aria-label="Why the run stopped"]').analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  }
  // Whatever the dock shows, F5 goes on to the next hit, and so does the button.
  await workbench.tab('Training');
  await workbench.press('F5');
  await expect(why(workbench)).toContainText('iteration 2');
  await why(workbench).getByRole('button', { name: 'Train on' }).click();
  await expect(why(workbench)).toContainText('iteration 3');
  await why(workbench).getByRole('button', { name: 'Edit' }).click();
  await expect(strip(workbench)).toHaveAttribute('aria-valuenow', cursor);
  // A hit count lets it pass: of the fourth on.
  const hits = page.getByRole('textbox', { name: 'On hits' });
  await hits.fill('>= 4');
  await hits.press('Enter');
  await why(workbench).getByRole('button', { name: 'Train on' }).click();
  await expect(why(workbench)).toContainText('iteration 7');
  await why(workbench).getByRole('button', { name: 'Switch off' }).click();
  await expect(page.getByRole('checkbox', { name: 'Stop at fc1, backward' })).not.toBeChecked();
  await why(workbench).getByRole('button', { name: 'Train on' }).click();
  await expect(workbench.button('Pause training')).toBeVisible();
  await expect(why(workbench)).toHaveCount(0);
  await workbench.button('Pause training').click();
  await expect(why(workbench)).toHaveCount(0);
});

test('breakpoints that hold at one place are told together', async ({ workbench }) => {
  const { page } = workbench;
  const rows = page.getByRole('region', { name: 'Breakpoints' }).getByRole('listitem');
  for (const [at, condition] of ['loss > 0', 'loss > 0.001', 'loss > 1e9', 'not isnan(loss)'].entries()) {
    await page.getByRole('button', { name: 'Add a breakpoint' }).click();
    const field = page.getByRole('combobox', { name: 'Stop when' });
    await expect(field).toHaveValue('');
    await field.fill(condition);
    await field.press('Enter');
    await expect(rows.nth(at)).toContainText(condition);
  }
  // Into the next iteration: there is the first to be stopped at.
  await workbench.canvas.focus();
  await workbench.press('F5', 'F5');
  await expect(why(workbench)).toContainText('loss > 0');
  await expect(why(workbench)).toContainText('and 2 other breakpoints at this place');
  // What stopped it can be read to its end.
  const said = why(workbench).locator('code');
  await expect.poll(() => said.evaluate((code) => code.scrollWidth <= code.clientWidth)).toBe(true);
  await page.getByRole('checkbox', { name: 'Stop at whole graph, loss > 0.001' }).click();
  await workbench.canvas.focus();
  await workbench.press('F5', 'F5');
  await expect(why(workbench)).toContainText('iteration 2');
  await expect(why(workbench)).toContainText('and another breakpoint at this place');
});

test('a log point writes lines and a chart while training goes on; a line leads to its iteration, and to its branch', async ({
  workbench,
}) => {
  const { page } = workbench;
  // Long enough to be paused on any machine, and no more lines than are kept.
  await workbench.epochs(15);
  await workbench.tab('Debugger');
  await page.getByRole('button', { name: 'Add a breakpoint' }).click();
  const field = page.getByRole('combobox', { name: 'Log instead' });
  await field.fill('loss {loss}');
  await field.press('Enter');
  await workbench.button('Train').click();
  await side(workbench).getByText('Log').click();
  await expect(lines(workbench).nth(4)).toBeVisible({ timeout: 60_000 });
  const chart = page.getByRole('img', { name: /^Numbers over the iterations: .*loss/ });
  await expect(chart).toBeVisible();
  // It has not stopped.
  await expect(workbench.button('Pause training')).toBeVisible();
  const told = () => page.getByRole('tabpanel', { name: 'Debugger' }).locator('dl dd').nth(1).textContent();
  const before = Number(await told());
  await expect.poll(async () => Number(await told())).toBeGreaterThan(before);
  await workbench.button('Pause training').click();
  await expect(why(workbench)).toHaveCount(0);

  // One line an iteration, in their order, with the loss that the history has of it.
  const list = page.getByRole('list', { name: 'Lines of the log points' });
  const third = lines(workbench).filter({ hasText: /^2 · / });
  let place: RegExpExecArray | null = null;
  // Lines that still come in take the view along.
  await expect(async () => {
    await list.evaluate((element) => element.parentElement?.scrollTo(0, 0));
    place = /^(\d+) · (\d+).*loss \d/.exec((await third.textContent({ timeout: 2000 })) ?? '');
    await third.click({ timeout: 2000 });
  }).toPass();
  await expect(strip(workbench)).toHaveAttribute('aria-valuenow', place?.[2] ?? 'nowhere');
  await expect.poll(told).toBe('2');
  const loss = Number(/loss (\S+)/.exec((await third.textContent()) ?? '')?.[1]);
  const shown = await page.getByRole('tabpanel', { name: 'Debugger' }).locator('dl dd').nth(2).textContent();
  expect(Number(shown)).toBeCloseTo(loss, 4);

  // Another rate from here on is another branch; its line leads back to it from the first one.
  await side(workbench).getByText('History').click();
  const rate = page.getByRole('textbox', { name: 'Learning rate' });
  await rate.fill('0.001');
  await rate.press('Enter');
  const branches = page.getByRole('table', { name: 'Branches' }).getByRole('row');
  await expect(branches).toHaveCount(3);
  for (let i = 0; i < 2; i++) await workbench.press('Shift+F5', 'F10');
  await expect(history(workbench)).toHaveAttribute('aria-valuenow', '4');
  await page.getByRole('button', { name: /^Go to / }).click();
  await expect(branches.nth(1)).toHaveAttribute('aria-current', 'true');
  await side(workbench).getByText('Log').click();
  const other = lines(workbench)
    .filter({ hasText: /^3 · .*run \d+$/ })
    .last();
  await list.evaluate((element) => element.parentElement?.scrollTo(0, element.parentElement.scrollHeight));
  await other.click();
  await expect.poll(told).toBe('3');
  await side(workbench).getByText('History').click();
  await expect(branches.nth(2)).toHaveAttribute('aria-current', 'true');
});

test('a condition that is being typed counts for the key that runs on', async ({ workbench }) => {
  const { page } = workbench;
  await page.getByRole('button', { name: 'Add a breakpoint' }).click();
  const field = page.getByRole('combobox', { name: 'Stop when' });
  await field.pressSequentially('loss > 1e-3 ');
  await workbench.press('Control+Enter');
  await expect(why(workbench)).toContainText('Stopped after loss, forward', { timeout: 30_000 });
  await expect(page.getByRole('region', { name: 'Breakpoints' }).getByRole('listitem')).toContainText('loss > 1e-3');
});

test('a name that is nearly right is answered with the right one; the first time is looked for in a range', async ({
  workbench,
}) => {
  const { page } = workbench;
  await workbench.select('fc1');
  await page.getByRole('button', { name: 'Add a breakpoint' }).click();
  const field = page.getByRole('combobox', { name: 'Stop when' });
  await field.fill('nrom(y) > 1e9');
  await expect(page.getByText('did you mean norm?')).toBeVisible();
  await field.fill('norm(grad(wieght)) > 1e9');
  await field.press('Enter');
  await expect(page.getByText('did you mean weight?')).toBeVisible();
  await field.fill('norm(grad(weight)) > 1e9');
  await field.press('Enter');
  await expect(page.getByText('did you mean')).toHaveCount(0);

  for (let i = 0; i < 3; i++) await workbench.press('Shift+F5', 'F10');
  await side(workbench).getByText('History').click();
  await expect(history(workbench)).toHaveAttribute('aria-valuenow', '3');
  await page.getByRole('button', { name: 'First time …' }).click();
  const dialog = page.getByRole('dialog', { name: 'Run back to the first time …' });
  await dialog.getByRole('radio', { name: 'a condition' }).check();
  await dialog.getByRole('combobox', { name: 'Node' }).selectOption('conv1');
  const condition = dialog.getByRole('combobox', { name: 'a condition' });
  const search = dialog.getByRole('button', { name: 'Search' });
  await expect(search).toBeDisabled();
  await condition.fill('max(y > -1e9');
  await expect(search).toBeDisabled();
  // What is typed counts, before the field is left.
  await condition.fill('max(y) > -1e9');
  await expect(search).toBeEnabled();
  const from = dialog.getByRole('textbox', { name: 'From iteration' });
  const to = dialog.getByRole('textbox', { name: 'to iteration' });
  await from.fill('2');
  await to.fill('9');
  await to.press('Enter');
  await expect(dialog.getByText('a whole number from 2 to 3')).toBeVisible();
  await to.fill('3');
  await search.click();
  // It held from the beginning: the range alone decides where it is found.
  await expect(dialog.getByText('conv1, forward')).toBeVisible({ timeout: 60_000 });
  await expect(dialog.getByText('iteration 2, step 1')).toBeVisible();
  // Enter asks, too.
  await condition.fill('max(y) > 1e9');
  await condition.press('Enter');
  await expect(dialog.getByText(/^It never held/)).toBeVisible({ timeout: 60_000 });
  await condition.fill('max(y) > -1e9');
  await condition.press('Enter');
  await expect(dialog.getByText('iteration 2, step 1')).toBeVisible({ timeout: 60_000 });
  const given = dialog.getByRole('table', { name: 'What it was given, the worst first' });
  await expect(given.getByRole('rowheader', { name: 'conv1.weight' })).toBeVisible();
  await dialog.getByRole('button', { name: 'Go there' }).click();
  await expect(history(workbench)).toHaveAttribute('aria-valuetext', /^iteration 2, step 1 /);
});

test('a dot never loses a condition: it is switched off and on; taken from the list, it can be had back', async ({
  workbench,
}) => {
  const { page } = workbench;
  const dot = page
    .getByRole('region', { name: 'Steps of the iteration' })
    .getByRole('button', { name: 'Breakpoint at conv2, forward' });
  const gutter = workbench.node('conv2').getByRole('button', { name: /^Breakpoint/ });
  const rows = page.getByRole('region', { name: 'Breakpoints' }).getByRole('listitem');
  const on = page.getByRole('checkbox', { name: 'Stop at conv2, forward' });
  // To the top of the list of steps.
  await workbench.button('Restart the iteration').click();
  await workbench.select('conv2');
  await workbench.press('F9');
  await expect(rows).toHaveCount(1);
  await workbench.press('F9');
  // A plain one comes and goes.
  await expect(rows).toHaveCount(0);
  await workbench.press('F9');
  await page.getByRole('button', { name: 'Condition of conv2, forward' }).click();
  const field = page.getByRole('combobox', { name: 'Stop when' });
  await field.fill('norm(y) > 1e9');
  await field.press('Enter');
  for (const switchIt of [() => gutter.click(), () => dot.click(), () => workbench.press('F9')]) {
    await expect(on).toBeChecked();
    await expect(dot).toHaveAttribute('aria-pressed', 'true');
    await workbench.select('conv2');
    await switchIt();
    await expect(on).not.toBeChecked();
    await expect(rows.first()).toContainText('norm(y) > 1e9');
    await expect(dot).toHaveAttribute('aria-pressed', 'false');
    await expect(gutter).toHaveAccessibleName('Breakpoint: forward (switched off)');
    await switchIt();
  }
  await page.getByRole('button', { name: 'Take the breakpoint at conv2, forward away' }).click();
  await expect(rows).toHaveCount(0);
  await page.getByRole('region', { name: 'Note' }).getByRole('button', { name: 'Undo' }).click();
  await expect(rows.first()).toContainText('norm(y) > 1e9');
});

test('Enter takes a suggestion while there is something to take, and adds what is written out', async ({
  workbench,
}) => {
  const { page } = workbench;
  await side(workbench).getByText('Watches').click();
  const field = page.getByRole('combobox', { name: 'Watch', exact: true });
  const watched = page.getByRole('list', { name: 'Watches' }).getByRole('listitem');
  await field.pressSequentially('loss');
  await expect(page.getByRole('listbox')).toBeVisible();
  await field.press('Enter');
  await expect(watched).toHaveCount(1);
  await expect(field).toHaveValue('');
  await field.pressSequentially('conv1.wei');
  await expect(page.getByRole('option').first()).toHaveText(/^conv1\.weight/);
  await field.press('Enter');
  await expect(field).toHaveValue('conv1.weight');
  await expect(watched).toHaveCount(1);
  await field.press('Control+a');
  await field.pressSequentially('norm(conv1.weight)');
  await field.press('Enter');
  await expect(watched).toHaveCount(2);
});

test('a condition on what is inside of an operator is in force at once, and after a reload', async ({ workbench }) => {
  const { page } = workbench;
  const graph = {
    format: 'chainrule/graph',
    version: 1,
    name: 'Sequence',
    seed: 0,
    nodes: [
      { id: 'x', op: 'input', attributes: { shape: [5, 2, 3], dtype: 'float32' }, position: [0, 0] },
      { id: 'seq', op: 'lstm', attributes: { hidden_size: 4 }, position: [280, 0] },
      { id: 'loss', op: 'mse_loss', position: [560, 0] },
    ],
    edges: [
      { from: 'x.y', to: 'seq.x' },
      { from: 'seq.y', to: 'loss.x' },
    ],
    training: { loss: 'loss.y' },
  };
  await workbench.openFile({
    name: 'sequence.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(graph)),
  });
  await expect(workbench.node('seq')).toBeVisible();
  await workbench.ready();
  await page.getByRole('button', { name: 'Add a breakpoint' }).click();
  const field = page.getByRole('combobox', { name: 'Stop when' });
  await field.fill('norm(seq/cell_0_2.h) >= 0');
  await field.press('Enter');
  // Its steps are among those of the iteration.
  const steps = async () => Number(await strip(workbench).getAttribute('aria-valuemax'));
  await expect.poll(steps).toBeGreaterThan(20);
  await workbench.ready();
  await expect(page.getByText('is computed as one')).toHaveCount(0);
  // To the end of the iteration that has been shown, and into the next.
  await workbench.press('F5', 'F5');
  await expect(why(workbench)).toContainText('seq/cell_0_2');
  // On the canvas nothing has opened.
  await expect(workbench.node('seq')).toBeVisible();
  await expect(page.getByText('saved', { exact: true })).toBeVisible({ timeout: 20_000 });
  await page.reload();
  await expect(workbench.node('seq')).toBeVisible();
  await expect.poll(steps).toBeGreaterThan(20);
  await workbench.ready();
  await workbench.press('F5', 'F5');
  await expect(why(workbench)).toContainText('seq/cell_0_2');
  await expect(page.getByText('is computed as one')).toHaveCount(0);
});
