import { identifierFault } from '../../language/identifier.ts';
import { type Diagnostic, error } from '../../tensor/diagnostic.ts';
import { edgeKey, nodeKey, type ScopeName } from '../document.ts';
import type { Draft } from '../edit.ts';
import { parseEndpoint } from '../endpoint.ts';
import { mapNodePath, mapTrainingNames, renameInPath } from '../references.ts';

/** Gives a node another id; wires and training set-up follow. @returns why it cannot be, then nothing has changed */
export function renameNode(draft: Draft, scope: ScopeName, id: string, to: string): Diagnostic | undefined {
  const record = draft.get(nodeKey(scope, id));
  if (record?.kind !== 'node' || id === to) return undefined;
  const fault = identifierFault(to);
  if (fault !== undefined) return error('E_ID', `\`${to.slice(0, 100)}\` ${fault}`, { path: id });
  if (draft.node(scope, to) !== undefined)
    return error('E_DUPLICATE_ID', `there is a node \`${to}\` already`, { path: id });
  const before = draft.document();
  draft.remove(nodeKey(scope, id));
  draft.put({ ...record, node: { ...record.node, id: to } });
  const renamed = (end: string): string => {
    const parsed = parseEndpoint(end);
    return parsed?.node === id ? `${to}.${parsed.port}` : end;
  };
  for (const edge of draft.edges(scope)) {
    const next = { from: renamed(edge.from), to: renamed(edge.to) };
    if (next.from === edge.from && next.to === edge.to) continue;
    const old = draft.get(edgeKey(scope, edge.to));
    draft.remove(edgeKey(scope, edge.to));
    if (old?.kind === 'edge') draft.put({ ...old, edge: next });
  }
  const rename = (path: string) => renameInPath(before, path, { scope, id }, to);
  draft.putTraining(mapTrainingNames(draft.training(), (name) => mapNodePath(name, rename)));
  return undefined;
}
