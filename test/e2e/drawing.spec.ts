// Drawing by mouse: place, connect, insert, take back.
import { expect, test } from './support/workbench.ts';

test.beforeEach(async ({ workbench }) => {
  await workbench.open();
  await workbench.newGraph();
});

test('drags operators in, wires them, and sees shapes on every wire', async ({ workbench }) => {
  await workbench.place('Input', { x: 140, y: 120 });
  await workbench.place('Linear', { x: 420, y: 120 });
  await workbench.place('ReLU', { x: 700, y: 120 });
  await workbench.expectNodes('input', 'linear1', 'relu1');
  await workbench.connect('input.y', 'linear1.x');
  await workbench.connect('linear1.y', 'relu1.x');
  // An input is a scalar until it is told a shape; a linear layer needs features, and says so where the wire arrives.
  await expect(workbench.node('linear1')).toContainText('expects 1 to 8 dimensions, gets 0');
  await workbench.select('input');
  await workbench.setAttribute('Shape', '4, 8');
  await workbench.expectWire('input.y', 'linear1.x', ['4×8']);
  await workbench.expectWire('linear1.y', 'relu1.x', ['4×10']);
  await workbench.expectShape('relu1', '4×10 → 4×10');

  await workbench.select('relu1');
  await workbench.press('Control+z', 'Control+z');
  await expect(workbench.wire('linear1.y', 'relu1.x')).toHaveCount(0);
  await workbench.press('Control+Shift+z', 'Control+Shift+z');
  await expect(workbench.wire('linear1.y', 'relu1.x')).toHaveCount(1);
});

test('a drag of several nodes is one entry of the history', async ({ workbench }) => {
  await workbench.place('ReLU', { x: 200, y: 120 });
  await workbench.place('Tanh', { x: 500, y: 120 });
  await workbench.press('Control+a');
  await workbench.ready();
  await workbench.still(workbench.node('relu1'));
  const before = await workbench.node('relu1').boundingBox();
  await workbench.dragNode('relu1', { x: 60, y: 90 });
  await expect
    .poll(async () => (await workbench.node('relu1').boundingBox())?.y)
    .toBeCloseTo((before?.y ?? 0) + 90, -1);
  await workbench.press('Control+z');
  await expect.poll(async () => (await workbench.node('relu1').boundingBox())?.y).toBeCloseTo(before?.y ?? 0, 0);
  await workbench.expectNodes('relu1', 'tanh1');
});

test('a wire dropped on the empty canvas offers what fits, and connects it', async ({ workbench }) => {
  await workbench.place('Input', { x: 140, y: 120 });
  // Its ports stand still once its number is known.
  await workbench.ready();
  await workbench.dragWire('input.y', await workbench.emptyPlace({ x: 480, y: 200 }));
  const search = workbench.page.getByRole('combobox', { name: 'Operators that fit input.y' });
  await expect(search).toBeFocused();
  await search.fill('sigm');
  await search.press('Enter');
  await expect(workbench.wire('input.y', 'sigmoid1.x')).toHaveCount(1);
});

test('a double click and the slash key search for operators at the cursor', async ({ workbench }) => {
  const at = await workbench.emptyPlace({ x: 400, y: 160 });
  const search = workbench.page.getByRole('combobox', { name: 'Add a node' });
  await workbench.page.mouse.dblclick(at.x, at.y);
  await expect(search).toBeFocused();
  await workbench.page.keyboard.type('softmax');
  await workbench.press('Enter');
  await workbench.expectNodes('softmax1');
  await workbench.page.mouse.move(at.x, at.y + 120);
  await workbench.press('/');
  await expect(search).toBeFocused();
  await workbench.page.keyboard.type('relu');
  await workbench.press('Escape');
  await workbench.expectNodes('softmax1');
});

