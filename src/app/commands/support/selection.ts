import { disconnect } from '../../../graph/edits/connect.ts';
import { removeNodes, removeNotes } from '../../../graph/edits/remove.ts';
import type { Workbench } from '../../state/workbench.ts';

/** Removes the selected nodes, wires and notes of the scope as one entry. */
export function deleteSelection({ view, edit, look, scope }: Workbench, label: string): void {
  const here = scope();
  if (here === null || here.readOnly) return;
  const { selection, selectedEdges, selectedNotes } = view.getState();
  const name = here.block ?? '';
  edit(label, (draft) => {
    for (const edge of here.edges) {
      if (selectedEdges.includes(`${edge.from}>${edge.to}`)) disconnect(draft, name, edge.to);
    }
    removeNodes(draft, name, selection);
    removeNotes(draft, name, selectedNotes);
  });
  look({ selection: [], selectedEdges: [], selectedNotes: [] });
}

/** The only selected node, if it uses a block. */
export function selectedBlock({ view, scope }: Workbench): string | null {
  const { selection } = view.getState();
  const node = selection.length === 1 ? scope()?.nodes.find(({ id }) => id === selection[0]) : undefined;
  return node?.op === 'block' ? node.id : null;
}
