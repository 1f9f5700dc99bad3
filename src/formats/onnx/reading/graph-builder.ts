// The graph being read: nodes, wires and weights, with the type of every wire inferred as it grows. Dimensions that have no
// size yet are tried with two: what differs between the two tries is known only when the graph is compiled. What was added
// since `mark` can be taken back, when a form gives up half-way.
import { createInference, type Inference } from '../../../compiler/infer.ts';
import { limits } from '../../../graph/limits.ts';
import type { Dimension, GraphEdge, GraphNode, NodeParameter } from '../../../graph/schema.ts';
import { isIdentifier } from '../../../language/identifier.ts';
import type { Operator, TensorType } from '../../../operators/define-operator.ts';
import { portOf } from '../../../operators/ports.ts';
import { operators } from '../../../operators/registry.generated.ts';
import { numel } from '../../../tensor/shape.ts';
import type { Tensor } from '../../../tensor/tensor.ts';
import { type Literal, tensorOf } from './literal.ts';
import type { Attributes, BuiltNode, Sources, Wire } from './read-context.ts';
import { createUniqueIds } from './unique-ids.ts';

export interface NewNode {
  /** Becomes the id where it can; kept as title where it is not one. */
  readonly name: string;
  readonly op: string;
  readonly inputs?: Sources;
  readonly attributes?: Attributes;
  readonly state?: Readonly<Record<string, Literal>>;
  readonly value?: readonly number[];
  readonly trainable?: false;
}

export interface GraphBuilder {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly weights: ReadonlyMap<string, Tensor>;
  /** Adds a node of ours; why not, in words, where its attributes are refused. */
  add(node: NewNode): BuiltNode | { readonly fault: string };
  /** A node whose operator is not known: it is drawn, and nothing can be computed behind it but what the file declares. */
  addUnknown(
    name: string,
    op: string,
    inputs: readonly Wire[],
    outputs: readonly (TensorType | undefined)[],
  ): BuiltNode;
  type(wire: Wire): TensorType | undefined;
  /** False for a node that does not fit what arrives, and for all behind it. */
  isShaped(id: string): boolean;
  /** The shape, with null for sizes that follow a dimension without size. */
  sizes(wire: Wire): readonly (number | null)[] | undefined;
  known(wire: Wire): readonly number[] | undefined;
  /** As `known`, with null for numbers that follow a dimension without size. */
  partlyKnown(wire: Wire): readonly (number | null)[] | undefined;
  /** The id of an input whose numbers a wire follows, where they are not known before the graph runs. */
  fedBehind(wire: Wire): string | undefined;
  /** What the builder holds now, to be gone back to. */
  mark(): () => void;
}

/** Elements of tensors that a file does not list but counts (ConstantOfShape): a few of its bytes may ask for gigabytes. */
export const mostFilled = 2 ** 24;

/** Sizes tried for the batch and for other dimensions: many networks need images of multiples of 32. */
const tries = [
  { batch: 32, other: 64 },
  { batch: 64, other: 96 },
] as const;

