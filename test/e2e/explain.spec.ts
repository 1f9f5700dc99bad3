// Where a number comes from, beside the canvas: a walk from the loss to a pixel, by mouse and by key, with the canvas in use; gates of
// sequences; why a gradient has its size; the check.
import type { Locator } from '@playwright/test';
import { seriousFaults } from './support/axe.ts';
import { expectPainted, expectRepainted, painted, slot } from './support/pictures.ts';
import { expect, test, type Workbench } from './support/workbench.ts';

function panelOf({ page }: Workbench): Locator {
  return page.getByRole('region', { name: 'Explain this number' });
}

/** The number that is looked at. */
function place(workbench: Workbench): Locator {
  return panelOf(workbench).locator('[data-element]');
}

function inspectorOf({ page }: Workbench): Locator {
  return page.getByRole('complementary', { name: 'Inspector' });
}

const side = 'aside[aria-label="Inspector"]';

/** The node that bears the mark on the canvas. */
async function expectMarked({ page }: Workbench, node: string): Promise<void> {
  await expect(page.locator('[data-explained]')).toHaveAttribute('data-explained', node);
}

/** Explains what stands at a share of a picture's width and height on a node. */
async function clickPicture(
  workbench: Workbench,
  node: string,
  value: string,
  at: { readonly x: number; readonly y: number },
): Promise<void> {
  await workbench.still(slot(workbench, node, value));
  const box = await slot(workbench, node, value).boundingBox();
  if (box === null) throw new Error(`${value} is not pictured`);
  await workbench.page.mouse.click(box.x + box.width * at.x, box.y + box.height * at.y);
}

