// The canvas goes along with a walk: the node is selected where it stands, or the block that holds it, and the view moves only
// if that is not seen whole.
import { withAncestors } from '../../state/session-store.ts';
import { instancePath } from '../../state/view-store.ts';
import type { Workbench } from '../../state/workbench.ts';

/** @param path of the node; '' where the number belongs to none */
export function follow({ view, look, canvas, scope: drawn }: Workbench, path: string): void {
  const own = withAncestors(path);
  // Outwards until the node or what holds it is there.
  for (let { scope } = view.getState(); path !== ''; scope = scope.slice(0, -1)) {
    if (scope !== view.getState().scope) look({ scope, selection: [], selectedEdges: [] });
    const ids = drawn()?.nodes.map(({ id }) => id) ?? [];
    const id = own.map((each) => ids.find((node) => instancePath(scope, node) === each)).find((each) => each);
    if (id !== undefined) {
      const { selection } = view.getState();
      if (selection.length !== 1 || selection[0] !== id) look({ selection: [id], selectedEdges: [] });
      canvas.current?.show(id);
      return;
    }
    if (scope.length === 0) return;
  }
}

/** Opens what holds the node, if need be, and goes there. */
export async function openAt(workbench: Workbench, path: string): Promise<void> {
  const { view, reveal } = workbench;
  const { scope } = view.getState();
  const shown = workbench.scope()?.nodes.some(({ id }) => instancePath(scope, id) === path);
  if (shown !== true) await reveal(path);
  else follow(workbench, path);
}
