// Files in and out: graphs, weights and data sets, by picker, by drop and by download.
import { writeGraph } from '../../../graph/write-graph.ts';
import { formatDiagnostic, hasErrors } from '../../../tensor/diagnostic.ts';
import type { Workbench } from '../../state/workbench.ts';
import { texts } from '../../ui/texts.ts';

export async function pickAndOpen(workbench: Workbench): Promise<void> {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  // No `accept`: data sets come without an extension (t10k-images-idx3-ubyte).
  const chosen = new Promise<readonly File[]>((resolve) => {
    input.addEventListener('change', () => resolve([...(input.files ?? [])]), { once: true });
    input.addEventListener('cancel', () => resolve([]), { once: true });
  });
  input.click();
  await openFiles(workbench, await chosen);
}

/** Opens what was picked or dropped: one graph, or weights, or the files of a data set. */
export async function openFiles(workbench: Workbench, files: readonly File[]): Promise<void> {
  const graphs = files.filter((file) => /\.json$/i.test(file.name));
  const weights = files.filter((file) => /\.safetensors$/i.test(file.name));
  const data = files.filter((file) => !graphs.includes(file) && !weights.includes(file));
  const [graph] = graphs;
  if (graph) await openGraphText(workbench, await graph.text(), graph.name);
  for (const file of weights) await loadWeights(workbench, file);
  if (data.length > 0) await addData(workbench, data);
}

/** Opens a graph from its text; faults are told, the good part is shown. @returns whether there was anything to open */
export async function openGraphText(workbench: Workbench, text: string, name: string): Promise<boolean> {
  const read = await workbench.link.readGraph(text);
  // Without an engine there is nothing to be said of the file; that the engine fails has been told.
  if (read === null) return false;
  const { graph, diagnostics } = read;
  if (graph === null) {
    const detail = diagnostics.map(formatDiagnostic).join('\n');
    workbench.notices.add({ kind: 'error', text: texts.files.notReadable(name), detail });
    return false;
  }
  workbench.load(graph, { faults: diagnostics });
  if (hasErrors(diagnostics)) {
    workbench.look({ dockOpen: true, dockTab: 'problems' });
    workbench.notices.add({ kind: 'warning', text: texts.files.partly(graph.name, diagnostics.length) });
  }
  return true;
}

export function saveGraph({ document: source }: Workbench): void {
  const { graph } = source.store.getState();
  download(`${fileStem(graph.name)}.json`, new Blob([writeGraph(graph)], { type: 'application/json' }));
}

export async function saveWeights({ document: source, link, notices }: Workbench): Promise<void> {
  const bytes = await link.ask((api) => api.saveWeights());
  if (bytes === null || bytes.byteLength === 0) {
    notices.add({ kind: 'info', text: texts.files.nothingToSave });
    return;
  }
  download(`${fileStem(source.store.getState().graph.name)}.safetensors`, new Blob([bytes]));
}

async function loadWeights({ link, notices }: Workbench, file: File): Promise<void> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const diagnostics = await link.ask((api) => api.loadWeights(bytes));
  if (diagnostics === null) return;
  if (diagnostics.length === 0) notices.add({ kind: 'success', text: texts.files.weightsLoaded });
  else {
    const failed = hasErrors(diagnostics);
    const text = failed ? texts.files.notReadable(file.name) : texts.files.weightsFaults(diagnostics.length);
    const detail = diagnostics.map(formatDiagnostic).join('\n');
    notices.add({ kind: failed ? 'error' : 'warning', text, detail });
  }
}

async function addData({ link, look, notices }: Workbench, files: readonly File[]): Promise<void> {
  const named = await Promise.all(
    files.map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })),
  );
  const answer = await link.ask((api) => api.addData(named));
  if (answer === null) return;
  await link.loadSources();
  if (answer.source === null) {
    const detail = answer.diagnostics.map(formatDiagnostic).join('\n');
    notices.add({ kind: 'error', text: texts.files.unknownKind(files[0]?.name ?? ''), detail });
    return;
  }
  look({ dockOpen: true, dockTab: 'training' });
  notices.add({ kind: 'success', text: texts.files.dataAdded(answer.source.title) });
}

function download(name: string, blob: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A file name made of a title: nothing that a file system refuses. */
export function fileStem(title: string): string {
  const stem = title
    .normalize('NFKC')
    .replace(/[^\p{Letter}\p{Number}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase();
  return stem === '' ? 'graph' : stem.slice(0, 60);
}
