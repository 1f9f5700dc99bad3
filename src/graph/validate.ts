// Which wires are allowed: ports that exist, output to input, types that fit, no circle. Asked for every port while a wire is
// dragged, so the rules of a scope are made once and then answer fast.
import { findWay } from './cycles.ts';
import { blockOf, edgesOf, type GraphDocument, nodesOf, type ScopeName } from './document.ts';
import { endpointNode, parseEndpoint } from './endpoint.ts';
import { findPort, type NodePort, type NodePorts, nodePorts } from './ports.ts';

/** true, or why not, as a sentence for the user. */
export type Verdict = true | string;

export interface ConnectionRules {
  /** Ports of every node of the scope, `in` and `out` of a block included. */
  readonly ports: ReadonlyMap<string, NodePorts>;
  /** Whether a wire may run. `to` may name a variadic port as a whole (`concat.x`): then a further one is meant. */
  canConnect(from: string, to: string): Verdict;
}

/** The rules of one scope of a document; valid as long as the document is the same object. */
export function connectionRules(document: GraphDocument, scope: ScopeName): ConnectionRules {
  const ports = portsOfScope(document, scope);
  const edges = edgesOf(document, scope);
  const wayFrom = waysAlong(edges.map(({ from, to }) => ({ from: endpointNode(from), to: endpointNode(to) })));

  function canConnect(from: string, to: string): Verdict {
    const source = parseEndpoint(from);
    const target = parseEndpoint(to);
    if (source === undefined || target === undefined) return 'A wire runs from `node.port` to `node.port`';
    const output = findPort(ports.get(source.node)?.outputs ?? [], source.port);
    if (output === undefined) return `\`${from}\` is not an output`;
    const input = inputPort(ports.get(target.node)?.inputs ?? [], target.port);
    if (input === undefined) return `\`${to}\` is not an input`;
    if (source.node === target.node) return 'A node cannot feed itself';
    if (output.dtype !== 'any' && input.dtype !== 'any' && output.dtype !== input.dtype) {
      return `\`${to}\` takes ${input.dtype}, \`${from}\` gives ${output.dtype}`;
    }
    const way = wayFrom(target.node, source.node);
    return way === undefined ? true : `That would close a circle: ${printWay([...way, target.node])}`;
  }

  return { ports, canConnect };
}

/** Whether one wire may run; for many questions make the rules once. */
export function canConnect(document: GraphDocument, scope: ScopeName, from: string, to: string): Verdict {
  return connectionRules(document, scope).canConnect(from, to);
}

/** Whether a node of this scope may use a block: not where the block would come to lie within itself. */
export function canUseBlock(document: GraphDocument, scope: ScopeName, block: string): Verdict {
  if (blockOf(document, block) === undefined) return `There is no block \`${block}\``;
  if (scope === '') return true;
  const uses = [...document.records.values()].flatMap((record) =>
    record.kind === 'node' && record.node.block !== undefined ? [{ from: record.scope, to: record.node.block }] : [],
  );
  const way = findWay(uses, block, scope);
  return way === undefined ? true : `Block \`${block}\` would contain itself: ${[...way, block].join(' → ')}`;
}

/** Ports of every node of a scope; a block's border is seen from inside: `in` gives, `out` takes. */
export function portsOfScope(document: GraphDocument, scope: ScopeName): ReadonlyMap<string, NodePorts> {
  const find = (name: string) => blockOf(document, name);
  const table = new Map<string, NodePorts>();
  const block = scope === '' ? undefined : blockOf(document, scope);
  if (block !== undefined) {
    const border = nodePorts({ op: 'block', block: scope, attributes: {} }, () => block) as NodePorts;
    table.set('in', { inputs: [], outputs: border.inputs });
    table.set('out', { inputs: border.outputs, outputs: [] });
  }
  for (const node of nodesOf(document, scope)) table.set(node.id, nodePorts(node, find) ?? { inputs: [], outputs: [] });
  return table;
}

/** The inputs as wires see them: a variadic port as x0 … and one more, free, as long as its count. */
export function inputPort(inputs: readonly NodePort[], name: string): NodePort | undefined {
  return findPort(inputs, name) ?? inputs.find((each) => each.variadic !== undefined && each.name === name);
}

interface Arc {
  readonly from: string;
  readonly to: string;
}

/**
 * Answers "which way leads from a to b?", undefined where none does. Remembers one search per end, as the questions asked
 * while a wire is dragged share one end.
 */
function waysAlong(arcs: readonly Arc[]): (from: string, to: string) => readonly string[] | undefined {
  const forward = neighbours(arcs);
  const backward = neighbours(arcs.map(({ from, to }) => ({ from: to, to: from })));
  const after = new Map<string, Origins>();
  const before = new Map<string, Origins>();
  let previous = '';
  return (from, to) => {
    const known = before.get(to);
    if (known === undefined && (previous === from || after.has(from))) {
      const reached = after.get(from) ?? search(forward, from);
      after.set(from, reached);
      return trace(reached, to)?.reverse();
    }
    previous = from;
    const reached = known ?? search(backward, to);
    before.set(to, reached);
    return trace(reached, from);
  };
}

function neighbours(arcs: readonly Arc[]): ReadonlyMap<string, readonly string[]> {
  const out = new Map<string, string[]>();
  for (const { from, to } of arcs) {
    const list = out.get(from);
    if (list === undefined) out.set(from, [to]);
    else list.push(to);
  }
  return out;
}

/** Each node reached, and from where. */
type Origins = ReadonlyMap<string, string | undefined>;

function search(next: ReadonlyMap<string, readonly string[]>, start: string): Origins {
  const origins = new Map<string, string | undefined>([[start, undefined]]);
  for (const node of origins.keys())
    for (const each of next.get(node) ?? []) if (!origins.has(each)) origins.set(each, node);
  return origins;
}

/** From a node back to where the search began. */
function trace(origins: Origins, node: string): string[] | undefined {
  if (!origins.has(node)) return undefined;
  const way: string[] = [];
  for (let each: string | undefined = node; each !== undefined; each = origins.get(each)) way.push(each);
  return way;
}

/** a → b → c, with what lies in the middle of a long way left out. */
function printWay(way: readonly string[]): string {
  return (way.length <= 8 ? way : [...way.slice(0, 4), '…', ...way.slice(-3)]).join(' → ');
}
