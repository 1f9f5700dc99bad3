// Edits as diffs of records: what undo takes back, autosave stores and the history panel lists. An edit is a function that
// works on a Draft; the document itself never changes.
import { assert } from '../tensor/assert.ts';
import {
  type BlockHead,
  blockKey,
  type DocumentRecord,
  type EdgeRecord,
  edgeKey,
  type GraphDocument,
  keyOf,
  type NodeRecord,
  nodeKey,
  noteKey,
  type RecordKey,
  type ScopeName,
} from './document.ts';
import { sameJson } from './same-json.ts';
import type { GraphEdge, GraphNode, Note, Training } from './schema.ts';

export interface Diff {
  readonly added: Readonly<Record<RecordKey, DocumentRecord>>;
  readonly updated: Readonly<Record<RecordKey, readonly [from: DocumentRecord, to: DocumentRecord]>>;
  readonly removed: Readonly<Record<RecordKey, DocumentRecord>>;
}

export interface Edited<T> {
  readonly document: GraphDocument;
  readonly diff: Diff;
  /** What the edit returned: the id of a new node, for instance. */
  readonly result: T;
}

export const emptyDiff: Diff = { added: {}, updated: {}, removed: {} };

/** Runs an edit. With nothing changed the document is the same object. */
export function edit<T>(document: GraphDocument, change: (draft: Draft) => T): Edited<T> {
  const draft = new Draft(document);
  const result = change(draft);
  const diff = draft.diff();
  return { document: applyDiff(document, diff), diff, result };
}

/** Whether it changes nothing. */
export function isEmptyDiff({ added, updated, removed }: Diff): boolean {
  return [added, updated, removed].every((part) => Object.keys(part).length === 0);
}

/** The document after the diff. The diff must have been made from it, or be the inverse of one made to it. */
export function applyDiff(document: GraphDocument, diff: Diff): GraphDocument {
  if (isEmptyDiff(diff)) return document;
  const records = new Map(document.records);
  for (const key of Object.keys(diff.removed)) records.delete(key);
  for (const [key, record] of Object.entries(diff.added)) records.set(key, record);
  for (const [key, [, to]] of Object.entries(diff.updated)) records.set(key, to);
  return { records };
}

/** The diff that takes this one back. */
export function invertDiff({ added, updated, removed }: Diff): Diff {
  const turned = Object.entries(updated).map(([key, [from, to]]) => [key, [to, from]] as const);
  return { added: removed, updated: Object.fromEntries(turned), removed: added };
}

/** One diff that does what both do one after the other. */
export function squashDiffs(first: Diff, second: Diff): Diff {
  const before = new Map<RecordKey, DocumentRecord | undefined>();
  const after = new Map<RecordKey, DocumentRecord | undefined>();
  for (const { added, updated, removed } of [first, second]) {
    const note = (key: RecordKey, from: DocumentRecord | undefined, to: DocumentRecord | undefined): void => {
      if (!before.has(key)) before.set(key, from);
      after.set(key, to);
    };
    for (const [key, record] of Object.entries(removed)) note(key, record, undefined);
    for (const [key, record] of Object.entries(added)) note(key, undefined, record);
    for (const [key, [from, to]] of Object.entries(updated)) note(key, from, to);
  }
  return diffOf(before, after);
}

function diffOf(
  before: ReadonlyMap<RecordKey, DocumentRecord | undefined>,
  after: ReadonlyMap<RecordKey, DocumentRecord | undefined>,
): Diff {
  const added: Record<RecordKey, DocumentRecord> = {};
  const updated: Record<RecordKey, readonly [DocumentRecord, DocumentRecord]> = {};
  const removed: Record<RecordKey, DocumentRecord> = {};
  for (const [key, to] of after) {
    const from = before.get(key);
    if (from === to) continue;
    if (from === undefined) added[key] = to as DocumentRecord;
    else if (to === undefined) removed[key] = from;
    else if (!sameJson(from, to)) updated[key] = [from, to];
  }
  return { added, updated, removed };
}

/** A document that is being changed. Reading sees what has been written. */
export class Draft {
  readonly base: GraphDocument;
  private readonly changes = new Map<RecordKey, DocumentRecord | undefined>();

