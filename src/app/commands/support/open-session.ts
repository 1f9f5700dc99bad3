// A session: its graph becomes the document, breakpoints, watches and place in the graph are the page's, the rest the engine's.
import { hasErrors } from '../../../tensor/diagnostic.ts';
import type { Workbench } from '../../state/workbench.ts';
import { laterTexts } from '../../ui/later-texts.ts';
import { tellDiagnostics } from './tell-diagnostics.ts';

const t = laterTexts.files;

/**
 * @param bytes are handed over to the engine
 * @returns whether there was anything to open
 */
export async function openSession(
  workbench: Workbench,
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const { link, notices, look } = workbench;
  const read = await link.openFile({ name, bytes });
  if (read === null) return false;
  const { graph, diagnostics, session, id } = read;
  if (graph === null || session === undefined) {
    const detail = tellDiagnostics(diagnostics);
    notices.add({ kind: 'error', text: t.notReadable(name), detail });
    return false;
  }
  const { breakpoints, watches, scope } = session;
  workbench.load(graph, { faults: diagnostics, weights: id, model: false, view: { breakpoints, watches } });
  look({ scope });
  if (hasErrors(diagnostics)) {
    look({ dockOpen: true, dockTab: 'problems' });
    notices.add({ kind: 'warning', text: t.partly(graph.name, diagnostics.length) });
  }
  return true;
}
