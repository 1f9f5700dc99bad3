// The whole of drawing without a mouse, and what assistive technology finds.
import AxeBuilder from '@axe-core/playwright';
import { seriousFaults } from './support/axe.ts';
import { expect, test } from './support/workbench.ts';

test('adds, walks, moves, connects and deletes by keyboard alone', async ({ workbench }) => {
  await workbench.open();
  await workbench.newGraph();
  const search = workbench.page.getByRole('searchbox', { name: 'Search operators' });
  await search.focus();
  await workbench.page.keyboard.type('input');
  await workbench.press('ArrowDown', 'Enter');
  await workbench.expectNodes('input');
  await search.fill('relu');
  await search.press('Enter');
  await workbench.expectNodes('input', 'relu1');

  await workbench.node('input').focus();
  await workbench.press('Tab', 'Shift+Tab');
  await expect(workbench.node('input')).toBeFocused();
  await expect(workbench.node('input')).toHaveClass(/selected/);
  await workbench.press('c');
  await expect(workbench.page.getByRole('combobox', { name: 'Connect input to …' })).toBeFocused();
  await workbench.page.keyboard.type('relu');
  await workbench.press('Enter');
  await expect(workbench.wire('input.y', 'relu1.x')).toHaveCount(1);

  await expect(workbench.node('input')).toBeFocused();
  await workbench.still(workbench.node('input'));
  const before = await workbench.node('input').boundingBox();
  await workbench.press('ArrowLeft', 'ArrowLeft');
  await expect.poll(async () => (await workbench.node('input').boundingBox())?.x).toBeLessThan(before?.x ?? 0);
  await workbench.press('Control+z');
  await expect.poll(async () => (await workbench.node('input').boundingBox())?.x).toBeCloseTo(before?.x ?? 0, 0);
  await workbench.press('Delete');
  await workbench.expectNodes('relu1');
});

test('the command palette lists commands with their keys and runs them', async ({ workbench }) => {
  await workbench.open();
  await workbench.ready();
  await workbench.press('Control+k');
  await expect(workbench.page.getByRole('combobox')).toBeFocused();
  await workbench.page.keyboard.type('restart');
  await workbench.press('Enter');
  await workbench.expectWire('q.y', 'f.a', []);
  await workbench.press('Control+f');
  await expect(workbench.page.getByRole('combobox')).toBeFocused();
  await workbench.page.keyboard.type('multiply');
  await workbench.press('Enter');
  await expect(workbench.node('f')).toHaveClass(/selected/);
});

test('an example is chosen from the menu, and Ctrl+Enter trains it', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.open();
  await workbench.example('LeNet-5');
  await expect(page.getByRole('button', { name: 'File', exact: true })).toBeFocused();
  await workbench.press('Control+Enter');
  await expect(page.getByRole('menu')).toHaveCount(0);
  // It may be over before anyone looks.
  await expect(page.getByRole('complementary', { name: 'Inspector' })).toContainText(/iteration\s*[1-9]/);
});

test('Escape takes away what lies on top, Tab stays within it, and the focus goes back', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.open();
  await workbench.ready();
  await workbench.node('q').focus();
  await workbench.press('/');
  const search = page.getByRole('combobox', { name: 'Add a node' });
  await expect(search).toBeFocused();
  await workbench.press('Tab');
  await expect(search).toBeFocused();
  await workbench.press('Escape');
  await expect(search).toHaveCount(0);
  await expect(workbench.node('q')).toBeFocused();

  for (const [keys, role] of [
    ['Control+k', 'dialog'],
    ['Shift+F10', 'menu'],
  ] as const) {
    await workbench.press(keys);
    await expect(page.getByRole(role).last()).toBeVisible();
    await expect(workbench.node('q')).not.toBeFocused();
    await workbench.press('Escape');
    await expect(page.getByRole(role)).toHaveCount(0);
    await expect(workbench.node('q')).toBeFocused();
  }

  await workbench.press('Control+Alt+F5');
  const dialog = page.getByRole('dialog', { name: 'Run back to the first time …' });
  await dialog.getByText('a condition').click();
  await dialog.getByRole('combobox', { name: 'a condition' }).pressSequentially('nor');
  const suggestions = dialog.getByRole('listbox', { name: 'What may stand here' });
  await expect(suggestions).toBeVisible();
  await workbench.press('Escape');
  await expect(suggestions).toBeHidden();
  await expect(dialog).toBeVisible();
  await workbench.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(workbench.node('q')).toBeFocused();
});

test('what a command of the palette opens has the keyboard: a note is written, a node added, each one step to undo', async ({
  workbench,
}) => {
  const { page } = workbench;
  await workbench.open();
  await workbench.ready();
  const run = async (command: string) => {
    await workbench.press('Control+k');
    await page.keyboard.type(command);
    await workbench.press('Enter');
  };
  await run('Add a note');
  await expect(page.getByRole('textbox', { name: 'Text of the note' })).toBeFocused();
  await page.keyboard.type('cold');
  await workbench.press('Control+Enter');
  const note = page.locator('[data-note]');
  await expect(note).toHaveText('cold');
  await run('Add a node');
  await expect(page.getByRole('combobox', { name: 'Add a node' })).toBeFocused();
  await page.keyboard.type('relu');
  await workbench.press('Enter');
  await workbench.expectNodes('note:note1', 'x', 'y', 'z', 'q', 'f', 'relu1');
  // Operators can be typed into the palette itself, the best hit first.
  await run('tanh');
  await workbench.expectNodes('note:note1', 'x', 'y', 'z', 'q', 'f', 'relu1', 'tanh1');
  await workbench.press('Control+z', 'Control+z');
  await workbench.expectNodes('note:note1', 'x', 'y', 'z', 'q', 'f');
  await expect(note).toHaveText('cold');
  await workbench.press('Control+z');
  await expect(note).toHaveCount(0);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('qqqzzz');
  await expect(page.getByRole('combobox')).toHaveValue('qqqzzz');
  const { violations } = await new AxeBuilder({ page }).include('[cmdk-root]').analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
});

for (const theme of ['Light', 'Dark'] as const) {
  test(`axe finds nothing serious, ${theme}`, async ({ workbench }) => {
    await workbench.open();
    await workbench.ready();
    await workbench.menu('Theme', theme);
    await expect(workbench.page.locator('html')).toHaveAttribute('data-theme', theme.toLowerCase());
    expect(await seriousFaults(workbench.page)).toEqual([]);
  });
}
