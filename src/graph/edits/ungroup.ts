// Opens a block up: its nodes come to stand beside their neighbours, with arguments put in; the training set-up follows.
import { uniqueId } from '../../language/identifier.ts';
import { parsePath, printPath } from '../../language/value-name.ts';
import { type Diagnostic, error } from '../../tensor/diagnostic.ts';
import { blockKey, edgeKey, type GraphDocument, nodeKey, noteKey, type ScopeName } from '../document.ts';
import type { Draft } from '../edit.ts';
import { endpointNode, endpointPort } from '../endpoint.ts';
import { mapNodePath, mapTrainingNames, placesAlong } from '../references.ts';
import { argumentValues, resolveArguments } from '../resolve-arguments.ts';
import type { GraphNode } from '../schema.ts';
import { unusedBlocks } from './clipboard.ts';

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
  for (const edge of outer.filter(({ from }) => endpointNode(from) === id)) {
    const inner = outOfPort.get(endpointPort(edge.from));
    const source = inner === undefined ? undefined : sourceOf(inner);
    if (source === undefined) draft.remove(edgeKey(scope, edge.to));
    else draft.putEdge(scope, { from: source, to: edge.to });
  }
  followNames(draft, before, scope, id, renamed, outOfPort);
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
  for (const node of nodes) {
    const taken = (each: string) => draft.node(scope, each) !== undefined;
    const id = taken(node.id) ? uniqueId(`${use.id}_${node.id}`.slice(0, 90), taken) : node.id;
    renamed.set(node.id, id);
    const position = node.position && ([node.position[0] + x, node.position[1] + y] as const);
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
  scope: ScopeName,
  id: string,
  renamed: ReadonlyMap<string, string>,
  outOfPort: ReadonlyMap<string, string>,
): void {
  const follow = (path: string): string | undefined => {
    const segments = parsePath(path);
    const at = placesAlong(before, path)?.findIndex((place) => place.scope === scope && place.id === id) ?? -1;
    if (segments === null || at < 0) return path;
    const next = segments[at + 1];
    if (next === undefined) return path;
    return printPath(segments.toSpliced(at, 2, { ...next, id: renamed.get(next.id) ?? next.id }));
  };
  const training = mapTrainingNames(draft.training(), (name) => {
    const own = /^([\w[\]/]+)\.(\w+)$/.exec(name);
    const last = own?.[1] === undefined ? undefined : placesAlong(before, own[1])?.at(-1);
    const inner = last?.scope === scope && last.id === id ? outOfPort.get(own?.[2] ?? '') : undefined;
    if (inner === undefined || own?.[1] === undefined) return mapNodePath(name, follow);
    const parent = (parsePath(own[1]) ?? []).slice(0, -1);
    return `${printPath([...parent, { id: renamed.get(endpointNode(inner)) ?? endpointNode(inner) }])}.${endpointPort(inner)}`;
  });
  draft.putTraining(training);
}
