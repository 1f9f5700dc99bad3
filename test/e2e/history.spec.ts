// The history of a run: a run that explodes is taken back to the very step, a condition stops where the command line says, and
// an edit forks the run.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { history, side, standInPast, strip } from './support/debugger.ts';
import { expect, test, type Workbench } from './support/workbench.ts';

const watchField = ({ page }: Workbench) => page.getByRole('combobox', { name: 'Watch', exact: true });

async function watch(workbench: Workbench, expression: string): Promise<void> {
  await side(workbench).getByText('Watches').click();
  await watchField(workbench).fill(expression);
  await workbench.press('Enter');
  await expect(workbench.page.getByRole('combobox', { name: `Expression ${expression}` })).toBeVisible();
}

/** What a watch shows: its number, and beside it whether it is still to be computed. */
function watched({ page }: Workbench, expression: string) {
  return page
    .getByRole('list', { name: 'Watches' })
    .getByRole('listitem')
    .filter({ has: page.getByRole('combobox', { name: `Expression ${expression}` }) })
    .locator('output');
}

/** All numbers of a value as the viewer saves them: an .npy file. */
async function savedNumbers({ page }: Workbench, value: string): Promise<Buffer> {
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  // Of a node with several ports the one whose value or gradient it is.
  const port = inspector
    .getByRole('button', { name: /./ })
    .and(page.getByTitle(`: ${value.replace(/^grad\((.*)\)$/, '$1')}`));
  const look = inspector.getByRole('button', { name: `Look at ${value} in full size` });
  await expect(port.or(look).first()).toBeVisible();
  if ((await port.count()) > 0) await port.first().click();
  await look.first().click();
  const dialog = page.getByRole('dialog', { name: value });
  const waiting = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Save as .npy' }).click();
  const bytes = readFileSync(await (await waiting).path());
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  return bytes;
}

async function place(workbench: Workbench): Promise<string> {
  return (await history(workbench).getAttribute('aria-valuetext')) ?? '';
}

test('an exploding rate: the first NaN or infinity is found, and stepping there again gives the same bits', async ({
  workbench,
}) => {
  test.setTimeout(180_000);
  const { page } = workbench;
  await workbench.open();
  await workbench.example('LeNet-5');
  await side(workbench).getByText('History').click();
  const rate = page.getByRole('textbox', { name: 'Learning rate' });
  await expect(rate).toHaveValue('0.02');
  await rate.fill('1e9');
  await rate.press('Enter');
  await expect(page.getByText('another learning rate')).toBeVisible();
  // Eight iterations; what explodes does so within them.
  for (let i = 1; i <= 8; i++) {
    await workbench.press('Shift+F5', 'F10');
    await expect(history(workbench)).toHaveAttribute('aria-valuenow', String(i));
  }
  await workbench.press('Control+Alt+F5');
  const dialog = page.getByRole('dialog', { name: 'Run back to the first time …' });
  await dialog.getByRole('button', { name: 'Search' }).click();
  const go = dialog.getByRole('button', { name: 'Go there' });
  await expect(go).toBeVisible({ timeout: 60_000 });
  const value = (await dialog.getByRole('table').first().getByRole('rowheader').first().textContent()) ?? '';
  expect(value).not.toBe('');
  const found = (await dialog.getByText(/^iteration \d+, step \d+$/).textContent()) ?? '';
  const [, iteration, step] = /iteration (\d+), step (\d+)/.exec(found) ?? [];
  await go.click();
  await expect(history(workbench)).toHaveAttribute(
    'aria-valuetext',
    new RegExp(`^iteration ${iteration}, step ${step} `),
  );
  // Where it came from lies on the canvas.
  await expect(page.getByRole('list', { name: 'First time: where it came from, node by node' })).toBeAttached();

  // The step itself makes it: before, nothing that it was given is broken.
  const broken = `count(isfinite(${value}) == 0)`;
  await watch(workbench, broken);
  await expect(watched(workbench, broken)).not.toHaveText(/^0|–|not computed/);
  const there = await savedNumbers(workbench, value);
  expect(there.subarray(1, 6).toString()).toBe('NUMPY');
  const before = Number(step) - 1;
  await workbench.press('Alt+F10');
  await expect(strip(workbench)).toHaveAttribute('aria-valuenow', String(before));
  await workbench.press('F10');
  await expect(strip(workbench)).toHaveAttribute('aria-valuenow', String(step));
  await expect(watched(workbench, broken)).not.toHaveText(/^0|–|not computed/);
  expect((await savedNumbers(workbench, value)).equals(there)).toBe(true);

  // From elsewhere it is found again.
  await side(workbench).getByText('History').click();
  await history(workbench).press('End');
  await workbench.press('Control+Alt+F5');
  await dialog.getByRole('button', { name: 'Search' }).click();
  await expect(dialog.getByText(found)).toBeVisible({ timeout: 60_000 });
});

