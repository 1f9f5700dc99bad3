// A window of 1024×768: what lies over the canvas leaves free what stands below it, and makes room for what is below itself.
import { expect, test } from './support/workbench.ts';

test.use({ viewport: { width: 1024, height: 768 } });

test('the inspector lies over the canvas alone, and the legend over no node', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.open();
  await workbench.example('LeNet-5');
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  const dock = page.getByRole('region', { name: 'Dock' });
  const top = async (): Promise<number> => (await dock.boundingBox())?.y ?? 0;
  const bottom = async (): Promise<number> => {
    const box = await inspector.boundingBox();
    return (box?.y ?? 0) + (box?.height ?? Number.POSITIVE_INFINITY);
  };
  await page.getByRole('button', { name: 'Inspector', exact: true }).last().click();
  await expect(inspector).toBeVisible();
  await expect.poll(async () => (await bottom()) <= (await top())).toBe(true);
  // A higher dock takes it along.
  const handle = page.getByRole('separator', { name: /^Resize: .*[Dd]ock/ });
  const before = await bottom();
  await handle.focus();
  await workbench.press('ArrowUp', 'ArrowUp', 'ArrowUp');
  await expect.poll(async () => (await bottom()) < before && (await bottom()) <= (await top())).toBe(true);
  // The last of what stands in the dock can be clicked.
  await dock.getByText('History').click();

  await inspector.getByRole('button', { name: 'Close' }).click();
  await workbench.press('Shift+1');
  const legend = page.getByRole('region', { name: 'Colour scales' });
  await expect(legend).toBeVisible();
  await workbench.still(workbench.node('conv1'), legend);
  const [from, to] = [await workbench.node('conv1').boundingBox(), await legend.boundingBox()];
  if (from === null || to === null) throw new Error('neither node nor legend');
  const empty = await workbench.emptyPlace({ x: 400, y: 20 });
  const by = { x: to.x + to.width / 2 - from.x - from.width / 2, y: to.y + to.height / 2 - from.y - from.height / 2 };
  await page.mouse.move(empty.x, empty.y);
  await page.mouse.down({ button: 'middle' });
  await page.mouse.move(empty.x + by.x, empty.y + by.y, { steps: 5 });
  await page.mouse.up({ button: 'middle' });
  await expect(legend).toBeHidden();
  await workbench.press('Shift+1');
  await expect(legend).toBeVisible();
});
