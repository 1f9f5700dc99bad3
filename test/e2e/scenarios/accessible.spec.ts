// axe over the states in which a person really meets the page: training, faults, dialogs, broken text; in both colour schemes.
import { AxeBuilder } from '@axe-core/playwright';
import { slot } from '../support/pictures.ts';
import { expect, test, type Workbench } from '../support/workbench.ts';

for (const theme of ['Light', 'Dark'] as const) {
  test(`axe finds nothing serious in LeNet-5, at rest, training and looked into (${theme})`, async ({ workbench }) => {
    test.setTimeout(240_000);
    const { page } = workbench;
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await workbench.open();
    await workbench.menu('Theme', theme);
    await workbench.example('LeNet-5');
    await workbench.select('conv1');
    for (const tab of ['Debugger', 'Plan', 'Training'] as const) {
      await workbench.tab(tab);
      await expect(page.getByText('Loading …')).toHaveCount(0);
      await expectNothingSerious(workbench, `LeNet-5, ${tab}`);
    }
    await page.getByRole('textbox', { name: 'Epochs' }).fill('100');
    await page.keyboard.press('Enter');
    await workbench.ready();
    await page.getByRole('toolbar', { name: 'Training' }).getByRole('button', { name: 'Train', exact: true }).click();
    await expect(page.locator('[data-curve="accuracy"] figcaption')).toContainText('validation', { timeout: 60_000 });
    await expectNothingSerious(workbench, 'training');
    await page.getByRole('toolbar', { name: 'Training' }).getByRole('button', { name: 'Stop', exact: true }).click();
    await workbench.ready();

    await slot(workbench, 'relu1', 'relu1.y').click();
    await expect(page.getByRole('dialog').getByRole('application')).toBeVisible();
    await page.getByRole('dialog').getByRole('application').hover();
    await expectNothingSerious(workbench, 'viewer');
    await page.keyboard.press('Escape');
    await workbench.select('image');
    await page
      .getByRole('complementary', { name: 'Inspector' })
      .getByRole('button', { name: 'Saliency', exact: true })
      .click();
    await expect(page.getByRole('dialog').getByRole('application')).toHaveCount(3);
    await expectNothingSerious(workbench, 'saliency');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('combobox')).toBeFocused();
    await expectNothingSerious(workbench, 'commands');
  });

  test(`axe finds nothing serious among faults, in broken text and on the empty canvas (${theme})`, async ({
    workbench,
  }) => {
    test.setTimeout(180_000);
    const { page } = workbench;
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await workbench.open();
    await workbench.menu('Theme', theme);
    await workbench.newGraph();
    await expectNothingSerious(workbench, 'empty');
    await workbench.place('Input', { x: 150, y: 120 });
    await workbench.set('input', 'Shape', '["N", 1, 28, 28]');
    await workbench.place('Conv 2D', { x: 480, y: 120 });
    await workbench.set('conv1', 'Input channels', '3');
    await workbench.ready();
    await workbench.connect('input.y', 'conv1.x');
    await expect(workbench.node('conv1')).toContainText('expects 3 channels');
    await workbench.tab('Problems');
    await expect(page.getByRole('tabpanel').getByRole('listitem')).not.toHaveCount(0);
    await expectNothingSerious(workbench, 'problems');
    await workbench.tab('Code');
    await page.locator('.view-lines').click();
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('Delete');
    await expect(page.getByText('The text is not a graph yet')).toBeVisible();
    await expectNothingSerious(workbench, 'broken text');
  });
}

async function expectNothingSerious({ page }: Workbench, state: string): Promise<void> {
  const { violations, passes } = await new AxeBuilder({ page }).analyze();
  // Nothing judged would be nothing found.
  expect(passes.length).toBeGreaterThan(10);
  const faults = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${String(target)}: ${failureSummary}`),
    );
  expect({ state, faults }).toEqual({ state, faults: [] });
}
