// Large pictures: maps and filters pixel by pixel, and saliency.
import { expect, test, type Workbench } from './support/workbench.ts';

function inspector(workbench: Workbench) {
  return workbench.page.getByRole('complementary', { name: 'Inspector' });
}

test.beforeEach(async ({ workbench }) => {
  await workbench.open();
  await workbench.example('LeNet-5');
});

test('a 28×28 map in full size: integer zoom, exact numbers under mouse and arrow keys', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.select('relu1');
  await inspector(workbench).getByRole('button', { name: 'Look at relu1.y in full size' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'relu1.y' });
  await dialog.getByRole('combobox', { name: 'Channel' }).selectOption('2');
  const picture = dialog.getByRole('application');
  const canvas = picture.locator('canvas').first();
  await expect.poll(() => canvas.evaluate((each: HTMLCanvasElement) => [each.width, each.height])).toEqual([28, 28]);
  await workbench.still(canvas);
  const box = await canvas.boundingBox();
  const zoom = (box?.width ?? 0) / 28;
  expect(zoom).toBeGreaterThanOrEqual(10);
  expect(Number.isInteger(zoom)).toBe(true);

  await picture.hover({ position: { x: 13.5 * zoom, y: 6.5 * zoom } });
  await expect(dialog.getByText('relu1.y[0, 2, 6, 13]')).toBeVisible();
  await picture.focus();
  await workbench.press('ArrowRight', 'ArrowDown');
  await expect(dialog.getByText('relu1.y[0, 2, 7, 14]')).toBeVisible();
  await dialog.getByRole('button', { name: '∂L' }).click();
  await expect(page.getByRole('dialog', { name: 'grad(relu1.y)' })).toBeVisible();
  await workbench.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('filters of conv1 are six pictures; one of their numbers is typed over and the loss follows', async ({
  workbench,
}) => {
  const { page } = workbench;
  await workbench.select('conv1');
  const loss = page.getByRole('tabpanel', { name: 'Debugger' }).locator('dd').last();
  const before = await loss.textContent();
  await page.locator('[data-parameter="weight"]').getByRole('button', { name: 'weight', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'conv1.weight' });
  const picture = dialog.getByRole('application');
  await expect(picture.locator('canvas')).toBeVisible();
  await picture.focus();
  await workbench.press('ArrowRight', 'ArrowRight', 'Enter');
  const field = dialog.getByRole('textbox', { name: 'conv1.weight[0, 0, 0, 1]' });
  await field.fill('2.5');
  await field.press('Enter');
  await expect(dialog.locator('dd').nth(2)).toHaveText('2.5');
  await workbench.press('Escape');
  await expect(loss).not.toHaveText(before ?? '');
});

test('saliency of a class stands beside the input and on its node', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.select('image');
  await inspector(workbench).getByRole('button', { name: 'Saliency' }).click();
  const dialog = page.getByRole('dialog', { name: 'Saliency of image.y' });
  await expect(dialog.getByText(/Score of class \d/)).toBeVisible();
  const score = dialog.locator('aside output').first();
  const label = await score.textContent();
  const classes = dialog.getByRole('combobox', { name: 'Class' });
  await classes.selectOption('7');
  await expect(dialog.getByText('Score of class 7')).toBeVisible();
  await classes.selectOption('4');
  await expect(dialog.getByText('Score of class 4')).toBeVisible();
  await expect(score).not.toHaveText(label ?? '');
  const map = dialog.getByRole('application', { name: 'Saliency', exact: true });
  await map.hover();
  await expect(dialog.getByText(/row \d+, column \d+/)).toBeVisible();
  await workbench.press('Escape');

  // On the node: orange lies over the grey digit.
  const colourful = async (): Promise<number> => {
    const node = await workbench.node('image').boundingBox();
    return page
      .locator('.react-flow canvas')
      .first()
      .evaluate((canvas: HTMLCanvasElement, box) => {
        const own = canvas.getBoundingClientRect();
        const scale = canvas.width / own.width;
        const data = canvas
          .getContext('2d')
          ?.getImageData((box.x - own.x) * scale, (box.y - own.y) * scale, box.width * scale, box.height * scale).data;
        let count = 0;
        for (let i = 0; data && i < data.length; i += 4) {
          if ((data[i] as number) > (data[i + 2] as number) + 40 && (data[i + 3] as number) > 0) count++;
        }
        return count;
      }, node ?? { x: 0, y: 0, width: 1, height: 1 });
  };
  await expect.poll(colourful).toBeGreaterThan(20);
});
