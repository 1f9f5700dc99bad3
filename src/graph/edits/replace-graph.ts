import { documentFromGraph, keyOf, type ScopeName } from '../document.ts';
import type { Draft } from '../edit.ts';
import type { GraphFile, Scope } from '../schema.ts';

/** Makes the document hold another graph: the diff says only what differs. This is how text becomes an edit. */
export function replaceGraph(draft: Draft, graph: GraphFile): void {
  const next = documentFromGraph(graph).records;
  for (const record of [...draft.records()]) {
    const key = keyOf(record);
    if (!next.has(key)) draft.remove(key);
  }
  for (const record of next.values()) draft.put(record);
}

/** Replaces nodes and wires of one scope; notes, blocks and training stay. */
export function replaceScope(draft: Draft, scope: ScopeName, { nodes, edges }: Pick<Scope, 'nodes' | 'edges'>): void {
  for (const record of [...draft.records()]) {
    if ((record.kind === 'node' || record.kind === 'edge') && record.scope === scope) draft.remove(keyOf(record));
  }
  for (const [order, node] of nodes.entries()) draft.put({ kind: 'node', scope, order, node });
  for (const [order, edge] of edges.entries()) draft.put({ kind: 'edge', scope, order, edge });
}
