// Which ports a node has: from the catalogue, or from the block it uses. Parameters are inputs that may stay unwired; a
// variadic port `x` stands for x0, x1, …
import { findOperator } from '../operators/catalogue.ts';
import type { DType } from '../tensor/dtype.ts';
import type { Block, GraphNode, RecurrenceAttributes } from './schema.ts';

export interface NodePort {
  readonly name: string;
  readonly title: string;
  readonly dtype: DType | 'any';
  readonly rank?: number | readonly [number, number];
  /** May stay unwired. */
  readonly optional: boolean;
  /** The node owns a tensor of this name unless something is wired here. */
  readonly parameter: boolean;
  /** Unwired, it is fed as `<node>.<port>`. */
  readonly feedable: boolean;
  /** Its numbers decide shapes; unwired, an attribute does. */
  readonly known: boolean;
  /** Stands for name0, name1, …: at least this many. */
  readonly variadic?: number;
}

export interface NodePorts {
  readonly inputs: readonly NodePort[];
  readonly outputs: readonly NodePort[];
}

/** What ports depend on. */
export type PortOwner = Pick<GraphNode, 'op' | 'block' | 'attributes'>;
export type Signature = Pick<Block, 'inputs' | 'outputs'>;
export type FindBlock = (name: string) => Signature | undefined;

/** Operators of the graph itself, which the compiler opens. */
export function usesBlock(node: { readonly op: string }): boolean {
  return node.op === 'block' || node.op === 'recurrence';
}

/** The ports of a node; null when its operator or its block is unknown. */
export function nodePorts(node: PortOwner, findBlock: FindBlock): NodePorts | null {
  if (usesBlock(node)) {
    const block = node.block === undefined ? undefined : findBlock(node.block);
    if (block === undefined) return null;
    return node.op === 'block' ? blockPorts(block) : recurrencePorts(block, node.attributes);
  }
  const entry = findOperator(node.op);
  if (entry === undefined) return null;
  const own = entry.dtype && ownDtype(node.attributes, entry.dtype);
  const data = Object.entries(entry.inputs).map(([name, spec]) =>
    port(name, { ...spec, optional: spec.optional === true }),
  );
  const parameters = Object.entries(entry.parameters)
    .filter(([name]) => !Object.hasOwn(entry.outputs, name) && entry.traits.source !== 'parameter')
    .map(([name, spec]) => port(name, { title: spec.title, optional: true, parameter: true }));
  const outputs = Object.entries(entry.outputs).map(([name, spec]) =>
    port(name, spec.dtype === 'any' ? { ...spec, dtype: own ?? 'any', optional: true } : { ...spec, optional: true }),
  );
  return { inputs: [...data, ...parameters], outputs };
}

/** The port that a name means, `x3` being one of the variadic port `x`. */
export function findPort(ports: readonly NodePort[], name: string): NodePort | undefined {
  const exact = ports.find((each) => each.name === name && each.variadic === undefined);
  if (exact !== undefined) return exact;
  return ports.find((each) => each.variadic !== undefined && variadicIndex(each.name, name) !== undefined);
}

/** 3 for `x3` of the variadic port `x`; undefined for any other name. */
export function variadicIndex(port: string, name: string): number | undefined {
  if (!name.startsWith(port)) return undefined;
  const digits = name.slice(port.length);
  return /^(0|[1-9][0-9]{0,5})$/.test(digits) ? Number(digits) : undefined;
}

/** Names to offer in messages: `x0, x1, …` for a variadic port. */
export function portNames(ports: readonly NodePort[]): readonly string[] {
  return ports.flatMap(({ name, variadic }) => (variadic === undefined ? [name] : [`${name}0`, `${name}1`]));
}

function blockPorts(block: Signature): NodePorts {
  return {
    inputs: block.inputs.map(({ name, title, dtype }) => port(name, { title: title ?? name, dtype: dtype ?? 'any' })),
    outputs: block.outputs.map((name) => port(name, { title: name, dtype: 'any', optional: true })),
  };
}

function recurrencePorts(block: Signature, attributes: GraphNode['attributes']): NodePorts {
  const { carry = {}, stack = {}, last = {} } = attributes as Partial<RecurrenceAttributes>;
  return {
    inputs: block.inputs.map(({ name, title, dtype }) =>
      port(name, { title: title ?? name, dtype: dtype ?? 'any', optional: Object.hasOwn(carry, name) }),
    ),
    outputs: [...Object.keys(stack), ...Object.keys(last)].map((name) =>
      port(name, { title: name, dtype: 'any', optional: true }),
    ),
  };
}

/** Data enters with the type that its node declares. */
function ownDtype(attributes: GraphNode['attributes'], usual: DType): DType | undefined {
  const dtype = attributes['dtype'] ?? usual;
  return dtype === 'float32' || dtype === 'int32' ? dtype : undefined;
}

function port(name: string, spec: Partial<NodePort> & { readonly title: string }): NodePort {
  return {
    name,
    title: spec.title,
    dtype: spec.dtype ?? 'float32',
    optional: spec.optional ?? false,
    parameter: spec.parameter ?? false,
    feedable: spec.feedable ?? false,
    known: spec.known ?? false,
    ...(spec.rank === undefined ? {} : { rank: spec.rank }),
    ...(spec.variadic === undefined ? {} : { variadic: spec.variadic }),
  };
}
