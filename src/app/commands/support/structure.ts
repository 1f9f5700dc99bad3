import { groupNodes } from '../../../graph/edits/group.ts';
import { ungroupNode } from '../../../graph/edits/ungroup.ts';
import type { Diagnostic } from '../../../tensor/diagnostic.ts';
import type { Workbench } from '../../state/workbench.ts';
import { texts } from '../../ui/texts.ts';
import { selectedBlock } from './selection.ts';

export function groupSelection(workbench: Workbench): void {
  const { view, edit, look, scope } = workbench;
  const ids = view.getState().selection;
  const grouped = edit(texts.edits.group, (draft) => groupNodes(draft, scope()?.block ?? '', ids));
  if (grouped.ok) look({ selection: [grouped.id], selectedEdges: [] });
  else tell(workbench, grouped.diagnostic);
}

export function ungroupSelection(workbench: Workbench): void {
  const { edit, look, scope } = workbench;
  const id = selectedBlock(workbench);
  if (id === null) return;
  const opened = edit(texts.edits.ungroup, (draft) => ungroupNode(draft, scope()?.block ?? '', id));
  if (opened.ok) look({ selection: opened.ids, selectedEdges: [] });
  else tell(workbench, opened.diagnostic);
}

function tell({ notices }: Workbench, { message, hint }: Diagnostic): void {
  notices.add({ kind: 'warning', text: message, ...(hint === undefined ? {} : { detail: hint }) });
}
