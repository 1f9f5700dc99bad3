// Starts the page: one workbench on the document that this tab had, or on the first example.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createEngineClient } from '../engine/client.ts';
import { App } from './shell/app.tsx';
import { createDocumentKeeper, type KeptDocument } from './state/autosave.ts';
import { createClaim } from './state/claim.ts';
import { WorkbenchProvider } from './state/context.tsx';
import { emptyGraph } from './state/empty-graph.ts';
import { loadFirstExample } from './state/first-example.ts';
import { keptFaults } from './state/kept-faults.ts';
import { withKeptTile } from './state/tile-keeper.ts';
import { createWeightKeeper } from './state/weight-keeper.ts';
import { createWorkbench, type Workbench } from './state/workbench.ts';
import './ui/tokens.css';
import './ui/base.css';

const tabKey = 'chainrule.document';

function start(): void {
  const keeper = createDocumentKeeper(localStorage);
  const weightKeeper = createWeightKeeper();
  const options = {
    createClient: () => withKeptTile(createEngineClient(), localStorage),
    keeper,
    weightKeeper,
    browserStorage: localStorage,
  };
  const workbench = createWorkbench(options);
  // Undefined where the page did not come over a safe connection.
  const claim = createClaim(navigator.locks as LockManager | undefined);
  // Where there is little room the canvas has it.
  if (innerWidth < 1100) workbench.look({ inspectorOpen: false });
  if (innerWidth < 760) workbench.look({ paletteOpen: false });
  workbench.document.onChange(() => {
    const { id } = workbench.document.store.getState();
    sessionStorage.setItem(tabKey, id);
    void claim.take(id);
  });
  // For tests of recovery: only there where somebody asks for it by address.
  if (new URLSearchParams(location.search).has('test')) {
    addEventListener('chainrule:crash-engine', () => workbench.link.crashForTest());
  }
  const root = document.getElementById('root');
  if (root === null) throw new Error('Broken invariant: a page without a root');
  createRoot(root).render(
    <StrictMode>
      <WorkbenchProvider workbench={workbench}>
        <App />
      </WorkbenchProvider>
    </StrictMode>,
  );
  const recall = async (): Promise<Recalled | undefined> => {
    const document = await keeper.recall(sessionStorage.getItem(tabKey));
    if (document === undefined) return undefined;
    if (await claim.take(document.id))
      return { document, numbers: (await weightKeeper.recall(document.id)) !== undefined };
    // Another tab works on it: this one goes on with a copy.
    const copy = { ...document, id: crypto.randomUUID() };
    await weightKeeper.copy(document.id, copy.id).catch(() => undefined);
    return { document: copy, numbers: (await weightKeeper.recall(copy.id)) !== undefined };
  };
  void showFirst(workbench, recall);
}

/** A session in the page's address; false where there is none that can be read. */
async function showLink(workbench: Workbench): Promise<boolean> {
  const [{ takeFromAddress }, { openSession }, { laterTexts }] = await Promise.all([
    import('./commands/support/share-link.ts'),
    import('./commands/support/open-session.ts'),
    import('./ui/later-texts.ts'),
  ]);
  const bytes = takeFromAddress();
  return bytes !== null && (await openSession(workbench, laterTexts.files.linkName, bytes));
}

interface Recalled {
  readonly document: KeptDocument;
  /** Whether its numbers were kept, too. */
  readonly numbers: boolean;
}

/** Shows what was kept, or else the first example; what somebody has meanwhile begun to draw or opened is left alone. */
async function showFirst(workbench: Workbench, recall: () => Promise<Recalled | undefined>): Promise<void> {
  const { document, link, load, notices } = workbench;
  if (location.hash !== '' && (await showLink(workbench))) return;
  const untouched = (): boolean => document.store.getState().version === 0;
  const recalled = await recall();
  if (recalled !== undefined) {
    const { document: kept, numbers } = recalled;
    const read = await link.readGraph(kept.graph);
    // Without an engine to read it, what was kept stays as it is.
    if (read === null || !untouched()) return;
    if (read.graph !== null) {
      const model = kept.model === true;
      load(read.graph, {
        id: kept.id,
        view: kept.view,
        faults: keptFaults(kept.faults, read.diagnostics),
        model,
        saved: true,
      });
      if (model && !numbers) {
        const { laterTexts } = await import('./ui/later-texts.ts');
        notices.add({ kind: 'warning', text: laterTexts.weights.gone(read.graph.name) });
      }
      return;
    }
  }
  const read = await link.readGraph(await loadFirstExample());
  if (read !== null && untouched()) load(read.graph ?? emptyGraph());
}

start();