test('a long way through the history shows how far it is, and is called off', async ({ workbench }) => {
  test.setTimeout(300_000);
  const { page } = workbench;
  await workbench.open();
  await workbench.example('Residual network');
  await side(workbench).getByText('History').click();
  // Some 50 ms an iteration: a replay of seconds on any machine. Without snapshots everything is replayed from the start.
  await page.getByRole('switch').click();
  await workbench.press('Control+Enter');
  await expect
    .poll(async () => Number(await history(workbench).getAttribute('aria-valuemax')), { timeout: 120_000 })
    .toBeGreaterThan(80);
  await workbench.press('Control+Enter');
  await workbench.ready();
  await history(workbench).press('Home');
  await expect(history(workbench)).toHaveAttribute('aria-valuenow', '0');
  await history(workbench).press('End');
  const progress = page.getByRole('progressbar', { name: /^Under way, iteration \d+/ });
  await expect(progress).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(progress).toHaveCount(0);
  await expect(history(workbench)).toHaveAttribute('aria-valuenow', '0');

  // Left alone it arrives.
  await history(workbench).press('End');
  const last = await history(workbench).getAttribute('aria-valuemax');
  await expect(history(workbench)).toHaveAttribute('aria-valuenow', last ?? '', { timeout: 120_000 });
  await expect(progress).toHaveCount(0);
});

test('a condition stops where the command line says, strictly', async ({ workbench }) => {
  test.setTimeout(180_000);
  const { page } = workbench;
  const graph = JSON.parse(readFileSync('examples/lenet5.json', 'utf8')) as { training: { numerics: string } };
  graph.training.numerics = 'strict';
  const condition = 'iteration >= 2 and norm(grad(weight)) > 0.01';
  const hit = await headlessHit(JSON.stringify(graph), `fc1.backward: ${condition}`);
  await workbench.open();
  await workbench.ready();
  await workbench.openFile({
    name: 'strict.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(graph)),
  });
  await expect(page.getByRole('textbox', { name: 'Name of this graph' })).toHaveValue('LeNet-5');
  await workbench.ready();
  await workbench.select('fc1');
  await page.getByRole('button', { name: 'Add a breakpoint' }).click();
  await page.getByRole('combobox', { name: 'Phase' }).selectOption('backward');
  // Half a name is completed, a fault stands under its place.
  const field = page.getByRole('combobox', { name: 'Stop when' });
  await field.pressSequentially('norm(grad(wei');
  await expect(page.getByRole('option', { name: /^weight/ })).toBeVisible();
  await field.press('Enter');
  await expect(field).toHaveValue('norm(grad(weight');
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await field.fill(condition);
  await field.press('Enter');
  await expect(field).not.toHaveAttribute('aria-invalid', 'true');
  const count = page.getByTitle('hit once');
  const state = page.getByRole('tabpanel', { name: 'Debugger' }).locator('dl');
  // Each goes on to the end of an iteration, or to the breakpoint.
  for (let i = 0; i <= hit.iteration + 2; i++) {
    const stood = (await state.textContent()) ?? '';
    await workbench.press('F5');
    await expect(state).not.toHaveText(stood);
    const slider = strip(workbench);
    if ((await slider.getAttribute('aria-valuenow')) !== (await slider.getAttribute('aria-valuemax'))) break;
  }
  await expect(count).toBeVisible();
  await expect(strip(workbench)).toHaveAttribute('aria-valuenow', String(hit.step));
  await side(workbench).getByText('History').click();
  await expect.poll(() => place(workbench)).toContain(`iteration ${hit.iteration}, step ${hit.step} `);
});

test('an edited weight forks the run: both histories stay, and the first difference is the edited node', async ({
  workbench,
}) => {
  test.setTimeout(180_000);
  const { page } = workbench;
  await standInPast(workbench);
  await workbench.select('fc2');
  await page.locator('[data-parameter="weight"]').getByRole('button', { name: 'weight', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'fc2.weight' });
  await dialog.getByRole('application').focus();
  await workbench.press('ArrowRight', 'Enter');
  const field = dialog.getByRole('textbox', { name: /^fc2\.weight\[/ });
  await field.fill('0.75');
  await field.press('Enter');
  await workbench.press('Escape');
  await expect(dialog).toHaveCount(0);
  const branches = page.getByRole('table', { name: 'Branches' }).getByRole('row');
  await expect(branches).toHaveCount(3);
  await expect(page.getByText('edited numbers')).toBeVisible();
  await workbench.press('Shift+F5', 'F10');
  await expect(history(workbench)).toHaveAttribute('aria-valuenow', '3');

  await page.getByRole('button', { name: /^Compare .* with the branch that is open/ }).click();
  await expect(page.getByText(/^First difference: fc2\.weight/)).toBeVisible({ timeout: 60_000 });
  const marked = page.getByRole('list', { name: 'First difference of two branches, node by node' });
  await expect(marked.getByRole('listitem')).toHaveText([/^fc2: fc2\.weight/]);

  // The other history is still there, to its end.
  await page.getByRole('button', { name: /^Go to / }).click();
  await expect(history(workbench)).toHaveAttribute('aria-valuemax', '3');
  await expect(branches.nth(1)).toHaveAttribute('aria-current', 'true');
});

/** What `npx chainrule debug` prints of the first hit. */
async function headlessHit(graph: string, at: string): Promise<{ iteration: number; step: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'chainrule-'));
  try {
    const file = join(folder, 'graph.json');
    writeFileSync(file, graph);
    const lines = await new Promise<string>((resolve, reject) => {
      execFile(
        'npx',
        ['chainrule', 'debug', file, '--break', at, '--epochs', '1'],
        { timeout: 150_000 },
        (error, out) => {
          // Stopped by a breakpoint.
          if (error?.code === 3) resolve(out);
          else reject(error ?? new Error(`no hit: ${out}`));
        },
      );
    });
    return JSON.parse(lines.split('\n')[0] ?? '') as { iteration: number; step: number };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
