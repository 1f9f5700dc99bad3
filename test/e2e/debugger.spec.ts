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

test('the plan shows memory: peak, lower bound, and the node of a step', async ({ workbench }) => {
  await workbench.page.getByRole('tab', { name: 'Plan' }).click();
  await expect(workbench.page.getByText('lower bound')).toBeVisible();
  const map = workbench.page.getByRole('application', { name: 'Memory over the steps' });
  await map.focus();
  await workbench.press('ArrowRight', 'ArrowRight');
  await expect(workbench.page.locator('#memory-map-told')).toContainText(/: .+ at .+, steps \d+ to \d+/);
  await workbench.page
    .getByRole('button', { name: /pool1\s*max_pool2d/ })
    .first()
    .click();
  await expect(workbench.node('pool1')).toHaveClass(/selected/);
  await workbench.page.getByRole('button', { name: 'Plan as text' }).click();
  await expect(workbench.page.getByRole('region', { name: 'Plan as text' })).toContainText('forward pool1');
});
