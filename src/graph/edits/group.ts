// Makes a block of some nodes: wires across the border become its ports, arguments and training set-up follow.
import { isIdentifier, uniqueId } from '../../language/identifier.ts';
import { parsePath, printPath } from '../../language/value-name.ts';
import { type Diagnostic, error } from '../../tensor/diagnostic.ts';
import { argumentNames } from '../check-attributes.ts';
import { type BlockHead, edgeKey, nodeKey, type ScopeName } from '../document.ts';
import type { Draft } from '../edit.ts';
import { endpointNode, endpointPort } from '../endpoint.ts';
import { nodePorts } from '../ports.ts';
import { centreOf, cornerOf, moved, type Position } from '../position.ts';
import { mapNodePath, mapTrainingNames, placesAlong } from '../references.ts';
import type { GraphEdge, GraphNode } from '../schema.ts';
import { addNode } from './add-node.ts';

export type Grouped =
  | { readonly ok: true /** The node that uses the new block. */; readonly id: string; readonly block: string }
  | { readonly ok: false; readonly diagnostic: Diagnostic };

/** Width and gap of a column of nodes, in pixels. */
const column = 280;

/** @param name of the block; made unique. On failure nothing has changed. */
export function groupNodes(draft: Draft, scope: ScopeName, ids: Iterable<string>, name = 'block'): Grouped {
  const chosen = new Set(ids);
  const nodes = draft.nodes(scope).filter(({ id }) => chosen.has(id));
  if (nodes.length === 0) return { ok: false, diagnostic: error('E_GROUP', 'There is nothing to group') };
  const edges = draft.edges(scope);
  const outside = wayBack(edges, chosen);
  if (outside !== undefined) {
    const message = `These nodes cannot be one block: what leaves them comes back through \`${outside}\``;
    return {
      ok: false,
      diagnostic: error('E_GROUP', message, { path: outside }, { hint: 'Choose the nodes between, too' }),
    };
  }
  const before = draft.document();
  const block = uniqueId(isIdentifier(name) ? name : 'block', (each) => draft.block(each) !== undefined);
  const border = makeBorder(draft, nodes, edges, chosen);
  const origin = cornerOf(nodes);
  const values = argumentsUsed(nodes, draft.block(scope));
  const width = nodes.reduce((widest, { position }) => Math.max(widest, (position?.[0] ?? 0) - origin[0]), 0);
  draft.putBlock(block, {
    arguments: values,
    inputs: [...border.inputs.values()].map((port) => ({ name: port })),
    outputs: [...border.outputs.values()],
    layout: {
      in: [-column, 0],
      out: [width + column, 0],
    },
  });
  moveInside(draft, scope, block, nodes, edges, chosen, border, origin);
  const passed = Object.fromEntries(Object.keys(values).map((argument) => [argument, { arg: argument }]));
  const id = addNode(draft, scope, {
    op: 'block',
    block,
    position: centreOf(nodes),
    ...(Object.keys(passed).length === 0 ? {} : { arguments: passed }),
  });
  for (const [from, port] of border.inputs) draft.putEdge(scope, { from, to: `${id}.${port}` });
  for (const { from, to } of edges) {
    if (chosen.has(endpointNode(from)) && !chosen.has(endpointNode(to))) {
      draft.putEdge(scope, { from: `${id}.${border.outputs.get(from)}`, to });
    }
  }
  const follow = (path: string): string => {
    const segments = parsePath(path);
    const at = placesAlong(before, path)?.findIndex((place) => place.scope === scope && chosen.has(place.id)) ?? -1;
    return segments === null || at < 0 ? path : printPath(segments.toSpliced(at, 0, { id }));
  };
  draft.putTraining(mapTrainingNames(draft.training(), (each) => mapNodePath(each, follow)));
  return { ok: true, id, block };
}

interface Border {
  /** Source outside → port. */
  readonly inputs: ReadonlyMap<string, string>;
  /** Source inside → port. */
  readonly outputs: ReadonlyMap<string, string>;
}

