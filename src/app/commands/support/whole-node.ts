import { instancePath, type ScopeStep } from '../../state/view-store.ts';

/**
 * What a step goes over: the node on the canvas that the step lies inside (a block, a recurrence with all its time steps).
 * undefined where the step is a node's own, or lies elsewhere than what is looked at.
 */
export function wholeNode(node: string | undefined, scope: readonly ScopeStep[]): string | undefined {
  const inside = instancePath(scope, '');
  if (node === undefined || !node.startsWith(inside)) return undefined;
  const rest = node.slice(inside.length);
  const end = rest.search(/[[/]/);
  return end < 0 ? undefined : inside + rest.slice(0, end);
}
