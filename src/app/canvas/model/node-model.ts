// A node as the canvas needs it: title, family, ports as they stand now (variadic ones spelled out). Shapes, values and
// everything else that the engine tells are left to the node component.
import { type FindBlock, type NodePort, nodePorts, usesBlock, variadicIndex } from '../../../graph/ports.ts';
import type { GraphEdge, GraphFile, GraphNode } from '../../../graph/schema.ts';
import { findOperator } from '../../../operators/catalogue.ts';
import type { ScopeGraph } from '../../state/scope-graph.ts';
import type { FamilyId } from '../../ui/family-look.ts';
import { texts } from '../../ui/texts.ts';

export interface PortModel {
  readonly name: string;
  readonly title: string;
  readonly dtype: NodePort['dtype'];
  readonly rank: NodePort['rank'];
  /** Shown only when wanted: it may stay unwired. */
  readonly quiet: boolean;
  readonly parameter: boolean;
  readonly feedable: boolean;
  /** Its numbers decide shapes: unwired, it stands on the node only while that is selected. */
  readonly known: boolean;
  /** Value names `from` of the wires that arrive (inputs: at most one). */
  readonly wired: boolean;
}

export interface NodeModel {
  readonly id: string;
  readonly kind: 'operator' | 'block' | 'recurrence' | 'in' | 'out' | 'unknown';
  readonly op: string;
  readonly title: string;
  readonly name: string;
  readonly family: FamilyId;
  readonly inputs: readonly PortModel[];
  readonly outputs: readonly PortModel[];
  /** Whether a double click may go inside, as far as the document knows. */
  readonly opens: boolean;
  /** It holds numbers that may be typed on the node: an input with a fixed value. */
  readonly value: GraphNode['value'];
  readonly position: readonly [number, number];
  /** Whether the document says where it stands; otherwise it is arranged on the fly. */
  readonly placed: boolean;
}

/** All nodes of a scope, its border included, in the scope's order. */
export function scopeModels(scope: ScopeGraph, graph: GraphFile): readonly NodeModel[] {
  const wiredTo = new Map<string, Set<string>>();
  const wiredFrom = new Map<string, Set<string>>();
  for (const edge of scope.edges) {
    note(wiredTo, edge.to);
    note(wiredFrom, edge.from);
  }
  const findBlock: FindBlock = (name) => (Object.hasOwn(graph.blocks, name) ? graph.blocks[name] : undefined);
  const models = scope.nodes.map((node) =>
    nodeModel(node, findBlock, wiredTo.get(node.id) ?? none, wiredFrom.get(node.id) ?? none),
  );
  if (scope.border === null) return models;
  const { inputs, outputs, layout } = scope.border;
  const xs = models.map((model) => model.position[0]);
  const ys = models.map((model) => model.position[1]);
  const middle = xs.length === 0 ? 0 : (Math.min(...ys) + Math.max(...ys)) / 2;
  const left = borderModel('in', inputs, layout?.in ?? [Math.min(0, ...xs) - 200, middle]);
  const right = borderModel('out', outputs, layout?.out ?? [Math.max(0, ...xs) + 300, middle]);
  return [...(inputs.length > 0 ? [left] : []), ...models, ...(outputs.length > 0 ? [right] : [])];
}

/** Inputs before what they feed, as far as there are no circles; otherwise in the given order. */
export function topologicalOrder(ids: readonly string[], edges: readonly GraphEdge[]): readonly string[] {
  const waits = new Map(ids.map((id) => [id, 0]));
  const feeds = new Map<string, string[]>();
  for (const edge of edges) {
    const from = edge.from.slice(0, edge.from.lastIndexOf('.'));
    const to = edge.to.slice(0, edge.to.lastIndexOf('.'));
    if (!waits.has(from) || !waits.has(to)) continue;
    waits.set(to, (waits.get(to) as number) + 1);
    feeds.set(from, [...(feeds.get(from) ?? []), to]);
  }
  const order = ids.filter((id) => waits.get(id) === 0);
  for (const id of order) {
    for (const next of feeds.get(id) ?? []) {
      const left = (waits.get(next) as number) - 1;
      waits.set(next, left);
      if (left === 0) order.push(next);
    }
  }
  return order.length === ids.length ? order : [...order, ...ids.filter((id) => !order.includes(id))];
}

