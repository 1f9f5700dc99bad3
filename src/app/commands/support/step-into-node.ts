// What F11 does. Loaded with the first one.
import { nextStep } from '../../state/session-store.ts';
import { instancePath } from '../../state/view-store.ts';
import type { Workbench } from '../../state/workbench.ts';
import { levelOf } from './level-of.ts';

/** Goes where the next step is, or opens its node; where there is nothing to go into, it is one step. */
export async function stepIntoNode({ session, view, link, reveal, enter }: Workbench): Promise<void> {
  const next = nextStep(session.getState());
  const { scope } = view.getState();
  // Inside of the very node, be it about to be opened or left with steps of its own: going out would only lead in again.
  const isAround = scope.some(({ node }, depth) => instancePath(scope.slice(0, depth), node) === next?.node);
  if (next !== undefined && !isAround) {
    const { where, id } = levelOf(next.node, scope);
    if (where !== 'here') await reveal(next.node);
    else if (next.phase !== 'update') await enter(id);
    if (JSON.stringify(view.getState().scope) !== JSON.stringify(scope)) return;
  }
  await link.control({ kind: 'step' });
}
