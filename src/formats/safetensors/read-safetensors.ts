// safetensors → tensors. Layout: header length (8 bytes, little-endian), JSON header, raw little-endian data.
// Source: https://github.com/huggingface/safetensors (README, "Format"). The file may come from anyone: every number of the
// header is checked against the bytes that are there, a bad tensor is reported and left out, the good ones still load.
import { type Diagnostic, error, hasErrors, warning } from '../../tensor/diagnostic.ts';
import { formatShape, numel } from '../../tensor/shape.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { decodeElements, type ElementName, elementType, isElementName } from '../element-types.ts';
import { duplicateKeys } from './duplicate-keys.ts';

/** As the reference implementation: headers above 100 MB are refused. */
const largestHeaderBytes = 100_000_000;
const largestRank = 32;

export interface SafetensorsReading {
  /** By name, in the order of their data. */
  readonly tensors: Map<string, Tensor>;
  /** The strings under `__metadata__`. */
  readonly metadata: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
}

interface Entry {
  readonly name: string;
  readonly type: ElementName;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** Reads a whole file. Never throws; with an error the tensors that are sound are still there. */
export function readSafetensors(bytes: Uint8Array): SafetensorsReading {
  const tensors = new Map<string, Tensor>();
  const metadata = new Map<string, string>();
  const diagnostics: Diagnostic[] = [];
  const header = readHeader(bytes, diagnostics);
  if (header === null) return { tensors, metadata, diagnostics };

  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(header.json)) {
    if (name === '__metadata__') readMetadata(value, metadata, diagnostics);
    else {
      const entry = checkEntry(name, value, bytes.length - header.dataStart, diagnostics);
      if (entry !== null) entries.push(entry);
    }
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end || (a.name < b.name ? -1 : 1));

  let covered = 0;
  let previous = '';
  for (const entry of entries) {
    if (entry.begin < covered) {
      diagnostics.push(
        error(
          'E_OVERLAP',
          `“${entry.name}” begins at byte ${entry.begin}, inside “${previous}”, which ends at ${covered}`,
        ),
      );
      continue;
    }
    if (entry.begin > covered && !hasErrors(diagnostics)) {
      diagnostics.push(warning('W_UNUSED_BYTES', `bytes ${covered} to ${entry.begin} of the data belong to no tensor`));
    }
    covered = entry.end;
    previous = entry.name;
    const tensor = decodeEntry(entry, bytes, header.dataStart, diagnostics);
    if (tensor !== null) tensors.set(entry.name, tensor);
  }
  const left = bytes.length - header.dataStart - covered;
  // After an error the gap is that of the tensor that was left out.
  if (left > 0 && !hasErrors(diagnostics)) {
    diagnostics.push(warning('W_UNUSED_BYTES', `the last ${left} bytes of the file belong to no tensor`));
  }
  return { tensors, metadata, diagnostics };
}

function readHeader(
  bytes: Uint8Array,
  diagnostics: Diagnostic[],
): { readonly json: Record<string, unknown>; readonly dataStart: number } | null {
  const refuse = (message: string) => {
    diagnostics.push(error('E_SAFETENSORS', `not a readable safetensors file: ${message}`));
    return null;
  };
  if (bytes.length < 8) return refuse(`${bytes.length} bytes, the length of the header alone takes 8`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(bytes.length - 8)) {
    return refuse(`its header should take ${length} bytes, the file has ${bytes.length - 8} after the length`);
  }
  if (length > BigInt(largestHeaderBytes))
    return refuse(`its header takes ${length} bytes, more than ${largestHeaderBytes}`);
  const dataStart = 8 + Number(length);
  try {
    // A copy, because TextDecoder refuses shared memory.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.slice(8, dataStart));
    const json: unknown = JSON.parse(text);
    if (!isRecord(json)) return refuse('its header is not a JSON object');
    for (const key of duplicateKeys(text)) {
      diagnostics.push(error('E_DUPLICATE_KEY', `“${key}” occurs twice in the header; the last one was read`));
    }
    return { json, dataStart };
  } catch (cause) {
    return refuse(`its header is not JSON (${cause instanceof Error ? cause.message : 'unreadable'})`);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function readMetadata(value: unknown, metadata: Map<string, string>, diagnostics: Diagnostic[]): void {
  if (!isRecord(value)) {
    diagnostics.push(warning('W_METADATA', '__metadata__ is not an object and was ignored'));
    return;
  }
  for (const [key, text] of Object.entries(value)) {
    if (typeof text === 'string') metadata.set(key, text);
    else diagnostics.push(warning('W_METADATA', `__metadata__ “${key}” is not a string and was ignored`));
  }
}

function checkEntry(name: string, value: unknown, dataBytes: number, diagnostics: Diagnostic[]): Entry | null {
  const refuse = (code: `E_${string}`, message: string) => {
    diagnostics.push(error(code, `“${name}”: ${message}`));
    return null;
  };
  if (!isRecord(value)) return refuse('E_TENSOR_ENTRY', 'its entry is not an object');
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string') return refuse('E_TENSOR_ENTRY', 'has no dtype');
  const type = dtype.toLowerCase();
  if (!isElementName(type) || dtype !== type.toUpperCase())
    return refuse('E_TENSOR_TYPE', `the element type ${JSON.stringify(dtype)} is not supported`);
  if (!Array.isArray(shape) || shape.length > largestRank || !shape.every(isSize)) {
    return refuse('E_TENSOR_ENTRY', `its shape must be at most ${largestRank} sizes, whole and not negative`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize)) {
    return refuse('E_TENSOR_ENTRY', 'its data_offsets must be two positions');
  }
  const [begin, end] = offsets as [number, number];
  if (end < begin) return refuse('E_TENSOR_ENTRY', `its data ends (${end}) before it begins (${begin})`);
  if (end > dataBytes) {
    return refuse('E_TRUNCATED', `its data ends at byte ${end}, the file holds ${dataBytes} bytes of data`);
  }
  const needed = numel(shape) * elementType(type).bytes;
  if (needed !== end - begin) {
    return refuse(
      'E_TENSOR_SIZE',
      `${dtype} ${formatShape(shape)} takes ${needed} bytes, its offsets span ${end - begin}`,
    );
  }
  return { name, type, shape, begin, end };
}

function decodeEntry(entry: Entry, bytes: Uint8Array, dataStart: number, diagnostics: Diagnostic[]): Tensor | null {
  const { dtype } = elementType(entry.type);
  const data = bytes.subarray(dataStart + entry.begin, dataStart + entry.end);
  const decoded = decodeElements(entry.type, data, numel(entry.shape));
  if ('data' in decoded) return { dtype, shape: entry.shape, data: decoded.data };
  diagnostics.push(
    error('E_RANGE', `“${entry.name}”: element ${decoded.index} is ${decoded.value}, which ${dtype} cannot hold`),
  );
  return null;
}