  constructor(base: GraphDocument) {
    this.base = base;
  }

  /** The document as changed so far. */
  document(): GraphDocument {
    return applyDiff(this.base, this.diff());
  }

  diff(): Diff {
    const before = new Map([...this.changes.keys()].map((key) => [key, this.base.records.get(key)]));
    return diffOf(before, this.changes);
  }

  get(key: RecordKey): DocumentRecord | undefined {
    return this.changes.has(key) ? this.changes.get(key) : this.base.records.get(key);
  }

  put(record: DocumentRecord): void {
    this.changes.set(keyOf(record), record);
  }

  remove(key: RecordKey): void {
    this.changes.set(key, undefined);
  }

  *records(): Generator<DocumentRecord> {
    for (const [key, record] of this.base.records) if (!this.changes.has(key)) yield record;
    for (const record of this.changes.values()) if (record !== undefined) yield record;
  }

  node(scope: ScopeName, id: string): GraphNode | undefined {
    const record = this.get(nodeKey(scope, id));
    return record?.kind === 'node' ? record.node : undefined;
  }

  nodes(scope: ScopeName): readonly GraphNode[] {
    return this.inScope('node', scope).map((record) => (record as NodeRecord).node);
  }

  edges(scope: ScopeName): readonly GraphEdge[] {
    return this.inScope('edge', scope).map((record) => (record as EdgeRecord).edge);
  }

  block(name: string): BlockHead | undefined {
    const record = this.get(blockKey(name));
    return record?.kind === 'block' ? record.block : undefined;
  }

  blockNames(): readonly string[] {
    return [...this.records()].flatMap((record) => (record.kind === 'block' ? [record.name] : []));
  }

  training(): Training {
    const record = this.get('training');
    assert(record?.kind === 'training', 'a document has a training record');
    return record.training;
  }

  /** Writes a node: at the end when it is new, in its place otherwise. */
  putNode(scope: ScopeName, node: GraphNode): void {
    this.put({ kind: 'node', scope, order: this.orderOf(nodeKey(scope, node.id), 'node', scope), node });
  }

  /** Writes a wire; what went to that input before is gone. */
  putEdge(scope: ScopeName, edge: GraphEdge): void {
    this.put({ kind: 'edge', scope, order: this.orderOf(edgeKey(scope, edge.to), 'edge', scope), edge });
  }

  putNote(scope: ScopeName, note: Note): void {
    this.put({ kind: 'note', scope, order: this.orderOf(noteKey(scope, note.id), 'note', scope), note });
  }

  putBlock(name: string, block: BlockHead): void {
    const known = this.get(blockKey(name));
    const orders = [...this.records()].flatMap((record) => (record.kind === 'block' ? [record.order] : []));
    const order = known?.kind === 'block' ? known.order : Math.max(-1, ...orders) + 1;
    this.put({ kind: 'block', name, order, block });
  }

  putTraining(training: Training): void {
    this.put({ kind: 'training', training });
  }

  /** Changes some members of a node; a member given as undefined goes. */
  patchNode(scope: ScopeName, id: string, patch: { readonly [K in keyof GraphNode]?: GraphNode[K] | undefined }): void {
    const node = this.node(scope, id);
    if (node === undefined) return;
    const merged = Object.entries({ ...node, ...patch }).filter(([, value]) => value !== undefined);
    this.putNode(scope, Object.fromEntries(merged) as unknown as GraphNode);
  }

  private orderOf(key: RecordKey, kind: 'node' | 'edge' | 'note', scope: ScopeName): number {
    const known = this.get(key);
    if (known !== undefined && 'order' in known) return known.order;
    let last = -1;
    for (const record of this.records()) {
      if (record.kind === kind && record.scope === scope && record.order > last) last = record.order;
    }
    return last + 1;
  }

  private inScope(kind: 'node' | 'edge', scope: ScopeName): readonly (NodeRecord | EdgeRecord)[] {
    const found: (NodeRecord | EdgeRecord)[] = [];
    for (const record of this.records()) {
      if (record.kind === kind && record.scope === scope) found.push(record as NodeRecord | EdgeRecord);
    }
    return found.sort((a, b) => a.order - b.order);
  }
}
