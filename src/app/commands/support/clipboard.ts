// The clipboard holds JSON text, so that nodes travel between tabs and into editors.

import { blockOf } from '../../../graph/document.ts';
import { clipboardSource, copyNodes, pasteNodes } from '../../../graph/edits/clipboard.ts';
import type { Workbench } from '../../state/workbench.ts';
import { laterTexts } from '../../ui/later-texts.ts';
import { texts } from '../../ui/texts.ts';

/** Whether the selection is in the clipboard now. */
export async function copySelection({ view, document, scope, notices }: Workbench): Promise<boolean> {
  const text = copyNodes(document.store.getState().document, scope()?.block ?? '', view.getState().selection);
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    notices.add({ kind: 'warning', text: laterTexts.canvas.clipboardRefused });
    return false;
  }
}

/**
 * Pastes what the browser lets the page read. What came with the paste event may be older than a copy that is still on its
 * way to the clipboard, so it counts only where reading is refused.
 */
export async function pasteFromClipboard(workbench: Workbench, given?: string): Promise<void> {
  await workbench.copying.done;
  let text: string;
  try {
    text = await navigator.clipboard.readText();
  } catch {
    if (given === undefined) {
      workbench.notices.add({ kind: 'warning', text: laterTexts.canvas.clipboardRefused });
      return;
    }
    text = given;
  }
  await pasteText(workbench, text);
}

/** Nodes from the text of a graph, or of a part of one. */
async function pasteText({ document, edit, link, look, scope, notices }: Workbench, text: string): Promise<void> {
  const here = scope();
  if (here === null || here.readOnly) return;
  const target = here.block ?? '';
  const found = clipboardSource(text, blockOf(document.store.getState().document, target));
  const read = found && (await link.readGraph(found.source));
  // Meanwhile somebody may have gone elsewhere.
  if (scope()?.block !== here.block || scope()?.readOnly) return;
  const pasted =
    found && read && edit(texts.edits.paste, (draft) => pasteNodes(draft, target, read, found.place, [40, 40]));
  if (pasted === null) notices.add({ kind: 'info', text: laterTexts.canvas.pasteFailed });
  else look({ selection: pasted.ids, selectedEdges: [] });
}
