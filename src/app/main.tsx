// Starts the page: one workbench on the document that this tab had, or on the first example.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createEngineClient } from '../engine/client.ts';
import { App } from './shell/app.tsx';
import { createDocumentKeeper, type DocumentKeeper } from './state/autosave.ts';
import { WorkbenchProvider } from './state/context.tsx';
import { emptyGraph } from './state/empty-graph.ts';
import { loadFirstExample } from './state/first-example.ts';
import { createWorkbench, type Workbench } from './state/workbench.ts';
import './ui/tokens.css';
import './ui/base.css';

const tabKey = 'chainrule.document';

function start(): void {
  const keeper = createDocumentKeeper(localStorage);
  const workbench = createWorkbench({ createClient: createEngineClient, keeper, browserStorage: localStorage });
  // Where there is little room the canvas has it.
  if (innerWidth < 1100) workbench.look({ inspectorOpen: false });
  workbench.document.onChange(() => sessionStorage.setItem(tabKey, workbench.document.store.getState().id));
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
  void showFirst(workbench, keeper);
}

/** Shows what was kept, or else the first example; what somebody has meanwhile begun to draw or opened is left alone. */
async function showFirst({ document, link, load }: Workbench, keeper: DocumentKeeper): Promise<void> {
  const untouched = (): boolean => document.store.getState().version === 0;
  const kept = await keeper.recall(sessionStorage.getItem(tabKey));
  if (kept !== undefined) {
    const read = await link.readGraph(kept.graph);
    // Without an engine to read it, what was kept stays as it is.
    if (read === null || !untouched()) return;
    if (read.graph !== null) {
      load(read.graph, { id: kept.id, view: kept.view, faults: read.diagnostics });
      return;
    }
  }
  const read = await link.readGraph(await loadFirstExample());
  if (read !== null && untouched()) load(read.graph ?? emptyGraph());
}

start();
