// The element types of safetensors and how each becomes one of our two: floats → float32, integers and booleans → int32.
// A number that does not fit (a float64 above 3.4e38, an int64 above 2^31 − 1) is a fault, never a silent Infinity or wrap.
import { allocate, type DType } from '../../tensor/dtype.ts';

export interface ElementType {
  readonly bytes: number;
  readonly dtype: DType;
  /** The number at a byte offset; null when `dtype` cannot hold it. */
  read(view: DataView, at: number): number | null;
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

const elementTypes: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ['F32', { bytes: 4, dtype: 'float32', read: (view, at) => view.getFloat32(at, true) }],
  ['F64', { bytes: 8, dtype: 'float32', read: (view, at) => narrowFloat(view.getFloat64(at, true)) }],
  ['F16', { bytes: 2, dtype: 'float32', read: (view, at) => halfToNumber(view.getUint16(at, true)) }],
  ['BF16', { bytes: 2, dtype: 'float32', read: (view, at) => bfloatToNumber(view.getUint16(at, true)) }],
  ['I32', { bytes: 4, dtype: 'int32', read: (view, at) => view.getInt32(at, true) }],
  ['I64', { bytes: 8, dtype: 'int32', read: (view, at) => narrowInteger(view.getBigInt64(at, true)) }],
  ['U64', { bytes: 8, dtype: 'int32', read: (view, at) => narrowInteger(view.getBigUint64(at, true)) }],
  ['U32', { bytes: 4, dtype: 'int32', read: (view, at) => narrowInteger(BigInt(view.getUint32(at, true))) }],
  ['I16', { bytes: 2, dtype: 'int32', read: (view, at) => view.getInt16(at, true) }],
  ['U16', { bytes: 2, dtype: 'int32', read: (view, at) => view.getUint16(at, true) }],
  ['I8', { bytes: 1, dtype: 'int32', read: (view, at) => view.getInt8(at) }],
  ['U8', { bytes: 1, dtype: 'int32', read: (view, at) => view.getUint8(at) }],
  ['BOOL', { bytes: 1, dtype: 'int32', read: (view, at) => (view.getUint8(at) === 0 ? 0 : 1) }],
]);

export function elementType(name: string): ElementType | undefined {
  return elementTypes.get(name);
}

export type Decoded = { readonly data: Float32Array | Int32Array } | { readonly index: number; readonly value: string };

/** Decodes `count` elements that start at the view's byte 0, or says which element does not fit and what it is. */
export function decodeElements(name: string, type: ElementType, view: DataView, count: number): Decoded {
  const data = allocate(type.dtype, count);
  for (let i = 0; i < count; i++) {
    const value = type.read(view, i * type.bytes);
    if (value === null) return { index: i, value: rawNumber(name, view, i * type.bytes) };
    data[i] = value;
  }
  return { data };
}

function rawNumber(name: string, view: DataView, at: number): string {
  if (name === 'F64') return String(view.getFloat64(at, true));
  if (name === 'U32') return String(view.getUint32(at, true));
  return String(name === 'U64' ? view.getBigUint64(at, true) : view.getBigInt64(at, true));
}
