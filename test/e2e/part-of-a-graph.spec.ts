// A graph while it is being drawn: a node that lacks something stops itself and what depends on it, nothing else. By mouse and
// keyboard, with training under way.
import { expect, test, type Workbench } from './support/workbench.ts';

function panel(workbench: Workbench) {
  return workbench.page.getByRole('tabpanel', { name: 'Training' });
}

/** Iterations done, as the Training tab counts them. */
async function iterations(workbench: Workbench): Promise<number> {
  const told = await panel(workbench)
    .getByText(/^\d+ \/ \d{5,}$/)
    .textContent();
  return Number.parseInt(told ?? '', 10);
}

async function trainLeNet(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  await workbench.open();
  await workbench.example('LeNet-5');
  // Long enough to be paused on any machine.
  await workbench.epochs(1000);
  await panel(workbench).getByRole('button', { name: 'Train', exact: true }).click();
  await expect(panel(workbench).getByText('running')).toBeVisible();
  await expect.poll(() => iterations(workbench), { timeout: 20_000 }).toBeGreaterThan(3);
  await expect(page.getByRole('tab', { name: 'Problems' })).not.toContainText(/\d/);
}

async function expectProgress(workbench: Workbench): Promise<void> {
  const from = await iterations(workbench);
  await expect.poll(() => iterations(workbench), { timeout: 30_000 }).toBeGreaterThan(from + 2);
  await expect(panel(workbench).getByText('running')).toBeVisible();
}

test('a node dragged in while LeNet trains: training runs on, the node says what it lacks, connected it computes', async ({
  workbench,
}) => {
  test.setTimeout(120_000);
  const { page } = workbench;
  await trainLeNet(workbench);
  const before = await iterations(workbench);
  const at = await workbench.middle(workbench.node('conv1'));
  const canvas = await workbench.emptyPlace({ x: 0, y: 0 });
  await workbench.place('ReLU', { x: at.x - canvas.x, y: at.y - canvas.y + 170 });
  const added = workbench.node('relu5');
  await expect(added.locator('p').filter({ hasText: /needs a wire into x/ })).toBeVisible();
  await expect(page.getByRole('tab', { name: 'Problems' })).toContainText('1');
  await expectProgress(workbench);
  expect(await iterations(workbench)).toBeGreaterThan(before);
  // The others' pictures move on, too.
  const tile = workbench.node('conv1').getByRole('img').first();
  await expect(tile).toBeVisible();

  await workbench.connect('conv1.y', 'relu5.x');
  await expect(added.locator('p')).toHaveCount(0);
  await workbench.expectShape('relu5', /×6×28×28$/);
  await expectProgress(workbench);
  expect(await iterations(workbench)).toBeGreaterThan(before);
  await panel(workbench).getByRole('button', { name: 'Pause training' }).click();
  await expect(panel(workbench).getByText('paused')).toBeVisible();
  await expect(added.getByRole('img', { name: 'computed', exact: true })).toBeVisible();
});

test('a size that does not fit in the middle: what comes before keeps its values, the rest waits; undo, and it trains', async ({
  workbench,
}) => {
  test.setTimeout(120_000);
  const { page } = workbench;
  await trainLeNet(workbench);
  await panel(workbench).getByRole('button', { name: 'Pause training' }).click();
  await expect(panel(workbench).getByText('paused')).toBeVisible();
  const trained = await iterations(workbench);

  await workbench.set('conv2', 'Input channels', '7');
  await expect(workbench.node('conv2').locator('p')).toContainText('expects 7 channels, gets 6 from pool1');
  await workbench.expectShape('conv2', /^\d+×6×14×14/);
  for (const id of ['relu2', 'fc3', 'loss'])
    await expect(workbench.node(id).locator('p')).toContainText('Waits for conv2');
  await workbench.expectShape('pool1', /×6×14×14$/);
  await expect(workbench.node('pool1').getByRole('img', { name: 'computed', exact: true })).toBeVisible();
  await expect(workbench.node('fc3').getByRole('img', { name: 'not computed yet' })).toBeVisible();
  await expect(workbench.node('pool1').locator('p')).toHaveCount(0);
  await expect(page.getByRole('tab', { name: 'Problems' })).toContainText('1');
  await expect(panel(workbench).getByText('while the loss loss waits for conv2')).toBeVisible();
  await expect(panel(workbench).getByRole('button', { name: 'Train', exact: true })).toBeDisabled();
  // The part that runs is stepped.
  await workbench.canvas.focus();
  await workbench.press('Alt+F10');
  await expect(workbench.node('pool1').getByRole('img', { name: 'not computed yet' })).toBeVisible();
  await workbench.press('F10');
  await expect(workbench.node('pool1').getByRole('img', { name: 'computed', exact: true })).toBeVisible();

  await workbench.select('conv2');
  await workbench.press('Control+z');
  await expect(workbench.node('conv2').locator('p')).toHaveCount(0);
  await expect(workbench.node('loss').locator('p')).toHaveCount(0);
  await panel(workbench).getByRole('button', { name: 'One iteration' }).click();
  await expect.poll(() => iterations(workbench)).toBe(trained + 1);
});

test('a new graph computes as far as it is wired', async ({ workbench }) => {
  await workbench.open();
  await workbench.newGraph();
  await workbench.place('Input', { x: 120, y: 100 });
  await workbench.place('ReLU', { x: 420, y: 100 });
  await workbench.place('Sigmoid', { x: 420, y: 330 });
  await workbench.place('Tanh', { x: 720, y: 330 });
  await workbench.connect('sigmoid1.y', 'tanh1.x');
  await expect(workbench.node('tanh1').locator('p')).toContainText('Waits for sigmoid1');
  await workbench.connect('input.y', 'relu1.x');
  await expect(workbench.node('relu1').getByRole('img', { name: 'computed', exact: true })).toBeVisible();
  await expect(workbench.node('sigmoid1').locator('p')).toContainText('needs a wire');
  await workbench.connect('relu1.y', 'sigmoid1.x');
  await expect(workbench.node('tanh1').getByRole('img', { name: 'computed', exact: true })).toBeVisible();
  await expect(workbench.node('tanh1').locator('p')).toHaveCount(0);
});