/** @param open whether any input leaves a size open */
export function createGraphBuilder(open: boolean): GraphBuilder {
  const nodes: GraphNode[] = [];
  const edges: GraphEdge[] = [];
  const weights = new Map<string, Tensor>();
  const ids = createUniqueIds();
  /** Elements that may still be filled in. */
  let room = mostFilled;
  /** Names of the weights of a node, by its id. */
  const owners = new Map<string, readonly string[]>();
  /** An input without a fixed value on whose numbers a node hangs, by the node's id. */
  const feeds = new Map<string, string>();
  const inferences = tries.slice(0, open ? 2 : 1).map(() => createInference('eval', () => undefined));
  const [first] = inferences as [Inference];

  function connect(from: Wire, id: string, port: string): void {
    edges.push({ from, to: `${id}.${port}` });
  }

  function forget(id: string): void {
    ids.giveBack(id);
    feeds.delete(id);
    for (const { types, values } of inferences) {
      const own = types.get(id);
      for (const port of Object.keys({ ...own?.outputs, ...own?.parameters, ...own?.state })) {
        values.delete(`${id}.${port}`);
      }
      types.delete(id);
    }
    for (const name of owners.get(id) ?? []) weights.delete(name);
  }

  const titled = (id: string, name: string) => (name === id || isIdentifier(name) ? {} : { title: name });

  function sized(shape: readonly Dimension[], attempt: (typeof tries)[number]): readonly unknown[] {
    return shape.map((size) => (typeof size === 'string' ? (size === 'N' ? attempt.batch : attempt.other) : size));
  }

  function add(node: NewNode): BuiltNode | { readonly fault: string } {
    const operator = operatorOf(node.op);
    if (!operator) return { fault: `there is no operator ${node.op}` };
    const wires = Object.keys(node.inputs ?? {}).length;
    if (nodes.length >= limits.nodes || edges.length + wires > limits.edges) return { fault: 'the graph is full' };
    const attributes = dropUndefined(node.attributes ?? {});
    const id = ids.take(node.name);
    const inputs = new Map<string, string>();
    const owned: [string, Literal][] = Object.entries(node.state ?? {});
    const parameters: Record<string, NodeParameter> = {};
    for (const [port, source] of Object.entries(node.inputs ?? {})) {
      if (source === undefined) continue;
      if (typeof source === 'string') inputs.set(port, source);
      else {
        owned.push([port, source.own]);
        const { own } = source;
        if (startsFilled(own)) parameters[port] = { init: { kind: 'constant', value: own.fill } };
      }
    }
    const isState = (port: string) => node.state !== undefined && Object.hasOwn(node.state, port);
    const stored = owned.filter(([port, literal]) => !startsFilled(literal) || isState(port));
    room -= stored.reduce((sum, [, { fill, shape }]) => sum + (fill === undefined ? 0 : numel(shape)), 0);
    if (room < 0) return { fault: `more than ${mostFilled} numbers would be filled in that the file only counts` };
    if (node.trainable === false)
      for (const [port] of owned) parameters[port] = { ...parameters[port], trainable: false };
    const shape = attributes['shape'];
    const isSource = operator.traits.source !== undefined && Array.isArray(shape);
    for (const [index, inference] of inferences.entries()) {
      const attempt = tries[index] as (typeof tries)[number];
      const parsed = operator.attributes.safeParse(
        isSource ? { ...attributes, shape: sized(shape as Dimension[], attempt) } : attributes,
      );
      if (!parsed.success) {
        const issue = parsed.error.issues[0];
        return { fault: `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim() };
      }
      inference.visit({
        path: id,
        owner: id,
        operator,
        attributes: parsed.data,
        inputs,
        settings: {},
        ...(node.value ? { fixed: node.value } : {}),
      });
    }
    nodes.push({
      id,
      op: node.op,
      ...titled(id, node.name),
      attributes,
      parameters,
      ...(node.value ? { value: node.value.length === 1 ? (node.value[0] as number) : node.value } : {}),
    });
    for (const [port, from] of inputs) {
      connect(from, id, port);
      const feed = feeds.get(ownerOf(from));
      if (feed !== undefined && !portOf(operator.inputs, port)?.spec.typeOnly) feeds.set(id, feed);
    }
    if (operator.traits.source === 'feed' && !node.value) feeds.set(id, id);
    if (owned.length > 0)
      owners.set(
        id,
        owned.map(([port]) => `${id}.${port}`),
      );
    for (const [port, literal] of stored) weights.set(`${id}.${port}`, tensorOf(literal));
    const [port = 'y', spec] = Object.entries(operator.outputs)[0] ?? [];
    return built(id, spec?.variadic === undefined ? port : `${port}0`);
  }

  function partlyKnown(wire: Wire): (number | null)[] | undefined {
    const [a, b = a] = inferences.map(({ known, values }) => (values.has(wire) ? known.find(wire) : undefined));
    if (!a || !b || 'reason' in a || 'reason' in b || a.data.length !== b.data.length) return undefined;
    return Array.from(a.data, (value, i) => (value === b.data[i] ? value : null));
  }

  return {
    nodes,
    edges,
    weights,
    add,
    addUnknown(name, op, inputs, outputs) {
      const id = ids.take(name);
      nodes.push({ id, op, ...titled(id, name), attributes: {}, parameters: {} });
      const room = limits.edges - edges.length;
      for (const [index, from] of inputs.slice(0, room).entries()) connect(from, id, `x${index}`);
      for (const [index, type] of outputs.entries()) {
        if (type) for (const { values } of inferences) values.set(`${id}.y${index}`, type);
      }
      return built(id, 'y0');
    },
    type: (wire) => first.values.get(wire),
    isShaped: (id) => first.types.has(id),
    sizes(wire) {
      const [a, b] = inferences.map(({ values }) => values.get(wire)?.shape);
      if (!a || !b) return a;
      return a.map((size, axis) => (a.length === b.length && b[axis] === size ? size : null));
    },
    known(wire) {
      const numbers = partlyKnown(wire);
      return numbers?.every((value) => value !== null) ? numbers : undefined;
    },
    partlyKnown,
    fedBehind(wire) {
      const found = first.values.has(wire) ? first.known.find(wire) : undefined;
      return found && 'reason' in found ? feeds.get(ownerOf(wire)) : undefined;
    },
    mark() {
      const [nodeCount, edgeCount] = [nodes.length, edges.length];
      return () => {
        for (const { id } of nodes.splice(nodeCount)) forget(id);
        edges.splice(edgeCount);
      };
    },
  };
}

/** The operator of ours of this id. */
export function operatorOf(id: string): Operator | undefined {
  return Object.hasOwn(operators, id) ? operators[id as keyof typeof operators] : undefined;
}

function ownerOf(wire: Wire): string {
  return wire.slice(0, wire.indexOf('.'));
}

function built(id: string, first: string): BuiltNode {
  return { id, y: `${id}.${first}`, port: (port) => `${id}.${port}` };
}

/** True where another node might be refused when the graph is saved and opened again. */
export function isFull({ nodes, edges }: GraphBuilder): boolean {
  return nodes.length >= limits.nodes - 1 || edges.length >= limits.edges;
}

function startsFilled(literal: Literal): literal is Literal & { readonly fill: number } {
  return literal.fill !== undefined && Number.isFinite(literal.fill);
}

function dropUndefined(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
