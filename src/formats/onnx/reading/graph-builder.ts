// The graph being read: nodes, wires and weights, with the type of every wire inferred as it grows. Dimensions that have no
// size yet are tried with two: what differs between the two tries is known only when the graph is compiled. What was added
// since `mark` can be taken back, when a form gives up half-way.
import { createInference, type Inference } from '../../../compiler/infer.ts';
import { limits } from '../../../graph/limits.ts';
import type { Dimension, GraphEdge, GraphNode, NodeParameter } from '../../../graph/schema.ts';
import { isIdentifier, toId, uniqueId } from '../../../language/identifier.ts';
import type { Operator, TensorType } from '../../../operators/define-operator.ts';
import { portOf } from '../../../operators/ports.ts';
import { operators } from '../../../operators/registry.generated.ts';
import type { Tensor } from '../../../tensor/tensor.ts';
import { type Literal, tensorOf } from './literal.ts';
import type { Attributes, BuiltNode, Sources, Wire } from './read-context.ts';

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
  /** The shape, with null for sizes that follow a dimension without size. */
  sizes(wire: Wire): readonly (number | null)[] | undefined;
  known(wire: Wire): readonly number[] | undefined;
  /** Why the numbers of a wire are not known before the graph runs: ids of the inputs that they follow. Empty: no input's fault. */
  fedBehind(wire: Wire): readonly string[];
  /** What the builder holds now, to be gone back to. */
  mark(): () => void;
}

/** Sizes tried for the batch and for other dimensions: many networks need images of multiples of 32. */
const tries = [
  { batch: 32, other: 64 },
  { batch: 64, other: 96 },
] as const;

export function createGraphBuilder(dims: Readonly<Record<string, number>>): GraphBuilder {
  const nodes: GraphNode[] = [];
  const edges: GraphEdge[] = [];
  const weights = new Map<string, Tensor>();
  const ids = new Set<string>();
  const inferences = tries.map(() => createInference('eval', () => undefined));
  const [first, second] = inferences as [Inference, Inference];

  function takeId(name: string): string {
    const id = uniqueId(toId(name), (each) => ids.has(each));
    ids.add(id);
    return id;
  }

  const titled = (id: string, name: string) => (name === id || isIdentifier(name) ? {} : { title: name });

  function sized(shape: readonly Dimension[], attempt: (typeof tries)[number]): readonly unknown[] {
    return shape.map((size) => {
      if (typeof size !== 'string') return size;
      return (Object.hasOwn(dims, size) ? dims[size] : undefined) ?? (size === 'N' ? attempt.batch : attempt.other);
    });
  }

  function add(node: NewNode): BuiltNode | { readonly fault: string } {
    const operator = operatorOf(node.op);
    if (!operator) return { fault: `there is no operator ${node.op}` };
    const attributes = dropUndefined(node.attributes ?? {});
    const id = takeId(node.name);
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
    if (node.trainable === false)
      for (const [port] of owned) parameters[port] = { ...parameters[port], trainable: false };
    for (const [index, attempt] of tries.entries()) {
      const shape = attributes['shape'];
      const isSource = operator.traits.source !== undefined && Array.isArray(shape);
      const parsed = operator.attributes.safeParse(
        isSource ? { ...attributes, shape: sized(shape as Dimension[], attempt) } : attributes,
      );
      if (!parsed.success) {
        const issue = parsed.error.issues[0];
        return { fault: `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim() };
      }
      inferences[index]?.visit({
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
    for (const [port, from] of inputs) edges.push({ from, to: `${id}.${port}` });
    for (const [port, literal] of owned) {
      const isState = node.state !== undefined && Object.hasOwn(node.state, port);
      if (!startsFilled(literal) || isState) weights.set(`${id}.${port}`, tensorOf(literal));
    }
    const [port = 'y', spec] = Object.entries(operator.outputs)[0] ?? [];
    return built(id, spec?.variadic === undefined ? port : `${port}0`);
  }

  /** Inputs without a fixed value among the givers of a wire, by their numbers and not by their types alone. */
  function feedsOf(wire: Wire): string[] {
    const byId = new Map(nodes.map((node) => [node.id, node]));
    const feeds: string[] = [];
    const seen = new Set<string>();
    const asked = [wire];
    for (let next = asked.pop(); next !== undefined; next = asked.pop()) {
      const id = next.slice(0, next.indexOf('.'));
      const operator = operatorOf(byId.get(id)?.op ?? '');
      if (seen.has(id) || !operator) continue;
      seen.add(id);
      if (operator.traits.source === 'feed' && byId.get(id)?.value === undefined) feeds.push(id);
      for (const { from, to } of edges) {
        if (!to.startsWith(`${id}.`)) continue;
        if (!portOf(operator.inputs, to.slice(id.length + 1))?.spec.typeOnly) asked.push(from);
      }
    }
    return feeds;
  }

  return {
    nodes,
    edges,
    weights,
    add,
    addUnknown(name, op, inputs, outputs) {
      const id = takeId(name);
      nodes.push({ id, op, ...titled(id, name), attributes: {}, parameters: {} });
      for (const [index, from] of inputs.entries()) edges.push({ from, to: `${id}.x${index}` });
      for (const [index, type] of outputs.entries()) {
        if (type) for (const { values } of inferences) values.set(`${id}.y${index}`, type);
      }
      return built(id, 'y0');
    },
    type: (wire) => first.values.get(wire),
    sizes(wire) {
      const [a, b] = [first.values.get(wire)?.shape, second.values.get(wire)?.shape];
      if (!a || !b) return a;
      return a.map((size, axis) => (a.length === b.length && b[axis] === size ? size : null));
    },
    known(wire) {
      const [a, b] = inferences.map(({ known, values }) => (values.has(wire) ? known.find(wire) : undefined));
      if (!a || !b || 'reason' in a || 'reason' in b) return undefined;
      return a.data.every((value, i) => value === b.data[i]) && a.data.length === b.data.length
        ? [...a.data]
        : undefined;
    },
    fedBehind(wire) {
      const found = first.values.has(wire) ? first.known.find(wire) : undefined;
      return found && 'reason' in found ? feedsOf(wire) : [];
    },
    mark() {
      const [nodeCount, edgeCount] = [nodes.length, edges.length];
      return () => {
        for (const { id } of nodes.splice(nodeCount)) {
          ids.delete(id);
          for (const key of [...weights.keys()]) if (key.startsWith(`${id}.`)) weights.delete(key);
          for (const { values } of inferences) {
            for (const name of [...values.keys()]) if (name.startsWith(`${id}.`)) values.delete(name);
          }
        }
        edges.splice(edgeCount);
      };
    },
  };
}

/** The operator of ours of this id. */
export function operatorOf(id: string): Operator | undefined {
  return Object.hasOwn(operators, id) ? operators[id as keyof typeof operators] : undefined;
}

function built(id: string, first: string): BuiltNode {
  return { id, y: `${id}.${first}`, port: (port) => `${id}.${port}` };
}

/** True where more would be refused when the graph is saved and opened again. */
export function isFull({ nodes, edges }: GraphBuilder): boolean {
  return nodes.length > limits.nodes || edges.length > limits.edges;
}

function startsFilled(literal: Literal): literal is Literal & { readonly fill: number } {
  return literal.fill !== undefined && Number.isFinite(literal.fill);
}

function dropUndefined(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
