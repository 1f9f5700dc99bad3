// The Debugger tab: the list of steps, the strip, breakpoints.
import { expect, test, type Workbench } from './support/workbench.ts';

function steps(workbench: Workbench) {
  return workbench.page.getByRole('region', { name: 'Steps of the iteration' });
}
function strip(workbench: Workbench) {
  return workbench.page.getByRole('slider', { name: 'Position in the iteration' });
}

test.beforeEach(async ({ workbench }) => {
  await workbench.open();
  await workbench.example('LeNet-5');
});

test('a click on a step runs there, forwards and back, and the canvas follows', async ({ workbench }) => {
  await workbench.button('Restart the iteration').click();
  await expect(strip(workbench)).toHaveAttribute('aria-valuenow', '0');
  await steps(workbench).locator('[data-step="4"]').click();
  await expect(strip(workbench)).toHaveAttribute('aria-valuenow', '4');
  await expect(steps(workbench).locator('[aria-current="step"]')).toContainText('relu2');
  await expect(workbench.node('relu2')).toContainText('STEP 5 · forward');
  await expect(workbench.node('conv2').getByRole('img', { name: 'computed', exact: true })).toBeVisible();
  await steps(workbench).locator('[data-step="1"]').click();
  await expect(strip(workbench)).toHaveAttribute('aria-valuenow', '1');
  await expect(workbench.node('conv2').getByRole('img', { name: 'not computed yet' })).toBeVisible();
});

test('list and strip are walked by the keyboard', async ({ workbench }) => {
  await workbench.button('Restart the iteration').click();
  await strip(workbench).focus();
  await workbench.press('ArrowRight');
  await expect(strip(workbench)).toHaveAttribute('aria-valuenow', '1');
  await workbench.press('End');
  await expect(strip(workbench)).toHaveAttribute('aria-valuenow', '32');
  await workbench.press('Home');
  await expect(strip(workbench)).toHaveAttribute('aria-valuenow', '0');
  await steps(workbench).locator('[data-step="0"]').focus();
  await workbench.press('ArrowDown', 'ArrowDown', 'F9', 'Enter');
  await expect(strip(workbench)).toHaveAttribute('aria-valuenow', '2');
  await expect(workbench.page.getByRole('checkbox', { name: 'Stop at pool1, forward' })).toBeChecked();
});

test('breakpoints of each phase stop the run, can be switched off, and go', async ({ workbench }) => {
  await steps(workbench).getByRole('button', { name: 'Breakpoint at fc2, backward' }).click();
  await workbench.button('Restart the iteration').click();
  await workbench.press('F5');
  await expect(steps(workbench).locator('[aria-current="step"]')).toContainText('fc2');
  await expect(workbench.node('fc2')).toContainText('backward');
  await workbench.page.getByRole('checkbox', { name: 'Stop at fc2, backward' }).uncheck();
  await workbench.button('Restart the iteration').click();
  await workbench.press('F5');
  await expect(strip(workbench)).toHaveAttribute('aria-valuenow', '32');
  await workbench.page.getByRole('button', { name: 'Take the breakpoint at fc2, backward away' }).click();
  await expect(workbench.page.getByText('None. Click left of a step')).toBeVisible();
});

