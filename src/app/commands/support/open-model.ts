// A network of another format: read by the engine, its open sizes asked for, shown, and arranged once its shapes are known.
import { formatDiagnostic, hasErrors } from '../../../tensor/diagnostic.ts';
import type { Workbench } from '../../state/workbench.ts';
import { laterTexts } from '../../ui/later-texts.ts';
import { openSizes, withSizes } from './open-sizes.ts';

const t = laterTexts.files;

const mostArranged = 400;

/** @param bytes are handed over to the engine */
export async function openModel(workbench: Workbench, name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const { link, notices, look } = workbench;
  const read = await link.openFile({ name, bytes });
  if (read === null) return;
  const { graph, diagnostics, weights, id } = read;
  if (graph === null) {
    const detail = diagnostics.map(formatDiagnostic).join('\n');
    notices.add({ kind: 'error', text: t.notReadable(name), detail });
    return;
  }
  const open = openSizes(graph);
  const sizes = open.length === 0 ? {} : await workbench.ask({ kind: 'sizes', name, sizes: open });
  if (sizes === null) return;
  // One example to look at: nobody trains it yet, and a batch of a large network fills the memory.
  const single = { ...withSizes(graph, sizes), training: { ...graph.training, batch: 1 } };
  const placed = graph.nodes.every((node) => node.position !== undefined);
  workbench.load(single, { faults: diagnostics, ...(weights > 0 ? { weights: id } : {}) });
  if (hasErrors(diagnostics)) {
    look({ dockOpen: true, dockTab: 'problems' });
    const count = diagnostics.filter(({ severity }) => severity === 'error').length;
    notices.add({ kind: 'warning', text: t.partly(graph.name, count) });
  }
  // Beyond, the arranger gives up: the simple order that it would leave stands already.
  if (placed || graph.nodes.length > mostArranged) return;
  const { version } = workbench.document.store.getState();
  await link.settled();
  // Meanwhile somebody may have begun to draw, or opened something else.
  if (workbench.document.store.getState().version === version) await workbench.canvas.current?.arrange();
}