test('a node dropped on a wire goes into it', async ({ workbench }) => {
  await workbench.place('Input', { x: 140, y: 120 });
  await workbench.place('ReLU', { x: 700, y: 120 });
  await workbench.connect('input.y', 'relu1.x');
  await workbench.ready();
  await workbench.still(workbench.port('input.y', 'output'), workbench.port('relu1.x', 'input'));
  const [from, to] = [
    await workbench.middle(workbench.port('input.y', 'output')),
    await workbench.middle(workbench.port('relu1.x', 'input')),
  ];
  const corner = await workbench.emptyPlace({ x: 0, y: 0 });
  await workbench.place('Tanh', { x: (from.x + to.x) / 2 - corner.x, y: (from.y + to.y) / 2 - corner.y });
  await expect(workbench.wire('input.y', 'tanh1.x')).toHaveCount(1);
  await expect(workbench.wire('tanh1.y', 'relu1.x')).toHaveCount(1);
  await expect(workbench.wire('input.y', 'relu1.x')).toHaveCount(0);
});

test('a port that cannot take the wire dims and says why', async ({ workbench }) => {
  await workbench.place('ReLU', { x: 200, y: 120 });
  await workbench.place('Tanh', { x: 520, y: 120 });
  await workbench.connect('relu1.y', 'tanh1.x');
  await workbench.ready();
  await workbench.still(workbench.port('relu1.x', 'input'), workbench.port('tanh1.y', 'output'));
  const target = await workbench.middle(workbench.port('relu1.x', 'input'));
  const start = await workbench.middle(workbench.port('tanh1.y', 'output'));
  await workbench.page.mouse.move(start.x, start.y);
  await workbench.page.mouse.down();
  await workbench.page.mouse.move(target.x + 80, target.y + 60, { steps: 4 });
  await workbench.page.mouse.move(target.x, target.y, { steps: 4 });
  await expect(workbench.page.getByRole('status').filter({ hasText: 'circle' })).toBeVisible();
  await workbench.page.mouse.up();
  await expect(workbench.page.locator('.react-flow__edge')).toHaveCount(1);
});

test('copies, pastes, duplicates and deletes', async ({ workbench }) => {
  await workbench.place('Input', { x: 140, y: 100 });
  await workbench.place('ReLU', { x: 460, y: 100 });
  await workbench.connect('input.y', 'relu1.x');
  await workbench.press('Control+a', 'Control+c', 'Control+v');
  await workbench.expectNodes('input', 'relu1', 'input2', 'relu2');
  await expect(workbench.wire('input2.y', 'relu2.x')).toHaveCount(1);
  await workbench.press('Delete');
  await workbench.expectNodes('input', 'relu1');
  await workbench.select('relu1');
  await workbench.press('Control+d');
  await workbench.expectNodes('input', 'relu1', 'relu2');
  // A wire is selected by a click on it.
  await workbench.ready();
  await workbench.still(workbench.port('input.y', 'output'), workbench.port('relu1.x', 'input'));
  const [from, to] = [
    await workbench.middle(workbench.port('input.y', 'output')),
    await workbench.middle(workbench.port('relu1.x', 'input')),
  ];
  await workbench.page.mouse.click((from.x + to.x) / 2, (from.y + to.y) / 2);
  await workbench.press('Delete');
  await expect(workbench.page.locator('.react-flow__edge')).toHaveCount(0);
});

test('a box drawn with Shift selects what it touches', async ({ workbench }) => {
  await workbench.place('ReLU', { x: 200, y: 120 });
  await workbench.place('Tanh', { x: 500, y: 120 });
  await workbench.place('Sigmoid', { x: 350, y: 340 });
  // Where the browser would mark text from.
  await workbench.page.getByText('Pooling', { exact: true }).click();
  const from = await workbench.emptyPlace({ x: 60, y: 60 });
  await workbench.page.keyboard.down('Shift');
  await workbench.page.mouse.move(from.x, from.y);
  await workbench.page.mouse.down();
  await workbench.page.mouse.move(from.x + 600, from.y + 140, { steps: 6 });
  await workbench.page.mouse.up();
  await workbench.page.keyboard.up('Shift');
  await expect(workbench.page.locator('.react-flow__node.selected')).toHaveCount(2);
  expect(await workbench.page.evaluate(() => String(getSelection()))).toBe('');
});
