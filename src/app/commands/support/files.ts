// Files in: graphs, models of other formats, weights and data sets, by picker, by drop and by paste.
import { hasErrors } from '../../../tensor/diagnostic.ts';
import type { Workbench } from '../../state/workbench.ts';
import { laterTexts } from '../../ui/later-texts.ts';
import { tellDiagnostics } from './tell-diagnostics.ts';

const t = laterTexts.files;

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

/** Opens what was picked, dropped or pasted: one graph or model, then weights, and the files of a data set. */
export async function openFiles(workbench: Workbench, files: readonly File[]): Promise<void> {
  const models = files.filter((file) => /\.(json|onnx|chainrule)$/i.test(file.name));
  const weights = files.filter((file) => /\.(safetensors|npz|npy)$/i.test(file.name));
  const data = files.filter((file) => !models.includes(file) && !weights.includes(file));
  const [model] = models;
  try {
    if (model && /\.chainrule$/i.test(model.name)) {
      await (await import('./open-session.ts')).openSession(workbench, model.name, await bytesOf(model));
    } else if (model && /\.onnx$/i.test(model.name)) {
      await (await import('./open-model.ts')).openModel(workbench, model);
    } else if (model) await openGraphText(workbench, await model.text(), model.name);
    if (model && weights.length > 0) await workbench.link.settled();
    for (const file of weights) await loadWeights(workbench, file);
    if (data.length > 0) await addData(workbench, data);
  } catch (reason) {
    // What the browser says where a file has gone since, or is a folder.
    if (!(reason instanceof DOMException)) throw reason;
    workbench.notices.add({ kind: 'error', text: t.unreadable(files[0]?.name ?? ''), detail: reason.message });
  }
}

/** Opens a graph from its text; faults are told, the good part is shown. @returns whether there was anything to open */
export async function openGraphText(workbench: Workbench, text: string, name: string): Promise<boolean> {
  const read = await workbench.link.readGraph(text);
  // Without an engine there is nothing to be said of the file; that the engine fails has been told.
  if (read === null) return false;
  const { graph, diagnostics } = read;
  if (graph === null) {
    const detail = tellDiagnostics(diagnostics);
    workbench.notices.add({ kind: 'error', text: t.notReadable(name), detail });
    return false;
  }
  workbench.load(graph, { faults: diagnostics });
  if (hasErrors(diagnostics)) {
    workbench.look({ dockOpen: true, dockTab: 'problems' });
    workbench.notices.add({ kind: 'warning', text: t.partly(graph.name, diagnostics.length) });
  }
  return true;
}

async function bytesOf(file: File): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await file.arrayBuffer());
}

async function loadWeights(workbench: Workbench, file: File): Promise<void> {
  const { notices } = workbench;
  const { editRun } = await import('../../state/run-edits.ts');
  const diagnostics = await editRun(workbench, { kind: 'weights', file });
  if (diagnostics === null) return;
  if (diagnostics.length === 0) notices.add({ kind: 'success', text: t.weightsLoaded });
  else {
    const failed = hasErrors(diagnostics);
    const text = failed ? t.notReadable(file.name) : t.weightsFaults(diagnostics.length);
    const detail = tellDiagnostics(diagnostics);
    notices.add({ kind: failed ? 'error' : 'warning', text, detail });
  }
}

async function addData({ link, look, notices }: Workbench, files: readonly File[]): Promise<void> {
  const named = await Promise.all(files.map(async (file) => ({ name: file.name, bytes: await bytesOf(file) })));
  const answer = await link.ask((api) => api.addData(named));
  if (answer === null) return;
  await link.loadSources();
  if (answer.source === null) {
    // What every data set would need says less than what can be opened at all.
    const known = answer.diagnostics.filter(({ code }) => code !== 'E_DATA_UNKNOWN');
    const detail = [...(known.length > 0 ? [tellDiagnostics(known)] : []), t.opensAs].join('\n');
    notices.add({ kind: 'error', text: t.unknownKind(files[0]?.name ?? ''), detail });
    return;
  }
  look({ dockOpen: true, dockTab: 'training' });
  notices.add({ kind: 'success', text: t.dataAdded(answer.source.title) });
}
