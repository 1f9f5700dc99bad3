// One ONNX node through its form: implements what a form sees. What it cannot do ends in `GaveUp`, which the reader catches:
// nothing of the node stays but itself, as an unknown one.
import type { TensorType } from '../../../operators/define-operator.ts';
import { numel } from '../../../tensor/shape.ts';
import type { OnnxForm } from '../onnx-form.ts';
import type { NodeProto } from '../onnx-messages.generated.js';
import { createAttributes } from './attributes.ts';
import { type GraphBuilder, mostFilled, operatorOf } from './graph-builder.ts';
import { type Literal, literalOf } from './literal.ts';
import type { Attributes, BuiltNode, NodeOptions, ReadContext, Sources, Wire } from './read-context.ts';
import { type OnnxName, placeLiteral, wireOf } from './values.ts';

export class GaveUp extends Error {
  /** The graph input whose numbers must be fixed before this node can be read. */
  readonly input: string | undefined;

  constructor(reason: string, input?: string) {
    super(reason);
    this.input = input;
  }
}

export interface ReaderState {
  readonly builder: GraphBuilder;
  /** What each ONNX name stands for. */
  readonly names: Map<string, OnnxName>;
  /** How often each ONNX name is read, by nodes and as an output of the graph. */
  readonly uses: ReadonlyMap<string, number>;
  readonly declared: ReadonlyMap<string, { readonly name: string }>;
  /** ONNX names of graph inputs by the ids of their nodes. */
  inputOf(id: string): string | undefined;
  trains(): void;
  /** Does a node read the name, and not the border alone? */
  readInside(name: string): boolean;
  /** The name has as many rows as the value says. */
  countRows(name: string, count: Wire): void;
  differentiate(y: Wire, x: Wire): void;
  warn(message: string): void;
}

export interface ReadNode {
  /** Attributes that no part of the form asked for. */
  readonly unknown: readonly string[];
}

