// Opens a block up: its nodes come to stand beside their neighbours, with arguments put in; the training set-up follows.
import { uniqueId } from '../../language/identifier.ts';
import { joinPath, parentPath, parsePath, parseValueName, printPath } from '../../language/value-name.ts';
import { type Diagnostic, error } from '../../tensor/diagnostic.ts';
import { blockKey, edgeKey, type GraphDocument, nodeKey, noteKey, type ScopeName } from '../document.ts';
import type { Draft } from '../edit.ts';
import { endpointNode, endpointPort } from '../endpoint.ts';
import { centreOf, moved } from '../position.ts';
import { mapNodePath, mapTrainingNames, type NodePlace, placesAlong } from '../references.ts';
import { argumentValues, resolveArguments } from '../resolve-arguments.ts';
import type { GraphNode } from '../schema.ts';
import { unusedBlocks } from './clipboard.ts';
import { closeGaps, disconnectAll } from './connect.ts';

export type Ungrouped =
  | { readonly ok: true /** Ids of the nodes that came out. */; readonly ids: readonly string[] }
  | { readonly ok: false; readonly diagnostic: Diagnostic };

/** @param id of a node that uses a block. The definition goes when nothing else uses it. On failure nothing has changed. */
export function ungroupNode(draft: Draft, scope: ScopeName, id: string): Ungrouped {
  const node = draft.node(scope, id);
  const block = node?.block === undefined ? undefined : draft.block(node.block);
  if (node?.op !== 'block' || node.block === undefined || block === undefined) {
    const hint =
      node?.op === 'recurrence' ? { hint: 'A recurrence is unrolled by the compiler; step inside to see it' } : {};
    return {
      ok: false,
      diagnostic: error('E_GROUP', `\`${id}\` is not a block that can be opened up`, { path: id }, hint),
    };
  }
  const before = draft.document();
  const name = node.block;
  // References of the outer block stay references.
  const values = argumentValues(block, { arguments: {} });
  const given = { ...values, ...node.arguments };
  const inside = { nodes: draft.nodes(name), edges: draft.edges(name) };
  const outer = draft.edges(scope);
  draft.remove(nodeKey(scope, id));
  for (const { to } of outer.filter((edge) => endpointNode(edge.to) === id)) draft.remove(edgeKey(scope, to));
  const renamed = placeNodes(draft, scope, node, inside.nodes, given);
  const rename = (end: string): string => `${renamed.get(endpointNode(end)) ?? endpointNode(end)}.${endpointPort(end)}`;
  const intoPort = new Map(
    outer.filter(({ to }) => endpointNode(to) === id).map(({ from, to }) => [endpointPort(to), from]),
  );
  const outOfPort = new Map(
    inside.edges.filter(({ to }) => endpointNode(to) === 'out').map(({ from, to }) => [endpointPort(to), from]),
  );
  const sourceOf = (from: string): string | undefined =>
    endpointNode(from) === 'in' ? intoPort.get(endpointPort(from)) : rename(from);
  for (const { from, to } of inside.edges) {
    const source = sourceOf(from);
    if (endpointNode(to) !== 'out' && source !== undefined) draft.putEdge(scope, { from: source, to: rename(to) });
  }
  const leaving = (port: string): string | undefined => {
    const inner = outOfPort.get(port);
    return inner === undefined ? undefined : sourceOf(inner);
  };
  const lost: string[] = [];
  for (const edge of outer.filter(({ from }) => endpointNode(from) === id)) {
    const source = leaving(endpointPort(edge.from));
    if (source === undefined) lost.push(edge.to);
    else draft.putEdge(scope, { from: source, to: edge.to });
  }
  disconnectAll(draft, scope, lost);
  // Inputs of the block that nothing was wired to.
  closeGaps(draft, scope, renamed.values());
  followNames(draft, before, { scope, id }, renamed, leaving);
  if (unusedBlocks(draft.document()).includes(name) && !unusedBlocks(before).includes(name)) removeBlock(draft, name);
  return { ok: true, ids: [...renamed.values()] };
}

/** Removes a definition with its inside. Nothing may use it any more. */
export function removeBlock(draft: Draft, name: string): void {
  for (const record of [...draft.records()]) {
    if (record.kind === 'block' && record.name === name) draft.remove(blockKey(name));
    if (record.kind === 'node' && record.scope === name) draft.remove(nodeKey(name, record.node.id));
    if (record.kind === 'edge' && record.scope === name) draft.remove(edgeKey(name, record.edge.to));
    if (record.kind === 'note' && record.scope === name) draft.remove(noteKey(name, record.note.id));
  }
}

function placeNodes(
  draft: Draft,
  scope: ScopeName,
  use: GraphNode,
  nodes: readonly GraphNode[],
  given: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, string> {
  const renamed = new Map<string, string>();
  const [x, y] = use.position ?? [0, 0];
  const [centreX, centreY] = centreOf(nodes);
  for (const node of nodes) {
    const taken = (each: string) => draft.node(scope, each) !== undefined;
    const id = taken(node.id) ? uniqueId(`${use.id}_${node.id}`.slice(0, 90), taken) : node.id;
    renamed.set(node.id, id);
    const position = node.position && moved(node.position, [x - centreX, y - centreY]);
    draft.putNode(scope, {
      ...node,
      id,
      attributes: resolveArguments(node.attributes, given),
      ...(node.arguments === undefined ? {} : { arguments: resolveArguments(node.arguments, given) }),
      ...(position === undefined ? {} : { position }),
    });
  }
  return renamed;
}

/** `block1/conv.y` → `conv.y`; `block1.y` → the value that left there. */
function followNames(
  draft: Draft,
  before: GraphDocument,
  place: NodePlace,
  renamed: ReadonlyMap<string, string>,
  leaving: (port: string) => string | undefined,
): void {
  const isHere = (each: NodePlace | undefined) => each?.scope === place.scope && each.id === place.id;
  const opened = (path: string): string => {
    const segments = parsePath(path) ?? [];
    const at = placesAlong(before, path)?.findIndex(isHere) ?? -1;
    const next = segments[at + 1];
    if (at < 0 || next === undefined) return path;
    return printPath(segments.toSpliced(at, 2, { ...next, id: renamed.get(next.id) ?? next.id }));
  };
  const follow = (name: string): string | undefined => {
    const parsed = parseValueName(name, { defaultPort: 'y' });
    if (!parsed.ok || !isHere(placesAlong(before, parsed.value.node)?.at(-1))) return mapNodePath(name, opened);
    const source = leaving(parsed.value.port);
    return source === undefined ? undefined : joinPath(parentPath(parsed.value.node), source);
  };
  draft.putTraining(mapTrainingNames(draft.training(), follow));
}
