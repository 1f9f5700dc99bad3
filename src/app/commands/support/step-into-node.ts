// What F11 does. Loaded with the first one.
import { nextStep, type SessionData } from '../../state/session-store.ts';
import { instancePath } from '../../state/view-store.ts';
import type { Workbench } from '../../state/workbench.ts';
import { levelOf } from './level-of.ts';

/** Goes where the next step is, or opens its operator; where there is nothing to go into, it is one step. */
export async function stepIntoNode({ session, view, link, reveal, enter }: Workbench): Promise<void> {
  const next = nextStep(session.getState());
  const { scope } = view.getState();
  if (next !== undefined) {
    const { where, id } = levelOf(next.node, scope);
    const open = isOpen(session.getState(), next.node);
    // Inside of an operator that is about to be opened, or at a step of its own: leaving it would close it.
    const isAround = instancePath(scope, '') === `${next.node}/`;
    if (where !== 'here' && !isAround) await reveal(next.node);
    // What is left of an open operator is its own.
    else if (where === 'here' && next.phase !== 'update' && !open) await enter(id);
    if (JSON.stringify(view.getState().scope) !== JSON.stringify(scope)) return;
  }
  await link.control({ kind: 'step' });
}

/** Whether what is inside a node has steps of its own. */
function isOpen({ report }: SessionData, node: string): boolean {
  return Object.keys(report?.nodes ?? {}).some((path) => path.startsWith(`${node}/`) || path.startsWith(`${node}[`));
}
