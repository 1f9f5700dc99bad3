// What a dragged palette entry carries: the node to be placed, as JSON of a type of its own.
import type { NewNode } from '../../graph/edits/add-node.ts';

const mime = 'application/x-chainrule-node';

export function dragNewNode(transfer: DataTransfer, node: NewNode): void {
  transfer.setData(mime, JSON.stringify(node));
  transfer.effectAllowed = 'copy';
}

/** Whether the drag carries a node; its content can be read only at the drop. */
export function carriesNewNode(transfer: DataTransfer): boolean {
  return transfer.types.includes(mime);
}

/** The node that was dropped, or null. */
export function droppedNode(transfer: DataTransfer): NewNode | null {
  try {
    const value: unknown = JSON.parse(transfer.getData(mime));
    return typeof value === 'object' && value !== null && 'op' in value ? (value as NewNode) : null;
  } catch {
    return null;
  }
}
