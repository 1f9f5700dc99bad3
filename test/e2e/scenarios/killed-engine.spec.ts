// The worker dies: while nobody asks it anything, in the middle of a debugged iteration, and in the middle of training. The
// page says so, starts another, has everything that was drawn, and goes on.
import { expect, test, type Workbench } from '../support/workbench.ts';

const told = 'The engine stopped unexpectedly and was started again';

test('killed between two steps, the run comes back to the same step and goes on', async ({ workbench }) => {
  await workbench.open();
  await workbench.ready();
  await workbench.place('Tanh', { x: 420, y: 60 });
  await workbench.connect('f.y', 'tanh1.x');
  await workbench.node('x').getByRole('textbox', { name: 'Value of x' }).fill('1');
  await workbench.press('Enter');
  await workbench.dragNode('z', { x: 40, y: 10 });
  await workbench.ready();
  await workbench.button('Restart the iteration').click();
  await workbench.press('F10');
  await workbench.expectWire('q.y', 'f.a', ['6']);
  const places = await workbench.places();

  await crash(workbench);
  await expect(workbench.page.getByText(told)).toBeVisible({ timeout: 20_000 });
  await workbench.ready();
  expect(await workbench.places()).toEqual(places);
  await workbench.expectWire('q.y', 'f.a', ['6']);
  await expect(workbench.node('f')).toContainText(/STEP 2 · forward/);
  await workbench.press('F10');
  await expect(workbench.node('f').getByRole('status').first()).toHaveText('−24');
  await workbench.press('Alt+F10', 'Alt+F10');
  await workbench.expectWire('q.y', 'f.a', []);
  // History survives, too.
  await workbench.press('Control+z', 'Control+z', 'Control+z', 'Control+z');
  await workbench.expectNodes('x', 'y', 'z', 'q', 'f');
});

test('killed while it trains, it can be trained again at once', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.open();
  await workbench.example('LeNet-5');
  // Long enough to be killed and paused on any machine.
  await workbench.epochs(1000);
  const training = page.getByRole('region', { name: 'Training', exact: true });
  await training.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(page.locator('[data-curve="loss"]')).toBeVisible();

  await crash(workbench);
  await expect(page.getByText(told)).toBeVisible({ timeout: 20_000 });
  await workbench.ready();
  await expect(page.locator('.react-flow__node')).toHaveCount(14);
  await expect(training.getByText('running', { exact: true })).toHaveCount(0);
  await training.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(training.getByText('running', { exact: true })).toBeVisible();
  await expect(page.locator('[data-curve="accuracy"] figcaption')).toContainText('validation', { timeout: 60_000 });
  await training.getByRole('button', { name: 'Pause training' }).click();
  await expect(training.getByText('paused', { exact: true })).toBeVisible();
});

/** Ends the worker from within, as a real crash would: no event tells. */
async function crash({ page }: Workbench): Promise<void> {
  await page.evaluate(() => dispatchEvent(new Event('chainrule:crash-engine')));
}
