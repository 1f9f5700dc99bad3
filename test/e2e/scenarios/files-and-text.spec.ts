// The graph out of the page and in again, byte for byte and pixel for pixel; and as text in Monaco, both ways.
import { readFileSync } from 'node:fs';
import { comparePictures } from '../support/compare.ts';
import { expect, test, type Workbench } from '../support/workbench.ts';

test('exported, reloaded and imported it is the same file and the same picture', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.open();
  await workbench.example('LeNet-5');
  await workbench.dragNode('flatten', { x: 30, y: 60 });
  await workbench.dragNode('loss', { x: -20, y: 90 });
  await workbench.press('Escape');
  await workbench.ready();
  // Where the camera stands is nobody's but the viewer's: all in view, before and after.
  await workbench.press('Shift+1');
  const text = await saved(workbench);
  // The view still moves there: places count once the picture stands.
  const picture = await settledPicture(workbench);
  const places = await workbench.places();

  await workbench.newGraph();
  await page.reload();
  await workbench.expectNodes();
  const choosing = page.waitForEvent('filechooser');
  await workbench.press('Control+o');
  await (await choosing).setFiles({ name: 'lenet.json', mimeType: 'application/json', buffer: Buffer.from(text) });
  await workbench.expectNodes(...Object.keys(places));
  await workbench.ready();
  await workbench.press('Shift+1');
  await expect
    .poll(async () => {
      const now = await workbench.places();
      return Math.max(
        ...Object.entries(places).map(([id, at]) =>
          Math.hypot((now[id]?.x ?? Infinity) - at.x, (now[id]?.y ?? Infinity) - at.y),
        ),
      );
    })
    .toBeLessThan(2);
  expect(await saved(workbench)).toBe(text);
  const again = await settledPicture(workbench);
  expect(await comparePictures(page, picture, again)).toBeLessThan(0.01);
});

test('a number edited in Monaco moves the canvas; broken text leaves it alone and is marked', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.open();
  await workbench.ready();
  await workbench.tab('Code');
  const editor = page.getByRole('textbox', { name: 'The graph as JSON' });
  const code = page.getByRole('tabpanel', { name: 'Code' });
  await expect(code.locator('.view-lines')).toContainText('chainrule/graph');

  // Find the value of x and type another: −2 becomes 1.
  await code.locator('[data-editor="json"]').click();
  await page.keyboard.press('Control+f');
  await expect(page.getByRole('textbox', { name: 'Find' })).toBeFocused();
  await page.keyboard.type('"value": -2');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Backspace');
  await page.keyboard.type('1');
  await workbench.expectWire('q.y', 'f.a', ['6', '−4']);
  await workbench.expectWire('z.y', 'f.b', ['−4', '6']);
  await expect(code.getByText('The text and the canvas are the same.')).toBeVisible();

  // A comma too many: no graph any more.
  await page.keyboard.type(',,');
  await expect(code.getByText('The text is not a graph yet')).toBeVisible();
  await expect(code.locator('.squiggly-error').first()).toBeVisible();
  await expect(code.getByRole('listitem').first()).toContainText(/\d+:\d+/);
  await workbench.expectNodes('x', 'y', 'z', 'q', 'f');
  await workbench.expectWire('q.y', 'f.a', ['6', '−4']);

  await page.keyboard.press('Backspace');
  await page.keyboard.press('Backspace');
  await expect(code.getByText('The text and the canvas are the same.')).toBeVisible();
  await expect(code.locator('.squiggly-error')).toHaveCount(0);
  await page.keyboard.press('Backspace');
  await page.keyboard.type('7');
  await workbench.expectWire('q.y', 'f.a', ['12', '−4']);

  // The other way: a number typed on the canvas stands in the text.
  const field = workbench.node('z').getByRole('textbox', { name: 'Value of z' });
  await field.fill('2.5');
  await field.press('Enter');
  await expect(code.locator('.view-lines')).toContainText('2.5');
  await workbench.expectWire('q.y', 'f.a', ['12', '2.5']);
  await expect(editor).toHaveCount(1);
});

async function saved(workbench: Workbench): Promise<string> {
  const waiting = workbench.page.waitForEvent('download');
  await workbench.press('Control+s');
  return readFileSync(await (await waiting).path(), 'utf8');
}

/** The canvas once two pictures in a row are the same. */
async function settledPicture({ page, canvas }: Workbench): Promise<Buffer> {
  await page.mouse.move(5, 5);
  let before = await canvas.screenshot({ animations: 'disabled' });
  for (let i = 0; i < 20; i++) {
    const now = await canvas.screenshot({ animations: 'disabled' });
    if (now.equals(before)) return now;
    before = now;
  }
  throw new Error('the picture does not come to rest');
}
