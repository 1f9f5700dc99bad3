// .npy → tensor: NumPy's format 1.0, 2.0 and 3.0, either byte order, C or Fortran order. The file may come from anyone: every
// number of its header is held against the bytes that are there before memory is taken.
import { type Diagnostic, error, warning } from '../../tensor/diagnostic.ts';
import { numel, rowMajorStrides, type Shape } from '../../tensor/shape.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { decodeElements, type ElementName, elementType } from '../element-types.ts';
import { formatCount } from '../format-count.ts';
import { parseNpyHeader } from './npy-header.ts';

export interface NpyReading {
  readonly tensor: Tensor | null;
  readonly diagnostics: readonly Diagnostic[];
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** NumPy writes some hundred bytes; longer ones come with structured types only. */
const largestHeaderBytes = 1_000_000;

const elementNames: Readonly<Record<string, ElementName>> = {
  f2: 'f16',
  f4: 'f32',
  f8: 'f64',
  i1: 'i8',
  i2: 'i16',
  i4: 'i32',
  i8: 'i64',
  u1: 'u8',
  u2: 'u16',
  u4: 'u32',
  u8: 'u64',
  b1: 'bool',
};

/** True when the bytes begin as .npy files do. */
export function isNpy(bytes: Uint8Array): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

/** Reads a whole file; `name` is for messages. Errors: E_NPY, E_TENSOR_TYPE, E_TRUNCATED, E_RANGE. Never throws. */
export function readNpy(bytes: Uint8Array, name: string): NpyReading {
  const refuse = (code: `E_${string}`, message: string): NpyReading => ({
    tensor: null,
    diagnostics: [error(code, `${name}: ${message}`)],
  });
  if (!isNpy(bytes)) return refuse('E_NPY', 'is not a .npy file');
  const split = splitHeader(bytes);
  if (typeof split === 'string') return refuse('E_NPY', split);
  const header = parseNpyHeader(split.text);
  if (typeof header === 'string') return refuse('E_NPY', `its header ${header}`);
  const type = typeOf(header.descr);
  if (typeof type === 'string') return refuse('E_TENSOR_TYPE', type);

  const { shape } = header;
  const { bytes: size, dtype } = elementType(type.name);
  const count = numel(shape);
  const data = bytes.subarray(split.end);
  const needed = count * size;
  if (!(needed <= data.length)) {
    return refuse(
      'E_TRUNCATED',
      `is cut off: [${shape.join(', ')}] of ${size} bytes each takes ${formatCount(needed)} bytes, ${formatCount(data.length)} are there`,
    );
  }
  const decoded = decodeElements(type.name, data, count, type.little);
  if (!('data' in decoded))
    return refuse('E_RANGE', `element ${decoded.index} is ${decoded.value}, which ${dtype} cannot hold`);
  const extra = data.length - needed;
  return {
    tensor: { dtype, shape, data: header.fortranOrder ? toRowMajor(decoded.data, shape) : decoded.data },
    diagnostics:
      extra === 0
        ? []
        : [warning('W_TRAILING_BYTES', `${name}: ${formatCount(extra)} bytes after its data were ignored`)],
  };
}

function splitHeader(bytes: Uint8Array): { readonly text: string; readonly end: number } | string {
  const version = bytes[6] ?? 0;
  const lengthBytes = version === 1 ? 2 : 4;
  const start = 8 + lengthBytes;
  if (bytes.length < start) return 'is cut off inside its header';
  if (version < 1 || version > 3) return `is of format ${version}.${bytes[7]}; 1.0, 2.0 and 3.0 are read`;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const end = start + length;
  if (end > bytes.length) return `its header should take ${formatCount(length)} bytes, the file ends before`;
  if (length > largestHeaderBytes) return `its header takes ${formatCount(length)} bytes`;
  // A copy, because TextDecoder refuses shared memory. Versions 1 and 2 are Latin-1, of which the facts use ASCII only.
  return { text: new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(bytes.slice(start, end)), end };
}

function typeOf(descr: string | null): { readonly name: ElementName; readonly little: boolean } | string {
  if (descr === null) return 'holds records of several fields; save each field as an array of its own';
  const match = /^([<>|=]?)([a-zA-Z]\d*)$/.exec(descr);
  const kind = match?.[2] ?? '';
  if (kind.startsWith('O'))
    return 'holds Python objects, which only Python can read; save numbers as an array of float32';
  const name = Object.hasOwn(elementNames, kind) ? elementNames[kind] : undefined;
  if (name === undefined) return `the element type ${JSON.stringify(descr.slice(0, 100))} is not supported`;
  if (match?.[1] === '|' && elementType(name).bytes > 1) return `${JSON.stringify(descr)} does not say its byte order`;
  return { name, little: match?.[1] !== '>' };
}

/** The elements of a column-major array, row-major. */
function toRowMajor<T extends Float32Array | Int32Array>(data: T, shape: Shape): T {
  if (shape.filter((size) => size > 1).length < 2) return data;
  const strides = rowMajorStrides([...shape].reverse()).reverse();
  const out = data.slice() as T;
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < out.length; to++) {
    out[to] = data[from] as number;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      from += strides[axis] as number;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      from -= (strides[axis] as number) * (shape[axis] as number);
      index[axis] = 0;
    }
  }
  return out;
}
