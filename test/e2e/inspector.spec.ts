// The inspector: a node's id, attributes, parameters and numbers, read and changed by mouse and keyboard.
import { expect, test, type Workbench } from './support/workbench.ts';

function inspector(workbench: Workbench) {
  return workbench.page.getByRole('complementary', { name: 'Inspector' });
}

test('shows value and gradient of a scalar and renames its node', async ({ workbench }) => {
  await workbench.open();
  await workbench.ready();
  await expect(inspector(workbench).getByRole('heading', { name: 'f = (x + y) z' })).toBeVisible();
  await workbench.select('q');
  const panel = inspector(workbench);
  await expect(panel.locator('[data-value="q.y"] output')).toHaveText('3');
  await expect(panel.locator('[data-value="grad(q.y)"] output')).toHaveText('−4');
  await expect(panel.getByRole('math', { name: 'Formula' })).toBeVisible();

  const id = panel.getByRole('textbox', { name: 'Id of the node' });
  await id.fill('f');
  await id.press('Enter');
  await expect(panel.getByRole('alert')).toContainText('already');
  await id.fill('sum');
  await id.press('Enter');
  await workbench.expectNodes('x', 'y', 'z', 'sum', 'f');
  await workbench.expectWire('sum.y', 'f.a', ['3', '−4']);
  await workbench.canvas.focus();
  await workbench.press('Control+z');
  await workbench.expectNodes('x', 'y', 'z', 'q', 'f');
});

test('an input holds a number that is typed in the inspector', async ({ workbench }) => {
  await workbench.open();
  await workbench.ready();
  await workbench.select('x');
  const number = inspector(workbench).getByRole('region', { name: 'Value', exact: true }).getByRole('textbox');
  await number.fill('1');
  await number.press('Enter');
  await workbench.expectWire('q.y', 'f.a', ['6', '−4']);
  await number.press('ArrowUp');
  await workbench.expectWire('q.y', 'f.a', ['7', '−4']);
});

test('attributes follow their schema: inferred, refused with the reason, reset, undone', async ({ workbench }) => {
  await workbench.open();
  await workbench.example('LeNet-5');
  await workbench.select('conv1');
  const panel = inspector(workbench);
  const channels = panel.getByRole('textbox', { name: 'Output channels' });
  await expect(panel.getByRole('textbox', { name: 'Input channels' })).toHaveAttribute('placeholder', '1');

  await channels.fill('0');
  await channels.press('Enter');
  await expect(channels).toHaveAttribute('aria-invalid', 'true');
  await expect(panel.getByText('must be at least 1')).toBeVisible();
  await channels.press('Escape');

  await channels.fill('4');
  await channels.press('Enter');
  await expect(panel.locator('[data-value="conv1.y"]')).toContainText('32×4×28×28');
  await expect(panel.locator('[data-parameter="weight"]')).toContainText('4×1×5×5');
  await panel.getByRole('button', { name: 'Output channels: back to the default' }).click();
  await expect(channels).toHaveValue('8');
  await workbench.canvas.focus();
  await workbench.press('Control+z', 'Control+z');
  await expect(channels).toHaveValue('6');
});

test('a parameter is frozen and starts otherwise; then it is not updated', async ({ workbench }) => {
  await workbench.open();
  await workbench.example('LeNet-5');
  await workbench.select('conv1');
  const weight = inspector(workbench).locator('[data-parameter="weight"]');
  await weight.getByRole('combobox', { name: 'Starts as' }).selectOption('ones');
  await expect(inspector(workbench).getByRole('button', { name: 'weight' }).first()).toBeVisible();
  await inspector(workbench).getByRole('group', { name: 'Port' }).getByRole('button', { name: 'weight' }).click();
  const shown = inspector(workbench).locator('[data-value="conv1.weight"]');
  await expect(shown.locator('dd').nth(1)).toHaveText('1');

  await weight.getByRole('switch', { name: 'Trained' }).click();
  await workbench.ready();
  const update = workbench.page.locator('[data-step]').filter({ hasText: 'momentum' }).filter({ hasText: 'conv1' });
  await workbench.page.getByRole('slider', { name: 'Position in the iteration' }).press('End');
  await expect(update).not.toContainText('conv1.weight');
  await expect(shown.locator('dd').nth(1)).toHaveText('1');
});

test('several nodes: how many, and what can be done with all', async ({ workbench }) => {
  await workbench.open();
  await workbench.ready();
  await workbench.select('q', 'f');
  const panel = inspector(workbench);
  await expect(panel.getByRole('heading', { name: '2 nodes' })).toBeVisible();
  await panel.getByRole('button', { name: 'Make a block of the selection' }).click();
  await workbench.expectNodes('x', 'y', 'z', 'block1');
});
