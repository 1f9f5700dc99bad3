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
  const reach = reachability(edges.map(({ from, to }) => ({ from: endpointNode(from), to: endpointNode(to) })));

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
    if (!reach(target.node, source.node)) return true;
    const arcs = edges.map((edge) => ({ from: endpointNode(edge.from), to: endpointNode(edge.to) }));
    const way = findWay(arcs, target.node, source.node) ?? [];
    return `That would close a circle: ${[...way, target.node].join(' → ')}`;
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

/** Answers "does a way lead from a to b?"; remembers one search per end, as questions while dragging share one end. */
function reachability(
  arcs: readonly { readonly from: string; readonly to: string }[],
): (from: string, to: string) => boolean {
  const forward = neighbours(arcs);
  const backward = neighbours(arcs.map(({ from, to }) => ({ from: to, to: from })));
  const after = new Map<string, ReadonlySet<string>>();
  const before = new Map<string, ReadonlySet<string>>();
  let previous = '';
  return (from, to) => {
    const known = before.get(to);
    if (known !== undefined) return known.has(from);
    if (previous === from || after.has(from)) {
      const reached = after.get(from) ?? search(forward, from);
      after.set(from, reached);
      return reached.has(to);
    }
    previous = from;
    const reached = search(backward, to);
    before.set(to, reached);
    return reached.has(from);
  };
}

function neighbours(
  arcs: readonly { readonly from: string; readonly to: string }[],
): ReadonlyMap<string, readonly string[]> {
  const out = new Map<string, string[]>();
  for (const { from, to } of arcs) {
    const list = out.get(from);
    if (list === undefined) out.set(from, [to]);
    else list.push(to);
  }
  return out;
}

function search(next: ReadonlyMap<string, readonly string[]>, start: string): ReadonlySet<string> {
  const reached = new Set([start]);
  for (const node of reached) for (const each of next.get(node) ?? []) reached.add(each);
  return reached;
}
