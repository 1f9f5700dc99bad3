// The Training tab: choose data, train, watch, pause, look at what was learned.
import { expect, test, type Workbench } from './support/workbench.ts';

function panel(workbench: Workbench) {
  return workbench.page.getByRole('tabpanel', { name: 'Training' });
}

test('choosing digits binds image and label; training learns while curves and filters move', async ({ workbench }) => {
  test.setTimeout(120_000);
  const { page } = workbench;
  await workbench.open();
  await workbench.example('LeNet-5');
  await page.getByRole('tab', { name: 'Training' }).click();
  const source = panel(workbench).getByRole('combobox', { name: 'Data set' });
  await source.selectOption('none');
  await expect(panel(workbench).getByText('Choose a data set on the left')).toBeVisible();
  await source.selectOption('Digits');
  await expect(panel(workbench).getByRole('combobox', { name: 'image takes' })).toHaveValue('image');
  await expect(panel(workbench).getByRole('combobox', { name: 'loss.target takes' })).toHaveValue('label');
  // Long enough to be paused on any machine.
  await workbench.epochs(1000);

  await workbench.select('conv1');
  const filters = page.locator('[data-parameter="weight"] canvas');
  const before = await filters.evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  await panel(workbench).getByRole('button', { name: 'Train', exact: true }).click();
  await expect(panel(workbench).getByText('running')).toBeVisible();
  const accuracy = panel(workbench).locator('[data-curve="accuracy"] div[role=img]').first();
  await expect(accuracy).toBeVisible();
  await panel(workbench).getByRole('button', { name: 'Pause training' }).click();
  await expect(panel(workbench).getByText('paused')).toBeVisible();
  await expect.poll(() => filters.evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL())).not.toBe(before);

  await panel(workbench).getByRole('button', { name: 'Resume' }).click();
  const validation = async (): Promise<number> =>
    Number(/validation ([\d.]+)/.exec((await accuracy.getAttribute('aria-label')) ?? '')?.[1] ?? 0);
  await expect.poll(validation, { timeout: 90_000 }).toBeGreaterThan(90);
  await panel(workbench).getByRole('button', { name: 'Stop' }).click();
  await expect(panel(workbench).getByText('not running')).toBeVisible();
});

test('one iteration at a time, and why training cannot start', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.open();
  await workbench.example('LeNet-5');
  await page.getByRole('tab', { name: 'Training' }).click();
  await panel(workbench).getByRole('button', { name: 'One iteration' }).click();
  await expect(panel(workbench).getByText('1 / 640')).toBeVisible();
  await panel(workbench).getByRole('combobox', { name: 'loss.target takes' }).selectOption('nothing');
  await workbench.ready();
  await panel(workbench).getByRole('button', { name: 'Train', exact: true }).click();
  await expect(panel(workbench).getByText('nothing feeds loss.target')).toBeVisible();
});

test('after the last epoch it offers as many again, and goes on where it stood', async ({ workbench }) => {
  test.setTimeout(120_000);
  const { page } = workbench;
  await workbench.open();
  await workbench.example('Two-layer net on spirals');
  await page.getByRole('tab', { name: 'Training' }).click();
  await workbench.epochs(2);
  await panel(workbench).getByRole('button', { name: 'Train', exact: true }).click();
  await expect(panel(workbench).getByText('finished')).toBeVisible({ timeout: 30_000 });
  const total = Number(
    /\/ (\d+)/.exec(
      (await panel(workbench)
        .getByText(/^\d+ \/ \d+$/)
        .nth(1)
        .textContent()) ?? '',
    )?.[1],
  );
  await panel(workbench).getByRole('button', { name: 'Train 2 more epochs' }).click();
  await expect(panel(workbench).getByText(`${2 * total} / ${2 * total}`)).toBeVisible({ timeout: 30_000 });
  await expect(panel(workbench).getByRole('textbox', { name: 'Epochs' })).toHaveValue('4');
  // The button of the top bar does the same.
  await workbench.button('Train').click();
  await expect(panel(workbench).getByText(`${4 * total} / ${4 * total}`)).toBeVisible();
  await expect(panel(workbench).getByText('finished')).toBeVisible();
  await workbench.press('Control+z');
  await expect(panel(workbench).getByRole('textbox', { name: 'Epochs' })).toHaveValue('4');
});

test('Train without data brings up why, wherever it is pressed', async ({ workbench }) => {
  await workbench.open();
  await workbench.ready();
  await workbench.button('Train').click();
  await expect(panel(workbench).getByText('failed', { exact: true })).toBeVisible();
  await expect(panel(workbench).getByText('Choose a data set on the left')).toBeVisible();
});

test('files that are no data set are refused with the reason', async ({ workbench }) => {
  await workbench.open();
  await workbench.ready();
  await workbench.page.getByRole('tab', { name: 'Training' }).click();
  await panel(workbench)
    .locator('input[type=file]')
    .setInputFiles({
      name: 'noise.bin',
      mimeType: 'application/octet-stream',
      buffer: Buffer.from([1, 2, 3, 250, 251]),
    });
  await expect(panel(workbench).getByText(/not recognised/)).toBeVisible();
});

