// A trained LeNet-5 looked into: which pixels decide for a digit's class, the first filters, an activation map in full size.
import { expectPainted, expectRepainted, slot } from '../support/pictures.ts';
import { expect, test, type Workbench } from '../support/workbench.ts';

test('saliency, filters and a 28×28 activation map of a trained LeNet-5', async ({ workbench }) => {
  test.setTimeout(300_000);
  const { page } = workbench;
  await workbench.open();
  await workbench.example('LeNet-5');
  await workbench.tab('Training');
  await page.getByRole('toolbar', { name: 'Training' }).getByRole('button', { name: 'Train', exact: true }).click();
  const accuracy = page.locator('[data-curve="accuracy"] figcaption');
  await expect
    .poll(async () => Number(/validation ([\d.]+) %/.exec((await accuracy.textContent()) ?? '')?.[1] ?? 0), {
      timeout: 180_000,
    })
    .toBeGreaterThan(90);
  await page.getByRole('toolbar', { name: 'Training' }).getByRole('button', { name: 'Stop', exact: true }).click();
  await workbench.ready();

  await test.step('saliency of the first digit for its class', async () => {
    await workbench.select('loss');
    await page.getByRole('group', { name: 'Port' }).getByRole('button', { name: 'target' }).click();
    await openViewer(workbench, 'loss.target');
    const label = await numberAt(workbench, 'loss.target[0]', [0, 0], { width: 32, height: 1 });
    await closeDialog(workbench);
    await workbench.select('fc3');
    await openViewer(workbench, 'fc3.y');
    const wanted = await numberAt(workbench, `fc3.y[0, ${label}]`, [label / 9, 0], { width: 10, height: 1 });
    await closeDialog(workbench);

    await workbench.select('image');
    const plain = await expectPainted(workbench, 'image', 'image.y');
    await page
      .getByRole('complementary', { name: 'Inspector' })
      .getByRole('button', { name: 'Saliency', exact: true })
      .click();
    const dialog = page.getByRole('dialog', { name: 'Saliency of image.y' });
    await expect(dialog.getByText(`Score of class ${label}`)).toBeVisible();
    const score = Number((await dialog.getByRole('status').first().textContent())?.replaceAll('−', '-'));
    expect(score).toBeCloseTo(wanted, 3);
    for (const caption of ['Input', 'Saliency', 'Both']) {
      await expect(dialog.getByRole('application', { name: caption, exact: true })).toBeVisible();
    }
    const map = dialog.getByRole('application', { name: 'Saliency', exact: true });
    expect(await size(map)).toEqual({ width: 28, height: 28 });
    expect(await colors(map)).toBeGreaterThan(20);
    await map.hover();
    await expect(dialog.locator('[aria-live="polite"]')).toContainText(/row \d+, column \d+/);
    // Another class, another map.
    const own = await digest(map);
    await dialog.getByRole('combobox', { name: 'Class' }).selectOption(String((label + 1) % 10));
    await expect(dialog.getByText(`Score of class ${(label + 1) % 10}`)).toBeVisible();
    await expect.poll(() => digest(map)).not.toBe(own);
    await dialog.getByRole('combobox', { name: 'Class' }).selectOption('');
    await expect.poll(() => digest(map)).toBe(own);
    await closeDialog(workbench);
    await expectRepainted(workbench, 'image', 'image.y', plain);
  });

  await test.step('the six filters of conv1', async () => {
    await slot(workbench, 'conv1', 'conv1.weight').click();
    const dialog = page.getByRole('dialog', { name: 'conv1.weight' });
    await expect(dialog.getByText('6 × 1 × 5 × 5')).toBeVisible();
    const picture = dialog.getByRole('application');
    const { width, height } = await size(picture);
    expect(((width + 1) * (height + 1)) / 36).toBe(6);
    expect(await colors(picture)).toBeGreaterThan(20);
    await numberAt(workbench, 'conv1.weight[0, 0, 0, 0]', [0, 0]);
    await numberAt(workbench, 'conv1.weight[5, 0, 4, 4]', [1, 1]);
    await closeDialog(workbench);
  });

  await test.step('an activation map in full size', async () => {
    const at = [17 / 27, 13 / 27] as const;
    const read = async (id: string): Promise<number> => {
      await slot(workbench, id, `${id}.y`).click();
      const dialog = page.getByRole('dialog', { name: `${id}.y` });
      await dialog.getByRole('combobox', { name: 'Channel' }).selectOption('2');
      await dialog.getByRole('textbox', { name: 'Example' }).fill('5');
      await page.keyboard.press('Enter');
      const picture = dialog.getByRole('application');
      await expect.poll(() => size(picture)).toEqual({ width: 28, height: 28 });
      expect((await picture.boundingBox())?.width).toBeGreaterThan(280);
      await expect(dialog.getByRole('img', { name: /…/ })).toBeVisible();
      const number = await numberAt(workbench, `${id}.y[5, 2, 13, 17]`, at);
      await closeDialog(workbench);
      return number;
    };
    expect(await read('relu1')).toBe(Math.max(0, await read('conv1')));
  });
});

async function openViewer({ page }: Workbench, value: string): Promise<void> {
  await page
    .getByRole('button', { name: `Look at ${value} in full size` })
    .first()
    .click();
  await expect(page.getByRole('dialog', { name: value })).toBeVisible();
}

async function closeDialog({ page }: Workbench): Promise<void> {
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
}

/** The number that the viewer reads out under the mouse; the place is a share of the picture, 1 its last row or column. */
async function numberAt(
  { page }: Workbench,
  name: string,
  [x, y]: readonly [number, number],
  count?: { readonly width: number; readonly height: number },
): Promise<number> {
  const picture = page.getByRole('dialog').getByRole('application');
  await expect(picture).toBeVisible();
  // Vectors are drawn as bars: the canvas has more pixels than there are numbers.
  const [box, pixels] = [await picture.boundingBox(), count ?? (await size(picture))];
  if (box === null) throw new Error('the viewer shows nothing');
  const along = (share: number, count: number): number => (share * (count - 1) + 0.5) / count;
  await page.mouse.move(box.x + along(x, pixels.width) * box.width, box.y + along(y, pixels.height) * box.height);
  const told = page.getByRole('dialog').locator('[aria-live="polite"]');
  await expect(told.locator('code')).toHaveText(name);
  return Number((await told.locator('output').textContent())?.replaceAll('−', '-'));
}

type Picture = ReturnType<Workbench['node']>;

/** In pixels of the picture itself. */
function size(picture: Picture): Promise<{ width: number; height: number }> {
  return picture
    .locator('canvas')
    .first()
    .evaluate((element) => {
      const { width, height } = element as HTMLCanvasElement;
      return { width, height };
    });
}

async function colors(picture: Picture): Promise<number> {
  return new Set(await pixels(picture)).size;
}

async function digest(picture: Picture): Promise<number> {
  return (await pixels(picture)).reduce((sum, pixel) => Math.imul(sum ^ pixel, 0x01000193) >>> 0, 0x811c9dc5);
}

function pixels(picture: Picture): Promise<number[]> {
  return picture
    .locator('canvas')
    .first()
    .evaluate((element) => {
      const { width, height } = element as HTMLCanvasElement;
      const { data } = ((element as HTMLCanvasElement).getContext('2d') as CanvasRenderingContext2D).getImageData(
        0,
        0,
        width,
        height,
      );
      return [...new Uint32Array(data.buffer)];
    });
}
