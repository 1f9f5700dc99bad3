// Graph → ONNX model, in inference mode: blocks and recurrences opened, parameters as initialisers, the batch N kept open
// where nothing in the graph fixes it. A pure function of graph and tensors. What an operator becomes is said by its form;
// one without a form is opened through its `expand`, or listed, and then there are no bytes.
import { elaborate } from '../../compiler/elaborate.ts';
import { expand } from '../../compiler/expand.ts';
import { createInference, typedNetwork } from '../../compiler/infer.ts';
import { canonical, type Instance, outputName, type TypedNetwork } from '../../compiler/network.ts';
import type { GraphFile } from '../../graph/schema.ts';
import type { Operator, TensorType } from '../../operators/define-operator.ts';
import { type Diagnostic, error, hasErrors, warning } from '../../tensor/diagnostic.ts';
import { sameShape } from '../../tensor/shape.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { onnx } from './onnx-messages.generated.js';
import { type Contents, createModelBuilder, type ModelBuilder } from './writing/model-builder.ts';
import { sizesOf } from './writing/sizes.ts';
import type { OnnxValue, WriteContext, WriteForm } from './writing/write-context.ts';
import { writeForms } from './writing/write-forms.ts';

export interface WriteOnnxOptions {
  /** Parameters and state by name (`conv1.weight`); every one that the outputs need must be there. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Values to give. Default: what no node takes but losses; where only losses give anything, they. */
  readonly outputs?: readonly string[];
  /** Fixes symbolic dimensions; with `N` the batch is not kept open. */
  readonly dims?: Readonly<Record<string, number>>;
  readonly operators: Readonly<Record<string, Operator>>;
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

export function writeOnnx(graph: GraphFile, options: WriteOnnxOptions): WrittenOnnx {
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic) => void diagnostics.push(diagnostic);
  const nothing = { diagnostics, bytes: null, inputs: [], outputs: [] };
  const batch = options.dims?.['N'] ?? graph.training.batch;
  const network = openGraph(graph, options, batch, report);
  if (hasErrors(diagnostics)) return nothing;
  const sizes = options.dims?.['N'] === undefined ? openSizes(graph, options, network, batch, report) : new Map();
  const values = new Map<string, OnnxValue>();
  for (const [name, type] of network.values) values.set(name, { ...type, name, sizes: sizes.get(name) ?? type.shape });
  const outputs = chooseOutputs(network, options.outputs, report);
  if (hasErrors(diagnostics)) return nothing;

  for (let opset = firstOpset; ; ) {
    const attempt = write({ graph, network, values, outputs, tensors: options.tensors, opset });
    if (attempt.opset > opset && attempt.opset <= lastOpset) opset = attempt.opset;
    else {
      diagnostics.push(...attempt.diagnostics);
      if (hasErrors(diagnostics)) return nothing;
      return { diagnostics, bytes: attempt.bytes, inputs: attempt.inputs, outputs };
    }
  }
}

/** The graph opened until every instance has a form, or cannot be opened further. */
function openGraph(
  graph: GraphFile,
  { operators, dims }: WriteOnnxOptions,
  batch: number,
  report: (d: Diagnostic) => void,
): TypedNetwork {
  let network = elaborate(graph, { dims: { ...dims, N: batch }, operators }, report);
  const inference = createInference('eval', report);
  network = { ...network, instances: network.instances.map(inference.visit) };
  for (;;) {
    const formless = network.instances.filter(
      ({ operator, expanded }) =>
        !expanded && operator.traits.source === undefined && !writeForms[operator.id] && operator.expand,
    );
    if (formless.length === 0) break;
    network = expand(network, inference, new Set(formless.map(({ owner }) => owner)), operators, report);
  }
  return typedNetwork(network, inference);
}