test('the set-up is part of the graph: edited here, undone everywhere', async ({ workbench }) => {
  await workbench.open();
  await workbench.example('LeNet-5');
  await workbench.page.getByRole('tab', { name: 'Training' }).click();
  const kind = panel(workbench).getByRole('combobox', { name: 'Optimiser' });
  await expect(kind).toHaveValue('momentum');
  await kind.selectOption('Adam');
  await expect(panel(workbench).getByRole('textbox', { name: 'Learning rate' })).toHaveValue('0.001');
  await expect(panel(workbench).getByRole('textbox', { name: 'β₁, β₂' })).toHaveValue('0.9, 0.999');
  await panel(workbench).getByRole('combobox', { name: 'Schedule' }).selectOption('falls in steps');
  await expect(panel(workbench).getByRole('textbox', { name: 'Epochs a step' })).toHaveValue('10');
  await panel(workbench).getByRole('combobox', { name: 'Schedule' }).selectOption('falls at milestones');
  const milestones = panel(workbench).getByRole('textbox', { name: 'Milestones' });
  await milestones.fill('3, 7');
  await milestones.press('Enter');
  await expect(milestones).toHaveValue('3, 7');
  await workbench.canvas.click({ position: { x: 12, y: 12 } });
  await workbench.press('Control+z', 'Control+z', 'Control+z', 'Control+z');
  await expect(kind).toHaveValue('momentum');
});

test('L-BFGS is refused on a part of the examples, and trains on all of them', async ({ workbench }) => {
  await workbench.open();
  await workbench.example(/spirals/i);
  await workbench.page.getByRole('tab', { name: 'Training' }).click();
  await panel(workbench).getByRole('combobox', { name: 'Optimiser' }).selectOption('L-BFGS');
  await workbench.ready();
  await panel(workbench).getByRole('button', { name: 'One iteration' }).click();
  await expect(panel(workbench).getByText(/needs the same examples in every iteration/)).toBeVisible();
  const hint = await panel(workbench)
    .getByText(/Set the batch size to/)
    .textContent();
  const batch = panel(workbench).getByRole('textbox', { name: 'Batch size' });
  await batch.fill(/batch size to (\d+)/.exec(hint ?? '')?.[1] ?? '');
  await batch.press('Enter');
  await workbench.ready();
  await panel(workbench).getByRole('button', { name: 'One iteration' }).click();
  await expect(
    panel(workbench)
      .getByText(/^1 \/ \d+$/)
      .first(),
  ).toBeVisible();
});

test('a table dropped on the panel becomes the data set, bound to the graph', async ({ workbench }) => {
  await workbench.open();
  await workbench.example(/spirals/i);
  await workbench.page.getByRole('tab', { name: 'Training' }).click();
  await expect(panel(workbench).getByRole('combobox', { name: 'Data set' })).toHaveValue('spirals');
  const rows = Array.from({ length: 900 }, (_, i) => `${Math.sin(i)},${Math.cos(3 * i)},${['a', 'b', 'c'][i % 3]}`);
  const dropped = await workbench.page.evaluateHandle(
    (text) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], 'clouds.csv', { type: 'text/csv' }));
      return transfer;
    },
    ['x,y,label', ...rows].join('\n'),
  );
  const place = panel(workbench).getByRole('heading', { name: 'Data' });
  await place.dispatchEvent('dragover', { dataTransfer: dropped });
  await place.dispatchEvent('drop', { dataTransfer: dropped });
  await expect(panel(workbench).getByRole('combobox', { name: 'Data set' })).toHaveValue(/table|clouds/);
  await expect(workbench.page.getByText('Drop a graph, weights or a data set')).toHaveCount(0);
  await workbench.ready();
  await panel(workbench).getByRole('button', { name: 'One iteration' }).click();
  await expect(panel(workbench).getByText('1 / 9000')).toBeVisible();
});

test('a penalty on weights is steps of its own beside the loss, and gone when it is taken back', async ({
  workbench,
}) => {
  const { page } = workbench;
  await workbench.open();
  await workbench.example('Softmax classifier');
  const rows = async () => {
    await workbench.tab('Debugger');
    await workbench.ready();
    return page.getByRole('tabpanel', { name: 'Debugger' }).getByText(/l[12]_penalty/);
  };
  await workbench.tab('Training');
  const l1 = panel(workbench).getByRole('textbox', { name: 'L1 penalty' });
  await l1.fill('0.01');
  await l1.press('Enter');
  await expect((await rows()).filter({ hasText: 'l1_penalty' }).first()).toBeVisible();
  await workbench.canvas.focus();
  await workbench.press('Control+z');
  await expect((await rows()).filter({ hasText: 'l1_penalty' })).toHaveCount(0);
});
