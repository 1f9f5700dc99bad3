import { instancePath } from '../../state/view-store.ts';
import type { Workbench } from '../../state/workbench.ts';

/** What the selected node gives. */
export function firstValue({ view, session }: Workbench): string | undefined {
  const { scope, selection } = view.getState();
  const [id] = selection;
  if (id === undefined || selection.length > 1) return undefined;
  return Object.values(session.getState().report?.nodes[instancePath(scope, id)]?.outputs ?? {})[0];
}
