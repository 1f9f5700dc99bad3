// axe over the page as it opens, in both colour schemes, with every panel and every view of a panel open.
import type { Page } from '@playwright/test';
import { seriousFaults } from '../e2e/support/axe.ts';
import { expect, test, type Workbench } from '../e2e/support/workbench.ts';

const side = ({ page }: Workbench) => page.getByRole('group', { name: 'Beside the steps' });
const panel = '[role="tabpanel"]';
const dialog = '[role="dialog"]';

interface View {
  readonly name: string;
  /** The part of the page that is judged. */
  readonly part: string;
  open(workbench: Workbench): Promise<void>;
}

/** A view of the Plan tab. */
const planView = (name: string, wait: (page: Page) => Promise<void>): View => ({
  name: `Plan: ${name}`,
  part: panel,
  async open({ page }) {
    await page.getByRole('group', { name: 'What of the plan is shown' }).getByText(name, { exact: true }).click();
    await wait(page);
  },
});

/** In this order: each goes on from the one before. */
const views: readonly View[] = [
  {
    name: 'breakpoint with its condition',
    part: panel,
    async open({ page }) {
      const steps = page.getByRole('region', { name: 'Steps of the iteration' });
      await steps.getByRole('button', { name: 'Breakpoint at fc2, backward' }).click();
      await page.getByRole('button', { name: 'Condition of fc2, backward' }).click();
      const field = page.getByRole('combobox', { name: 'Stop when' });
      await field.pressSequentially('norm(grad(wei');
      await expect(page.getByRole('option', { name: /^weight/ })).toBeVisible();
      // A fault, as well.
      await field.press('Enter');
      await expect(field).toHaveAttribute('aria-invalid', 'true');
    },
  },
  {
    name: 'log point',
    part: panel,
    async open(workbench) {
      const { page } = workbench;
      const field = page.getByRole('combobox', { name: 'Stop when' });
      await field.fill('norm(grad(weight)) > 0');
      await field.press('Enter');
      const log = page.getByRole('combobox', { name: 'Log instead' });
      await log.fill('norm {norm(grad(weight))}');
      await log.press('Enter');
      await side(workbench).getByText('Log', { exact: true }).click();
      await workbench.press('Shift+F5', 'F10', 'Shift+F5');
      await expect(
        page
          .getByRole('listitem')
          .filter({ hasText: /norm \d/ })
          .first(),
      ).toBeVisible();
    },
  },
  {
    name: 'watch with its chart',
    part: panel,
    async open(workbench) {
      const { page } = workbench;
      await side(workbench).getByText('Watches').click();
      const field = page.getByRole('combobox', { name: 'Watch', exact: true });
      await field.fill('norm(grad(fc1.weight))');
      await field.press('Enter');
      await page.getByRole('button', { name: 'Chart of norm(grad(fc1.weight))' }).click();
    },
  },
  {
    name: 'history with two branches',
    part: panel,
    async open(workbench) {
      const { page } = workbench;
      await side(workbench).getByText('History').click();
      const rate = page.getByRole('textbox', { name: 'Learning rate' });
      await rate.fill('0');
      await rate.press('Enter');
      await expect(page.getByText('a number above 0')).toBeVisible();
      await rate.fill('0.5');
      await rate.press('Enter');
      await expect(page.getByRole('table', { name: 'Branches' }).getByRole('row')).toHaveCount(3);
    },
  },
  {
    name: 'first time',
    part: dialog,
    async open({ page }) {
      await page.keyboard.press('Control+Alt+F5');
      const search = page.getByRole('dialog', { name: 'Run back to the first time …' });
      await search.getByText('a condition').click();
      await search.getByRole('combobox', { name: 'Node' }).selectOption('');
      const condition = search.getByRole('combobox', { name: 'a condition' });
      await condition.fill('loss > 0');
      await condition.press('Enter');
      await search.getByRole('button', { name: 'Search' }).click();
      await expect(search.getByRole('button', { name: 'Go there' })).toBeVisible({ timeout: 60_000 });
    },
  },
  {
    name: 'Plan: Steps, with the peak',
    part: panel,
    async open(workbench) {
      const { page } = workbench;
      await page.keyboard.press('Escape');
      await expect(page.locator(dialog)).toHaveCount(0);
      await workbench.tab('Plan');
      await page.getByRole('button', { name: 'Show the peak' }).click();
    },
  },
  planView('Buffers', (page) => expect(page.getByRole('grid', { name: 'Buffers' })).toBeVisible()),
  planView('Passes', (page) =>
    expect(page.getByRole('region', { name: /^The program before and after/ })).toBeVisible({ timeout: 30_000 }),
  ),
  planView('Profile', async (page) => {
    await page.getByRole('button', { name: 'Measure', exact: true }).click();
    await expect(page.getByRole('grid', { name: 'Measured time of every node' })).toBeVisible({ timeout: 30_000 });
  }),
  planView('Text', (page) => expect(page.getByRole('region', { name: 'Plan as text' })).toBeVisible()),
  {
    name: 'overlay with its legend',
    part: 'main',
    async open({ page }) {
      // The search for the first time has put its finding there.
      await page.getByRole('combobox', { name: 'Overlay on the canvas' }).selectOption('units');
      await expect(page.locator('[data-overlay="units"] li').first()).toBeAttached();
    },
  },
  {
    name: 'inside an operator',
    part: 'main',
    async open(workbench) {
      await workbench.press('Alt+o');
      await workbench.select('fc1');
      await workbench.press('Control+k');
      await workbench.page.getByPlaceholder('Type a command').fill('Go inside');
      await workbench.press('Enter');
      await expect(workbench.page.getByRole('navigation', { name: /^Inside/ })).toBeVisible();
    },
  },
  {
    name: 'explain a number',
    part: 'body',
    async open(workbench) {
      await workbench.press('Escape');
      await expect(workbench.page.getByRole('navigation', { name: /^Inside/ })).toHaveCount(0);
      await workbench.select('fc2');
      await workbench.press('Control+k');
      await workbench.page.getByPlaceholder('Type a command').fill('Explain a number');
      await workbench.press('Enter');
      await expect(workbench.page.getByText(/^Terms, largest first/).first()).toBeVisible();
    },
  },
];

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing serious on the page and its panels (${colorScheme})`, async ({ workbench }) => {
    test.setTimeout(180_000);
    const { page } = workbench;
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await workbench.open('');
    await expect(page.locator('.react-flow__node').first()).toBeVisible();
    expect(await seriousFaults(page)).toEqual([]);
    const tabs = page.getByRole('tab');
    const names = await tabs.allTextContents();
    expect(names.length).toBeGreaterThan(0);
    for (let i = 0; i < names.length; i++) {
      await tabs.nth(i).click();
      expect({ tab: names[i], faults: await seriousFaults(page) }).toEqual({ tab: names[i], faults: [] });
    }
  });

  test(`axe finds nothing serious in any view of the debugger (${colorScheme})`, async ({ workbench }) => {
    test.setTimeout(300_000);
    const { page } = workbench;
    page.setDefaultTimeout(15_000);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await workbench.open();
    await workbench.example('LeNet-5');
    for (const { name, part, open } of views) {
      await test.step(name, async () => {
        await open(workbench);
        expect({ name, faults: await seriousFaults(page, part) }).toEqual({ name, faults: [] });
      });
    }
  });
}
