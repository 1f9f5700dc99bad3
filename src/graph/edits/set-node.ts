// Changes of one node's members: attributes, arguments, parameters, value, title.
import type { ScopeName } from '../document.ts';
import type { Draft } from '../edit.ts';
import type { GraphNode, NodeParameter } from '../schema.ts';

/** @param value undefined takes the attribute out, so that the default holds */
export function setAttribute(draft: Draft, scope: ScopeName, id: string, attribute: string, value: unknown): void {
  const node = draft.node(scope, id);
  if (node !== undefined) draft.patchNode(scope, id, { attributes: withMember(node.attributes, attribute, value) });
}

/** Sets an argument of a block's use; undefined goes back to the block's default. */
export function setArgument(draft: Draft, scope: ScopeName, id: string, argument: string, value: unknown): void {
  const node = draft.node(scope, id);
  if (node === undefined) return;
  const members = withMember(node.arguments ?? {}, argument, value);
  draft.patchNode(scope, id, { arguments: Object.keys(members).length === 0 ? undefined : members });
}

/** Changes how a parameter starts or whether it is trained; a member given as undefined goes back to the default. */
export function setParameter(
  draft: Draft,
  scope: ScopeName,
  id: string,
  parameter: string,
  patch: { readonly [K in keyof NodeParameter]?: NodeParameter[K] | undefined },
): void {
  const node = draft.node(scope, id);
  if (node === undefined) return;
  const members = Object.entries({ ...node.parameters[parameter], ...patch }).filter(
    ([, value]) => value !== undefined,
  );
  const value = members.length === 0 ? undefined : Object.fromEntries(members);
  draft.patchNode(scope, id, { parameters: withMember(node.parameters, parameter, value) as GraphNode['parameters'] });
}

/** Fixes what an input holds; undefined frees it. */
export function setValue(draft: Draft, scope: ScopeName, id: string, value: GraphNode['value'] | undefined): void {
  draft.patchNode(scope, id, { value });
}

/** Titles a node; an empty title goes. */
export function setTitle(draft: Draft, scope: ScopeName, id: string, title: string | undefined): void {
  draft.patchNode(scope, id, { title: title === '' ? undefined : title });
}

function withMember(
  members: Readonly<Record<string, unknown>>,
  key: string,
  value: unknown,
): Readonly<Record<string, unknown>> {
  const { [key]: _, ...rest } = members;
  if (value === undefined) return rest;
  return Object.hasOwn(members, key) ? { ...members, [key]: value } : { ...rest, [key]: value };
}
