// What axe finds serious in a part of the page, once its colours have come to rest.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** The serious and critical faults within, each with its place and the reason. */
export async function seriousFaults(page: Page, within = 'body'): Promise<readonly string[]> {
  await expect(page.locator(within).first()).toBeVisible();
  // Between two colours there is contrast that nobody gets to see; what turns for ever is not waited for.
  await expect
    .poll(() =>
      page
        .locator(within)
        .first()
        .evaluate(
          (element) =>
            element
              .getAnimations({ subtree: true })
              .filter((each) => each.playState === 'running' && each.effect?.getComputedTiming().endTime !== Infinity)
              .length,
        ),
    )
    .toBe(0);
  const { violations, passes } = await new AxeBuilder({ page }).include(within).analyze();
  // Nothing judged would be nothing found.
  expect(passes.length).toBeGreaterThan(5);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${String(target)}: ${failureSummary}`),
    );
}
