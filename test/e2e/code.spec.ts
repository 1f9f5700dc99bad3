// The Code tab: the graph as JSON, two ways.
import { expect, test, type Workbench } from './support/workbench.ts';

async function openCode(workbench: Workbench) {
  await workbench.page.getByRole('tab', { name: 'Code' }).click();
  const editor = workbench.page.locator('[data-editor="json"]');
  await expect(editor.locator('.view-line').first()).toBeVisible({ timeout: 20_000 });
  return editor;
}

/** Finds the text in the editor, and deletes it or goes to its end. */
async function find(workbench: Workbench, text: string, then: 'Delete' | 'ArrowRight' = 'Delete'): Promise<void> {
  await workbench.page.locator('[data-editor="json"]').click();
  await workbench.press('Control+f');
  await expect(workbench.page.getByRole('textbox', { name: 'Find' })).toBeFocused();
  await workbench.page.keyboard.type(text);
  // Typing over a selection would put it in quotes.
  await workbench.press('Enter', 'Escape', then);
}

test.beforeEach(async ({ workbench }) => {
  await workbench.open();
  await workbench.ready();
});

test('an edited number changes the canvas, and one undo takes it back', async ({ workbench }) => {
  const editor = await openCode(workbench);
  await find(workbench, '"value": -2');
  await workbench.page.keyboard.type('"value": 1');
  await workbench.expectWire('q.y', 'f.a', ['6', '−4']);
  await workbench.canvas.click({ position: { x: 12, y: 12 } });
  await workbench.press('Control+z');
  await workbench.expectWire('q.y', 'f.a', ['3', '−4']);
  await expect(editor).toContainText('"value": -2');
});

test('broken JSON is marked and told; the last good graph stays; mended, it counts again', async ({ workbench }) => {
  const { page } = workbench;
  const editor = await openCode(workbench);
  await find(workbench, '"value": 5,', 'ArrowRight');
  await page.keyboard.type(' 5,');
  await expect(page.getByText('The text is not a graph yet')).toBeVisible();
  await expect(editor.locator('.squiggly-error').first()).toBeVisible();
  await workbench.expectNodes('x', 'y', 'z', 'q', 'f');
  await workbench.expectWire('q.y', 'f.a', ['3', '−4']);
  await find(workbench, '"value": 5, 5,', 'ArrowRight');
  await workbench.press(...Array<string>(5).fill('Backspace'));
  await page.keyboard.type('6,');
  await expect(page.getByText('The text and the canvas are the same')).toBeVisible();
  await workbench.expectWire('q.y', 'f.a', ['4', '−4']);
});

test('an operator that does not exist is refused by the schema and the reader, and can be discarded', async ({
  workbench,
}) => {
  const { page } = workbench;
  const editor = await openCode(workbench);
  await find(workbench, '"op": "add"');
  await page.keyboard.type('"op": "addd"');
  await expect(page.getByText('The text is not a graph yet')).toBeVisible();
  await expect(page.getByRole('button', { name: /addd/ })).toBeVisible();
  await page.getByRole('button', { name: 'Take the canvas instead' }).click();
  await expect(editor).toContainText('"op": "add"');
  await expect(page.getByText('The text and the canvas are the same')).toBeVisible();
});

test('what is changed on the canvas stands in the text', async ({ workbench }) => {
  const editor = await openCode(workbench);
  const field = workbench.node('x').getByRole('textbox');
  await field.fill('7');
  await field.press('Enter');
  await expect(editor).toContainText('"value": 7');
});
