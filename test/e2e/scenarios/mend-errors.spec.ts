// What does not fit says so at the port, with the numbers; a quick fix mends it, and undo takes the mending back.
import { expect, test } from '../support/workbench.ts';

test.beforeEach(async ({ workbench }) => {
  await workbench.open();
  await workbench.newGraph();
  await workbench.place('Input', { x: 150, y: 120 });
  await workbench.set('input', 'Shape', '["N", 1, 28, 28]');
  await workbench.expectShape('input', /×1×28×28$/);
});

test('a one-channel picture in a convolution that insists on three', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.place('Conv 2D', { x: 480, y: 120 });
  await workbench.set('conv1', 'Input channels', '3');
  await workbench.ready();
  await workbench.connect('input.y', 'conv1.x');

  const message = 'expects 3 channels, gets 1 from input';
  await expect(workbench.node('conv1').locator('p').filter({ hasText: message })).toBeVisible();
  const port = workbench.port('conv1.x', 'input');
  await port.hover();
  await expect(port.getByText(message)).toBeVisible();
  // The other says that the input, which runs, has no data.
  await expect(page.getByRole('tab', { name: 'Problems' })).toContainText('2');
  await workbench.tab('Problems');
  const problem = page.getByRole('tabpanel', { name: 'Problems' }).getByRole('listitem').filter({ hasText: message });
  await expect(problem).toContainText('conv1.x');

  await problem.getByRole('button', { name: 'Let in_channels follow the wire (1)' }).click();
  await expect(page.getByText(message)).toHaveCount(0);
  await workbench.expectShape('conv1', /×8×26×26$/);
  await page.keyboard.press('Control+z');
  await expect(workbench.node('conv1').locator('p').filter({ hasText: message })).toBeVisible();
  await expect(problem).toBeVisible();
  await page.keyboard.press('Control+Shift+z');
  await expect(page.getByText(message)).toHaveCount(0);
});

test('pictures where a loss wants scores', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.place('Conv 2D', { x: 440, y: 120 });
  await workbench.place('Cross-entropy', { x: 730, y: 120 });
  await workbench.ready();
  await workbench.connect('input.y', 'conv1.x');
  await workbench.ready();
  await workbench.connect('conv1.y', 'loss.x');

  const message =
    /expects scores N×classes for 32 class numbers, gets 32×8×26×26 from conv1: 4 dimensions instead of 2/;
  await expect(workbench.node('loss').locator('p').filter({ hasText: message })).toBeVisible();
  const port = workbench.port('loss.x', 'input');
  await port.hover();
  await expect(port.getByText(message)).toBeVisible();
  await workbench.tab('Problems');
  const problem = page.getByRole('tabpanel', { name: 'Problems' }).getByRole('listitem').filter({ hasText: message });
  await expect(problem).toContainText('Flattened they would be 32×5408');

  await problem.getByRole('button', { name: 'Insert flatten' }).click();
  await workbench.expectNodes('input', 'conv1', 'flatten1', 'loss');
  await expect(workbench.wire('conv1.y', 'flatten1.x')).toHaveCount(1);
  await expect(workbench.wire('flatten1.y', 'loss.x')).toHaveCount(1);
  await workbench.expectShape('flatten1', /32×5408$/);
  await expect(page.getByText(message)).toHaveCount(0);
  await workbench.ready();
  await expect(workbench.node('loss').getByRole('status').first()).toHaveText(/^\d/);

  await page.keyboard.press('Control+z');
  await workbench.expectNodes('input', 'conv1', 'loss');
  await expect(workbench.wire('conv1.y', 'loss.x')).toHaveCount(1);
  await expect(problem).toBeVisible();
});
