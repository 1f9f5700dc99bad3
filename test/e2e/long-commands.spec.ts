// A command over an iteration that takes long: the page says how far it is, and calling it off leaves the run where it has come to.
import { strip } from './support/debugger.ts';
import { expect, test } from './support/workbench.ts';

/** Seconds an iteration on the fastest of machines: on a slow page it is called off by a mouse that takes its time. */
const [layers, units] = [20, 1024];
const ids = Array.from({ length: layers }, (_, at) => at);
const heavy = {
  format: 'chainrule/graph',
  version: 1,
  name: 'Heavy',
  seed: 0,
  nodes: [
    { id: 'x', op: 'input', attributes: { shape: [512, units] }, position: [0, 0] },
    ...ids.flatMap((at) => [
      { id: `fc${at}`, op: 'linear', attributes: { out_features: units }, position: [280 * (2 * at + 1), 0] },
      { id: `act${at}`, op: 'tanh', position: [280 * (2 * at + 2), 0] },
    ]),
    { id: 'loss', op: 'mse_loss', position: [280 * (2 * layers + 1), 0] },
  ],
  edges: [
    ...ids.flatMap((at) => [
      { from: at === 0 ? 'x.y' : `act${at - 1}.y`, to: `fc${at}.x` },
      { from: `fc${at}.y`, to: `act${at}.x` },
    ]),
    { from: `act${layers - 1}.y`, to: 'loss.x' },
  ],
  training: { loss: 'loss.y', optimizer: { kind: 'sgd', lr: 0.001 } },
};

for (const how of ['by Cancel', 'by Pause'] as const)
  test(`an iteration that takes long is called off between two steps, ${how}, and goes on from there`, async ({
    workbench,
  }) => {
    test.setTimeout(180_000);
    const { page } = workbench;
    await workbench.open();
    await workbench.openFile({
      name: 'heavy.json',
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify(heavy)),
    });
    await expect(page.getByRole('textbox', { name: 'Name of this graph' })).toHaveValue('Heavy');
    await workbench.ready();
    const steps = Number(await strip(workbench).getAttribute('aria-valuemax'));
    await workbench.press('Shift+F5');
    await expect(strip(workbench)).toHaveAttribute('aria-valuenow', String(steps), { timeout: 60_000 });
    // Into the next one, by key: the dock tells of it, and so does the bar above, whatever stands below.
    const progress = page.getByRole('progressbar', { name: /^Under way, iteration/ });
    await workbench.press('F5');
    await expect(progress).toBeVisible();
    await expect(page.getByText(/^iteration 1: \d+ %$/)).toBeVisible();
    // Where training is begun it can be paused: so can this.
    await (how === 'by Cancel'
      ? page.getByRole('button', { name: 'Cancel' })
      : workbench.button('Pause training')
    ).click();
    await expect(progress).toHaveCount(0);
    await expect(workbench.button('Train')).toBeEnabled();
    await expect(page.getByText(/^step \d+ of \d+$/)).toBeVisible();
    const reached = Number(await strip(workbench).getAttribute('aria-valuenow'));
    expect(reached).toBeGreaterThan(0);
    expect(reached).toBeLessThan(steps);
    await workbench.press('F5');
    await expect(strip(workbench)).toHaveAttribute('aria-valuenow', String(steps), { timeout: 60_000 });
  });
