// The graph as the editor holds it: flat records by key, so that edits are diffs of records and nothing needs a deep copy.
// Immutable. A wire is known by the input it goes to, hence no input can have two. Lossless from and to GraphFile: every list
// keeps its order by the records' `order`, also through undo.
import type { Block, GraphEdge, GraphFile, GraphNode, Note, Training } from './schema.ts';

/** '' is the graph itself, any other scope the inside of the block of that name. */
export type ScopeName = string;

export interface FileRecord {
  readonly kind: 'file';
  readonly file: Pick<GraphFile, 'format' | 'version' | 'name' | 'seed' | 'description'>;
}
export interface NodeRecord {
  readonly kind: 'node';
  readonly scope: ScopeName;
  readonly order: number;
  readonly node: GraphNode;
}
export interface EdgeRecord {
  readonly kind: 'edge';
  readonly scope: ScopeName;
  readonly order: number;
  readonly edge: GraphEdge;
}
export interface NoteRecord {
  readonly kind: 'note';
  readonly scope: ScopeName;
  readonly order: number;
  readonly note: Note;
}
/** A block without its inside. */
export type BlockHead = Omit<Block, 'nodes' | 'edges' | 'notes'>;
export interface BlockRecord {
  readonly kind: 'block';
  readonly name: string;
  readonly order: number;
  readonly block: BlockHead;
}
export interface TrainingRecord {
  readonly kind: 'training';
  readonly training: Training;
}
export type DocumentRecord = FileRecord | NodeRecord | EdgeRecord | NoteRecord | BlockRecord | TrainingRecord;

/** `node:<scope>/<id>`, `edge:<scope>/<node.port>`, `note:<scope>/<id>`, `block:<name>`, `file`, `training`. */
export type RecordKey = string;

export interface GraphDocument {
  readonly records: ReadonlyMap<RecordKey, DocumentRecord>;
}

/** @param id within its scope, `conv1` */
export function nodeKey(scope: ScopeName, id: string): RecordKey {
  return `node:${scope}/${id}`;
}
/** @param to the input that the wire goes to, `conv1.x` */
export function edgeKey(scope: ScopeName, to: string): RecordKey {
  return `edge:${scope}/${to}`;
}

/** @param id within its scope */
export function noteKey(scope: ScopeName, id: string): RecordKey {
  return `note:${scope}/${id}`;
}

/** @param name as its uses name it */
export function blockKey(name: string): RecordKey {
  return `block:${name}`;
}

/** The key under which a record stands. */
export function keyOf(record: DocumentRecord): RecordKey {
  switch (record.kind) {
    case 'node':
      return nodeKey(record.scope, record.node.id);
    case 'edge':
      return edgeKey(record.scope, record.edge.to);
    case 'note':
      return noteKey(record.scope, record.note.id);
    case 'block':
      return blockKey(record.name);
    default:
      return record.kind;
  }
}

/** @param graph one that fits the structural rules, as readGraph returns it */
export function documentFromGraph(graph: GraphFile): GraphDocument {
  const { nodes, edges, notes, blocks, training, ...file } = graph;
  const records: DocumentRecord[] = [
    { kind: 'file', file },
    { kind: 'training', training },
  ];
  const addScope = (scope: ScopeName, inside: Pick<GraphFile, 'nodes' | 'edges' | 'notes'>): void => {
    for (const [order, node] of inside.nodes.entries()) records.push({ kind: 'node', scope, order, node });
    for (const [order, edge] of inside.edges.entries()) records.push({ kind: 'edge', scope, order, edge });
    for (const [order, note] of inside.notes.entries()) records.push({ kind: 'note', scope, order, note });
  };
  addScope('', graph);
  Object.entries(blocks).forEach(
    ([name, { nodes: insideNodes, edges: insideEdges, notes: insideNotes, ...block }], order) => {
      records.push({ kind: 'block', name, order, block });
      addScope(name, { nodes: insideNodes, edges: insideEdges, notes: insideNotes });
    },
  );
  return { records: new Map(records.map((record) => [keyOf(record), record])) };
}

