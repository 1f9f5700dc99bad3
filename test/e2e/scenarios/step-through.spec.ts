// f = (x + y) z, as CS231n draws it: every value in green above its wire and every gradient in red below; steps there and back.
import { expect, test, type Workbench } from '../support/workbench.ts';

test.beforeEach(async ({ workbench }) => {
  await workbench.open();
  await workbench.ready();
});

test('the first page shows x = −2, y = 5, z = −4, q = 3, f = −12 and all gradients', async ({ workbench }) => {
  await workbench.expectWire('x.y', 'q.a', ['−2', '−4']);
  await workbench.expectWire('y.y', 'q.b', ['5', '−4']);
  await workbench.expectWire('z.y', 'f.b', ['−4', '3']);
  await workbench.expectWire('q.y', 'f.a', ['3', '−4']);
  await expect(workbench.node('f').getByRole('status')).toHaveText(['−12', '1']);

  for (const theme of ['Light', 'Dark'] as const) {
    await workbench.menu('Theme', theme);
    for (const [from, to] of [
      ['x.y', 'q.a'],
      ['q.y', 'f.a'],
      ['z.y', 'f.b'],
    ] as const) {
      const numbers = workbench.wire(from, to).locator('text');
      const [value, gradient] = [numbers.nth(0), numbers.nth(1)];
      const [above, below] = [await value.boundingBox(), await gradient.boundingBox()];
      expect((above?.y ?? 0) + (above?.height ?? 0)).toBeLessThanOrEqual((below?.y ?? 0) + 1);
      const line = (await workbench.middleOfWire(from, to)).y;
      expect(above?.y).toBeLessThan(line);
      expect((below?.y ?? 0) + (below?.height ?? 0)).toBeGreaterThan(line);
      expect(await hue(value)).toBe('green');
      expect(await hue(gradient)).toBe('red');
    }
  }
});

test('steps forward, backward and back to the start by F10 and Alt+F10', async ({ workbench }) => {
  await workbench.button('Restart the iteration').click();
  await stepAllTheWay(
    workbench,
    () => workbench.press('F10'),
    () => workbench.press('Alt+F10'),
  );
});

test('steps forward, backward and back to the start by the buttons', async ({ workbench }) => {
  await workbench.button('Restart the iteration').click();
  await stepAllTheWay(
    workbench,
    () => workbench.button('Step').click(),
    () => workbench.button('Step back').click(),
  );
});

test('x typed to be 1: q = 6, f = −24, and the gradients follow', async ({ workbench }) => {
  await workbench.node('x').getByRole('textbox', { name: 'Value of x' }).click();
  await workbench.press('Control+a');
  await workbench.page.keyboard.type('1');
  await workbench.press('Enter');
  await workbench.expectWire('x.y', 'q.a', ['1', '−4']);
  await workbench.expectWire('q.y', 'f.a', ['6', '−4']);
  await workbench.expectWire('z.y', 'f.b', ['−4', '6']);
  await expect(workbench.node('f').getByRole('status')).toHaveText(['−24', '1']);
  await expect(workbench.node('q').getByRole('status')).toHaveText(['6', '−4']);
  // The same on a step in between: what is not computed stays so.
  await workbench.button('Restart the iteration').click();
  await workbench.button('Step').click();
  await workbench.expectWire('q.y', 'f.a', ['6']);
  await workbench.node('x').getByRole('textbox', { name: 'Value of x' }).fill('2');
  await workbench.press('Enter');
  await workbench.expectWire('q.y', 'f.a', ['7']);
  await expect(workbench.node('f').getByRole('status')).toHaveText(['–', '–']);
});

async function stepAllTheWay(
  workbench: Workbench,
  forward: () => Promise<void>,
  back: () => Promise<void>,
): Promise<void> {
  const [q, f] = [workbench.node('q'), workbench.node('f')];
  const numbers = (node: typeof q) => node.getByRole('status');
  const pending = (node: typeof q) => node.getByRole('img', { name: 'not computed yet' });
  const computed = (node: typeof q) => node.getByRole('img', { name: 'computed', exact: true });
  const states = [
    async () => {
      await expect(numbers(q)).toHaveText(['–', '–']);
      await expect(numbers(f)).toHaveText(['–', '–']);
      await expect(pending(q)).toBeVisible();
      await expect(pending(f)).toBeVisible();
      await workbench.expectWire('q.y', 'f.a', []);
      await expect(q).toContainText('STEP 1 · forward');
    },
    async () => {
      await expect(numbers(q)).toHaveText(['3', '–']);
      await expect(computed(q)).toBeVisible();
      await expect(pending(f)).toBeVisible();
      await workbench.expectWire('q.y', 'f.a', ['3']);
      await expect(f).toContainText('STEP 2 · forward');
    },
    async () => {
      await expect(numbers(f).first()).toHaveText('−12');
      await expect(computed(f)).toBeVisible();
      await workbench.expectWire('z.y', 'f.b', ['−4']);
      await expect(f).toContainText('STEP 3 · backward');
    },
    async () => {
      await expect(numbers(f)).toHaveText(['−12', '1']);
      await expect(numbers(q)).toHaveText(['3', '−4']);
      await workbench.expectWire('q.y', 'f.a', ['3', '−4']);
      await workbench.expectWire('z.y', 'f.b', ['−4', '3']);
      await workbench.expectWire('x.y', 'q.a', ['−2']);
      await expect(q).toContainText('STEP 4 · backward');
    },
    async () => {
      await workbench.expectWire('x.y', 'q.a', ['−2', '−4']);
      await workbench.expectWire('y.y', 'q.b', ['5', '−4']);
      await expect(workbench.page.getByText(/^STEP /)).toHaveCount(0);
      await expect(workbench.page.getByText('iteration done', { exact: true })).toBeVisible();
    },
  ];
  for (const [i, state] of states.entries()) {
    if (i > 0) await forward();
    await state();
  }
  for (const state of states.slice(0, -1).reverse()) {
    await back();
    await state();
  }
}

/** Which channel of a text's colour is far above the others. */
async function hue(text: ReturnType<Workbench['wire']>): Promise<'green' | 'red' | 'other'> {
  const [r, g, b] = await text.evaluate((element) => {
    const canvas = document.createElement('canvas').getContext('2d') as CanvasRenderingContext2D;
    canvas.fillStyle = getComputedStyle(element).fill;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data] as [number, number, number, number];
  });
  if (g > 1.4 * Math.max(r, b)) return 'green';
  return r > 1.4 * Math.max(g, b) ? 'red' : 'other';
}
