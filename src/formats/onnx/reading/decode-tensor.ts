// TensorProto → numbers: floats of every width become float32, integers and booleans int32. Counts are held against the bytes
// that are there before memory is taken; a number that does not fit is a fault, but INT64_MIN and INT64_MAX, which mean
// "the end", become the ends of int32.
import { allocate, type DType } from '../../../tensor/dtype.ts';
import { numel } from '../../../tensor/shape.ts';
import { type ElementName, elementType } from '../../element-types.ts';
import type { Int64, TensorProto } from '../onnx-messages.generated.js';
import type { Literal } from './literal.ts';

type Field = 'floatData' | 'int32Data' | 'int64Data' | 'doubleData' | 'uint64Data';

interface ElementKind {
  /** As ONNX calls it. */
  readonly name: string;
  readonly dtype: DType;
  /** How the bytes of an element are read. */
  readonly raw: ElementName;
  /** Where elements stand that are not raw bytes. */
  readonly field: Field;
  /** The field holds the element's bits. */
  readonly bits?: true;
}

const kinds: ReadonlyMap<number, ElementKind> = new Map<number, ElementKind>([
  [1, { name: 'float', dtype: 'float32', raw: 'f32', field: 'floatData' }],
  [2, { name: 'uint8', dtype: 'int32', raw: 'u8', field: 'int32Data' }],
  [3, { name: 'int8', dtype: 'int32', raw: 'i8', field: 'int32Data' }],
  [4, { name: 'uint16', dtype: 'int32', raw: 'u16', field: 'int32Data' }],
  [5, { name: 'int16', dtype: 'int32', raw: 'i16', field: 'int32Data' }],
  [6, { name: 'int32', dtype: 'int32', raw: 'i32', field: 'int32Data' }],
  [7, { name: 'int64', dtype: 'int32', raw: 'i64', field: 'int64Data' }],
  [9, { name: 'bool', dtype: 'int32', raw: 'bool', field: 'int32Data' }],
  [10, { name: 'float16', dtype: 'float32', raw: 'f16', field: 'int32Data', bits: true }],
  [11, { name: 'double', dtype: 'float32', raw: 'f64', field: 'doubleData' }],
  [12, { name: 'uint32', dtype: 'int32', raw: 'u32', field: 'uint64Data' }],
  [13, { name: 'uint64', dtype: 'int32', raw: 'u64', field: 'uint64Data' }],
  [16, { name: 'bfloat16', dtype: 'float32', raw: 'bf16', field: 'int32Data', bits: true }],
]);

/** What became of an element type of TensorProto.DataType, or undefined where there is none for it. */
export function elementKind(dataType: number): Pick<ElementKind, 'name' | 'dtype'> | undefined {
  return kinds.get(dataType);
}

const otherNames: Readonly<Record<number, string>> = {
  8: 'string',
  14: 'complex64',
  15: 'complex128',
  17: 'float8e4m3fn',
  18: 'float8e4m3fnuz',
  19: 'float8e5m2',
  20: 'float8e5m2fnuz',
  21: 'uint4',
  22: 'int4',
  23: 'float4e2m1',
};

/** How messages call an element type. */
export function elementName(dataType: number): string {
  return kinds.get(dataType)?.name ?? otherNames[dataType] ?? `number ${dataType}`;
}

/** Dimensions of a tensor. */
export const mostRank = 8;

export type DecodedTensor = Literal | { readonly fault: string };

/** The tensor, or why it cannot be read, in words that follow its name and a colon. */
export function decodeTensor(proto: TensorProto): DecodedTensor {
  const kind = kinds.get(proto.dataType);
  if (!kind) return { fault: `elements of type ${elementName(proto.dataType)} are not supported` };
  const shape = proto.dims.map(toNumber);
  if (shape.length > mostRank) return { fault: `has ${shape.length} dimensions, at most ${mostRank} are supported` };
  const wrong = shape.find((size) => !Number.isSafeInteger(size) || size < 0);
  if (wrong !== undefined) return { fault: `has a dimension of size ${wrong}` };
  if (proto.dataLocation === 1) {
    const file = proto.externalData.find(({ key }) => key === 'location')?.value ?? '';
    return { fault: `its numbers are in another file, \`${file.slice(0, 200)}\`, which is not read` };
  }
  if (proto.segment) return { fault: 'is stored in segments, which are not supported' };
  const count = numel(shape);
  const whole = { dtype: kind.dtype, shape };
  const data = hasBytes(proto) ? fromBytes(proto.rawData, kind, count) : fromField(proto, kind, count);
  return 'fault' in data ? data : { ...whole, data: () => data };
}

function hasBytes(proto: TensorProto): boolean {
  return proto.rawData.length > 0;
}

type Data = Float32Array | Int32Array | { readonly fault: string };

function fromBytes(bytes: Uint8Array, kind: ElementKind, count: number): Data {
  const type = elementType(kind.raw);
  if (bytes.length !== count * type.bytes) {
    return { fault: `holds ${bytes.length} bytes, its shape needs ${count} · ${type.bytes}` };
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const data = allocate(kind.dtype, count);
  for (let i = 0; i < count; i++) {
    const at = i * type.bytes;
    const value = type.read(view, at, true) ?? (kind.name === 'int64' ? endOfRange(view.getBigInt64(at, true)) : null);
    if (value === null) return { fault: misfit(i, kind) };
    data[i] = value;
  }
  return data;
}

function fromField(proto: TensorProto, kind: ElementKind, count: number): Data {
  const list: readonly Int64[] = proto[kind.field];
  if (list.length !== count) return { fault: `holds ${list.length} numbers, its shape needs ${count}` };
  const data = allocate(kind.dtype, count);
  const type = elementType(kind.raw);
  const view = new DataView(new ArrayBuffer(4));
  for (let i = 0; i < count; i++) {
    const given = toNumber(list[i] as Int64);
    let value: number | null = given;
    if (kind.bits) {
      view.setUint32(0, given, true);
      value = type.read(view, 0, true);
    } else if (kind.dtype === 'int32') value = toInt32(given);
    else if (Number.isFinite(given) && !Number.isFinite(Math.fround(given))) value = null;
    if (value === null) return { fault: misfit(i, kind) };
    data[i] = kind.name === 'bool' ? Number(value !== 0) : value;
  }
  return data;
}

function misfit(index: number, { name, dtype }: ElementKind): string {
  return `element ${index}, ${name}, is a number that ${dtype} cannot hold`;
}

/** A 64-bit number as the nearest double. */
export function toNumber(value: Int64): number {
  return typeof value === 'number' ? value : value.toNumber();
}

const [least, most] = [-(2 ** 31), 2 ** 31 - 1];

/** The same number if int32 holds it, ±2³¹ for the ends of int64, null for any other. */
export function toInt32(value: number): number | null {
  if (value >= least && value <= most) return value;
  if (Math.abs(value) !== 2 ** 63) return null;
  return value < 0 ? least : most;
}

function endOfRange(value: bigint): number | null {
  return toInt32(Number(value));
}
