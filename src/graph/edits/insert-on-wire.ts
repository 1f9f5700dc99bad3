import { edgeKey, type ScopeName } from '../document.ts';
import type { Draft } from '../edit.ts';
import { nodePorts } from '../ports.ts';
import { addNode, type NewNode } from './add-node.ts';
import { connect } from './connect.ts';

/**
 * Puts a node into the wire that goes to an input: from → node → to, through its first input and its first output.
 * @returns the id of the node, or undefined when there is no such wire or the operator has no input or no output
 */
export function insertOnWire(draft: Draft, scope: ScopeName, to: string, node: NewNode): string | undefined {
  const record = draft.get(edgeKey(scope, to));
  const ports = nodePorts({ attributes: {}, ...node }, (name) => draft.block(name));
  const input = ports?.inputs.find(({ parameter }) => !parameter);
  const output = ports?.outputs[0];
  if (record?.kind !== 'edge' || input === undefined || output === undefined) return undefined;
  const id = addNode(draft, scope, node);
  connect(draft, scope, record.edge.from, `${id}.${input.name}`);
  draft.putEdge(scope, { from: `${id}.${output.name}${output.variadic === undefined ? '' : 0}`, to });
  return id;
}

/** The same with a node that is on the canvas already and has nothing at its first input. @returns whether it could be done */
export function moveOntoWire(draft: Draft, scope: ScopeName, to: string, id: string): boolean {
  const record = draft.get(edgeKey(scope, to));
  const node = draft.node(scope, id);
  const ports = node && nodePorts(node, (name) => draft.block(name));
  const input = ports?.inputs.find(({ parameter }) => !parameter);
  const output = ports?.outputs[0];
  if (record?.kind !== 'edge' || input === undefined || output === undefined) return false;
  const foreign = draft.edges(scope).some((edge) => edge.to.startsWith(`${id}.`) || edge.from.startsWith(`${id}.`));
  if (foreign) return false;
  connect(draft, scope, record.edge.from, `${id}.${input.name}`);
  draft.putEdge(scope, { from: `${id}.${output.name}${output.variadic === undefined ? '' : 0}`, to });
  return true;
}
