// IDX, the format of MNIST: two zero bytes, an element type, the rank, big-endian 32-bit sizes, then the numbers.
// Source: http://yann.lecun.com/exdb/mnist. Reads one unpacked file; pairing images with labels is left to the data sets.
import { type Diagnostic, error, warning } from '../../tensor/diagnostic.ts';
import { numel, type Shape } from '../../tensor/shape.ts';
import { formatCount } from '../format-count.ts';

export type IdxData = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

export interface IdxArray {
  readonly shape: Shape;
  /** Row-major. Unsigned bytes are a view into the file, other types are decoded copies. */
  readonly data: IdxData;
}

export interface IdxReading {
  readonly array: IdxArray | null;
  readonly diagnostics: readonly Diagnostic[];
}

interface ElementType {
  readonly bytes: number;
  decode(view: DataView, count: number): IdxData;
}

function decoder<A extends Exclude<IdxData, Uint8Array>>(
  make: (count: number) => A,
  bytes: number,
  read: (view: DataView, at: number) => number,
): ElementType {
  return {
    bytes,
    decode(view, count) {
      const out = make(count);
      for (let i = 0; i < count; i++) out[i] = read(view, i * bytes);
      return out;
    },
  };
}

const elementTypes = new Map<number, ElementType>([
  [0x08, { bytes: 1, decode: (view, count) => new Uint8Array(view.buffer, view.byteOffset, count) }],
  [
    0x09,
    decoder(
      (n) => new Int8Array(n),
      1,
      (view, at) => view.getInt8(at),
    ),
  ],
  [
    0x0b,
    decoder(
      (n) => new Int16Array(n),
      2,
      (view, at) => view.getInt16(at, false),
    ),
  ],
  [
    0x0c,
    decoder(
      (n) => new Int32Array(n),
      4,
      (view, at) => view.getInt32(at, false),
    ),
  ],
  [
    0x0d,
    decoder(
      (n) => new Float32Array(n),
      4,
      (view, at) => view.getFloat32(at, false),
    ),
  ],
  [
    0x0e,
    decoder(
      (n) => new Float64Array(n),
      8,
      (view, at) => view.getFloat64(at, false),
    ),
  ],
]);

const largestRank = 8;

/** True when the first four bytes can begin an IDX file: a known element type and a rank of 1 to 8. */
export function isIdx(bytes: Uint8Array): boolean {
  const rank = bytes[3] ?? 0;
  return bytes[0] === 0 && bytes[1] === 0 && elementTypes.has(bytes[2] ?? 0) && rank >= 1 && rank <= largestRank;
}

/** Reads one unpacked IDX file; `name` is for messages. Errors: E_IDX_MAGIC, E_TRUNCATED. */
export function readIdx(bytes: Uint8Array, name: string): IdxReading {
  const refuse = (code: `E_${string}`, message: string): IdxReading => ({
    array: null,
    diagnostics: [error(code, `${name}: ${message}`)],
  });
  const type = elementTypes.get(bytes[2] ?? 0);
  if (!isIdx(bytes) || type === undefined) {
    const start = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    return refuse(
      'E_IDX_MAGIC',
      `is not an IDX file: it starts with ${start === '' ? 'nothing' : start}; images start with 00 00 08 03, labels with 00 00 08 01`,
    );
  }
  const rank = bytes[3] as number;
  const headerBytes = 4 + 4 * rank;
  if (bytes.length < headerBytes) {
    return refuse('E_TRUNCATED', `ends inside its header, after ${bytes.length} of ${headerBytes} bytes`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis, false));
  const count = numel(shape);
  const expected = headerBytes + count * type.bytes;
  if (expected > bytes.length) {
    return refuse(
      'E_TRUNCATED',
      `is cut off: its header says ${shape.join(' × ')}, which takes ${formatCount(expected)} bytes, ` +
        `but it holds ${formatCount(bytes.length)}`,
    );
  }
  const data = type.decode(new DataView(bytes.buffer, bytes.byteOffset + headerBytes, count * type.bytes), count);
  const extra = bytes.length - expected;
  return {
    array: { shape, data },
    diagnostics:
      extra === 0
        ? []
        : [warning('W_TRAILING_BYTES', `${name}: ${formatCount(extra)} bytes after its data were ignored`)],
  };
}
