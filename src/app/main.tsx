// Starts the page: one workbench on the document that this tab had, or on the first example.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './shell/app.tsx';
import { createDocumentKeeper } from './state/autosave.ts';
import { WorkbenchProvider } from './state/context.tsx';
import { createWorkbench } from './state/workbench.ts';
import './ui/tokens.css';
import './ui/base.css';

const tabKey = 'chainrule.document';

async function start(): Promise<void> {
  const keeper = createDocumentKeeper();
  const [{ createEngineClient }, { readGraph }, { firstExample, listExamples }, { emptyGraph }, kept] =
    await Promise.all([
      import('../engine/client.ts'),
      import('../graph/read-graph.ts'),
      import('./state/examples.ts'),
      import('./state/empty-graph.ts'),
      keeper.recall(sessionStorage.getItem(tabKey)),
    ]);
  const recovered = kept === undefined ? null : readGraph(kept.graph);
  const example = listExamples().find(({ id }) => id === firstExample);
  const first = recovered?.graph ?? (example ? readGraph(await example.load()).graph : null) ?? emptyGraph();
  const workbench = createWorkbench({
    graph: first,
    createClient: createEngineClient,
    keeper,
    browserStorage: localStorage,
  });
  // Where there is little room the canvas has it.
  if (innerWidth < 1100) workbench.look({ inspectorOpen: false });
  if (kept !== undefined && recovered?.graph) {
    workbench.load(recovered.graph, { id: kept.id, faults: recovered.diagnostics, view: kept.view });
  }
  const remember = (): void => sessionStorage.setItem(tabKey, workbench.document.store.getState().id);
  remember();
  workbench.document.onChange(remember);
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
}

void start();
