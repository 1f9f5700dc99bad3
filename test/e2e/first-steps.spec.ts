// The smallest backward pass, as a newcomer meets it. The numbers are CS231n's: f = (x + y) z at x = −2, y = 5, z = −4.
import { expect, test } from './support/workbench.ts';

test.beforeEach(async ({ workbench }) => {
  await workbench.open();
  await workbench.ready();
});

test('opens on f = (x + y) z with every value and gradient on the wires', async ({ workbench }) => {
  await workbench.expectWire('x.y', 'q.a', ['−2', '−4']);
  await workbench.expectWire('y.y', 'q.b', ['5', '−4']);
  await workbench.expectWire('q.y', 'f.a', ['3', '−4']);
  await workbench.expectWire('z.y', 'f.b', ['−4', '3']);
  await expect(workbench.node('f').getByRole('status')).toHaveText(['−12', '1']);
});

test('steps forward, then backward, then back again to the start', async ({ workbench }) => {
  await workbench.button('Restart the iteration').click();
  await workbench.expectWire('q.y', 'f.a', []);
  await expect(workbench.node('q')).toContainText('STEP 1');

  await workbench.button('Step').click();
  await workbench.expectWire('q.y', 'f.a', ['3']);
  await expect(workbench.node('f')).toContainText('STEP 2');

  await workbench.press('F10');
  await expect(workbench.node('f').getByRole('status').first()).toHaveText('−12');
  // Backward: the product hands out what the other factor is, the sum hands on unchanged.
  await workbench.press('F10');
  await workbench.expectWire('z.y', 'f.b', ['−4', '3']);
  await workbench.expectWire('q.y', 'f.a', ['3', '−4']);
  await workbench.press('F10');
  await workbench.expectWire('x.y', 'q.a', ['−2', '−4']);

  await workbench.press('Alt+F10');
  await workbench.expectWire('x.y', 'q.a', ['−2']);
  await workbench.press('Alt+F10', 'Alt+F10', 'Alt+F10');
  await workbench.expectWire('q.y', 'f.a', []);
  await expect(workbench.node('q')).toContainText('STEP 1');
});

test('a changed number changes everything that follows from it', async ({ workbench }) => {
  const field = workbench.page.getByRole('textbox', { name: 'Value of x' });
  await field.fill('1');
  await field.press('Enter');
  // q = 6, f = −24, ∂f/∂z = q = 6
  await workbench.expectWire('q.y', 'f.a', ['6', '−4']);
  await workbench.expectWire('z.y', 'f.b', ['−4', '6']);
  await expect(workbench.node('f').getByRole('status').first()).toHaveText('−24');
  await workbench.page.keyboard.press('Control+z');
  await workbench.expectWire('q.y', 'f.a', ['3', '−4']);
});

test('a click on a number tells where it comes from', async ({ workbench }) => {
  const panel = workbench.page.getByRole('region', { name: 'Explain this number' });
  await workbench.node('f').getByRole('status').first().click();
  await expect(panel.locator('[data-element]')).toHaveText('f.y');
  await workbench.node('q').getByRole('status').last().click();
  await expect(panel.locator('[data-element]')).toHaveText('grad(q.y)');
  await workbench.press('Escape');
  await expect(panel).toHaveCount(0);
});

test('a breakpoint stops the run there', async ({ workbench }) => {
  await workbench.select('f');
  await workbench.press('F9');
  await expect(workbench.node('f').getByRole('button', { name: 'Breakpoint: forward' })).toBeVisible();
  await workbench.button('Restart the iteration').click();
  await workbench.press('F5');
  await workbench.expectWire('q.y', 'f.a', ['3']);
  await expect(workbench.node('f')).toContainText('STEP 2 · forward');
});

test('a killed engine is told, started again, and nothing drawn is lost', async ({ workbench }) => {
  await workbench.dragNode('z', { x: 40, y: 10 });
  await workbench.page.evaluate(() => dispatchEvent(new Event('chainrule:crash-engine')));
  await expect(workbench.page.getByText('The engine stopped unexpectedly')).toBeVisible({ timeout: 20_000 });
  await workbench.ready();
  await workbench.expectWire('q.y', 'f.a', ['3', '−4']);
  await workbench.expectNodes('x', 'y', 'z', 'q', 'f');
});
