// Copy and paste: the clipboard holds JSON text, a piece of a graph with the blocks it uses, so that it works across tabs.

import { uniqueId } from '../../language/identifier.ts';
import { type Diagnostic, error } from '../../tensor/diagnostic.ts';
import { defaultTraining } from '../default-training.ts';
import {
  type BlockHead,
  blockNames,
  documentFromGraph,
  edgesOf,
  type GraphDocument,
  graphFromDocument,
  nodesOf,
  type ScopeName,
} from '../document.ts';
import type { Draft } from '../edit.ts';
import { parseEndpoint } from '../endpoint.ts';
import { graphFormat, graphVersion } from '../graph-format.ts';
import { usesBlock } from '../ports.ts';
import { moved, type Position } from '../position.ts';
import type { ReadResult } from '../read-graph.ts';
import { sameJson } from '../same-json.ts';
import type { Block, GraphFile, GraphNode } from '../schema.ts';
import { canUseBlock } from '../validate.ts';
import { graphToJson } from '../write-graph.ts';
import { addNode } from './add-node.ts';
import { closeGaps } from './connect.ts';

export const fragmentFormat = 'chainrule/fragment';

/** Text for the clipboard: the nodes with the wires between them and the blocks they use. */
export function copyNodes(document: GraphDocument, scope: ScopeName, ids: Iterable<string>): string {
  return JSON.stringify({ ...graphToJson(fragmentOf(document, scope, new Set(ids))), format: fragmentFormat });
}

