// Graph → ONNX model, in inference mode: parameters as initialisers, the batch N kept open where nothing in the graph fixes
// it. A pure function of graph and tensors. What an operator becomes is said by its form; one without a form is opened through
// its `expand`, or listed, and then there are no bytes.
import { canonical, type Instance, outputName, type TypedNetwork } from '../../compiler/network.ts';
import type { GraphFile } from '../../graph/schema.ts';
import type { Operator, TensorType } from '../../operators/define-operator.ts';
import { type Diagnostic, error, hasErrors, warning } from '../../tensor/diagnostic.ts';
import { sameShape } from '../../tensor/shape.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { onnx } from './onnx-messages.generated.js';
import { type Contents, createModelBuilder, type ModelBuilder } from './writing/model-builder.ts';
import { chooseOutputs, type OpenBatch, openBatch, openGraph, valuesOf } from './writing/open-graph.ts';
import type { OnnxValue, WriteContext, WriteForm } from './writing/write-context.ts';
import { writeForms } from './writing/write-forms.ts';

export interface WriteOnnxOptions {
  /** Parameters and state by name (`conv1.weight`); one that is not there starts as the graph says, if that is one number. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly operators: Readonly<Record<string, Operator>>;
  /** Values to give. Default: what no node but losses takes; of a graph of losses only, they. */
  readonly outputs?: readonly string[];
  /** Sizes of symbolic dimensions; with `N` the batch is not kept open. */
  readonly dims?: Readonly<Record<string, number>>;
}

export interface WrittenOnnx {
  readonly diagnostics: readonly Diagnostic[];
  /** The file; null after an error. */
  readonly bytes: Uint8Array | null;
  /** Names of the model's inputs and outputs in their order. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

const firstOpset = 17;
const lastOpset = 22;

/** Never throws: what ONNX cannot say is an error in `diagnostics`, and `bytes` is null. */
export function writeOnnx(graph: GraphFile, options: WriteOnnxOptions): WrittenOnnx {
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic) => void diagnostics.push(diagnostic);
  const nothing = { diagnostics, bytes: null, inputs: [], outputs: [] };
  const dims = options.dims ?? {};
  const opening = { operators: options.operators, dims, batch: dims['N'] ?? graph.training.batch };
  const { known, network } = openGraph(graph, opening, report);
  if (hasErrors(diagnostics)) return nothing;
  const outputs = chooseOutputs(known, options.outputs, report);
  if (hasErrors(diagnostics)) return nothing;

  const kept = dims['N'] === undefined ? openBatch(graph, network, opening) : null;
  let open = kept;
  for (let opset = firstOpset; ; ) {
    const values = valuesOf(network, open);
    const attempt = write({ graph, network, values, outputs, tensors: options.tensors, opset, open });
    if (attempt.fixesBatch && open) open = null;
    else if (attempt.opset > opset && attempt.opset <= lastOpset) opset = attempt.opset;
    else {
      if (dims['N'] === undefined && !open)
        report(warning('W_ONNX_BATCH', `the graph fits no other batch: it is written for N = ${opening.batch}`));
      diagnostics.push(...attempt.diagnostics);
      if (hasErrors(diagnostics)) return nothing;
      return { diagnostics, bytes: attempt.bytes, inputs: attempt.inputs, outputs: attempt.outputs };
    }
  }
}

interface Given {
  readonly graph: GraphFile;
  readonly network: TypedNetwork;
  readonly values: ReadonlyMap<string, OnnxValue>;
  readonly outputs: readonly string[];
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly opset: number;
  readonly open: OpenBatch | null;
}

/** What a whole model needs while its nodes are written. */
interface Attempt extends Given {
  readonly builder: ModelBuilder;
  readonly diagnostics: Diagnostic[];
  /** Names of all that is read or leaves. */
  readonly read: ReadonlySet<string>;
  /** The operator set that forms asked for. */
  asked: number;
  /** A form read an attribute that follows the batch. */
  fixesBatch: boolean;
}