/** Ports are called as inside (`x`, `y`) while that is unambiguous, else after node and port. */
function makeBorder(
  draft: Draft,
  nodes: readonly GraphNode[],
  edges: readonly GraphEdge[],
  chosen: ReadonlySet<string>,
): Border {
  const entering = edges.filter(({ from, to }) => !chosen.has(endpointNode(from)) && chosen.has(endpointNode(to)));
  const leaving = edges.filter(({ from, to }) => chosen.has(endpointNode(from)) && !chosen.has(endpointNode(to)));
  const sources = new Set(edges.map(({ from }) => endpointNode(from)));
  // What nobody reads stays readable from outside.
  const ends = nodes.flatMap((node) => {
    const output = sources.has(node.id) ? undefined : nodePorts(node, (name) => draft.block(name))?.outputs[0];
    return output === undefined || output.variadic !== undefined ? [] : [`${node.id}.${output.name}`];
  });
  const inputs = new Map<string, string>();
  for (const { from, to } of entering) if (!inputs.has(from)) inputs.set(from, to);
  return {
    inputs: namePorts([...inputs]),
    outputs: namePorts([...new Set([...leaving.map(({ from }) => from), ...ends])].map((from) => [from, from])),
  };
}

/** @param ports key and the end inside after which the port is called */
function namePorts(ports: readonly (readonly [key: string, end: string])[]): ReadonlyMap<string, string> {
  const named = new Map<string, string>();
  const taken = new Set<string>();
  const count = new Map<string, number>();
  for (const [, end] of ports) count.set(endpointPort(end), (count.get(endpointPort(end)) ?? 0) + 1);
  for (const [key, end] of ports) {
    const port = endpointPort(end);
    const wish = count.get(port) === 1 ? port : `${endpointNode(end)}_${port}`;
    const name = uniqueId(isIdentifier(wish) ? wish : 'port', (each) => taken.has(each));
    taken.add(name);
    named.set(key, name);
  }
  return named;
}

function moveInside(
  draft: Draft,
  scope: ScopeName,
  block: string,
  nodes: readonly GraphNode[],
  edges: readonly GraphEdge[],
  chosen: ReadonlySet<string>,
  border: Border,
  origin: Position,
): void {
  for (const { from, to } of edges) {
    const fromInside = chosen.has(endpointNode(from));
    const toInside = chosen.has(endpointNode(to));
    if (toInside) {
      draft.remove(edgeKey(scope, to));
      draft.putEdge(block, { from: fromInside ? from : `in.${border.inputs.get(from)}`, to });
    }
  }
  for (const [from, port] of border.outputs) draft.putEdge(block, { from, to: `out.${port}` });
  for (const node of nodes) {
    draft.remove(nodeKey(scope, node.id));
    const position = node.position && moved(node.position, [-origin[0], -origin[1]]);
    draft.putNode(block, position === undefined ? node : { ...node, position });
  }
}

/** A node outside that lies on a way from chosen nodes to chosen nodes. */
function wayBack(edges: readonly GraphEdge[], chosen: ReadonlySet<string>): string | undefined {
  const after = new Set<string>();
  for (const { from, to } of edges)
    if (chosen.has(endpointNode(from)) && !chosen.has(endpointNode(to))) after.add(endpointNode(to));
  for (const node of after) {
    for (const { from, to } of edges) {
      if (endpointNode(from) !== node) continue;
      if (chosen.has(endpointNode(to))) return node;
      after.add(endpointNode(to));
    }
  }
  return undefined;
}

/** Arguments of the surrounding block that the nodes refer to, with their defaults. */
function argumentsUsed(nodes: readonly GraphNode[], outer: BlockHead | undefined): Readonly<Record<string, unknown>> {
  const names = new Set(
    nodes.flatMap(({ attributes, arguments: given }) => [...argumentNames(attributes), ...argumentNames(given ?? {})]),
  );
  return Object.fromEntries([...names].map((name) => [name, outer?.arguments[name] ?? null]));
}