/** The inverse of `documentFromGraph`: members in their order. */
export function graphFromDocument(document: GraphDocument): GraphFile {
  const scopes = new Map<ScopeName, { nodes: NodeRecord[]; edges: EdgeRecord[]; notes: NoteRecord[] }>();
  const blocks: BlockRecord[] = [];
  const inside = (scope: ScopeName) => {
    const found = scopes.get(scope) ?? { nodes: [], edges: [], notes: [] };
    scopes.set(scope, found);
    return found;
  };
  for (const record of document.records.values()) {
    if (record.kind === 'node') inside(record.scope).nodes.push(record);
    else if (record.kind === 'edge') inside(record.scope).edges.push(record);
    else if (record.kind === 'note') inside(record.scope).notes.push(record);
    else if (record.kind === 'block') blocks.push(record);
  }
  const scopeOf = (scope: ScopeName) => {
    const { nodes, edges, notes } = inside(scope);
    return {
      nodes: inOrder(nodes).map(({ node }) => node),
      edges: inOrder(edges).map(({ edge }) => edge),
      notes: inOrder(notes).map(({ note }) => note),
    };
  };
  const named = inOrder(blocks).map(({ name, block }): [string, Block] => [name, { ...block, ...scopeOf(name) }]);
  return { ...fileOf(document), ...scopeOf(''), blocks: Object.fromEntries(named), training: trainingOf(document) };
}

/** Name, seed and what else the head of the file says. */
export function fileOf(document: GraphDocument): FileRecord['file'] {
  return (document.records.get('file') as FileRecord).file;
}

/** The training set-up. */
export function trainingOf(document: GraphDocument): Training {
  return (document.records.get('training') as TrainingRecord).training;
}

/** The node, or undefined. */
export function nodeOf(document: GraphDocument, scope: ScopeName, id: string): GraphNode | undefined {
  const record = document.records.get(nodeKey(scope, id));
  return record?.kind === 'node' ? record.node : undefined;
}

/** The nodes of a scope, in order. */
export function nodesOf(document: GraphDocument, scope: ScopeName): readonly GraphNode[] {
  return inOrder(ofKind(document, 'node', scope)).map(({ node }) => node);
}

/** The wires of a scope, in order. */
export function edgesOf(document: GraphDocument, scope: ScopeName): readonly GraphEdge[] {
  return inOrder(ofKind(document, 'edge', scope)).map(({ edge }) => edge);
}

/** The notes of a scope, in their order. */
export function notesOf(document: GraphDocument, scope: ScopeName): readonly Note[] {
  return inOrder(ofKind(document, 'note', scope)).map(({ note }) => note);
}

/** The border and arguments of a block, or undefined. */
export function blockOf(document: GraphDocument, name: string): BlockHead | undefined {
  const record = document.records.get(blockKey(name));
  return record?.kind === 'block' ? record.block : undefined;
}

/** Names of all blocks, in order. */
export function blockNames(document: GraphDocument): readonly string[] {
  const blocks = [...document.records.values()].filter((record) => record.kind === 'block');
  return inOrder(blocks).map(({ name }) => name);
}

interface ByKind {
  readonly node: NodeRecord;
  readonly edge: EdgeRecord;
  readonly note: NoteRecord;
}

function ofKind<K extends keyof ByKind>(document: GraphDocument, kind: K, scope: ScopeName): ByKind[K][] {
  const found: ByKind[K][] = [];
  for (const record of document.records.values()) {
    if (record.kind === kind && record.scope === scope) found.push(record as ByKind[K]);
  }
  return found;
}

function inOrder<R extends { readonly order: number }>(records: readonly R[]): readonly R[] {
  return records.toSorted((a, b) => a.order - b.order);
}