interface Attempted {
  readonly opset: number;
  readonly fixesBatch: boolean;
  readonly diagnostics: readonly Diagnostic[];
  readonly bytes: Uint8Array;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** The whole model for one operator set. */
function write(given: Given): Attempted {
  const { graph, network, outputs, opset } = given;
  const builder = createModelBuilder();
  const diagnostics: Diagnostic[] = [];
  const { needed, read } = dependencies(network, outputs);
  const attempt: Attempt = { ...given, builder, diagnostics, read, asked: opset, fixesBatch: false };
  const inputs = declareSources(attempt);

  for (const instance of network.instances) {
    if (!needed.has(instance.path) || instance.operator.traits.source || instance.expanded) continue;
    if (network.settled.has(instance.path)) continue;
    const form = writeForms[instance.operator.id];
    if (form) writeInstance(form, instance, attempt);
    else cannot(attempt, instance, `\`${instance.operator.id}\` has no counterpart there`);
  }
  const names = declareOutputs(attempt);
  const about = { name: graph.name, description: graph.description, opset };
  const bytes = hasErrors(diagnostics) ? new Uint8Array() : onnx.ModelProto.encode(builder.finish(about)).finish();
  return { opset: attempt.asked, fixesBatch: attempt.fixesBatch, diagnostics, bytes, inputs, outputs: names };
}

function cannot(attempt: Attempt, { path }: Instance, reason: string, attribute?: string): void {
  const at = attribute === undefined ? { path } : { path, attribute };
  attempt.diagnostics.push(error('E_ONNX_FORM', `cannot be written as ONNX: ${reason}`, at));
}

/** Instances on which the outputs depend, and names of all that is read or leaves. */
function dependencies(network: TypedNetwork, outputs: readonly string[]) {
  const read = new Set(outputs.map((name) => canonical(network, name)));
  const needed = new Set<string>();
  for (const instance of network.instances.toReversed()) {
    const types = network.types.get(instance.path);
    if (!types || instance.expanded) continue;
    if (!Object.keys(types.outputs).some((port) => read.has(outputName(instance, port)))) continue;
    needed.add(instance.path);
    for (const port of Object.keys(types.inputs)) read.add(inputName(network, instance, port));
    for (const port of Object.keys(types.state)) read.add(`${instance.owner}.${port}`);
  }
  return { needed, read };
}

/** An output that is a source, or has another name inside, is copied to its own name. */
function declareOutputs({ network, values, outputs, builder }: Attempt): string[] {
  const names: string[] = [];
  const sources = new Set(
    network.instances.flatMap((instance) =>
      instance.operator.traits.source || network.settled.has(instance.path)
        ? Object.keys(network.types.get(instance.path)?.outputs ?? {}).map((port) => outputName(instance, port))
        : [],
    ),
  );
  for (const name of outputs) {
    const inner = canonical(network, name);
    const value = values.get(inner);
    if (!value) continue;
    const copied = sources.has(inner) || name !== inner;
    const given = name === inner && copied ? `${name}:out` : name;
    if (copied) builder.node(`${name}/out`, 'Identity', [inner], {}, { outputs: [given] });
    builder.output({ ...value, name: given });
    names.push(given);
  }
  return names;
}

/** Name of the value that arrives at a port, wired or owned. */
function inputName(network: TypedNetwork, instance: Instance, port: string): string {
  const owner = Object.hasOwn(instance.operator.parameters, port) ? instance.owner : instance.path;
  return canonical(network, instance.inputs.get(port) ?? `${owner}.${port}`);
}

/** Feeds become inputs (their names are answered); parameters, state and constants are offered as initialisers. */
function declareSources(attempt: Attempt): string[] {
  const { network, values, builder, read } = attempt;
  const inputs: string[] = [];
  const constants: [name: string, type: TensorType, numbers: () => ArrayLike<number>][] = [];
  const declare = (name: string) => {
    const value = values.get(name);
    if (!value || !read.has(name)) return;
    inputs.push(name);
    builder.input(value);
  };
  for (const instance of network.instances) {
    const types = network.types.get(instance.path);
    if (!types) continue;
    for (const [port, type] of Object.entries({ ...types.parameters, ...types.state })) {
      const init = instance.settings[port]?.init?.(type) ?? type.init;
      offerTensor(attempt, `${instance.owner}.${port}`, init.kind === 'constant' ? init.value : undefined);
    }
    for (const [port, value] of Object.entries(network.settled.get(instance.path) ?? {}))
      offerNumbers(attempt, outputName(instance, port), value, () => value.data);
    const { source } = instance.operator.traits;
    const [port = 'y', type] = Object.entries(types.outputs)[0] ?? [];
    const name = outputName(instance, port);
    const { fixed } = instance;
    if (source === 'feed' && !fixed) declare(name);
    else if (source === 'feed' && type) offerNumbers(attempt, name, type, () => fixed ?? []);
    else if (source === 'constant' && type) constants.push([name, type, () => constantOf(instance, types.raw)]);
  }
  for (const feed of network.feeds) declare(feed.name);
  for (const [name, type, numbers] of constants) if (read.has(name)) placeConstant(attempt, name, type, numbers);
  return inputs;
}

/** Numbers as an initialiser; those that follow the batch fix it. */
function offerNumbers(attempt: Attempt, name: string, type: TensorType, numbers: () => ArrayLike<number>): void {
  attempt.builder.offer(name, () => {
    const { sizes = [] } = attempt.values.get(name) ?? {};
    if (attempt.open?.numbers.has(name) || !sizes.every((size) => typeof size === 'number')) attempt.fixesBatch = true;
    return contents(type, numbers());
  });
}

/** One number all over a shape with the batch in it is expanded to that shape when the model runs. */
function placeConstant(attempt: Attempt, name: string, type: TensorType, numbers: () => ArrayLike<number>): void {
  const { builder, values } = attempt;
  const { sizes = [] } = values.get(name) ?? {};
  const all = Array.from(numbers());
  const [first = 0] = all;
  const open = !sizes.every((size) => typeof size === 'number') && all.every((x) => x === first);
  const shape = open ? builder.sizes(name, sizes) : null;
  if (shape === null) offerNumbers(attempt, name, type, () => all);
  else {
    const number = builder.constant({ type: type.dtype, shape: [], values: [first] });
    builder.node(name, 'Expand', [number, shape], {}, { outputs: [name] });
  }
}

/** @param start the number that the tensor starts with all over, where it is not given */
function offerTensor(attempt: Attempt, name: string, start: number | undefined): void {
  const { values, tensors, builder, read, diagnostics } = attempt;
  const type = values.get(name);
  if (!type || !read.has(name)) return;
  const tensor = tensors.get(name);
  if (tensor && sameShape(tensor.shape, type.shape)) builder.offer(name, () => contents(type, tensor.data));
  else if (!tensor && start !== undefined) builder.offer(name, () => ({ ...contents(type, []), fill: start }));
  else {
    const told = tensor ? `is [${tensor.shape.join(', ')}], the graph needs [${type.shape.join(', ')}]` : 'is missing';
    diagnostics.push(error('E_WEIGHT_SHAPE', `the tensor \`${name}\` ${told}`));
  }
}

function constantOf({ operator, attributes }: Instance, outputs: object): Float64Array {
  const given = { inputs: {}, attributes, outputs, state: {}, mode: 'eval' } as never;
  return operator.reference(given)['y'] as Float64Array;
}

function writeInstance(form: WriteForm, instance: Instance, attempt: Attempt): void {
  const { network, values, builder, read, opset, tensors } = attempt;
  const types = network.types.get(instance.path);
  if (!types) return;
  const named = (ports: Readonly<Record<string, unknown>>, nameOf: (port: string) => string) =>
    Object.fromEntries(Object.keys(ports).map((port) => [port, values.get(nameOf(port)) as OnnxValue]));
  const outputs = named(types.outputs, (port) => outputName(instance, port));
  const { path } = instance;
  const context: WriteContext = {
    path,
    operator: instance.operator,
    attributes: watched(instance, attempt),
    inputs: named(types.inputs, (port) => inputName(network, instance, port)),
    state: named(types.state, (port) => `${instance.owner}.${port}`),
    outputs,
    wanted: (port) => read.has(outputName(instance, port)),
    opset,
    needs(wanted) {
      attempt.asked = Math.max(attempt.asked, wanted);
    },
    node: (op, inputs, attributes = {}, options = {}) => builder.node(path, op, inputs, attributes, options),
    value: (op, inputs, attributes = {}) => builder.node(path, op, inputs, attributes, {})[0] as string,
    result(op, inputs, attributes = {}, port = 'y') {
      builder.node(path, op, inputs, attributes, { outputs: [(outputs[port] as OnnxValue).name] });
    },
    int64: (numbers) => builder.constant(listed('int64', numbers)),
    float32: (numbers, shape) => builder.constant(listed('float32', numbers, shape)),
    contents: (value) => tensors.get(value.name) ?? null,
    initializer(name, tensor) {
      const full = `${path}.${name}`;
      builder.offer(full, () => contents(tensor, tensor.data));
      return full;
    },
    sizes(sizes) {
      const name = builder.sizes(path, sizes);
      if (name === null) attempt.fixesBatch = true;
      return name ?? '';
    },
    cannot: (reason, attribute) => cannot(attempt, instance, reason, attribute),
  };
  form(context);
}

/** Attributes of which those that follow the batch tell when they are read: then the batch cannot stay open. */
function watched({ path, attributes }: Instance, attempt: Attempt): Readonly<Record<string, unknown>> {
  const changing = attempt.open?.changing.get(path);
  if (!changing) return attributes;
  const seen: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(attributes)) {
    const get = () => {
      if (changing.has(key)) attempt.fixesBatch = true;
      return value;
    };
    Object.defineProperty(seen, key, { get, enumerable: true });
  }
  return seen;
}

function listed(type: Contents['type'], numbers: readonly number[] | number, shape?: readonly number[]): Contents {
  if (typeof numbers === 'number') return { type, shape: [], values: [numbers] };
  return { type, shape: shape ?? [numbers.length], values: numbers };
}

function contents({ dtype, shape }: TensorType, values: ArrayLike<number>): Contents {
  return { type: dtype, shape, values };
}