test.describe('LeNet-5', () => {
  test.beforeEach(async ({ workbench }) => {
    await workbench.open();
    await workbench.example('LeNet-5');
  });

  test('from the loss to a pixel with the mouse, and back; the canvas stays and goes along', async ({ workbench }) => {
    const { page } = workbench;
    const panel = panelOf(workbench);
    await workbench.select('loss');
    await workbench.still(workbench.node('loss'), workbench.node('conv1'));
    const before = await workbench.places();
    await page.getByRole('button', { name: 'Explain loss.y' }).click();
    await expect(place(workbench)).toHaveText('loss.y');
    // Nothing moves when the panel opens.
    expect(await workbench.places()).toEqual(before);
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
      await panel
        .locator('ol')
        .getByRole('button', { name: `Go to ${node}.y[` })
        .first()
        .click();
      await expect(place(workbench)).toHaveText(new RegExp(`^${node}\\.y\\[`));
      if (node !== 'conv2') continue;
      await expectMarked(workbench, 'conv2');
      await expect(workbench.node('conv2')).toHaveClass(/selected/);
      // Patch × filter = products, for the channels that take part.
      const windows = panel.getByRole('region', { name: 'Window' });
      await expect(windows.getByRole('group', { name: 'patch, 5 × 5' }).first()).toBeVisible();
      await expect(windows.getByRole('group', { name: 'products, 5 × 5' }).first()).toBeVisible();
      await expect(panel.getByRole('img', { name: /^image\.y: 196 of/ })).toBeAttached();
      await expect(panel.getByRole('status')).toHaveText(/^conv2\.y\[.*\] = .*Sum of 151 terms\.$/);
      expect(await seriousFaults(page, side)).toEqual([]);
    }
    await expect(panel.getByText('data: it is fed')).toBeVisible();
    await expectMarked(workbench, 'image');
    await expect(workbench.node('image')).toBeInViewport({ ratio: 1 });

    const crumbs = panel.getByRole('navigation', { name: 'Numbers looked at' }).getByRole('button');
    await expect(crumbs).toHaveCount(way.length + 1);
    for (const node of way.toReversed().slice(1, 4)) {
      await panel.getByRole('button', { name: 'Back', exact: true }).click();
      await expect(place(workbench)).toHaveText(new RegExp(`^${node}\\.y\\[`));
    }
    await panel.getByRole('button', { name: 'Forward', exact: true }).click();
    await expect(place(workbench)).toHaveText(/^relu1\.y\[/);
    await crumbs.first().click();
    await expect(place(workbench)).toHaveText('loss.y');

    // The canvas is in use beside it: a node is dragged, the walk stays.
    await workbench.still(workbench.node('fc3'));
    const from = await workbench.node('fc3').boundingBox();
    await workbench.dragNode('fc3', { x: 0, y: 60 });
    await expect.poll(async () => (await workbench.node('fc3').boundingBox())?.y).toBeGreaterThan((from?.y ?? 0) + 30);
    await expect(place(workbench)).toHaveText('loss.y');
  });

  test('a click in a picture explains that number and lights its field; arrows slide the window; keys walk along the terms', async ({
    workbench,
  }) => {
    const { page } = workbench;
    const inspector = inspectorOf(workbench);
    const panel = panelOf(workbench);
    await workbench.select('conv1');
    const plain = await expectPainted(workbench, 'image', 'image.y');
    await inspector.getByRole('button', { name: 'Look at conv1.y in full size' }).first().click();
    const viewer = page.getByRole('dialog', { name: 'conv1.y' });
    await viewer.getByRole('combobox', { name: 'Channel' }).selectOption('3');
    const picture = viewer.getByRole('application');
    const canvas = picture.locator('canvas').first();
    await expect.poll(() => canvas.evaluate((each: HTMLCanvasElement) => each.width)).toBe(28);
    await workbench.still(canvas);
    const zoom = ((await canvas.boundingBox())?.width ?? 0) / 28;
    await picture.click({ position: { x: 12.5 * zoom, y: 9.5 * zoom } });
    await expect(viewer).toHaveCount(0);
    await expect(place(workbench)).toHaveText('conv1.y[0, 3, 9, 12]');
    await expectMarked(workbench, 'conv1');
    await expectRepainted(workbench, 'image', 'image.y', plain);

    const slide = panel.getByRole('application', { name: /conv1\.y/ });
    await slide.focus();
    const lit = await painted(workbench, 'image', 'image.y');
    await workbench.press('ArrowRight');
    await expect(place(workbench)).toHaveText('conv1.y[0, 3, 9, 13]');
    await workbench.press('ArrowDown');
    await expect(place(workbench)).toHaveText('conv1.y[0, 3, 10, 13]');
    await expect(panel.getByText('25 of 25,088')).toBeAttached();
    await expectRepainted(workbench, 'image', 'image.y', lit);
    await workbench.press('PageUp');
    await expect(place(workbench)).toHaveText('conv1.y[0, 2, 10, 13]');
    await workbench.press('PageDown');
    await expect(place(workbench)).toHaveText('conv1.y[0, 3, 10, 13]');

    // The window by key: to a number of the patch.
    const patch = panel.getByRole('group', { name: 'patch, 5 × 5' }).first();
    await patch.getByRole('button').first().focus();
    await workbench.press('ArrowDown', 'ArrowRight', 'Enter');
    await expect(place(workbench)).toHaveText('image.y[0, 0, 9, 12]');
    await workbench.press('Alt+ArrowLeft');
    await expect(place(workbench)).toHaveText('conv1.y[0, 3, 10, 13]');

    // The terms: one stop of the Tab key; down to the second, over to its weight, there and back.
    const terms = panel.getByRole('region', { name: /^Terms, largest first/ });
    await terms.getByRole('button').first().focus();
    await workbench.press('ArrowDown', 'ArrowRight');
    const focused = page.locator('ol button:focus');
    await expect(focused).toHaveAccessibleName(/conv1\.(weight|bias)|image\.y/);
    const name = (await focused.locator('code').textContent()) ?? '';
    await workbench.press('Enter');
    await expect(place(workbench)).toHaveText(name);
    await workbench.press('Alt+ArrowLeft');
    await expect(place(workbench)).toHaveText('conv1.y[0, 3, 10, 13]');
    await workbench.press('Alt+ArrowRight');
    await expect(place(workbench)).toHaveText(name);

    // Pooling by a click on the canvas: the winner of its window.
    await clickPicture(workbench, 'pool1', 'pool1.y', { x: 0.3, y: 0.4 });
    await expect(place(workbench)).toHaveText(/^pool1\.y\[0, /);
    await expect(
      panel.getByRole('group', { name: 'patch, 2 × 2' }).getByRole('button', { name: /the winner/ }),
    ).toHaveCount(1);

    // The inspector waits behind its tab; Escape puts the panel away.
    await page.getByRole('tab', { name: 'Inspector' }).click();
    await expect(inspector.getByRole('region', { name: 'Values' })).toBeVisible();
    await page.getByRole('tab', { name: 'Explain this number' }).click();
    await expect(place(workbench)).toHaveText(/^pool1\.y\[0, /);
    await workbench.press('Escape');
    await expect(panel).toHaveCount(0);
    await expect(page.locator('[data-explained]')).toHaveCount(0);
    await expect(workbench.node('pool1')).toHaveClass(/selected/);
    await expect.poll(() => page.evaluate(() => document.activeElement === document.body)).toBe(false);
  });

  test('p − y, the size of a gradient beside its nodes, and the gradient check with badges', async ({ workbench }) => {
    const { page } = workbench;
    const inspector = inspectorOf(workbench);
    const panel = panelOf(workbench);
    const overlay = page.getByRole('combobox', { name: 'Overlay on the canvas' });
    await workbench.select('fc3');
    await inspector.getByRole('button', { name: 'Why is grad(fc3.y) this size?' }).click();
    await expect(panel.getByText('The factors multiply to the ratio.')).toBeVisible();
    await expect(overlay).toHaveValue('account');
    expect(await seriousFaults(page, side)).toEqual([]);
    await panel.getByRole('button', { name: 'This number' }).click();
    await expect(panel.getByText(/\(p − y\) \/ N = /)).toBeVisible();
    await expect(panel.getByText('p = softmax(x)')).toBeVisible();
    await expect(overlay).toHaveCount(0);
    expect(await seriousFaults(page, side)).toEqual([]);
    await workbench.press('Escape');
    await expect(inspector.getByRole('button', { name: 'Why is grad(fc3.y) this size?' })).toBeFocused();

    await workbench.select('conv2');
    await inspector.getByRole('button', { name: 'Why is grad(conv2.y) this size?' }).click();
    const ranking = panel.getByRole('list', { name: 'From the loss' });
    await expect(ranking.getByRole('listitem').filter({ hasText: 'relu3' })).toContainText('units that are off');
    await panel.getByRole('button', { name: 'Strongest first' }).click();
    await expect(panel.getByRole('list', { name: 'Strongest first' }).getByRole('listitem').first()).toContainText(
      'no. 1',
    );
    // Every node of the way bears its factor while one reads.
    const told = page.locator('[data-overlay="account"] li');
    await expect(told.filter({ hasText: 'relu3' })).toHaveText(/× 0\.\d+/);
    await panel.getByRole('button', { name: 'fc1', exact: true }).click();
    await expect(workbench.node('fc1')).toHaveClass(/selected/);
    await expect(panel).toBeVisible();
    await workbench.press('Escape');
    await expect(overlay).toHaveCount(0);

    await workbench.select('conv1');
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('Type a command').fill('Gradient check');
    await workbench.press('Enter');
    const check = page.getByRole('dialog', { name: 'Gradient check of conv1' });
    await expect(check.getByText('The gradient is right.')).toBeVisible({ timeout: 30_000 });
    await expect(check.getByRole('row', { name: /weight ✓/ })).toBeVisible();
    expect(await seriousFaults(page, '[role="dialog"]')).toEqual([]);
    await workbench.press('Escape');
    await expect(overlay).toHaveValue('check');
  });
});

const sequence = {
  format: 'chainrule/graph',
  version: 1,
  name: 'Sequence',
  seed: 0,
  nodes: [
    { id: 'x', op: 'input', attributes: { shape: [5, 'N', 6], dtype: 'float32' }, position: [0, 0] },
    { id: 'seq', op: 'lstm', attributes: { hidden_size: 8 }, position: [280, 0] },
    { id: 'pick', op: 'select', attributes: { dim: 0, index: 4 }, position: [560, 0] },
    { id: 'bn', op: 'batch_norm', position: [840, 0] },
    { id: 'fc', op: 'linear', attributes: { out_features: 3 }, position: [1120, 0] },
    { id: 'loss', op: 'cross_entropy', position: [1400, 0] },
  ],
  edges: [
    { from: 'x.y', to: 'seq.x' },
    { from: 'seq.y', to: 'pick.x' },
    { from: 'pick.y', to: 'bn.x' },
    { from: 'bn.y', to: 'fc.x' },
    { from: 'fc.y', to: 'loss.x' },
  ],
  training: { loss: 'loss.y', batch: 4 },
};

/** Texts with their numbers to five digits: what float32 leaves open does not count. */
const rounded = (texts: readonly string[]) =>
  texts.map((text) =>
    text.replace(/−?\d+\.\d+(e[−\d]+)?/g, (number) => Number(number.replaceAll('−', '-')).toPrecision(5)),
  );

test('a sequence tells its gates and opens at that step; batch norm its ways; in a small window the node comes into view', async ({
  workbench,
}) => {
  const { page } = workbench;
  const panel = panelOf(workbench);
  await workbench.open();
  await workbench.openFile({
    name: 'sequence.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(sequence)),
  });
  await expect(workbench.node('seq')).toBeVisible();
  await workbench.ready();
  await workbench.select('bn');
  await inspectorOf(workbench).getByRole('button', { name: 'x', exact: true }).click();
  await inspectorOf(workbench)
    .getByRole('button', { name: /^Why is grad\((bn\.x|pick\.y)\) this size\?$/ })
    .click();
  await panel.getByRole('button', { name: 'This number' }).click();
  const ways = panel.getByRole('region', { name: 'By way' });
  await expect(ways.getByRole('listitem')).toHaveText([/^straight/, /^through the mean/, /^through the variance/]);

  // On to the value, to what it was picked from, to the unit's gates at the last step.
  await panel.getByRole('button', { name: 'value', exact: true }).click();
  await expect(place(workbench)).toHaveText('pick.y[0, 0]');
  await panel.locator('ol').getByRole('button', { name: 'Go to seq.y[4, 0, 0]' }).click();
  await expect(place(workbench)).toHaveText('seq.y[4, 0, 0]');
  await expectMarked(workbench, 'seq');
  const gates = panel.getByRole('region', { name: 'Quantities' }).getByRole('listitem');
  await expect(gates).toHaveText([/^i, /, /^f, /, /^g, /, /^o, /, /^c, /, /^c' = /]);
  const told = await gates.allTextContents();
  await page.setViewportSize({ width: 1024, height: 768 });
  await panel.getByRole('button', { name: 'Step inside: seq/cell_0_4.h[0, 0]' }).click();
  await expect(place(workbench)).toHaveText('seq/cell_0_4.h[0, 0]');
  await expectMarked(workbench, 'seq/cell_0_4');
  // The opened cell computes the same by other kernels.
  await expect.poll(async () => rounded(await gates.allTextContents())).toEqual(rounded(told));
  // The panel lies over the canvas in a window as small: the node stands beside it.
  const node = workbench.node('cell_0_4');
  await expect
    .poll(async () => {
      const [own, beside] = [await node.boundingBox(), await panel.boundingBox()];
      return own !== null && beside !== null && own.x + own.width < beside.x;
    })
    .toBe(true);
  expect(await seriousFaults(page, side)).toEqual([]);
  await workbench.press('Alt+ArrowLeft');
  await expect(place(workbench)).toHaveText('seq.y[4, 0, 0]');
  await expect(gates).toHaveText(told);
  await expect(workbench.node('seq')).toHaveClass(/selected/);
});

test('a gradient of a sequence is told by steps and gates, and walked back through time', async ({ workbench }) => {
  const panel = panelOf(workbench);
  await workbench.open();
  await workbench.openFile({
    name: 'sequence.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(sequence)),
  });
  await expect(workbench.node('seq')).toBeVisible();
  await workbench.ready();
  await workbench.select('x');
  await inspectorOf(workbench).getByRole('button', { name: 'Why is grad(x.y) this size?' }).click();
  await panel.getByRole('button', { name: 'This number' }).click();
  await expect(place(workbench)).toHaveText('grad(x.y)[0, 0, 0]');
  const ways = panel.getByRole('region', { name: 'By way' }).getByRole('listitem');
  await expect(ways).toHaveText([
    /^step 0: input gate i/,
    /^step 0: forget gate f/,
    /^step 0: candidate g/,
    /^step 0: output gate o/,
  ]);
  const gates = panel.getByRole('region', { name: 'Quantities' }).getByRole('listitem');
  await expect(gates).toHaveText([/^i, /, /^f, /, /^g, /, /^o, /, /^c, /, /^c' = /]);
  // Back through time, gate by gate, to what comes from above at the last step.
  const from = (name: string) =>
    panel
      .locator('ol')
      .getByRole('button', { name: `Go to grad(seq.${name}` })
      .first();
  await ways.nth(2).getByRole('button').click();
  await expect(place(workbench)).toHaveText(/^grad\(seq\.sums_0_0\)\[0, \d+\]$/);
  for (let step = 0; step < 4; step++) {
    await from(`taken_0_${step})`).click();
    await expect(place(workbench)).toHaveText(new RegExp(`^grad\\(seq\\.taken_0_${step}\\)\\[0, \\d+\\]$`));
    await from(`sums_0_${step + 1})`).click();
    await expect(place(workbench)).toHaveText(new RegExp(`^grad\\(seq\\.sums_0_${step + 1}\\)\\[0, \\d+\\]$`));
    await expect(gates).toHaveCount(6);
  }
  await panel.locator('ol').getByRole('button', { name: 'Go to grad(seq.y)[4, 0, ' }).first().click();
  await expect(place(workbench)).toHaveText(/^grad\(seq\.y\)\[4, 0, \d+\]$/);
  expect(await seriousFaults(workbench.page, side)).toEqual([]);
});

test('a number that is not computed yet is run to', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.open();
  await workbench.ready();
  await workbench.button('Restart the iteration').click();
  await expect(page.getByText('at the start', { exact: true })).toBeVisible();
  await workbench.select('f');
  await workbench.press('Control+k');
  await page.getByPlaceholder('Type a command').fill('Explain a number');
  await page.keyboard.press('Enter');
  await panelOf(workbench).getByRole('button', { name: 'Run until it is' }).click();
  await expect(place(workbench)).toHaveText('f.y');
  await expect(panelOf(workbench)).toContainText('−12');
  await expect(page.getByText('step 2 of 4', { exact: true })).toBeVisible();
});
