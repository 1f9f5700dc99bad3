// Blocks, time steps and automatic layout.
import { expect, test } from './support/workbench.ts';

test('nodes become a block, which opens, is edited inside and is taken apart again', async ({ workbench }) => {
  await workbench.open();
  await workbench.ready();
  await workbench.select('q', 'f');
  await workbench.press('Control+g');
  await workbench.expectNodes('x', 'y', 'z', 'block1');
  await workbench.node('block1').dblclick({ position: { x: 60, y: 8 } });
  await workbench.expectNodes('in', 'out', 'q', 'f');
  await expect(workbench.page.getByRole('navigation')).toContainText('block1');
  // Inside, values are those of this use of the block.
  await expect(workbench.node('f').getByRole('status').first()).toHaveText('−12');
  await workbench.press('Escape');
  await workbench.expectNodes('x', 'y', 'z', 'block1');
  await workbench.select('block1');
  await workbench.press('Control+Shift+g');
  await workbench.expectNodes('x', 'y', 'z', 'q', 'f');
  await workbench.press('Control+z', 'Control+z');
  await workbench.expectNodes('x', 'y', 'z', 'q', 'f');
  await workbench.expectWire('q.y', 'f.a', ['3', '−4']);
});

test('arranges the graph as one entry of the history', async ({ workbench }) => {
  await workbench.open();
  await workbench.ready();
  await workbench.dragNode('f', { x: -420, y: -180 });
  const moved = await workbench.node('f').boundingBox();
  await workbench.press('Control+Shift+l');
  // Left to right: what feeds stands left of what it feeds.
  await expect
    .poll(async () => {
      const [q, f] = [await workbench.node('q').boundingBox(), await workbench.node('f').boundingBox()];
      return q !== null && f !== null && q.x + q.width < f.x;
    })
    .toBe(true);
  // While nodes still move, there is nothing of it to be undone.
  await expect(workbench.page.getByRole('button', { name: 'Undo arrange' })).toBeVisible();
  await workbench.press('Control+z');
  await expect
    .poll(async () => Math.abs(((await workbench.node('f').boundingBox())?.width ?? 0) - (moved?.width ?? 0)))
    .toBeLessThan(400);
  await expect
    .poll(async () => {
      const [q, f] = [await workbench.node('q').boundingBox(), await workbench.node('f').boundingBox()];
      return q !== null && f !== null && f.x < q.x + q.width;
    })
    .toBe(true);
});

test('a recurrence is looked at step by step of time, and its cell opens as gates', async ({ workbench }) => {
  await workbench.open();
  await workbench.example(/LSTM/);
  const recurrence = workbench.page
    .locator('.react-flow__node', { has: workbench.page.locator('[data-op="recurrence"]') })
    .first();
  await recurrence.dblclick({ position: { x: 60, y: 8 } });
  const slider = workbench.page.getByRole('slider', { name: /Time step/ });
  await expect(slider).toBeVisible();
  await slider.fill('3');
  await expect(workbench.page.getByRole('navigation')).toContainText('t = 3 of');
  const cell = workbench.page
    .locator('.react-flow__node', { has: workbench.page.locator('[data-op="lstm_cell"]') })
    .first();
  await cell.dblclick({ position: { x: 60, y: 8 } });
  for (const gate of ['f', 'i', 'g', 'o']) await expect(workbench.node(gate)).toBeVisible();
  await expect(workbench.page.getByText('not part of the file')).toBeVisible();
  // An overlay's panel and the way here stand beside one another, also in a small window.
  await workbench.press('Alt+o');
  const way = workbench.page.getByRole('navigation', { name: /^Inside/ });
  const panel = workbench.page.getByRole('region', { name: 'Overlay on the canvas' });
  const apart = async (): Promise<boolean> => {
    const [left, right] = [await way.boundingBox(), await panel.boundingBox()];
    return left !== null && right !== null && left.width > 150 && left.x + left.width <= right.x;
  };
  await expect.poll(apart).toBe(true);
  await workbench.page.setViewportSize({ width: 1024, height: 768 });
  await expect.poll(apart).toBe(true);
  await workbench.press('Alt+o');
  await workbench.press('Escape', 'Escape');
  await expect(recurrence).toBeVisible();
});