test('the plan shows memory: peak, lower bound, and the node of a step, both ways', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.tab('Plan');
  await expect(page.getByText('lower bound')).toBeVisible();
  const table = page.getByRole('grid', { name: 'Steps of the iteration' });
  // Fused work is found from every node that it does.
  for (const node of ['conv1', 'relu1']) {
    await workbench.select(node);
    await expect(table.getByRole('row', { selected: true }).first()).toHaveAccessibleName(
      /^0: relu1 \+ conv1 .*forward/,
    );
  }
  await table
    .getByRole('row', { name: /pool1 max_pool2d/ })
    .first()
    .click();
  await expect(workbench.node('pool1')).toHaveClass(/selected/);
  await workbench.select('fc2');
  await expect(table.getByRole('row', { selected: true }).first()).toHaveAccessibleName(/[:+] fc2 /);
  const map = page.getByRole('application', { name: 'Memory over the steps' });
  await map.focus();
  await workbench.press('ArrowRight', 'ArrowRight');
  await expect(page.locator('#memory-map-told')).toContainText(/: .+ at .+, steps \d+ to \d+/);
  await map.blur();
  await page.getByRole('button', { name: 'Show the peak' }).click();
  await expect(page.locator('#memory-map-told')).toContainText(/Most is alive at step \d+: .+ in \d+ buffers/);
  // By keyboard: the largest number of operations first, then down the rows.
  const flops = table.getByRole('columnheader', { name: 'flop' });
  await flops.getByRole('button').focus();
  await workbench.press('Enter');
  await expect(flops).toHaveAttribute('aria-sort', 'descending');
  await expect(table.locator('[data-row="0"]')).toHaveAccessibleName(/conv/);
  await table.locator('[data-row="0"]').focus();
  await workbench.press('ArrowDown', 'Enter');
  await expect(workbench.node('conv1').or(workbench.node('conv2')).and(page.locator('.selected'))).toBeVisible();
  await page.getByText('Text', { exact: true }).click();
  await expect(page.getByRole('region', { name: 'Plan as text' })).toContainText('forward pool1');
});

test('passes show the program before and after, and can be switched off', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.tab('Plan');
  await page.getByText('Passes', { exact: true }).click();
  const fuse = page
    .getByRole('list', { name: 'Passes of the compiler, in order' })
    .getByRole('button', { name: /^fuse/ });
  await fuse.click();
  const difference = page.getByRole('region', { name: 'The program before and after fuse' });
  await expect(difference.locator('.line-delete').first()).toBeAttached({ timeout: 30_000 });
  await expect(difference).toContainText('then');
  await page.getByRole('checkbox', { name: /Run the pass fuse/ }).uncheck();
  await expect(fuse).toContainText('switched off');
  await expect(page.getByText(/^all passes: \d+$/).first()).toBeVisible();
  await page.getByRole('button', { name: 'All on' }).click();
  await expect(fuse).toContainText('→');
});

test('times are measured, sorted, and laid over the canvas; gradients flow along the wires', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.tab('Plan');
  await page.getByText('Profile', { exact: true }).click();
  await page.getByRole('button', { name: 'Measure', exact: true }).click();
  const table = page.getByRole('grid', { name: 'Measured time of every node' });
  await expect(table).toBeVisible({ timeout: 30_000 });
  await table.getByRole('button', { name: 'together' }).click();
  await expect(table.locator('[data-row="0"]')).toHaveAccessibleName(/^(conv|relu)\d: .+ (µs|ms)/);
  // What was measured of one plan says nothing of the other.
  await page.getByText('stepping', { exact: true }).click();
  await expect(table).toHaveCount(0);
  await page.getByText('training', { exact: true }).click();
  await page.getByRole('button', { name: 'Show on the canvas' }).click();
  const times = page.getByRole('list', { name: 'Time, node by node' });
  await expect(times.locator('[data-path="conv2"]')).toContainText(/B .+ (µs|ms)/, { timeout: 30_000 });
  await page.getByRole('combobox', { name: 'Overlay on the canvas' }).selectOption({ label: 'Gradient flow' });
  const flow = page.getByRole('list', { name: 'Gradient flow, node by node' });
  await expect(flow.locator('[data-path="fc3.x"]')).toContainText(/fc3\.x: [\d.]/);
  await page.getByRole('combobox', { name: 'Overlay on the canvas' }).selectOption({ label: 'Update to weight' });
  await expect(page.getByRole('list', { name: 'Update to weight, node by node' }).getByRole('listitem')).toHaveCount(5);
  await workbench.press('Alt+o');
  await expect(page.getByRole('combobox', { name: 'Overlay on the canvas' })).toHaveCount(0);
});
