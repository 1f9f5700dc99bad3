// Random ONNX nodes: an operator with attributes, shapes and numbers drawn from a seed, as a model of one node. What they give
// is told by onnxruntime. Each draw stays within what onnxruntime itself accepts.
import { onnx } from '../../../src/formats/onnx/onnx-messages.generated.js';
import { createRandom } from '../../../src/tensor/random.ts';
import type { Shape } from '../../../src/tensor/shape.ts';
import type { Tensor } from '../../../src/tensor/tensor.ts';

type ElementType = 'float32' | 'int32' | 'int64' | 'bool';
const elementTypes = { float32: 1, int32: 6, int64: 7, bool: 9 } as const;

export interface NodeInput extends Tensor {
  readonly type: ElementType;
}

type Attribute = number | string | readonly number[] | readonly string[] | { readonly float: number } | undefined;

export interface RandomNode {
  readonly op: string;
  readonly opset: number;
  readonly inputs: readonly (NodeInput | null)[];
  /** Places of inputs that are initialisers. */
  readonly held?: readonly number[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly outputs: readonly ElementType[];
}

export interface Draw {
  /** Whole, both ends included. */
  whole(low: number, high: number): number;
  maybe(share?: number): boolean;
  pick<T>(list: readonly T[]): T;
  sizes(rank: number, most?: number): number[];
  shuffled(count: number): number[];
  reals(shape: Shape, low?: number, high?: number): NodeInput;
  wholes(type: ElementType, values: readonly number[], shape?: Shape): NodeInput;
}

const count = (shape: Shape) => shape.reduce((product, size) => product * size, 1);

export function createDraw(seed: number): Draw {
  const random = createRandom(seed, 'onnx nodes');
  const whole = (low: number, high: number) => low + random.integer(high - low + 1);
  return {
    whole,
    maybe: (share = 0.5) => random.uniform() < share,
    pick: (list) => list[random.integer(list.length)] as never,
    sizes: (rank, most = 5) => Array.from({ length: rank }, () => whole(1, most)),
    shuffled(length) {
      const list = Array.from({ length }, (_, i) => i);
      for (let i = length - 1; i > 0; i--) {
        const j = random.integer(i + 1);
        [list[i], list[j]] = [list[j] as number, list[i] as number];
      }
      return list;
    },
    reals: (shape, low = -2, high = 2) => ({
      type: 'float32',
      dtype: 'float32',
      shape,
      data: Float32Array.from({ length: count(shape) }, () => low + (high - low) * random.uniform()),
    }),
    wholes: (type, values, shape = [values.length]) => ({ type, dtype: 'int32', shape, data: Int32Array.from(values) }),
  };
}

/** The model, and what must be fed by name. */
export function modelOf(node: RandomNode): {
  readonly bytes: Uint8Array;
  readonly feeds: ReadonlyMap<string, NodeInput>;
} {
  const held = new Set(node.held ?? []);
  const named = node.inputs.flatMap((value, i) => (value ? [{ name: `x${i}`, value, held: held.has(i) }] : []));
  const fed = named.filter((each) => !each.held);
  const input = node.inputs.map((value, i) => (value ? `x${i}` : ''));
  while (input.at(-1) === '') input.pop();
  const output = node.outputs.map((_, i) => `y${i}`);
  const attribute = Object.entries(node.attributes ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, ...attributeOf(value) }],
  );
  const model = {
    irVersion: 8,
    opsetImport: [{ domain: '', version: node.opset }],
    graph: {
      name: 'one node',
      node: [{ name: 'node', opType: node.op, input, output, attribute }],
      initializer: named
        .filter((each) => each.held)
        .map(({ name, value }) => ({
          name,
          dims: value.shape,
          dataType: elementTypes[value.type],
          rawData: bytesOf(value),
        })),
      input: fed.map(({ name, value }) => ({
        name,
        type: {
          tensorType: {
            elemType: elementTypes[value.type],
            shape: { dim: value.shape.map((size) => ({ dimValue: size })) },
          },
        },
      })),
      output: node.outputs.map((type, i) => ({
        name: `y${i}`,
        type: { tensorType: { elemType: elementTypes[type] } },
      })),
    },
  };
  return {
    bytes: onnx.ModelProto.encode(model as Parameters<typeof onnx.ModelProto.encode>[0]).finish(),
    feeds: new Map(fed.map(({ name, value }) => [name, value])),
  };
}

function attributeOf(value: Exclude<Attribute, undefined>): Record<string, unknown> {
  const encoder = new TextEncoder();
  if (typeof value === 'number') return { type: 2, i: value };
  if (typeof value === 'string') return { type: 3, s: encoder.encode(value) };
  if ('float' in value) return { type: 1, f: value.float };
  return typeof value[0] === 'string'
    ? { type: 8, strings: value.map((each) => encoder.encode(String(each))) }
    : { type: 7, ints: value };
}

function bytesOf({ type, data }: NodeInput): Uint8Array {
  const width = { float32: 4, int32: 4, int64: 8, bool: 1 }[type];
  const bytes = new Uint8Array(data.length * width);
  const view = new DataView(bytes.buffer);
  data.forEach((value, i) => {
    if (type === 'int64') view.setBigInt64(i * 8, BigInt(value), true);
    else if (type === 'bool') bytes[i] = value;
    else if (type === 'int32') view.setInt32(i * 4, value, true);
    else view.setFloat32(i * 4, value, true);
  });
  return bytes;
}
