// The clipboard holds JSON text, so that nodes travel between tabs and into editors.
import { copyNodes, pasteNodes } from '../../../graph/edits/clipboard.ts';
import type { Workbench } from '../../state/workbench.ts';
import { texts } from '../../ui/texts.ts';

/** Whether the selection is in the clipboard now. */
export async function copySelection({ view, document, scope, notices }: Workbench): Promise<boolean> {
  const text = copyNodes(document.store.getState().document, scope()?.block ?? '', view.getState().selection);
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    notices.add({ kind: 'warning', text: texts.canvas.clipboardRefused });
    return false;
  }
}

/** Pastes at the pointer, or a little below where it was copied from. */
export async function pasteFromClipboard({ edit, look, scope, notices }: Workbench): Promise<void> {
  let text: string;
  try {
    text = await navigator.clipboard.readText();
  } catch {
    notices.add({ kind: 'warning', text: texts.canvas.clipboardRefused });
    return;
  }
  const here = scope();
  if (here === null || here.readOnly) return;
  const pasted = edit(texts.edits.paste, (draft) => pasteNodes(draft, here.block ?? '', text, [40, 40]));
  if (pasted === null) notices.add({ kind: 'info', text: texts.canvas.pasteFailed });
  else look({ selection: pasted.ids, selectedEdges: [] });
}
