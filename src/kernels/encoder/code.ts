// Ropes of WebAssembly bytes: code is composed by nesting arrays and flattened once, when a module is made.
// A rope may be used in several places; it never changes. Which instructions exist stands in instructions.ts.

/** Refers to another function of the module; its index is known only when the module is put together. */
export interface Call {
  readonly call: FunctionCode;
}

/** Bytes (0..255), nested at will. */
export type Code = number | Call | readonly Code[];

export type ValueType = 'i32' | 'f32' | 'f64' | 'v128';

/** A function with one result or none; `name` appears in profiles and traps. */
export interface FunctionCode {
  readonly name: string;
  readonly parameters: readonly ValueType[];
  readonly locals: readonly ValueType[];
  readonly body: Code;
  readonly result?: ValueType;
}

export const valueTypeByte: Readonly<Record<ValueType, number>> = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b };

/** Unsigned LEB128, for values below 2^32. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return bytes;
}

/** Signed LEB128 of a 32-bit integer; 2^31 and above stand for the same bits. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 127;
    rest >>= 7;
    if ((rest === 0 && low < 64) || (rest === -1 && low >= 64)) {
      bytes.push(low);
      return bytes;
    }
    bytes.push(low | 128);
  }
}

/** The four little-endian bytes of a float32. */
export function float32Bytes(value: number): number[] {
  return [...new Uint8Array(new Float32Array([value]).buffer)];
}

/** The eight little-endian bytes of a float64. */
export function float64Bytes(value: number): number[] {
  return [...new Uint8Array(new Float64Array([value]).buffer)];
}

/** Bytes that grow at the end. */
export class ByteSink {
  private bytes = new Uint8Array(1024);
  private length = 0;

  /** A rope; `indexOf` numbers the functions that it calls. */
  append(code: Code, indexOf: (callee: FunctionCode) => number): void {
    if (typeof code === 'number') {
      if (this.length === this.bytes.length) this.reserve(1);
      this.bytes[this.length++] = code;
    } else if (isSequence(code)) {
      for (let i = 0; i < code.length; i++) this.append(code[i] as Code, indexOf);
    } else {
      this.append([0x10, unsigned(indexOf(code.call))], indexOf);
    }
  }

  appendBytes(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** What was appended so far, as a copy. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.length);
  }

  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = new Uint8Array(2 * (this.length + count));
    larger.set(this.bytes);
    this.bytes = larger;
  }
}

function isSequence(code: Call | readonly Code[]): code is readonly Code[] {
  return Array.isArray(code);
}
