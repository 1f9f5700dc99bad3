// Gathers nodes, initialisers and borders of an ONNX model and makes the message. Names are unique; an initialiser enters
// when something reads it, a node leaves when nothing does. Knows nothing of our operators.
import type { TensorType } from '../../../operators/define-operator.ts';
import type { Draft, ModelProto, NodeProto, TensorProto, ValueInfoProto } from '../onnx-messages.generated.js';
import { sizeName } from './sizes.ts';
import type { NodeOptions, OnnxAttribute, OnnxAttributes, OnnxInput, OnnxValue, Size } from './write-context.ts';

type NodeDraft = Draft<NodeProto> & { readonly input: readonly string[]; readonly output: readonly string[] };

/** Element types of TensorProto. */
const elementTypes = { float32: 1, int32: 6, int64: 7 } as const;
type ElementType = keyof typeof elementTypes;

export interface Contents {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
  /** Every element is this number; then `values` may be empty. */
  readonly fill?: number;
}

/** Tensors of one number all over are written as that number from this many elements on. */
const leastFilled = 1024;

export interface ModelBuilder {
  /** An initialiser that enters the file when a node reads it. */
  offer(name: string, contents: () => Contents): void;
  /** An initialiser of its own name; the same numbers are kept once. */
  constant(contents: Contents): string;
  input(value: OnnxValue): void;
  output(value: OnnxValue): void;
  node(
    owner: string,
    op: string,
    inputs: readonly OnnxInput[],
    attributes: OnnxAttributes,
    options: NodeOptions,
  ): string[];
  /** A 1-d int64 tensor of sizes; null when they hold the batch and no input does. */
  sizes(owner: string, sizes: readonly Size[]): string | null;
  finish(about: About): Draft<ModelProto>;
}

export interface About {
  readonly name: string;
  readonly description: string | undefined;
  readonly opset: number;
}

/** An empty model. Names are made unique; equal constants are written once. */
export function createModelBuilder(): ModelBuilder {
  const nodes: NodeDraft[] = [];
  const offers = new Map<string, () => Contents>();
  const initializers = new Map<string, Draft<TensorProto>>();
  const constants = new Map<string, string>();
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  /** Names made so far by their stem. */
  const counts = new Map<string, number>();
  const nodeNames = new Set<string>();
  let batch: string | null = null;

  function fresh(stem: string): string {
    const count = (counts.get(stem) ?? 0) + 1;
    counts.set(stem, count);
    return `${stem}:${count}`;
  }

  function nodeName(owner: string, op: string): string {
    let name = owner;
    for (let i = 1; nodeNames.has(name); i++) name = `${owner}/${op}${i === 1 ? '' : `_${i}`}`;
    nodeNames.add(name);
    return name;
  }

  function nameOf(input: OnnxInput): string {
    return input === undefined ? '' : typeof input === 'string' ? input : input.name;
  }

  const builder: ModelBuilder = {
    offer: (name, contents) => void offers.set(name, contents),
    constant(contents) {
      const key = `${contents.type} ${contents.shape.join('×')} ${Array.from(contents.values, spell).join()}`;
      const known = constants.get(key);
      if (known !== undefined) return known;
      const name = fresh('constant');
      constants.set(key, name);
      offers.set(name, () => contents);
      return name;
    },
    input: (value) => void inputs.push(value),
    output: (value) => void outputs.push(value),
    node(owner, op, given, attributes, { outputs: named, domain }) {
      const input = given.map(nameOf);
      while (input.at(-1) === '') input.pop();
      const output = named ?? [fresh(owner)];
      nodes.push({
        name: nodeName(owner, op),
        opType: op,
        ...(domain === undefined ? {} : { domain }),
        input,
        output,
        attribute: Object.entries(attributes).flatMap(([name, value]) => (value ? [{ name, ...spelled(value) }] : [])),
      });
      return [...output];
    },
    sizes(owner, sizes) {
      if (sizes.every((size) => typeof size === 'number')) return int64(sizes);
      const pieces: string[] = [];
      for (const size of sizes) {
        if (typeof size === 'number') pieces.push(int64([size]));
        else {
          batch ??= batchOf();
          if (batch === null) return null;
          const product = size.times === 1 ? batch : one(owner, 'Mul', [batch, int64([size.times])]);
          pieces.push(size.plus === 0 ? product : one(owner, 'Add', [product, int64([size.plus])]));
        }
      }
      return pieces.length === 1 ? (pieces[0] as string) : one(owner, 'Concat', pieces, { axis: { int: 0 } });
    },
    finish({ name, description, opset }) {
      const kept = live(nodes, outputs);
      const fills: NodeDraft[] = [];
      const place = (each: string) => {
        const offer = initializers.has(each) ? undefined : offers.get(each);
        if (!offer) return;
        const contents = offer();
        offers.delete(each);
        const fill = filling(contents);
        if (fill === undefined) initializers.set(each, tensorOf(each, contents));
        else {
          const shape = int64(contents.shape);
          place(shape);
          const t = tensorOf('', { ...contents, shape: [1], values: [fill] });
          const attribute = [{ name: 'value', type: 4, t }];
          const name = nodeName(each, 'ConstantOfShape');
          fills.push({ name, opType: 'ConstantOfShape', input: [shape], output: [each], attribute });
        }
      };
      for (const node of kept) for (const each of node.input) place(each);
      kept.unshift(...fills);
      const domains = new Set(kept.map((node) => node.domain ?? '').filter((domain) => domain !== ''));
      return {
        irVersion: irVersionOf(opset),
        producerName: 'Chainrule',
        opsetImport: [{ domain: '', version: opset }, ...[...domains].map((domain) => ({ domain, version: 1 }))],
        graph: {
          name,
          ...(description === undefined ? {} : { docString: description }),
          node: kept,
          initializer: [...initializers.values()],
          input: inputs.map(valueInfo),
          output: outputs.map(valueInfo),
        },
      };
    },
  };

  const int64 = (values: readonly number[]) => builder.constant({ type: 'int64', shape: [values.length], values });
  const one = (owner: string, op: string, given: readonly OnnxInput[], attributes: OnnxAttributes = {}) =>
    builder.node(owner, op, given, attributes, {})[0] as string;

  /** The batch as a 1-d tensor, read from the first input that has it. */
  function batchOf(): string | null {
    for (const input of inputs) {
      const axis = input.sizes.findIndex((size) => typeof size !== 'number' && size.times === 1 && size.plus === 0);
      if (axis < 0) continue;
      const shape = one('batch', 'Shape', [input]);
      return one('batch', 'Gather', [shape, int64([axis])], { axis: { int: 0 } });
    }
    return null;
  }
  return builder;
}

