import { instancePath, type ScopeStep } from '../../state/view-store.ts';

export interface Level {
  /** A node of what is looked at, something inside of one, or something else. */
  readonly where: 'here' | 'deeper' | 'elsewhere';
  /** Its name there; unfolded over time that begins with the time step. */
  readonly id: string;
}

/** Where a step's node stands, seen from what is looked at. */
export function levelOf(node: string, scope: readonly ScopeStep[]): Level {
  const isUnfolded = scope.at(-1)?.unfolded !== undefined;
  const path = instancePath(scope, '');
  const inside = isUnfolded ? path.slice(0, -1) : path;
  const id = node.startsWith(inside) ? node.slice(inside.length) : '';
  const own = isUnfolded ? /^\[\d+\]\/(.+)$/.exec(id)?.[1] : id;
  if (own === undefined || own === '') return { where: 'elsewhere', id: '' };
  return { where: own.includes('/') ? 'deeper' : 'here', id };
}
