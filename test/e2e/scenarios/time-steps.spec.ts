// A character LSTM, one time step of it: the gates inside the cell, and the gradient of a weight that all steps share.
import { expectPainted, slot } from '../support/pictures.ts';
import { expect, test, type Workbench } from '../support/workbench.ts';

const times = 32;

test('steps into the cell of one time step and shows its gates', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.open();
  await workbench.example(/Character LSTM/);
  await workbench.node('rnn').dblclick({ position: { x: 60, y: 8 } });
  await page.getByRole('slider', { name: /Time step/ }).fill('3');
  await expect(page.getByRole('navigation')).toContainText('t = 3 of');
  // The run is brought before this very cell; F11 opens it where it stands.
  await workbench.select('lstm');
  await workbench.press('Control+F10');
  await expect(workbench.node('lstm')).not.toContainText('STEP');
  await workbench.press('Alt+F10');
  await expect(workbench.node('lstm')).toContainText(/STEP \d+ · forward/);
  await workbench.press('F11');
  for (const gate of ['f', 'i', 'g', 'o']) await expect(workbench.node(gate)).toBeVisible();
  await expect(page.getByRole('navigation')).toContainText('t = 3 of');
  await workbench.ready();
  for (const gate of ['f', 'i', 'g', 'o']) {
    await expect(slot(workbench, gate, `rnn[3]/lstm/${gate}.y`)).toBeDisabled();
  }
  // Inside, a step is one operator; the run stands before the first of them.
  await expect(workbench.page.getByText(/^STEP \d+ · forward$/)).toHaveCount(1);
  for (let i = 0; i < 20 && (await workbench.page.getByText(/^STEP \d+ · forward$/).count()) > 0; i++) {
    const before = await page.getByText(/^step \d+ of \d+$/).textContent();
    await workbench.press('F10');
    await expect(page.getByText(/^step \d+ of \d+$/)).not.toHaveText(before ?? '');
  }
  const gates: Record<string, number> = {};
  for (const gate of ['f', 'i', 'g', 'o']) {
    await expectPainted(workbench, gate, `rnn[3]/lstm/${gate}.y`);
    gates[gate] = await read(workbench, gate, `rnn[3]/lstm/${gate}.y`);
  }
  const { f = 0, i = 0, g = 0, o = 0 } = gates;
  for (const each of [f, i, o]) {
    expect(each).toBeGreaterThan(0);
    expect(each).toBeLessThan(1);
  }
  expect(Math.abs(g)).toBeLessThan(1);
  // What the cell remembers is f · before + i · g, what it shows o · tanh of that.
  const kept = await read(workbench, 'kept', 'rnn[3]/lstm/kept.y');
  const c = await read(workbench, 'c', /rnn\[3\]\/lstm[./]c(\.y)?$/);
  const h = await read(workbench, 'h', /rnn\[3\]\/lstm[./]h(\.y)?$/);
  expect(c).toBeCloseTo(kept + i * g, 6);
  expect(h).toBeCloseTo(o * Math.tanh(c), 6);

  await workbench.press('Escape', 'Escape');
  await expect(workbench.node('rnn')).toBeVisible();
});

test('the gradient of a shared weight is the sum of the shares of all time steps', async ({ workbench }) => {
  test.setTimeout(240_000);
  const { page } = workbench;
  await workbench.open();
  await workbench.example(/Character LSTM/);
  await workbench.node('rnn').dblclick({ position: { x: 60, y: 8 } });
  await workbench.select('lstm');
  await page.getByRole('group', { name: 'Port' }).getByRole('button', { name: 'weight_ih' }).click();
  const total = await readOut(workbench, 'grad(rnn/lstm.weight_ih)');
  const slider = page.getByRole('slider', { name: /Time step/ });
  let sum = 0;
  const shares = new Set<number>();
  for (let t = 0; t < times; t++) {
    if (t > 0) await slider.press('ArrowRight');
    await expect(page.getByRole('navigation')).toContainText(`t = ${t} of ${times}`);
    const share = await readOut(workbench, `grad(rnn[${t}]/lstm.weight_ih)`);
    shares.add(share);
    sum += share;
  }
  expect(shares.size).toBeGreaterThan(times / 2);
  expect(Math.abs(total)).toBeGreaterThan(0);
  expect(Math.abs(sum - total)).toBeLessThan(1e-5 * Math.max(...[...shares].map(Math.abs)) * times);
});

/** Opens a value from its picture on the node, and reads the number in the middle. */
async function read(workbench: Workbench, node: string, value: string | RegExp): Promise<number> {
  await workbench
    .node(node)
    .getByRole('button', { name: typeof value === 'string' ? `value ${value}` : value })
    .first()
    .click();
  return middle(workbench);
}

async function readOut(workbench: Workbench, value: string): Promise<number> {
  await workbench.page
    .getByRole('button', { name: `Look at ${value} in full size` })
    .first()
    .click();
  await expect(workbench.page.getByRole('dialog', { name: value })).toBeVisible();
  return middle(workbench);
}

async function middle({ page }: Workbench): Promise<number> {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('application').hover();
  const number = dialog.locator('[aria-live="polite"] output');
  await expect(number).toHaveText(/\d/);
  const value = Number((await number.textContent())?.replaceAll('−', '-'));
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  return value;
}