/** Reads one node, throws GaveUp; outputs that the form did not give are left without a value. */
export function readNode(node: NodeProto, form: OnnxForm, opset: number, state: ReaderState): ReadNode {
  const { builder, names, uses } = state;
  const fail = (reason: string): never => {
    throw new GaveUp(reason);
  };
  const attributes = createAttributes(node.attribute, fail);
  const title = nodeTitle(node);
  let placed = title === undefined;

  const nameAt = (index: number): OnnxName => {
    const name = node.input[index] ?? '';
    if (name === '') return fail(`input ${index} is missing`);
    return names.get(name) ?? fail(`nothing gives its input \`${name}\``);
  };
  const label = (index: number) => `\`${node.input[index] ?? ''}\``;

  function wire(index: number, trains = false): Wire {
    const value = nameAt(index);
    return wireOf(builder, value, trains) ?? fail(`its input ${label(index)} holds numbers that no node can hold`);
  }

  function type(index: number): TensorType {
    const value = nameAt(index);
    if (value.literal) return value.literal;
    return builder.type(wire(index)) ?? fail(`the shape of its input ${label(index)} is not known`);
  }

  function literal(index: number): Literal | undefined {
    return given(index) ? nameAt(index).literal : undefined;
  }

  function given(index: number): boolean {
    return (node.input[index] ?? '') !== '';
  }

  function numbers(index: number): readonly number[] | undefined {
    const own = literal(index);
    return own && numel(own.shape) <= mostNumbers ? [...own.data()] : undefined;
  }

  function known(index: number): readonly number[] | undefined {
    const own = numbers(index);
    if (own) return own;
    return given(index) ? builder.known(wire(index)) : undefined;
  }

  /** Gives up where the numbers of a wire hang on inputs of the graph that have none. */
  function requireKnown(from: Wire): void {
    const fed = builder.fedBehind(from);
    const input = fed === undefined ? undefined : state.inputOf(fed);
    if (input !== undefined) throw new GaveUp(`the numbers of the input \`${input}\` decide its shapes`, input);
  }

  function add(name: string, op: string, inputs: Sources, given?: Attributes, options: NodeOptions = {}): BuiltNode {
    for (const [port, source] of Object.entries(inputs)) {
      if (typeof source === 'string' && operatorOf(op)?.inputs[port]?.known) requireKnown(source);
    }
    const built = builder.add({
      name,
      op,
      inputs,
      ...(given ? { attributes: given } : {}),
      ...(options.state ? { state: options.state } : {}),
    });
    return 'fault' in built ? fail(`as ${op}: ${built.fault}`) : built;
  }

  function beside(op: string, inputs: Sources, given?: Attributes, options?: NodeOptions): BuiltNode {
    const suffix = options?.suffix ?? op;
    return add(title === undefined ? suffix : `${title}_${suffix}`, op, inputs, given, options);
  }

  function give(index: number, from: Wire): void {
    const name = node.output[index] ?? '';
    if (name !== '') names.set(name, { name, wire: from });
  }

  function number(value: number, dtype: 'float32' | 'int32' = 'float32'): Wire {
    return constant({ dtype, shape: [], data: dtype === 'int32' ? Int32Array.of(value) : Float32Array.of(value) });
  }

  function constant(tensor: Parameters<typeof literalOf>[0]): Wire {
    const name = title === undefined ? 'constant' : `${title}_constant`;
    return placeLiteral(builder, name, literalOf(tensor)) ?? fail('needs more numbers than a constant holds');
  }

  const context = {
    op: node.opType,
    opset,
    inputCount: node.input.length,
    outputCount: node.output.length,
    has: attributes.has,
    int: (name: string, otherwise?: number) => attributes.int(name) ?? otherwise,
    float: (name: string, otherwise?: number) => attributes.float(name) ?? otherwise,
    text: (name: string, otherwise?: string) => attributes.text(name) ?? otherwise,
    ints: attributes.ints,
    floats: attributes.floats,
    texts: attributes.texts,
    tensor: attributes.tensor,
    ignore: (...ignored: readonly string[]) => ignored.forEach(attributes.has),
    given,
    wanted: (index: number) => (uses.get(node.output[index] ?? '') ?? 0) > 0 && node.output[index] !== '',
    type,
    shape: (index: number) => type(index).shape,
    rank: (index: number) => type(index).shape.length,
    sizes: (index: number) => literal(index)?.shape ?? builder.sizes(wire(index)) ?? type(index).shape,
    declared: (index: number) => state.declared.get(node.input[index] ?? '')?.name,
    literal,
    numbers,
    known,
    partlyKnown: (index: number) => numbers(index) ?? (given(index) ? builder.partlyKnown(wire(index)) : undefined),
    decisive(index: number) {
      const numbers = known(index);
      if (numbers) return numbers;
      requireKnown(wire(index));
      return fail(`the numbers of its input ${label(index)} decide shapes and are not known`);
    },
    wire: (index: number) => wire(index),
    parameter(index: number) {
      if (!given(index)) return undefined;
      const value = nameAt(index);
      const own = value.literal?.dtype === 'float32' && value.wire === undefined && uses.get(value.name) === 1;
      return own && value.literal ? { own: value.literal } : wire(index, true);
    },
    typeOf: (from: Wire) => builder.type(from) ?? fail('the shape of a value within it is not known'),
    result(op: string, inputs: Sources, given?: Attributes, options?: NodeOptions) {
      const name = placed ? (title ?? op) : (title as string);
      placed = true;
      const built = add(name, op, inputs, given, options);
      give(0, built.y);
      return built;
    },
    node: beside,
    value: (op: string, inputs: Sources, given?: Attributes, options?: NodeOptions) =>
      beside(op, inputs, given, options).y,
    number,
    constant,
    give,
    same(output: number, input: number) {
      const name = node.output[output] ?? '';
      const { literal: own } = nameAt(input);
      if (name !== '') names.set(name, own ? { name, literal: own } : { name, wire: wire(input) });
    },
    giveLiteral(output: number, given: Literal) {
      const name = node.output[output] ?? '';
      if (name !== '') names.set(name, { name, literal: given });
    },
    giveRows(output: number, from: Wire, count: Wire) {
      const name = node.output[output] ?? '';
      give(output, from);
      state.countRows(name, count);
      if (state.readInside(name))
        state.warn(
          `how many rows \`${name}\` has depends on numbers: nodes that read it also see rows of −1 behind them`,
        );
    },
    named(name: string) {
      const value = names.get(name);
      return (value && wireOf(builder, value)) ?? fail(`nothing gives \`${name}\``);
    },
    giveGradient(output: number, y: Wire, x: Wire) {
      const name = node.output[output] ?? '';
      if (state.readInside(name)) fail(`its gradient \`${name}\` is read by another node`);
      give(output, `grad(${x})`);
      state.differentiate(y, x);
    },
    trains: state.trains,
    bounded: (count: number) => (count <= mostFilled ? count : fail(`would need ${count} numbers`)),
    fail,
  };
  form.read(context as ReadContext);
  return { unknown: attributes.unknown().filter((name) => !known2017.has(name)) };
}

/** What decides shapes is short. */
const mostNumbers = 65_536;

/** Hints of old exporters on memory, without a meaning for the numbers. */
const known2017: ReadonlySet<string> = new Set(['consumed_inputs']);

function nodeTitle({ name }: NodeProto): string | undefined {
  return name === '' ? undefined : name;
}
