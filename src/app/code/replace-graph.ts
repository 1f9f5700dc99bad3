import { documentFromGraph } from '../../graph/document.ts';
import type { Draft } from '../../graph/edit.ts';
import type { GraphFile } from '../../graph/schema.ts';

/** Makes the document that of another graph; what is the same stays as it is, so that the diff holds only what changed. */
export function replaceGraph(draft: Draft, graph: GraphFile): void {
  const wanted = documentFromGraph(graph).records;
  for (const key of [...draft.base.records.keys()]) if (!wanted.has(key)) draft.remove(key);
  for (const record of wanted.values()) draft.put(record);
}