const none: ReadonlySet<string> = new Set<string>();

function note(ports: Map<string, Set<string>>, end: string): void {
  const dot = end.lastIndexOf('.');
  const node = end.slice(0, dot);
  const set = ports.get(node) ?? new Set<string>();
  set.add(end.slice(dot + 1));
  ports.set(node, set);
}

function nodeModel(
  node: GraphNode,
  findBlock: FindBlock,
  wiredIn: ReadonlySet<string>,
  wiredOut: ReadonlySet<string>,
): NodeModel {
  const entry = findOperator(node.op);
  const ports = nodePorts(node, findBlock);
  const kind = entry ? 'operator' : usesBlock(node) ? (node.op as 'block' | 'recurrence') : 'unknown';
  return {
    id: node.id,
    kind,
    op: node.op,
    title: entry?.title ?? (kind === 'unknown' ? node.op : (node.block ?? node.op)),
    name: node.title ?? node.id,
    family: entry?.family ?? 'structure',
    inputs: ports ? ports.inputs.flatMap((port) => spread(port, wiredIn)) : [...wiredIn].map(unknownPort),
    outputs: ports ? ports.outputs.flatMap((port) => spread(port, wiredOut)) : [...wiredOut].map(unknownPort),
    opens: kind === 'block' || kind === 'recurrence' || entry?.expandable === true,
    value: node.value,
    position: node.position ?? [0, 0],
    placed: node.position !== undefined,
  };
}

/** A variadic port becomes the wired ones and one free place after them. */
function spread(port: NodePort, wired: ReadonlySet<string>): readonly PortModel[] {
  if (port.variadic === undefined) return [portModel(port, port.name, wired.has(port.name), port.optional)];
  let count = port.variadic;
  for (const name of wired) {
    const at = variadicIndex(port.name, name);
    if (at !== undefined) count = Math.max(count, at + 1);
  }
  const all = Array.from({ length: count }, (_, i) => `${port.name}${i}`);
  const full = all.every((name) => wired.has(name));
  const models = all.map((name) => portModel(port, name, wired.has(name), false));
  return full ? [...models, portModel(port, `${port.name}${count}`, false, true)] : models;
}

function portModel(port: NodePort, name: string, wired: boolean, quiet: boolean): PortModel {
  const { title, dtype, rank, parameter, feedable, known } = port;
  return { name, title, dtype, rank, quiet, parameter, feedable, known, wired };
}

function unknownPort(name: string): PortModel {
  return {
    name,
    title: name,
    dtype: 'any',
    rank: undefined,
    quiet: false,
    parameter: false,
    feedable: false,
    known: false,
    wired: true,
  };
}

function borderModel(side: 'in' | 'out', names: readonly string[], position: readonly [number, number]): NodeModel {
  const ports = names.map((name) => unknownPort(name));
  return {
    id: side,
    kind: side,
    op: side,
    title: side === 'in' ? texts.canvas.blockInputs : texts.canvas.blockOutputs,
    name: '',
    family: 'structure',
    inputs: side === 'out' ? ports : [],
    outputs: side === 'in' ? ports : [],
    opens: false,
    value: undefined,
    position,
    placed: true,
  };
}

/** The port of a node that a name means (`x2` of a variadic `x` counts even before it is wired). */
export function portOfModel(model: NodeModel, side: 'input' | 'output', name: string): PortModel | undefined {
  return (side === 'input' ? model.inputs : model.outputs).find((port) => port.name === name);
}
