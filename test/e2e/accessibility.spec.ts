// axe over the page as it opens, in both colour schemes, and with the panels of the dock open.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing serious (${colorScheme})`, async ({ page }) => {
    test.setTimeout(180_000);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.goto('./');
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
}

async function seriousFaults(page: Page): Promise<readonly string[]> {
  const { violations, passes } = await new AxeBuilder({ page }).analyze();
  // Nothing judged would be nothing found.
  expect(passes.length).toBeGreaterThan(10);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${String(target)}: ${failureSummary}`),
    );
}
