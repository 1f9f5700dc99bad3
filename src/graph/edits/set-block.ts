// Changes of a block's definition: its name, its ports, its arguments. Every use of the block follows.
import { identifierFault } from '../../language/identifier.ts';
import { type Diagnostic, error } from '../../tensor/diagnostic.ts';
import { type BlockHead, blockKey, type DocumentRecord, keyOf, type NodeRecord } from '../document.ts';
import type { Draft } from '../edit.ts';
import { parseEndpoint } from '../endpoint.ts';
import type { BlockInput, GraphNode } from '../schema.ts';
import { disconnectAll } from './connect.ts';

type Side = 'inputs' | 'outputs';

/** Changes title, description or arguments; a member given as undefined goes. */
export function setBlock(
  draft: Draft,
  name: string,
  patch: { readonly [K in 'title' | 'description' | 'arguments']?: BlockHead[K] | undefined },
): void {
  const block = draft.block(name);
  if (block === undefined) return;
  const members = Object.entries({ ...block, ...patch }).filter(([, value]) => value !== undefined);
  draft.putBlock(name, Object.fromEntries(members) as unknown as BlockHead);
}

/** @returns why not, then nothing has changed */
export function renameBlock(draft: Draft, name: string, to: string): Diagnostic | undefined {
  const record = draft.get(blockKey(name));
  if (record?.kind !== 'block' || name === to) return undefined;
  const fault = identifierFault(to);
  if (fault !== undefined) return error('E_ID', `\`${to.slice(0, 100)}\` ${fault}`);
  if (draft.block(to) !== undefined) return error('E_DUPLICATE_ID', `there is a block \`${to}\` already`);
  for (const each of [...draft.records()]) {
    const renamed = renamedRecord(each, name, to);
    if (renamed === each) continue;
    draft.remove(keyOf(each));
    draft.put(renamed);
  }
  return undefined;
}

/** Adds an input or an output at the end. @returns why not, then nothing has changed */
export function addBlockPort(draft: Draft, name: string, side: Side, port: BlockInput): Diagnostic | undefined {
  const block = draft.block(name);
  if (block === undefined) return undefined;
  const fault = identifierFault(port.name);
  if (fault !== undefined) return error('E_ID', `\`${port.name.slice(0, 100)}\` ${fault}`);
  const taken = side === 'inputs' ? block.inputs.map((each) => each.name) : block.outputs;
  if (taken.includes(port.name))
    return error('E_DUPLICATE_ID', `the block has \`${port.name}\` among its ${side} already`);
  draft.putBlock(
    name,
    side === 'inputs'
      ? { ...block, inputs: [...block.inputs, port] }
      : { ...block, outputs: [...block.outputs, port.name] },
  );
  return undefined;
}

/** Removes an input or an output with its wires, inside and at every use; recurrences forget it. */
export function removeBlockPort(draft: Draft, name: string, side: Side, port: string): void {
  const block = draft.block(name);
  if (block === undefined) return;
  for (const { scope, node } of usesOf(draft, name)) {
    const before = node.op === 'recurrence' ? forgetPort(node, side, port) : undefined;
    // Outputs of a recurrence have names of their own.
    const gone = before === undefined ? [port] : before.outputs;
    disconnectAll(draft, scope, touching(draft, scope, node.id, side === 'inputs' ? [port] : gone, side));
    if (before !== undefined) draft.putNode(scope, { ...node, attributes: before.attributes });
  }
  const inner = side === 'inputs' ? 'in' : 'out';
  disconnectAll(draft, name, touching(draft, name, inner, [port], side === 'inputs' ? 'outputs' : 'inputs'));
  draft.putBlock(
    name,
    side === 'inputs'
      ? { ...block, inputs: block.inputs.filter((each) => each.name !== port) }
      : { ...block, outputs: block.outputs.filter((each) => each !== port) },
  );
}

function usesOf(draft: Draft, name: string): readonly NodeRecord[] {
  return [...draft.records()].filter((record) => record.kind === 'node' && record.node.block === name) as NodeRecord[];
}

/** The inputs at which wires end that touch ports of a node. */
function touching(draft: Draft, scope: string, id: string, ports: readonly string[], side: Side): readonly string[] {
  return draft
    .edges(scope)
    .filter((edge) => {
      const end = parseEndpoint(side === 'inputs' ? edge.to : edge.from);
      return end?.node === id && ports.includes(end.port);
    })
    .map(({ to }) => to);
}

/** What a recurrence says without a port of its block, and which of its outputs go. */
function forgetPort(
  node: GraphNode,
  side: Side,
  port: string,
): { attributes: GraphNode['attributes']; outputs: string[] } {
  const { scan = [], carry = {}, stack = {}, last = {} } = node.attributes as Partial<Record<string, object>>;
  const without = (members: object, gone: (key: string, value: unknown) => boolean) =>
    Object.fromEntries(Object.entries(members).filter(([key, value]) => !gone(key, value)));
  const isOutput = (_: string, value: unknown) => side === 'outputs' && value === port;
  const outputs = [...Object.entries(stack), ...Object.entries(last)].filter(([key, value]) => isOutput(key, value));
  return {
    attributes: {
      ...node.attributes,
      scan: (scan as readonly string[]).filter((each) => side !== 'inputs' || each !== port),
      carry: without(carry, (key, value) => (side === 'inputs' ? key === port : value === port)),
      stack: without(stack, isOutput),
      last: without(last, isOutput),
    },
    outputs: outputs.map(([key]) => key),
  };
}

function renamedRecord(record: DocumentRecord, name: string, to: string): DocumentRecord {
  if (record.kind === 'block') return record.name === name ? { ...record, name: to } : record;
  if (record.kind === 'file' || record.kind === 'training') return record;
  const moved = record.scope === name ? { ...record, scope: to } : record;
  if (moved.kind !== 'node' || moved.node.block !== name) return moved;
  return { ...moved, node: { ...moved.node, block: to } };
}
