// What is drawn rather than written (plan, memory map, position, history), operated by the keyboard alone.
import { history as historyOf, side } from './support/debugger.ts';
import { expect, test } from './support/workbench.ts';

test('plan, memory map, position and history are operated by the keyboard alone', async ({ workbench }) => {
  test.setTimeout(240_000);
  const { page } = workbench;
  await workbench.open();
  await workbench.example('LeNet-5');

  // The palette is one stop of the Tab key, however many operators it lists; the arrows go through them.
  await page.getByRole('searchbox', { name: 'Search operators' }).focus();
  const entries = page.getByRole('complementary', { name: 'Operators and blocks' }).getByRole('button');
  await workbench.press('Tab');
  await expect(entries.first()).toBeFocused();
  await workbench.press('ArrowDown', 'ArrowDown');
  await expect(entries.nth(2)).toBeFocused();
  await workbench.press('Tab');
  await expect(page.getByRole('separator', { name: 'Resize: Palette' })).toBeFocused();
  await workbench.press('Shift+Tab');
  await expect(entries.nth(2)).toBeFocused();

  // From view to view of the plan with the arrow keys; rows with arrows, Home and End; Enter shows the node.
  await page.getByRole('tab', { name: 'Debugger' }).focus();
  await workbench.press('ArrowRight', 'ArrowRight');
  await expect(page.getByRole('tab', { name: 'Plan' })).toBeFocused();
  const kinds = page.getByRole('group', { name: 'What of the plan is shown' });
  await expect(kinds).toBeVisible();
  await workbench.press('Tab', 'Tab');
  await expect(kinds.getByRole('radio', { name: 'Steps' })).toBeFocused();
  await workbench.press('ArrowRight');
  const buffers = page.getByRole('grid', { name: 'Buffers' });
  await expect(buffers).toBeVisible();
  await workbench.press('ArrowLeft');
  const steps = page.getByRole('grid', { name: 'Steps of the iteration' });
  await steps.locator('[data-row][tabindex="0"]').focus();
  await workbench.press('End');
  const last = Number(await steps.getAttribute('aria-rowcount')) - 2;
  expect(last).toBeGreaterThan(2);
  await expect(steps.locator(`[data-row="${last}"]`)).toBeFocused();
  await workbench.press('Home', 'ArrowDown', 'ArrowDown', 'Enter');
  await expect(steps.locator('[data-row="2"]')).toBeFocused();
  await expect(page.locator('.react-flow__node.selected')).toHaveCount(1);

  // The bars of the memory map, one by one, and its ends.
  const map = page.getByRole('application', { name: 'Memory over the steps' });
  const told = page.locator('#memory-map-told');
  await map.focus();
  await workbench.press('Home');
  await expect(told).toHaveText(/: .+ at .+, steps -?\d+ to \d+/);
  const first = (await told.textContent()) ?? '';
  await workbench.press('End');
  await expect(told).not.toHaveText(first);
  await workbench.press('ArrowRight');
  await expect(told).toHaveText(first);
  await workbench.press('ArrowRight');
  await expect(told).not.toHaveText(first);
  const second = (await told.textContent()) ?? '';
  await workbench.press('Enter');
  await expect(page.locator('.react-flow__node.selected')).toHaveAttribute(
    'data-id',
    /^(?:grad\()?(\w+)/.exec(second)?.[1] ?? '',
  );

  // The position in the iteration.
  await workbench.tab('Debugger');
  const position = page.getByRole('slider', { name: 'Position in the iteration' });
  await position.focus();
  const total = Number(await position.getAttribute('aria-valuemax'));
  await workbench.press('Home');
  await expect(position).toHaveAttribute('aria-valuenow', '0');
  await workbench.press('ArrowRight', 'ArrowRight', 'ArrowLeft');
  await expect(position).toHaveAttribute('aria-valuenow', '1');
  await expect(position).toHaveAttribute('aria-valuetext', /^2: relu1, forward$/);
  await workbench.press('End');
  await expect(position).toHaveAttribute('aria-valuenow', String(total));

  // The history, after four iterations.
  for (let i = 1; i <= 4; i++) await workbench.press('Shift+F5', 'F10');
  await side(workbench).getByRole('radio', { name: 'Breakpoints' }).focus();
  await workbench.press('ArrowLeft');
  await expect(side(workbench).getByRole('radio', { name: 'History' })).toBeChecked();
  const history = historyOf(workbench);
  await expect(history).toHaveAttribute('aria-valuenow', '4');
  await history.focus();
  await workbench.press('Home');
  await expect(history).toHaveAttribute('aria-valuenow', '0');
  await workbench.press('ArrowRight');
  await expect(history).toHaveAttribute('aria-valuenow', '1');
  await expect(history).toHaveAttribute('aria-valuetext', /^iteration 1, step \d+ of \d+$/);
  await workbench.press('End');
  await expect(history).toHaveAttribute('aria-valuenow', '4');
  await expect(history).toHaveAttribute('aria-valuemax', '4');
});
