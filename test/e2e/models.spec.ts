// Models of other formats in the page: opened by picker, drop and paste, arranged, run, saved again; what is not supported is
// drawn and told.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onnxModel, value } from '../support/onnx/messages.ts';
import { goldenFolder } from '../support/reference.ts';
import { expect, test, type Workbench } from './support/workbench.ts';

const lenet = join(goldenFolder(), 'networks_lenet5.onnx');

/** A file as it comes by drop or paste, made within the page. */
function handOver({ page }: Workbench, kind: 'drop' | 'paste', path: string, name: string): Promise<void> {
  return page.evaluate(
    ({ kind, name, text }) => {
      const bytes = Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
      const data = new DataTransfer();
      data.items.add(new File([bytes], name));
      const target = document.querySelector('.react-flow__pane') ?? document.body;
      const event =
        kind === 'drop'
          ? new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data })
          : new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: data });
      target.dispatchEvent(event);
    },
    { kind, name, text: readFileSync(path).toString('base64') },
  );
}

test('an ONNX model opens, stands arranged, runs, and is saved in every format', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.open();
  await workbench.ready();
  await workbench.openFile(lenet);
  await expect(workbench.node('conv1')).toBeVisible({ timeout: 30_000 });
  await workbench.ready();
  await workbench.expectShape('conv1', /1×1×\d+×\d+ → 1×6×\d+×\d+/);
  // Arranged: no two nodes lie on one another.
  await expect
    .poll(async () => {
      const boxes = await page
        .locator('.react-flow__node')
        .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().toJSON() as DOMRect));
      const lies = (a: DOMRect, b: DOMRect) =>
        a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
      return boxes.length > 8 && !boxes.some((a, i) => boxes.some((b, j) => i < j && lies(a, b)));
    })
    .toBe(true);
  for (const [entry, ending] of [
    ['Save as ONNX model', /\.onnx$/],
    ['Save weights (safetensors)', /\.safetensors$/],
    ['Save weights (NumPy npz)', /\.npz$/],
  ] as const) {
    const waiting = page.waitForEvent('download');
    await workbench.menu(entry);
    const saved = await waiting;
    expect(saved.suggestedFilename()).toMatch(ending);
    expect(readFileSync(await saved.path()).length).toBeGreaterThan(100_000);
  }
});

test('a model may be dropped onto the canvas, or pasted', async ({ workbench }) => {
  await workbench.open();
  await workbench.ready();
  await handOver(workbench, 'drop', lenet, 'dropped.onnx');
  await expect(workbench.node('conv1')).toBeVisible({ timeout: 30_000 });
  await workbench.newGraph();
  await handOver(workbench, 'paste', lenet, 'pasted.onnx');
  await expect(workbench.node('conv1')).toBeVisible({ timeout: 30_000 });
});

test('open sizes are asked for, an unsupported operator is drawn with what is wrong', async ({ workbench }) => {
  const { page } = workbench;
  const bytes = onnxModel({
    name: 'strange',
    node: [
      { name: 'first', opType: 'Relu', input: ['x'], output: ['a'] },
      { name: 'odd', opType: 'Frobnicate', input: ['a'], output: ['b'] },
    ],
    input: [value('x', [1, 3, 'height', 'width'])],
    output: [value('b', [])],
  });
  await workbench.open();
  await workbench.ready();
  await workbench.openFile({ name: 'strange.onnx', mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) });
  const dialog = page.getByRole('dialog', { name: 'Sizes of strange.onnx' });
  await dialog.getByLabel('height', { exact: true }).fill('20');
  await page.keyboard.press('Tab');
  await dialog.getByRole('button', { name: 'Open' }).click();
  await expect(workbench.node('odd')).toContainText('not supported');
  await workbench.expectShape('first', /1×3×20×224$/);
  await workbench.tab('Problems');
  await expect(page.getByRole('listitem').filter({ hasText: 'Frobnicate' })).toHaveCount(1);
});

test('numbers that decide shapes are asked for with a proposal; one left empty leaves the rest to be drawn', async ({
  workbench,
}) => {
  const { page } = workbench;
  const bytes = onnxModel({
    name: 'reshaped',
    node: [
      { name: 'first', opType: 'Reshape', input: ['x', 'shape'], output: ['a'] },
      { name: 'second', opType: 'TopK', input: ['x', 'k'], output: ['b', 'places'] },
    ],
    input: [value('x', [2, 12]), value('shape', ['axes'], 7), value('k', [1], 7)],
    output: [value('a', []), value('b', [])],
  });
  await workbench.open();
  await workbench.ready();
  await workbench.openFile({ name: 'asking.onnx', mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) });
  const dialog = page.getByRole('dialog', { name: 'Sizes of asking.onnx' });
  const shape = dialog.getByLabel('Numbers of shape', { exact: true });
  await expect(shape).toHaveValue('-1');
  await expect(dialog.getByLabel('Numbers of k', { exact: true })).toHaveValue('1');
  await shape.fill('4, x');
  await page.keyboard.press('Tab');
  await dialog.getByRole('button', { name: 'Open' }).click();
  // What is wrong keeps it open, and gets the focus.
  await expect(shape).toBeFocused();
  await shape.fill('4, 6');
  await dialog.getByLabel('Numbers of k', { exact: true }).fill('');
  await page.keyboard.press('Tab');
  await dialog.getByRole('button', { name: 'Open' }).click();
  await workbench.expectShape('first', /4×6$/);
  await expect(workbench.node('second')).toContainText('the numbers of the input k decide its shapes');
});

test('methods of attribution and their layers are chosen for an opened model', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.open();
  await workbench.ready();
  await workbench.openFile(lenet);
  await expect(workbench.node('conv1')).toBeVisible({ timeout: 30_000 });
  await workbench.ready();
  await workbench.press('Control+k');
  await page.getByRole('combobox').fill('Saliency');
  await page.getByRole('option', { name: /^Saliency/ }).click();
  const dialog = page.getByRole('dialog', { name: /Saliency of/ });
  await expect(dialog.getByRole('application')).toHaveCount(3);
  // Its classes, as the scores have them: the likeliest first, of which the map is.
  const classes = dialog.getByLabel('Class', { exact: true }).locator('option');
  await expect(classes).toHaveCount(11);
  const titles = await classes.allInnerTexts();
  expect(titles.slice(1, 6).every((title) => /^\d \(.+\)$/.test(title))).toBe(true);
  const scores = titles.slice(1, 6).map((title) => Number(/\((.+)\)/.exec(title)?.[1]?.replaceAll('−', '-')));
  expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  await expect(dialog.getByText(`Score of class ${titles[1]?.[0]}`)).toBeVisible();
  await dialog.getByLabel('Class', { exact: true }).selectOption({ label: titles[3] as string });
  await expect(dialog.getByText(`Score of class ${titles[3]?.[0]}`)).toBeVisible();
  await dialog.getByLabel('Method').selectOption({ label: 'Grad-CAM' });
  await dialog.getByLabel('Layer').selectOption('conv1.y');
  await expect(dialog.getByText('Looked at conv1.y.')).toBeVisible();
  await dialog.getByLabel('Method').selectOption({ label: 'Integrated gradients' });
  await expect(dialog.getByLabel('Steps')).toBeVisible();
  await expect(dialog.getByText(/Orange speaks for the class/)).toBeVisible();
  await expect(dialog.getByRole('application')).toHaveCount(3);
});
