// LeNet-5 backwards, node by node; and what the page shows is, bit for bit, what the command line computes.

import { runHeadless } from '../support/chainrule.ts';
import { expectPainted, slot } from '../support/pictures.ts';
import { expect, test, type Workbench } from '../support/workbench.ts';

const forward = [
  'conv1',
  'relu1',
  'pool1',
  'conv2',
  'relu2',
  'pool2',
  'flatten',
  'fc1',
  'relu3',
  'fc2',
  'relu4',
  'fc3',
];

test('every node of LeNet-5 shows its gradient as the backward pass reaches it', async ({ workbench }) => {
  test.setTimeout(180_000);
  await workbench.open();
  await workbench.example('LeNet-5');
  await workbench.button('Restart the iteration').click();
  for (const id of forward) {
    await expect(workbench.node(id)).toContainText(/STEP \d+ · forward/);
    await expect(slot(workbench, id, `${id}.y`)).toBeDisabled();
    await workbench.press('F10');
    await expectPainted(workbench, id, `${id}.y`);
    await expect(slot(workbench, id, `grad(${id}.y)`)).toBeDisabled();
  }
  await expect(workbench.node('loss')).toContainText('forward');
  await workbench.press('F10');
  // Counting right answers is a step too; it has no node of its own.
  await expect(workbench.node('loss')).toContainText('STEP 14 · accuracy');
  await workbench.press('F10');
  await expect(workbench.node('loss')).toContainText('backward');
  await expect(workbench.node('loss').getByRole('status').first()).toHaveText(/^\d/);
  await workbench.press('F10');
  const backward = forward.toReversed();
  for (const [i, id] of backward.entries()) {
    await expect(workbench.node(id)).toContainText(/STEP \d+ · backward/);
    await expectPainted(workbench, id, `grad(${id}.y)`);
    await expect.poll(() => pendingGradients(workbench)).toEqual(backward.slice(i + 1).sort());
    await workbench.press('F10');
  }
  await workbench.select('conv1');
  const weight = workbench.page.locator('[data-value="grad(conv1.weight)"]');
  await workbench.page.getByRole('group', { name: 'Port' }).getByRole('button', { name: 'weight' }).click();
  await expect(weight.locator('canvas')).toBeVisible();
  // One step back, and the gradient of the filters is not there yet.
  await workbench.press('Alt+F10');
  await expect(weight).toContainText('not computed yet');
});

test('in strict numerics the gradient of conv1.weight is that of the command line, bit for bit', async ({
  workbench,
}) => {
  test.setTimeout(180_000);
  const { page } = workbench;
  await workbench.open();
  await workbench.example('LeNet-5');
  await workbench.tab('Training');
  await page.getByRole('combobox', { name: 'Numerics' }).selectOption('strict');
  await workbench.ready();
  const waiting = page.waitForEvent('download');
  await workbench.press('Control+s');
  const graph = await (await waiting).path();

  await workbench.select('conv1');
  await page.getByRole('group', { name: 'Port' }).getByRole('button', { name: 'weight' }).click();
  await page.getByRole('button', { name: 'Look at grad(conv1.weight) in full size' }).first().click();
  const shown = await workbench.readViewer();
  const { 'grad(conv1.weight)': computed } = Object.fromEntries(await runHeadless(graph, ['grad(conv1.weight)']));
  expect(computed?.shape).toEqual([6, 1, 5, 5]);
  const wanted = Object.fromEntries(
    [...(computed?.data ?? [])].map((value, i) => [
      `grad(conv1.weight)[${Math.floor(i / 25)}, 0, ${Math.floor(i / 5) % 5}, ${i % 5}]`,
      value,
    ]),
  );
  expect(Object.fromEntries([...shown].map(([name, value]) => [name, Math.fround(value)]))).toEqual(wanted);
  expect(new Set(shown.values()).size).toBeGreaterThan(100);
});

/** The nodes of the network whose gradient is shown as not computed. */
async function pendingGradients(workbench: Workbench): Promise<readonly string[]> {
  const names = await workbench.page
    .locator('.react-flow__node button[aria-label^="∂L grad("]:disabled')
    .evaluateAll((all) => all.map((each) => each.getAttribute('aria-label') ?? ''));
  return names.flatMap((name) => forward.filter((id) => name === `∂L grad(${id}.y)`)).sort();
}
