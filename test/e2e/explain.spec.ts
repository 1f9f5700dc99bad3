// Where a number comes from: a walk from the loss to a pixel, by mouse and by key; why a gradient has its size; the check.
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { expect, test, type Workbench } from './support/workbench.ts';

function dialogOf({ page }: Workbench): Locator {
  return page.getByRole('dialog', { name: 'Explain this number' });
}

/** What axe finds serious in the dialog. */
async function faults(page: Page): Promise<readonly string[]> {
  const { violations, passes } = await new AxeBuilder({ page }).include('[role="dialog"]').analyze();
  expect(passes.length).toBeGreaterThan(5);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${String(target)}: ${failureSummary}`),
    );
}

/** The number that is looked at. */
function place(workbench: Workbench): Locator {
  return dialogOf(workbench).locator('[aria-live] code').first();
}

test.beforeEach(async ({ workbench }) => {
  await workbench.open();
  await workbench.example('LeNet-5');
});

test('from the loss to a pixel with the mouse, and back', async ({ workbench }) => {
  test.slow();
  const { page } = workbench;
  await workbench.select('loss');
  await page.getByRole('button', { name: 'Explain loss.y' }).click();
  const dialog = dialogOf(workbench);
  await expect(place(workbench)).toHaveText('loss.y');
  const way = [
    'fc3',
    'relu4',
    'fc2',
    'relu3',
    'fc1',
    'flatten',
    'pool2',
    'relu2',
    'conv2',
    'pool1',
    'relu1',
    'conv1',
    'image',
  ];
  for (const node of way) {
    await dialog
      .locator('ol')
      .getByRole('button', { name: `Go to ${node}.y[` })
      .first()
      .click();
    await expect(place(workbench)).toHaveText(new RegExp(`^${node}\\.y\\[`));
    if (node === 'conv2') {
      // Patch × filter = products, for the channels that take part.
      const windows = dialog.getByRole('region', { name: 'Window' });
      await expect(windows.getByRole('img', { name: /^patch/ }).first()).toBeVisible();
      await expect(windows.getByRole('img', { name: /^products/ }).first()).toBeVisible();
      await expect(dialog.getByRole('img', { name: /^image\.y: \d+ of/ })).toBeVisible();
      expect(await faults(page)).toEqual([]);
    }
  }
  await expect(dialog.getByText('data: it is fed')).toBeVisible();
  for (const node of way.toReversed().slice(1, 4)) {
    await dialog.getByRole('button', { name: 'Back (Backspace)' }).click();
    await expect(place(workbench)).toHaveText(new RegExp(`^${node}\\.y\\[`));
  }
  await dialog.getByRole('button', { name: 'Forward (Shift+Backspace)' }).click();
  await expect(place(workbench)).toHaveText(/^relu1\.y\[/);
});

test('a click in a picture explains that number; arrows slide the window; keys walk along the terms', async ({
  workbench,
}) => {
  const { page } = workbench;
  await workbench.select('conv1');
  await page
    .getByRole('complementary', { name: 'Inspector' })
    .getByRole('button', { name: 'Look at conv1.y in full size' })
    .first()
    .click();
  const viewer = page.getByRole('dialog', { name: 'conv1.y' });
  await viewer.getByRole('combobox', { name: 'Channel' }).selectOption('3');
  const picture = viewer.getByRole('application');
  const canvas = picture.locator('canvas').first();
  await expect.poll(() => canvas.evaluate((each: HTMLCanvasElement) => each.width)).toBe(28);
  const zoom = ((await canvas.boundingBox())?.width ?? 0) / 28;
  await picture.click({ position: { x: 12.5 * zoom, y: 9.5 * zoom } });
  const dialog = dialogOf(workbench);
  await expect(place(workbench)).toHaveText('conv1.y[0, 3, 9, 12]');

  const slide = dialog.getByRole('application', { name: /conv1\.y/ });
  await slide.focus();
  await workbench.press('ArrowRight');
  await expect(place(workbench)).toHaveText('conv1.y[0, 3, 9, 13]');
  await workbench.press('ArrowDown');
  await expect(place(workbench)).toHaveText('conv1.y[0, 3, 10, 13]');
  await expect(dialog.getByText('25 of 25,088')).toBeVisible();

  // The terms: one stop of the Tab key; down to the second, over to its weight, there and back.
  const terms = dialog.getByRole('region', { name: /^Terms, largest first/ });
  await terms.getByRole('button').first().focus();
  await workbench.press('ArrowDown', 'ArrowRight');
  const focused = page.locator('ol button:focus');
  await expect(focused).toHaveAccessibleName(/conv1\.(weight|bias)|image\.y/);
  const name = (await focused.locator('code').textContent()) ?? '';
  await workbench.press('Enter');
  await expect(place(workbench)).toHaveText(name);
  await workbench.press('Backspace');
  await expect(place(workbench)).toHaveText('conv1.y[0, 3, 10, 13]');
  await workbench.press('Shift+Backspace');
  await expect(place(workbench)).toHaveText(name);
});

test('p − y, the size of a gradient on the canvas, and the gradient check with badges', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.select('fc3');
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  await inspector.getByRole('button', { name: 'Why is grad(fc3.y) this size?' }).click();
  const dialog = dialogOf(workbench);
  await expect(dialog.getByText('The factors multiply to the ratio.')).toBeVisible();
  expect(await faults(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'This number' }).click();
  await expect(dialog.getByText(/\(p − y\) \/ N = /)).toBeVisible();
  await expect(dialog.getByText('p = softmax(x)')).toBeVisible();
  expect(await faults(page)).toEqual([]);
  await workbench.press('Escape');

  await workbench.select('conv2');
  await inspector.getByRole('button', { name: 'Why is grad(conv2.y) this size?' }).click();
  await expect(dialog.getByRole('row', { name: /relu3 relu/ })).toContainText('units that are off');
  await dialog.getByRole('button', { name: 'Show on the canvas', exact: true }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole('combobox', { name: 'Overlay on the canvas' })).toHaveValue('account');

  await workbench.select('conv1');
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Type a command').fill('Gradient check');
  await workbench.press('Enter');
  const check = page.getByRole('dialog', { name: 'Gradient check of conv1' });
  await expect(check.getByText('The gradient is right.')).toBeVisible({ timeout: 30_000 });
  await expect(check.getByRole('row', { name: /weight ✓/ })).toBeVisible();
  expect(await faults(page)).toEqual([]);
  await workbench.press('Escape');
  await expect(page.getByRole('combobox', { name: 'Overlay on the canvas' })).toHaveValue('check');
});