/** Sizes that follow the batch, told by a second batch. A graph that only fits one batch keeps it, with a note. */
function openSizes(
  graph: GraphFile,
  options: WriteOnnxOptions,
  network: TypedNetwork,
  batch: number,
  report: (d: Diagnostic) => void,
): ReadonlyMap<string, OnnxValue['sizes']> {
  const faults: Diagnostic[] = [];
  const other = openGraph(graph, options, batch + 1, (fault) => void faults.push(fault));
  const sizes = new Map<string, OnnxValue['sizes']>();
  const fixed = () => {
    report(warning('W_ONNX_BATCH', `the graph fits no other batch: it is written for N = ${batch}`));
    return new Map<string, OnnxValue['sizes']>();
  };
  if (hasErrors(faults)) return fixed();
  for (const [name, type] of network.values) {
    const open = sizesOf(type.shape, other.values.get(name)?.shape ?? [], { batch, second: batch + 1 });
    if (!open) return fixed();
    sizes.set(name, open);
  }
  return sizes;
}

/** What leaves the model: canonical names. */
function chooseOutputs(
  network: TypedNetwork,
  asked: readonly string[] | undefined,
  report: (d: Diagnostic) => void,
): string[] {
  if (asked) {
    return asked.map((each) => {
      const name = canonical(network, network.values.has(canonical(network, each)) ? each : `${each}.y`);
      if (!network.values.has(name)) report(error('E_VALUE', `there is no value \`${each}\``));
      return name;
    });
  }
  const computing = network.instances.filter(({ operator, expanded }) => !operator.traits.source && !expanded);
  const ends = (instances: readonly Instance[]) => {
    const used = new Set(instances.flatMap(({ inputs }) => [...inputs.values()].map((name) => canonical(network, name))));
    return instances
      .map((each) => Object.keys(network.types.get(each.path)?.outputs ?? {}).map((port) => outputName(each, port)))
      .filter((names) => !names.some((name) => used.has(name)))
      .flat();
  };
  const inferred = ends(computing.filter(({ operator }) => !operator.traits.loss));
  const outputs = inferred.length > 0 ? inferred : ends(computing);
  if (outputs.length === 0) report(error('E_ONNX_EMPTY', 'the graph computes nothing that could be written'));
  return outputs;
}

interface Attempt {
  readonly graph: GraphFile;
  readonly network: TypedNetwork;
  readonly values: ReadonlyMap<string, OnnxValue>;
  readonly outputs: readonly string[];
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly opset: number;
}

/** The whole model for one operator set; `opset` of the answer is the one that its forms asked for. */
function write(attempt: Attempt): { opset: number; diagnostics: Diagnostic[]; bytes: Uint8Array; inputs: string[] } {
  const { graph, network, values, outputs, opset } = attempt;
  const diagnostics: Diagnostic[] = [];
  const builder = createModelBuilder();
  const { needed, read } = dependencies(network, outputs);
  const inputs: string[] = [];
  const declare = (name: string) => {
    const value = values.get(name);
    if (!value || !read.has(name)) return;
    inputs.push(name);
    builder.input(value);
  };
  for (const instance of network.instances) {
    const types = network.types.get(instance.path);
    if (!types) continue;
    for (const port of Object.keys({ ...types.parameters, ...types.state })) {
      offerTensor(builder, attempt, `${instance.owner}.${port}`, diagnostics, read);
    }
    const { source } = instance.operator.traits;
    const [port = 'y', type] = Object.entries(types.outputs)[0] ?? [];
    const name = outputName(instance, port);
    if (source === 'feed' && !instance.fixed) declare(name);
    else if (source === 'feed' && type) builder.offer(name, () => contents(type, instance.fixed as readonly number[]));
    else if (source === 'constant' && type) builder.offer(name, () => contents(type, constantOf(instance, types.raw)));
  }
  for (const feed of network.feeds) declare(feed.name);

  let asked = opset;
  for (const instance of network.instances) {
    if (!needed.has(instance.path) || instance.operator.traits.source || instance.expanded) continue;
    const form = writeForms[instance.operator.id];
    const cannot = (reason: string, attribute?: string) => {
      const at = { path: instance.path, ...(attribute === undefined ? {} : { attribute }) };
      diagnostics.push(error('E_ONNX_FORM', `cannot be written as ONNX: ${reason}`, at));
    };
    if (!form) cannot(`\`${instance.operator.id}\` has no counterpart there`);
    else {
      writeInstance(form, instance, {
        ...attempt,
        builder,
        read,
        cannot,
        contentsOf: (name) => attempt.tensors.get(name) ?? null,
        needs: (wanted) => {
          asked = Math.max(asked, wanted);
        },
      });
    }
  }
  for (const name of outputs) {
    const value = values.get(name);
    if (value) builder.output(value);
  }
  const about = { name: graph.name, description: graph.description, opset };
  const bytes = hasErrors(diagnostics) ? new Uint8Array() : onnx.ModelProto.encode(builder.finish(about)).finish();
  return { opset: asked, diagnostics, bytes, inputs };
}