/** The one number of a large tensor. */
function filling({ shape, values, fill }: Contents): number | undefined {
  if (fill !== undefined) return fill;
  const count = shape.reduce((product, size) => product * size, 1);
  if (count < leastFilled) return undefined;
  const first = values[0] as number;
  for (let i = 1; i < count; i++) if (!Object.is(values[i], first)) return undefined;
  return first;
}

/** −0 and NaN kept apart from 0 and one another. */
function spell(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

/** Nodes on whose outputs a graph output depends, in their order. */
function live(nodes: readonly NodeDraft[], outputs: readonly OnnxValue[]): NodeDraft[] {
  const read = new Set(outputs.map(({ name }) => name));
  const kept: NodeDraft[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.output.some((name) => read.has(name))) continue;
    kept.push(node);
    for (const name of node.input) read.add(name);
  }
  return kept.reverse();
}

/** The message version that goes with an operator set, by ONNX's table of releases. */
function irVersionOf(opset: number): number {
  if (opset <= 18) return 8;
  return opset <= 20 ? 9 : 10;
}

/** Fields of AttributeProto; `type` by its enumeration. */
function spelled(value: OnnxAttribute): Record<string, unknown> {
  const encoder = new TextEncoder();
  if ('float' in value) return { type: 1, f: value.float };
  if ('int' in value) return { type: 2, i: value.int };
  if ('text' in value) return { type: 3, s: encoder.encode(value.text) };
  if ('floats' in value) return { type: 6, floats: value.floats };
  if ('ints' in value) return { type: 7, ints: value.ints };
  return { type: 8, strings: value.texts.map((each) => encoder.encode(each)) };
}

function tensorOf(name: string, { type, shape, values }: Contents): Draft<TensorProto> {
  const width = type === 'int64' ? 8 : 4;
  const rawData = new Uint8Array(values.length * width);
  const view = new DataView(rawData.buffer);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (type === 'float32') view.setFloat32(i * 4, value, true);
    else if (type === 'int32') view.setInt32(i * 4, value, true);
    else view.setBigInt64(i * 8, BigInt(value), true);
  }
  return { name, dims: shape, dataType: elementTypes[type], rawData };
}

function valueInfo({
  name,
  dtype,
  sizes,
}: Omit<OnnxValue, keyof TensorType> & { readonly dtype: TensorType['dtype'] }): Draft<ValueInfoProto> {
  const dim = sizes.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: sizeName(size) }));
  return { name, type: { tensorType: { elemType: elementTypes[dtype], shape: { dim } } } };
}
