// Keys that step and run are the page's own, also while there is nothing to run: the browser would load the page anew.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { listenToKeys } from '../../../src/app/commands/run-command.ts';
import { createWorkbench, type Workbench } from '../../../src/app/state/workbench.ts';
import { addNode } from '../../../src/graph/edits/add-node.ts';
import { createFakeEngine, type FakeEngine, stepsOf } from './support/fake-engine.ts';

let engine: FakeEngine;
let workbench: Workbench;
let page: EventTarget;
let stop: () => void;

/** An element, as far as keys look at it: in a dialog or not. */
class FakeElement extends EventTarget {
  readonly inDialog: boolean;
  constructor(inDialog = false) {
    super();
    this.inDialog = inDialog;
  }
  closest(selector: string): this | null {
    return this.inDialog && selector.includes('dialog') ? this : null;
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('HTMLElement', FakeElement);
  for (const name of ['HTMLInputElement', 'HTMLTextAreaElement', 'HTMLSelectElement'])
    vi.stubGlobal(name, class extends FakeElement {});
  engine = createFakeEngine();
  workbench = createWorkbench({
    createClient: engine.createClient,
    keeper: { keep: async () => undefined, keepAtOnce: () => undefined, recall: async () => undefined },
  });
  page = new EventTarget();
  stop = listenToKeys(workbench, page as Window);
});

afterEach(() => {
  stop();
  workbench.dispose();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** @returns whether the browser may still do what it does with the key */
function press(key: string, held: Partial<Record<'ctrlKey' | 'shiftKey' | 'altKey', true>> = {}, target?: FakeElement) {
  const event = new Event('keydown', { cancelable: true });
  const given = { key, ctrlKey: false, shiftKey: false, altKey: false, metaKey: false, ...held };
  for (const [name, value] of Object.entries(given)) Object.defineProperty(event, name, { value });
  if (target) Object.defineProperty(event, 'target', { value: target });
  return page.dispatchEvent(event);
}

test('on an empty graph F5 neither runs nor reloads, Ctrl+F5 still does', async () => {
  await vi.advanceTimersByTimeAsync(1000);
  const calls = engine.calls.length;
  expect(press('F5')).toBe(false);
  expect(press('F10')).toBe(false);
  expect(engine.calls).toHaveLength(calls);
  expect(press('F5', { ctrlKey: true })).toBe(true);
  expect(press('F12')).toBe(true);
});

test('in a dialog F5 does not reload, and what is behind the dialog stands still', async () => {
  workbench.edit('add', (draft) => addNode(draft, '', { op: 'relu', position: [0, 0] }));
  await vi.advanceTimersByTimeAsync(1000);
  const calls = engine.calls.length;
  expect(press('F5', {}, new FakeElement(true))).toBe(false);
  expect(engine.calls).toHaveLength(calls);
});

test('a field takes what is typed over before the command that is given in it runs', async () => {
  vi.stubGlobal('FocusEvent', class extends Event {});
  engine.steps = stepsOf('f a', 'b a');
  workbench.edit('add', (draft) => addNode(draft, '', { op: 'relu', position: [0, 0] }));
  await vi.advanceTimersByTimeAsync(1000);
  const field = new (globalThis.HTMLInputElement as unknown as typeof FakeElement)();
  field.addEventListener('focusout', () =>
    workbench.edit('typed', (draft) => addNode(draft, '', { op: 'tanh', position: [0, 0] })),
  );
  engine.calls.length = 0;
  expect(press('F10', {}, field)).toBe(false);
  await vi.advanceTimersByTimeAsync(1000);
  const { wanted } = workbench.session.getState();
  expect(engine.calls.filter((each) => /^(open|step)/.test(each))).toEqual([`open ${wanted}`, 'step']);
  expect(engine.opened.at(-1)?.graph.nodes.map(({ op }) => op)).toEqual(['relu', 'tanh']);
  // What is no command leaves the text alone.
  press('a', { ctrlKey: true }, field);
  expect(workbench.document.store.getState().graph.nodes).toHaveLength(2);
});
