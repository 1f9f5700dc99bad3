// Element types of tensor files and how each becomes one of our two: floats → float32, integers and booleans → int32.
// A number that does not fit (a float64 above 3.4e38, an int64 above 2^31 − 1) is a fault, never a silent Infinity or wrap.
// Formats map their own names to these.
import { allocate, type DType } from '../tensor/dtype.ts';

interface ElementType {
  readonly bytes: number;
  readonly dtype: DType;
  /** The number at a byte offset; null when `dtype` cannot hold it. */
  read(view: DataView, at: number, little: boolean): number | null;
}

function powerOfTwo(exponent: number): number {
  let result = 1;
  for (let e = Math.abs(exponent); e > 0; e--) result *= exponent < 0 ? 0.5 : 2;
  return result;
}

/** IEEE half precision from its 16 bits. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * powerOfTwo(exponent - 25);
}

/** bfloat16 is the upper half of a float32. */
function bfloatToNumber(high: number): number {
  const sign = high & 0x8000 ? -1 : 1;
  const exponent = (high >> 7) & 255;
  const fraction = high & 127;
  if (exponent === 255) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -133 : sign * (128 + fraction) * powerOfTwo(exponent - 134);
}

function narrowFloat(value: number): number | null {
  return Number.isFinite(value) && !Number.isFinite(Math.fround(value)) ? null : value;
}

function narrowInteger(value: bigint): number | null {
  return value >= -2147483648n && value <= 2147483647n ? Number(value) : null;
}

const elementTypes = {
  f64: { bytes: 8, dtype: 'float32', read: (view, at, little) => narrowFloat(view.getFloat64(at, little)) },
  f32: { bytes: 4, dtype: 'float32', read: (view, at, little) => view.getFloat32(at, little) },
  f16: { bytes: 2, dtype: 'float32', read: (view, at, little) => halfToNumber(view.getUint16(at, little)) },
  bf16: { bytes: 2, dtype: 'float32', read: (view, at, little) => bfloatToNumber(view.getUint16(at, little)) },
  i64: { bytes: 8, dtype: 'int32', read: (view, at, little) => narrowInteger(view.getBigInt64(at, little)) },
  u64: { bytes: 8, dtype: 'int32', read: (view, at, little) => narrowInteger(view.getBigUint64(at, little)) },
  i32: { bytes: 4, dtype: 'int32', read: (view, at, little) => view.getInt32(at, little) },
  u32: { bytes: 4, dtype: 'int32', read: (view, at, little) => narrowInteger(BigInt(view.getUint32(at, little))) },
  i16: { bytes: 2, dtype: 'int32', read: (view, at, little) => view.getInt16(at, little) },
  u16: { bytes: 2, dtype: 'int32', read: (view, at, little) => view.getUint16(at, little) },
  i8: { bytes: 1, dtype: 'int32', read: (view, at) => view.getInt8(at) },
  u8: { bytes: 1, dtype: 'int32', read: (view, at) => view.getUint8(at) },
  bool: { bytes: 1, dtype: 'int32', read: (view, at) => (view.getUint8(at) === 0 ? 0 : 1) },
} as const satisfies Readonly<Record<string, ElementType>>;

export type ElementName = keyof typeof elementTypes;

/** Whether it names an element type that is read here. */
export function isElementName(name: string): name is ElementName {
  return Object.hasOwn(elementTypes, name);
}

/** Width, kind and reading of an element type. */
export function elementType(name: ElementName): ElementType {
  return elementTypes[name];
}

export type Decoded = { readonly data: Float32Array | Int32Array } | { readonly index: number; readonly value: string };

/** Decodes the first `count` elements of `bytes`, or says which element does not fit and what it is. */
export function decodeElements(name: ElementName, bytes: Uint8Array, count: number, little = true): Decoded {
  const type: ElementType = elementTypes[name];
  const view = new DataView(bytes.buffer, bytes.byteOffset, count * type.bytes);
  const data = allocate(type.dtype, count);
  if (little && (name === 'f32' || name === 'i32')) {
    // As they lie, bit for bit: every machine that runs WebAssembly numbers its bytes so.
    new Uint8Array(data.buffer).set(bytes.subarray(0, count * type.bytes));
    return { data };
  }
  for (let i = 0; i < count; i++) {
    const value = type.read(view, i * type.bytes, little);
    if (value === null) return { index: i, value: rawNumber(name, view, i * type.bytes, little) };
    data[i] = value;
  }
  return { data };
}

function rawNumber(name: ElementName, view: DataView, at: number, little: boolean): string {
  if (name === 'f64') return String(view.getFloat64(at, little));
  if (name === 'u32') return String(view.getUint32(at, little));
  return String(name === 'u64' ? view.getBigUint64(at, little) : view.getBigInt64(at, little));
}
