import { addNode, type NewNode } from '../../../graph/edits/add-node.ts';
import type { Workbench } from '../../state/workbench.ts';
import { texts } from '../../ui/texts.ts';

/** Puts a node where there is room in what is looked at, and selects it; nothing where that cannot be edited. */
export function addOperator({ edit, look, canvas, scope }: Workbench, node: NewNode, title: string): void {
  const here = scope();
  if (here === null || here.readOnly) return;
  const position = canvas.current?.placeForNew() ?? [0, 0];
  const id = edit(texts.edits.add(title), (draft) => addNode(draft, here.block ?? '', { ...node, position }));
  look({ selection: [id], selectedEdges: [] });
}