export interface Pasted {
  /** Ids of the new nodes. */
  readonly ids: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What `readGraph` is to read of a clipboard text, and where in its answer the piece then stands: '' or a block's name. */
export interface ClipboardSource {
  readonly source: unknown;
  readonly place: ScopeName;
}

/**
 * Reading comes first and may happen elsewhere: this needs no schema. Inside a block its arguments may be referred to, so the
 * piece is read as the inside of a block. @returns null when the text is neither a fragment nor a graph file
 */
export function clipboardSource(text: string, block: BlockHead | undefined): ClipboardSource | null {
  const raw = parse(text);
  if (raw === null) return null;
  if (block === undefined) return { source: { ...raw, format: graphFormat }, place: '' };
  const blocks = (raw['blocks'] ?? {}) as Readonly<Record<string, unknown>>;
  const place = uniqueId('clipboard', (name) => Object.hasOwn(blocks, name));
  const { nodes, edges, notes, ...rest } = raw;
  const inside = { arguments: block.arguments, nodes, edges };
  return { source: { ...rest, format: graphFormat, blocks: { ...blocks, [place]: inside } }, place };
}

/**
 * Adds what was read of a clipboard: a fragment, or a whole graph file. Ids are made unique, positions moved by `offset` (pixels).
 * Blocks of the same name and content are shared, others get a free name. @returns null when there was nothing to read
 */
export function pasteNodes(
  draft: Draft,
  scope: ScopeName,
  answer: ReadResult,
  place: ScopeName,
  offset: Position,
): Pasted | null {
  const read = pieceOf(answer, place);
  if (read.graph === null) return null;
  const diagnostics = read.diagnostics.filter(({ code }) => code !== 'W_GAP');
  const document = draft.document();
  const nodes = read.graph.nodes.filter(({ id, block }) => {
    const verdict =
      block === undefined || draft.block(block) === undefined ? true : canUseBlock(document, scope, block);
    if (verdict !== true) diagnostics.push(error('E_BLOCK_RECURSION', `${verdict}; left out`, { path: id }));
    return verdict === true;
  });
  const kept = new Set(nodes.map(({ id }) => id));
  const edges = read.graph.edges.filter(({ from, to }) =>
    [from, to].every((end) => kept.has(parseEndpoint(end)?.node ?? '')),
  );
  return { ids: insertGraph(draft, scope, { ...read.graph, nodes, edges }, offset), diagnostics };
}

function pieceOf({ graph, diagnostics }: ReadResult, place: ScopeName): ReadResult {
  if (place === '') return { graph, diagnostics };
  const read = graph?.blocks[place];
  if (graph === null || read === undefined) return { graph: null, diagnostics };
  const { [place]: _, ...others } = graph.blocks;
  return { graph: { ...graph, nodes: read.nodes, edges: read.edges, blocks: others }, diagnostics };
}

/** A second set of the same nodes beside them; wires from outside are not repeated. @returns the new ids */
export function duplicateNodes(
  draft: Draft,
  scope: ScopeName,
  ids: Iterable<string>,
  offset: Position,
): readonly string[] {
  return insertGraph(draft, scope, fragmentOf(draft.document(), scope, new Set(ids)), offset);
}

function fragmentOf(document: GraphDocument, scope: ScopeName, ids: ReadonlySet<string>): GraphFile {
  const nodes = nodesOf(document, scope).filter(({ id }) => ids.has(id));
  const inside = (end: string) => ids.has(parseEndpoint(end)?.node ?? '');
  const edges = edgesOf(document, scope).filter(({ from, to }) => inside(from) && inside(to));
  const { blocks } = graphFromDocument(document);
  const used = usedBlocks(nodes, blocks);
  const kept = Object.entries(blocks).filter(([name]) => used.has(name));
  return {
    format: graphFormat,
    version: graphVersion,
    name: 'Fragment',
    seed: 0,
    nodes,
    edges,
    blocks: Object.fromEntries(kept),
    notes: [],
    training: defaultTraining(),
  };
}

/** Names of the blocks that the nodes need, directly or through other blocks. */
export function usedBlocks(
  nodes: readonly GraphNode[],
  blocks: Readonly<Record<string, Pick<Block, 'nodes'>>>,
): ReadonlySet<string> {
  const used = new Set<string>();
  const visit = (each: readonly GraphNode[]): void => {
    for (const node of each) {
      if (!usesBlock(node) || node.block === undefined || used.has(node.block)) continue;
      used.add(node.block);
      visit(blocks[node.block]?.nodes ?? []);
    }
  };
  visit(nodes);
  return used;
}

function insertGraph(draft: Draft, scope: ScopeName, fragment: GraphFile, offset: Position): readonly string[] {
  const blockNamed = insertBlocks(draft, fragment);
  const renamed = new Map<string, string>();
  for (const node of fragment.nodes) {
    const position = node.position && moved(node.position, offset);
    renamed.set(
      node.id,
      addNode(draft, scope, { ...withBlocks(node, blockNamed), ...(position === undefined ? {} : { position }) }),
    );
  }
  for (const { from, to } of fragment.edges) {
    draft.putEdge(scope, { from: renameEnd(from, renamed), to: renameEnd(to, renamed) });
  }
  // Wires from outside are missing.
  closeGaps(draft, scope, renamed.values());
  return [...renamed.values()];
}

function renameEnd(end: string, renamed: ReadonlyMap<string, string>): string {
  const { node, port } = parseEndpoint(end) ?? { node: '', port: '' };
  return `${renamed.get(node) ?? node}.${port}`;
}

/** Adds the fragment's blocks. @returns their names in the document */
function insertBlocks(draft: Draft, fragment: GraphFile): ReadonlyMap<string, string> {
  const existing = graphFromDocument(draft.document()).blocks;
  const names = new Map<string, string>();
  const taken = new Set(draft.blockNames());
  const fresh: string[] = [];
  for (const [name, block] of Object.entries(fragment.blocks)) {
    const same = Object.hasOwn(existing, name) && sameJson(existing[name], block);
    if (!same) fresh.push(name);
    const own = same ? name : uniqueId(name, (id) => taken.has(id));
    taken.add(own);
    names.set(name, own);
  }
  const source = documentFromGraph(fragment);
  for (const record of source.records.values()) {
    if (record.kind === 'block' && fresh.includes(record.name))
      draft.putBlock(names.get(record.name) ?? record.name, record.block);
    if (record.kind !== 'node' && record.kind !== 'edge' && record.kind !== 'note') continue;
    if (!fresh.includes(record.scope)) continue;
    const scope = names.get(record.scope) ?? record.scope;
    draft.put(
      record.kind === 'node' ? { ...record, scope, node: withBlocks(record.node, names) } : { ...record, scope },
    );
  }
  return names;
}

function withBlocks(node: GraphNode, names: ReadonlyMap<string, string>): GraphNode {
  return node.block === undefined ? node : { ...node, block: names.get(node.block) ?? node.block };
}

function parse(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const raw: unknown = JSON.parse(text);
    if (typeof raw !== 'object' || raw === null || !('format' in raw)) return null;
    return raw.format === fragmentFormat || raw.format === graphFormat ? { ...raw } : null;
  } catch {
    return null;
  }
}

/** Names of the blocks of a document that no node needs any more. */
export function unusedBlocks(document: GraphDocument): readonly string[] {
  const graph = graphFromDocument(document);
  const used = usedBlocks(graph.nodes, graph.blocks);
  return blockNames(document).filter((name) => !used.has(name));
}
