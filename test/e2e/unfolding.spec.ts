// A long sequence unfolded: a window of its time steps stands on the canvas, and a slider moves it.
import { expect, test, type Workbench } from './support/workbench.ts';

const steps = 100;
const node = (id: string, op: string, attributes: object = {}) => ({ id, op, attributes });
const wire = (from: string, to: string) => ({ from, to });

/** A cell of four nodes, as one draws it oneself: h' = tanh(W x + U h + b). */
const graph = {
  format: 'chainrule/graph',
  version: 1,
  name: 'Long sequence',
  nodes: [
    node('x', 'input', { shape: [steps, 'N', 3] }),
    {
      ...node('rnn', 'recurrence', { steps, scan: ['x'], carry: { h: 'h' }, stack: { y: 'h' }, last: { h_n: 'h' } }),
      block: 'cell',
    },
  ],
  edges: [wire('x.y', 'rnn.x')],
  blocks: {
    cell: {
      inputs: [{ name: 'x' }, { name: 'h', shape: ['N', 4] }],
      outputs: ['h'],
      nodes: [
        node('wx', 'linear', { out_features: 4 }),
        node('uh', 'linear', { out_features: 4, bias: false }),
        node('sum', 'add'),
        node('act', 'tanh'),
      ],
      edges: [
        wire('in.x', 'wx.x'),
        wire('in.h', 'uh.x'),
        wire('wx.y', 'sum.a'),
        wire('uh.y', 'sum.b'),
        wire('sum.y', 'act.x'),
        wire('act.y', 'out.h'),
      ],
    },
  },
};

const bar = ({ page }: Workbench) => page.getByRole('navigation', { name: 'Inside rnn' });

test('a hundred time steps: the slider goes to any of them, and folding stays there', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.open();
  await workbench.ready();
  const buffer = Buffer.from(JSON.stringify(graph));
  await workbench.openFile({ name: 'long.json', mimeType: 'application/json', buffer });
  await expect(page.getByRole('textbox', { name: 'Name of this graph' })).toHaveValue('Long sequence');
  await workbench.ready();
  await workbench.node('rnn').dblclick({ position: { x: 60, y: 8 } });
  await expect(bar(workbench).getByText('t = 0 of 100')).toBeVisible();
  await bar(workbench).getByRole('button', { name: 'Unfolded' }).click();
  const slider = page.getByRole('slider', { name: 'Time steps on the canvas: rnn' });
  await expect(bar(workbench).getByText('t = 0 … 39 of 100')).toBeVisible();
  await slider.focus();
  await workbench.press('End');
  await expect(bar(workbench).getByText('t = 60 … 99 of 100')).toBeVisible();
  await workbench.press('ArrowLeft');
  await expect(bar(workbench).getByText('t = 59 … 98 of 100')).toBeVisible();
  await bar(workbench).getByRole('button', { name: 'Unfolded' }).click();
  await expect(bar(workbench).getByText('t = 59 of 100')).toBeVisible();
  await workbench.expectNodes('in', 'wx', 'uh', 'sum', 'act', 'out');
});

test('the time step that was looked at is in view when its neighbours are laid beside it', async ({ workbench }) => {
  const { page } = workbench;
  await workbench.open();
  await workbench.ready();
  const buffer = Buffer.from(JSON.stringify(graph));
  await workbench.openFile({ name: 'long.json', mimeType: 'application/json', buffer });
  await expect(workbench.node('rnn')).toBeVisible();
  await workbench.ready();
  await workbench.node('rnn').dblclick({ position: { x: 60, y: 8 } });
  await page.getByRole('slider', { name: 'Time step: rnn' }).fill('70');
  await expect(bar(workbench).getByText('t = 70 of 100')).toBeVisible();
  await bar(workbench).getByRole('button', { name: 'Unfolded' }).click();
  await expect(bar(workbench).getByText('t = 60 … 99 of 100')).toBeVisible();
  const readable = async (): Promise<boolean> => {
    const [pane, own] = [await workbench.canvas.boundingBox(), await workbench.node('[70]/act').boundingBox()];
    return pane !== null && own !== null && own.width > 60 && own.x > pane.x && own.x + own.width < pane.x + pane.width;
  };
  await expect.poll(readable).toBe(true);
});