/** Instances on which the outputs depend, and names of all that is read or leaves. */
function dependencies(network: TypedNetwork, outputs: readonly string[]) {
  const read = new Set(outputs);
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

function inputName(network: TypedNetwork, instance: Instance, port: string): string {
  const owned = Object.hasOwn(instance.operator.parameters, port) ? instance.owner : instance.path;
  return canonical(network, instance.inputs.get(port) ?? `${owned}.${port}`);
}

function writeInstance(
  form: WriteForm,
  instance: Instance,
  given: Attempt & {
    readonly builder: ModelBuilder;
    readonly read: ReadonlySet<string>;
    readonly needs: (opset: number) => void;
    readonly cannot: (reason: string, attribute?: string) => void;
    readonly contentsOf: (name: string) => Tensor | null;
  },
): void {
  const { network, values, builder, read, opset, needs, cannot, contentsOf } = given;
  const types = network.types.get(instance.path);
  if (!types) return;
  const named = (ports: Readonly<Record<string, unknown>>, nameOf: (port: string) => string) =>
    Object.fromEntries(Object.keys(ports).map((port) => [port, values.get(nameOf(port)) as OnnxValue]));
  const outputs = named(types.outputs, (port) => outputName(instance, port));
  const { path } = instance;
  const context: WriteContext = {
    path,
    operator: instance.operator,
    attributes: instance.attributes,
    inputs: named(types.inputs, (port) => inputName(network, instance, port)),
    state: named(types.state, (port) => `${instance.owner}.${port}`),
    outputs,
    wanted: (port) => read.has(outputName(instance, port)),
    opset,
    needs,
    node: (op, inputs, attributes = {}, options = {}) => builder.node(path, op, inputs, attributes, options),
    value: (op, inputs, attributes = {}) => builder.node(path, op, inputs, attributes, {})[0] as string,
    result(op, inputs, attributes = {}, port = 'y') {
      builder.node(path, op, inputs, attributes, { outputs: [(outputs[port] as OnnxValue).name] });
    },
    int64: (numbers) => builder.constant(listed('int64', numbers)),
    float32: (numbers, shape) => builder.constant(listed('float32', numbers, shape)),
    contents: (value) => contentsOf(value.name),
    initializer(name, tensor) {
      const full = `${path}.${name}`;
      builder.offer(full, () => contents(tensor, tensor.data));
      return full;
    },
    sizes(sizes) {
      const name = builder.sizes(path, sizes);
      if (name === null) cannot('its sizes depend on the batch, and no input has it as a dimension of its own');
      return name ?? '';
    },
    cannot,
  };
  form(context);
}

function listed(type: Contents['type'], numbers: readonly number[] | number, shape?: readonly number[]): Contents {
  if (typeof numbers === 'number') return { type, shape: [], values: [numbers] };
  return { type, shape: shape ?? [numbers.length], values: numbers };
}

function contents({ dtype, shape }: TensorType, values: ArrayLike<number>): Contents {
  return { type: dtype, shape, values };
}

function constantOf({ operator, attributes }: Instance, outputs: object): Float64Array {
  const given = { inputs: {}, attributes, outputs, state: {}, mode: 'eval' } as never;
  return operator.reference(given)['y'] as Float64Array;
}

function offerTensor(
  builder: ModelBuilder,
  { values, tensors }: Attempt,
  name: string,
  diagnostics: Diagnostic[],
  read: ReadonlySet<string>,
): void {
  const type = values.get(name);
  if (!type || !read.has(name)) return;
  const tensor = tensors.get(name);
  if (tensor && sameShape(tensor.shape, type.shape)) builder.offer(name, () => contents(type, tensor.data));
  else {
    const told = tensor ? `is [${tensor.shape.join(', ')}], the graph needs [${type.shape.join(', ')}]` : 'is missing';
    diagnostics.push(error('E_WEIGHT_SHAPE', `the tensor \`${name}\` ${told}`));
  }
}
