// Files out: the graph as text, and what only the engine can write because it has the numbers.
import type { ExportFormat } from '../../../engine/protocol.ts';
import { writeGraph } from '../../../graph/write-graph.ts';
import type { Workbench } from '../../state/workbench.ts';
import { laterTexts } from '../../ui/later-texts.ts';
import { download, fileStem } from './download.ts';
import { tellDiagnostics } from './tell-diagnostics.ts';

const t = laterTexts.files;

export function saveGraph({ document: source }: Workbench): void {
  const { graph } = source.store.getState();
  download(`${fileStem(graph.name)}.json`, new Blob([writeGraph(graph)], { type: 'application/json' }));
}

/** What could not be said in the format is told; with errors nothing is saved. */
export async function saveAs(
  { document: source, link, view, notices }: Workbench,
  format: ExportFormat,
): Promise<void> {
  const name = `${fileStem(source.store.getState().graph.name)}.${format}`;
  const answer = await link.askOfScreen((api) => api.exportFile(format, view.getState().scope));
  if (answer === null) return;
  const { bytes, diagnostics } = answer;
  const detail = tellDiagnostics(diagnostics);
  if (bytes === null) {
    notices.add({ kind: 'error', text: t.notSaved(name), detail });
    return;
  }
  download(name, new Blob([bytes]));
  if (diagnostics.length > 0) notices.add({ kind: 'warning', text: t.savedPartly(name, diagnostics.length), detail });
}
