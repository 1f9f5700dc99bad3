// The page in the user's language: place, connect, step, expect. Real mouse and keyboard; any error in the console fails.
import { readFileSync } from 'node:fs';
import { test as base, expect, type Locator, type Page } from '@playwright/test';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export class Workbench {
  readonly page: Page;
  constructor(page: Page) {
    this.page = page;
  }

  /** Opens the page; on the first example unless something is kept. */
  async open(query = '?test'): Promise<void> {
    await this.page.goto(`./${query}`);
    await expect(this.canvas).toBeVisible();
  }

  get canvas(): Locator {
    return this.page.locator('.react-flow');
  }

  node(id: string): Locator {
    return this.page.locator(`.react-flow__node[data-id="${id}"]`);
  }

  port(end: string, side: 'input' | 'output'): Locator {
    return this.page.locator(`[data-port="${end}"][data-side="${side}"]`);
  }

  /** The wire into an input, whatever it comes from. */
  wire(from: string, to: string): Locator {
    return this.page.locator(`.react-flow__edge[data-id="${from}>${to}"]`);
  }

  palette(title: string): Locator {
    return this.page
      .getByRole('complementary', { name: 'Operators and blocks' })
      .getByRole('button', { name: title, exact: true });
  }

  button(name: string | RegExp): Locator {
    return this.page
      .getByRole('toolbar', { name: 'Run', exact: true })
      .getByRole('button', { name, ...(typeof name === 'string' ? { exact: true } : {}) });
  }

  async newGraph(): Promise<void> {
    await this.menu('New graph');
    await expect(this.page.locator('.react-flow__node')).toHaveCount(0);
  }

  /** Chooses from the File menu, level by level. */
  async menu(...entries: readonly (string | RegExp)[]): Promise<void> {
    await this.page.getByRole('button', { name: 'File', exact: true }).click();
    for (const [depth, entry] of entries.entries()) {
      const item = this.page
        .getByRole('menuitem', { name: entry })
        .or(this.page.getByRole('menuitemcheckbox', { name: entry }))
        .first();
      await item.click();
      // A submenu opens beside; the next entry waits for it.
      if (depth < entries.length - 1) await expect(this.page.getByRole('menu')).toHaveCount(depth + 2);
    }
  }

  async example(title: string | RegExp): Promise<void> {
    await this.menu('Open an example', title);
    await expect(this.page.getByRole('textbox', { name: 'Name of this graph' })).toHaveValue(title);
    await this.ready();
  }

  /** Waits until the graph is compiled and has run. */
  async ready(): Promise<void> {
    // Compiling and running what is large takes seconds where others compute, too.
    await expect(this.canvas).toHaveAttribute('data-run', /ready/, { timeout: 30_000 });
  }

  /** Opens a file as the picker gives it. */
  async openFile(
    file: string | { readonly name: string; readonly mimeType: string; readonly buffer: Buffer },
  ): Promise<void> {
    const choosing = this.page.waitForEvent('filechooser');
    await this.page.keyboard.press('Control+o');
    await (await choosing).setFiles(file);
  }

  /** The weights as the page saves them: one safetensors file. */
  async savedWeights(): Promise<Buffer> {
    const waiting = this.page.waitForEvent('download');
    await this.menu('Save weights (safetensors)');
    return readFileSync(await (await waiting).path());
  }

  /** Brings a tab of the dock to the front. */
  async tab(name: 'Debugger' | 'Training' | 'Plan' | 'Code' | 'Problems'): Promise<void> {
    await this.page.getByRole('tab', { name }).click();
    await expect(this.page.getByRole('tab', { name })).toHaveAttribute('aria-selected', 'true');
  }

  /** Makes training as long as so many epochs; the dock stays at the Training tab. */
  async epochs(count: number): Promise<void> {
    await this.tab('Training');
    const field = this.page.getByRole('tabpanel', { name: 'Training' }).getByRole('textbox', { name: 'Epochs' });
    await field.fill(String(count));
    await field.press('Enter');
    await expect(field).toHaveValue(String(count));
    await this.ready();
  }

  /** Drags an operator from the palette to a place of the canvas (pixels from its corner). */
  async place(title: string, at: Point): Promise<void> {
    const count = await this.page.locator('.react-flow__node').count();
    await this.palette(title).scrollIntoViewIfNeeded();
    await this.palette(title).dragTo(this.canvas, { targetPosition: at });
    await expect(this.page.locator('.react-flow__node')).toHaveCount(count + 1);
  }

  /** Waits until what is to be taken hold of stands still: views fly, and nodes grow when it is known what they compute. */
  async still(...what: readonly Locator[]): Promise<void> {
    let before = '';
    await expect
      .poll(async () => {
        const now = JSON.stringify(await Promise.all(what.map((each) => each.boundingBox())));
        const same = now === before;
        before = now;
        // What flies moves with every frame.
        await this.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
        return same;
      })
      .toBe(true);
  }

  /** Draws a wire with the mouse, from an output to an input. */
  async connect(from: string, to: string): Promise<void> {
    await this.ready();
    await this.still(this.port(from, 'output'), this.port(to, 'input'));
    await this.dragWire(from, await this.middle(this.port(to, 'input')));
    await expect(this.wire(from, to)).toHaveCount(1);
  }

  /** Pulls a wire from an output to a place of the window and lets go. */
  async dragWire(from: string, to: Point): Promise<void> {
    const start = await this.middle(this.port(from, 'output'));
    await this.page.mouse.move(start.x, start.y);
    await this.page.mouse.down();
    await this.page.mouse.move((start.x + to.x) / 2, (start.y + to.y) / 2, { steps: 4 });
    await this.page.mouse.move(to.x, to.y, { steps: 4 });
    await this.page.mouse.up();
  }

  async dragNode(id: string, by: Point): Promise<void> {
    await this.still(this.node(id));
    const box = await this.node(id).boundingBox();
    if (box === null) throw new Error(`${id} is not on the canvas`);
    const from = { x: box.x + box.width / 2, y: box.y + 8 };
    await this.page.mouse.move(from.x, from.y);
    await this.page.mouse.down();
    // The first movement only tells a drag from a click.
    await this.page.mouse.move(from.x + 3, from.y);
    await this.page.mouse.move(from.x + by.x, from.y + by.y, { steps: 6 });
    await this.page.mouse.up();
  }

  async select(...ids: readonly string[]): Promise<void> {
    for (const [i, id] of ids.entries()) {
      await this.node(id).click({
        position: { x: 60, y: 8 },
        ...(i > 0 ? { modifiers: ['ControlOrMeta'] as const } : {}),
      });
    }
  }

  /** Types an attribute of the selected node into the inspector. */
  async setAttribute(title: string, value: string): Promise<void> {
    const field = this.page.getByRole('complementary', { name: 'Inspector' }).getByLabel(title, { exact: true });
    await field.fill(value);
    await field.press('Enter');
  }

  /** Types an attribute of a node into the inspector. */
  async set(id: string, label: string, value: string): Promise<void> {
    await this.select(id);
    const inspector = this.page.getByRole('complementary', { name: 'Inspector' });
    await inspector.getByRole('textbox', { name: label, exact: true }).fill(value);
    await this.page.keyboard.press('Enter');
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Every number of the picture in the open viewer, as its read-out tells them one by one under the mouse. */
  async readViewer(): Promise<ReadonlyMap<string, number>> {
    const picture = this.page.getByRole('dialog').getByRole('application');
    await expect(picture).toBeVisible();
    const box = await picture.boundingBox();
    const canvas = picture.locator('canvas').first();
    const size = await canvas.evaluate((element) => {
      const { width, height } = element as HTMLCanvasElement;
      return { width, height };
    });
    if (box === null) throw new Error('the viewer shows nothing');
    const told = this.page.getByRole('dialog').locator('[aria-live="polite"]');
    const numbers = new Map<string, number>();
    let last = '';
    for (let y = 0; y < size.height; y++) {
      for (let x = 0; x < size.width; x++) {
        await this.page.mouse.move(
          box.x + ((x + 0.5) / size.width) * box.width,
          box.y + ((y + 0.5) / size.height) * box.height,
        );
        // Between two planes there is no number.
        const [name, value] = await told.evaluate(
          (element, before) =>
            new Promise<[string | undefined, string | undefined]>((done) => {
              const look = (left: number): void => {
                const name = element.querySelector('code')?.textContent ?? undefined;
                const value = element.querySelector('output')?.textContent ?? undefined;
                if (left === 0 || name !== before) done([name, value]);
                else requestAnimationFrame(() => look(left - 1));
              };
              requestAnimationFrame(() => look(3));
            }),
          last,
        );
        last = name ?? '';
        if (name !== undefined && value !== undefined) numbers.set(name, Number(value.replaceAll('−', '-')));
      }
    }
    return numbers;
  }

  /** Where every node stands in the window. */
  async places(): Promise<Readonly<Record<string, Point>>> {
    const all = await this.page.locator('.react-flow__node').evaluateAll((nodes) =>
      nodes.map((node) => {
        const { x, y } = node.getBoundingClientRect();
        return [node.getAttribute('data-id') ?? '', { x, y }] as const;
      }),
    );
    return Object.fromEntries(all);
  }

  /** A point of the window over the empty canvas. */
  async emptyPlace(at: Point): Promise<Point> {
    const box = await this.canvas.boundingBox();
    if (box === null) throw new Error('no canvas');
    return { x: box.x + at.x, y: box.y + at.y };
  }

  async middle(locator: Locator): Promise<Point> {
    const box = await locator.boundingBox();
    if (box === null) throw new Error(`${locator} is not on the page`);
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }

  /** The point of the window half way along a wire. */
  middleOfWire(from: string, to: string): Promise<Point> {
    return this.wire(from, to)
      .locator('path')
      .first()
      .evaluate((element) => {
        const path = element as unknown as SVGPathElement;
        const { x, y } = path.getPointAtLength(path.getTotalLength() / 2);
        const at = new DOMPoint(x, y).matrixTransform(path.getScreenCTM() ?? new DOMMatrix());
        return { x: at.x, y: at.y };
      });
  }

  /** The texts that a wire shows: shape, or value and gradient. */
  async expectWire(from: string, to: string, texts: readonly string[]): Promise<void> {
    await expect(this.wire(from, to).locator('text')).toHaveText([...texts]);
  }

  async expectNodes(...ids: readonly string[]): Promise<void> {
    await expect
      .poll(async () =>
        (
          await this.page
            .locator('.react-flow__node')
            .evaluateAll((all) => all.map((each) => each.getAttribute('data-id')))
        ).sort(),
      )
      .toEqual([...ids].sort());
  }

  /** The shape line of a node. */
  async expectShape(id: string, shape: string | RegExp): Promise<void> {
    await expect(this.node(id).locator('[data-shape]')).toHaveText(shape);
  }
}

export const test = base.extend<{ readonly workbench: Workbench }>({
  workbench: async ({ page }, use) => {
    const errors: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(String(error.stack ?? error)));
    await use(new Workbench(page));
    expect(errors).toEqual([]);
  },
});

export { expect };
