import { isIdentifier, toId, uniqueId } from '../../language/identifier.ts';
import { findOperator } from '../../operators/catalogue.ts';
import type { ScopeName } from '../document.ts';
import type { Draft } from '../edit.ts';
import { usesBlock } from '../ports.ts';
import type { GraphNode } from '../schema.ts';

/** A node to be placed; the id is made from the operator unless given. */
export type NewNode = Partial<GraphNode> & Pick<GraphNode, 'op'>;

/** Adds a node. @returns its id: the one asked for if that is free, else one made from it or from the operator (conv1, conv2 …) */
export function addNode(draft: Draft, scope: ScopeName, node: NewNode): string {
  const taken = (id: string) => draft.node(scope, id) !== undefined;
  const id = node.id === undefined ? freshId(node, taken) : uniqueId(toId(node.id), taken);
  draft.putNode(scope, { attributes: {}, parameters: {}, ...node, id });
  return id;
}

/** `conv2d` → conv1, conv2 …; losses and data, of which there is mostly one, begin without a number: loss, input. */
export function freshId(node: NewNode, taken: (id: string) => boolean): string {
  const traits = findOperator(node.op)?.traits;
  if (traits?.loss) return uniqueId('loss', taken);
  if (traits?.source) return uniqueId(node.op, taken);
  const name = usesBlock(node) ? (node.block ?? node.op) : node.op;
  const stem = name.replace(/_?[0-9]+d?$/, '');
  const base = isIdentifier(stem) ? stem : 'node';
  for (let n = 1; ; n++) if (!taken(`${base}${n}`)) return `${base}${n}`;
}
