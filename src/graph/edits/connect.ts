import type { ScopeName } from '../document.ts';
import { edgeKey } from '../document.ts';
import type { Draft } from '../edit.ts';
import { parseEndpoint } from '../endpoint.ts';
import { findPort, type NodePort, nodePorts, variadicIndex } from '../ports.ts';

/**
 * Draws a wire; what went to that input before is replaced. `to` may name a variadic port as a whole (`concat.x`): then the
 * wire takes the next free place. Whether it may run, canConnect says. @returns the input that it goes to
 */
export function connect(draft: Draft, scope: ScopeName, from: string, to: string): string {
  const end = variadicEnd(draft, scope, to);
  if (end === undefined) {
    draft.putEdge(scope, { from, to });
    return to;
  }
  // Beyond the first free place there would be a gap.
  const count = wiresAt(draft, scope, end).length;
  const place = `${end.node}.${end.port.name}${Math.min(end.index ?? count, count)}`;
  draft.putEdge(scope, { from, to: place });
  return place;
}

/** Takes away the wire that goes to an input; further wires of a variadic port move up. */
export function disconnect(draft: Draft, scope: ScopeName, to: string): void {
  disconnectAll(draft, scope, [to]);
}

/** Takes away several wires at once, each known by the input that it goes to now. */
export function disconnectAll(draft: Draft, scope: ScopeName, inputs: readonly string[]): void {
  for (const to of inputs) draft.remove(edgeKey(scope, to));
  closeGaps(draft, scope, new Set(inputs.map((to) => parseEndpoint(to)?.node ?? '')));
}

/** Lets the wires of variadic ports of some nodes move up to x0, x1, … without gaps. */
export function closeGaps(draft: Draft, scope: ScopeName, nodes: Iterable<string>): void {
  for (const id of nodes) {
    const node = draft.node(scope, id);
    const inputs = node === undefined ? [] : (nodePorts(node, (name) => draft.block(name))?.inputs ?? []);
    for (const port of inputs)
      if (port.variadic !== undefined) closeGap(draft, scope, { node: id, port, index: undefined });
  }
}

interface VariadicEnd {
  readonly node: string;
  readonly port: NodePort;
  /** undefined for the port as a whole. */
  readonly index: number | undefined;
}

function variadicEnd(draft: Draft, scope: ScopeName, to: string): VariadicEnd | undefined {
  const end = parseEndpoint(to);
  const node = end && draft.node(scope, end.node);
  if (end === undefined || node === undefined) return undefined;
  const inputs = nodePorts(node, (name) => draft.block(name))?.inputs ?? [];
  const whole = inputs.find((port) => port.variadic !== undefined && port.name === end.port);
  if (whole !== undefined && findPort(inputs, end.port) === undefined)
    return { node: end.node, port: whole, index: undefined };
  const port = findPort(inputs, end.port);
  return port?.variadic === undefined ? undefined : { node: end.node, port, index: variadicIndex(port.name, end.port) };
}

function wiresAt(
  draft: Draft,
  scope: ScopeName,
  { node, port }: VariadicEnd,
): readonly { index: number; from: string; to: string }[] {
  return draft
    .edges(scope)
    .flatMap((edge) => {
      const end = parseEndpoint(edge.to);
      const index = end?.node === node ? variadicIndex(port.name, end.port) : undefined;
      return index === undefined ? [] : [{ ...edge, index }];
    })
    .sort((a, b) => a.index - b.index);
}

function closeGap(draft: Draft, scope: ScopeName, end: VariadicEnd): void {
  for (const [rank, { from, to, index }] of wiresAt(draft, scope, end).entries()) {
    if (rank === index) continue;
    const record = draft.get(edgeKey(scope, to));
    draft.remove(edgeKey(scope, to));
    if (record?.kind === 'edge') draft.put({ ...record, edge: { from, to: `${end.node}.${end.port.name}${rank}` } });
  }
}
