// From nothing to a network that reads digits: seven operators by drag, six wires by mouse, a data set, and Train.
import { expectPainted, expectRepainted } from '../support/pictures.ts';
import { expect, test, type Workbench } from '../support/workbench.ts';

const placed = [
  ['Input', 'input', 150, 110],
  ['Conv 2D', 'conv1', 440, 110],
  ['ReLU', 'relu1', 730, 110],
  ['Max pool 2D', 'max_pool1', 150, 300],
  ['Flatten', 'flatten1', 440, 300],
  ['Linear', 'linear1', 730, 300],
  ['Cross-entropy', 'loss', 440, 480],
] as const;

test('a network drawn by hand on the empty canvas learns the digits beyond 90 %', async ({ workbench }) => {
  test.setTimeout(240_000);
  const { page } = workbench;
  await workbench.open();
  await workbench.newGraph();
  for (const [title, id, x, y] of placed) {
    await workbench.place(title, { x, y });
    await expect(workbench.node(id)).toBeVisible();
  }
  for (const [i, [, id]] of placed.slice(1).entries()) {
    await workbench.ready();
    await workbench.connect(`${placed[i]?.[1]}.y`, `${id}.x`);
  }

  await workbench.select('conv1');
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  await inspector.getByRole('textbox', { name: 'Output channels' }).fill('6');
  await page.keyboard.press('Enter');
  await inspector.getByRole('textbox', { name: 'Kernel size' }).fill('5');
  await page.keyboard.press('Enter');

  // Image and label find their places by themselves, and what is right and wrong is counted.
  await workbench.tab('Training');
  await page.getByRole('combobox', { name: 'Data set' }).selectOption({ label: 'Digits' });
  await expect(page.getByRole('combobox', { name: 'input takes' })).toHaveValue('image');
  await expect(page.getByRole('combobox', { name: 'loss.target takes' })).toHaveValue('label');
  await workbench.epochs(1000);
  await workbench.expectShape('input', /×1×28×28$/);
  await workbench.expectShape('conv1', /×6×24×24$/);
  await workbench.expectShape('linear1', /×10$/);
  await workbench.ready();
  const before = {
    filters: await expectPainted(workbench, 'conv1', 'conv1.weight'),
    activations: await expectPainted(workbench, 'relu1', 'relu1.y'),
  };

  const training = page.getByRole('region', { name: 'Training', exact: true });
  await training.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(training.getByText('running', { exact: true })).toBeVisible();
  await expect.poll(() => points(workbench, 'loss')).toBeGreaterThan(3);
  const early = await points(workbench, 'loss');
  await expect.poll(() => points(workbench, 'loss')).toBeGreaterThan(early);

  await expectRepainted(workbench, 'conv1', 'conv1.weight', before.filters);
  await expectRepainted(workbench, 'relu1', 'relu1.y', before.activations);
  const during = {
    filters: await expectPainted(workbench, 'conv1', 'conv1.weight'),
    activations: await expectPainted(workbench, 'relu1', 'relu1.y'),
  };
  await expectRepainted(workbench, 'conv1', 'conv1.weight', during.filters);
  await expectRepainted(workbench, 'relu1', 'relu1.y', during.activations);

  const accuracy = page.locator('[data-curve="accuracy"] figcaption');
  await expect(accuracy).toContainText('validation', { timeout: 120_000 });
  await expect
    .poll(async () => Number(/validation ([\d.]+) %/.exec((await accuracy.textContent()) ?? '')?.[1] ?? 0), {
      timeout: 150_000,
    })
    .toBeGreaterThan(90);
  await training.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(training.getByText('running', { exact: true })).toHaveCount(0);
});

/** How many points the line of a training curve has. */
async function points(workbench: Workbench, curve: string): Promise<number> {
  const lines = workbench.page.locator(`[data-curve="${curve}"] path.recharts-line-curve`);
  if ((await lines.count()) === 0) return 0;
  return ((await lines.first().getAttribute('d')) ?? '').split(/[MLC]/).length - 1;
}
