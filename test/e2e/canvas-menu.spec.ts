// Menus by the right button and by keyboard, notes, formulas, and a step over a whole recurrence.
import { expect, test } from './support/workbench.ts';

test('the right button offers what can be done with a node, a wire, the canvas', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.open();
  await workbench.ready();
  await workbench.node('q').click({ button: 'right', position: { x: 60, y: 8 } });
  const menu = page.getByRole('menu');
  await expect(menu.getByRole('menuitem', { name: /^Breakpoint/ })).toBeVisible();
  await menu.getByRole('menuitem', { name: /^Duplicate/ }).click();
  await expect(page.locator('.react-flow__node')).toHaveCount(6);
  await workbench.press('Control+z');
  await expect(page.locator('.react-flow__node')).toHaveCount(5);

  const at = await workbench.emptyPlace({ x: 500, y: 60 });
  await page.mouse.click(at.x, at.y, { button: 'right' });
  await page.getByRole('menuitem', { name: /^Add a node/ }).click();
  await page.getByRole('combobox', { name: 'Add a node' }).fill('tanh');
  await page.keyboard.press('Enter');
  await expect(workbench.node('tanh1')).toBeVisible();
});

test('Shift+F10 opens the menu of the selection, and arrows choose from it', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.open();
  await workbench.ready();
  await workbench.select('z');
  await workbench.press('Shift+F10');
  const item = page.getByRole('menuitem', { name: /^Delete/ });
  await expect(item).toBeVisible();
  await item.focus();
  await page.keyboard.press('Enter');
  await workbench.expectNodes('x', 'y', 'q', 'f');
  await workbench.press('Control+z');
  await workbench.expectNodes('x', 'y', 'z', 'q', 'f');
});

test('a view of the whole graph has its notes in it', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.open();
  await workbench.ready();
  const at = await workbench.emptyPlace({ x: 420, y: 60 });
  await page.mouse.move(at.x, at.y);
  await workbench.press('Shift+N');
  await page.getByRole('textbox', { name: 'Text of the note' }).fill('Far off');
  await page.keyboard.press('Control+Enter');
  const note = page.locator('[data-note="note1"]');
  await workbench.still(note);
  const box = await note.boundingBox();
  await page.mouse.move((box?.x ?? 0) + 30, (box?.y ?? 0) + 20);
  await page.mouse.down();
  await page.mouse.move((box?.x ?? 0) + 40, (box?.y ?? 0) + 24);
  await page.mouse.move((box?.x ?? 0) + 900, (box?.y ?? 0) - 30, { steps: 6 });
  await page.mouse.up();
  const whole = async (): Promise<boolean> => {
    const [pane, own] = [await workbench.canvas.boundingBox(), await note.boundingBox()];
    return pane !== null && own !== null && own.x > pane.x && own.x + own.width < pane.x + pane.width;
  };
  await expect.poll(whole).toBe(false);
  await workbench.press('Shift+1');
  await expect.poll(whole).toBe(true);
});

test('a note is written, moved, written anew and deleted, each undone at once', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.open();
  await workbench.ready();
  const at = await workbench.emptyPlace({ x: 420, y: 60 });
  await page.mouse.move(at.x, at.y);
  await workbench.press('Shift+N');
  await page.getByRole('textbox', { name: 'Text of the note' }).fill('The chain rule');
  await page.keyboard.press('Control+Enter');
  const note = page.locator('[data-note="note1"]');
  await expect(note).toHaveText('The chain rule');

  await workbench.still(note);
  const before = await note.boundingBox();
  await page.mouse.move((before?.x ?? 0) + 30, (before?.y ?? 0) + 20);
  await page.mouse.down();
  await page.mouse.move((before?.x ?? 0) + 40, (before?.y ?? 0) + 24);
  await page.mouse.move((before?.x ?? 0) + 90, (before?.y ?? 0) + 60, { steps: 5 });
  await page.mouse.up();
  await expect.poll(async () => ((await note.boundingBox())?.x ?? 0) - (before?.x ?? 0)).toBeGreaterThan(30);

  await note.dblclick();
  await page.getByRole('textbox', { name: 'Text of the note' }).fill('Backwards, gradients multiply');
  await page.keyboard.press('Control+Enter');
  await expect(note).toHaveText('Backwards, gradients multiply');
  await workbench.press('Control+z');
  await expect(note).toHaveText('The chain rule');
  await note.click();
  await workbench.press('Delete');
  await expect(note).toHaveCount(0);
  await workbench.press('Control+z');
  await expect(note).toHaveCount(1);
  // Its place, then all of it.
  await workbench.press('Control+z', 'Control+z');
  await expect(note).toHaveCount(0);
});

test('what is typed before the note has come stands in it', async ({ workbench }) => {
  const { page } = workbench;
  let arrive = (): void => undefined;
  const typed = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  await page.route(/note-node-[^/]*\.js/, async (route) => {
    await typed;
    await route.continue();
  });
  await workbench.open();
  await workbench.ready();
  const at = await workbench.emptyPlace({ x: 420, y: 60 });
  await page.mouse.move(at.x, at.y);
  await workbench.press('Shift+N');
  await page.keyboard.type('Gradients\nmultiply');
  arrive();
  await expect(page.getByRole('textbox', { name: 'Text of the note' })).toHaveValue('Gradients\nmultiply');
  await page.keyboard.type('.');
  await page.keyboard.press('Control+Enter');
  await expect(page.locator('[data-note="note1"]')).toHaveText('Gradients\nmultiply.');
  await workbench.press('Control+z');
  await expect(page.locator('[data-note="note1"]')).toHaveCount(0);
});

test('formulas and canvas follow one another', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.open();
  await workbench.ready();
  await workbench.tab('Code');
  await page.getByRole('button', { name: 'Formulas', exact: true }).click();
  const editor = page.locator('[data-editor="formulas"]');
  await expect(editor.locator('.view-lines')).toContainText('f =', { timeout: 30_000 });
  await editor.click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText('x = 3\ny = x ^ 2 + 1\n');
  await workbench.expectNodes('x', 'pow1', 'y', 'constant');
  await workbench.ready();
  await expect(workbench.node('y').locator('output').first()).toHaveText('10');
  await page.keyboard.insertText('z = y *\n');
  await expect(page.getByText('The formulas cannot be read yet')).toBeVisible();
  await page.getByRole('button', { name: 'Take the canvas instead' }).click();
  await expect(page.getByText('The text and the canvas are the same.')).toBeVisible();
  await workbench.select('y');
  await workbench.press('Delete');
  await expect(editor.locator('.view-lines')).not.toContainText('y =');
});

test('F10 goes over a whole recurrence, F11 into it; penalties are told at the loss', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.open();
  await workbench.example(/Character LSTM/);
  await workbench.button('Restart the iteration').click();
  await expect(page.getByText('at the start', { exact: true })).toBeVisible();
  const tag = workbench.node('rnn').getByText(/^STEP \d+/);
  for (let i = 0; i < 8 && (await tag.count()) === 0; i++) {
    const before = await page.getByText(/^step \d+ of \d+$|^at the start$/).textContent();
    await workbench.press('F10');
    await expect(page.getByText(/^step \d+ of \d+$/)).not.toHaveText(before ?? '');
  }
  await expect(tag).toHaveCount(1);
  await workbench.press('F10');
  await expect(tag).toHaveCount(0);
  await workbench.press('Alt+F10');
  await expect(tag).toHaveCount(1);
  await workbench.press('F11');
  await expect(page.getByRole('navigation')).toContainText('t = 0 of');
});
