// The instructions kernels are written in, as functions from operand ropes to ropes. Names and opcodes follow the
// WebAssembly core specification 2.0 (with fixed-width and relaxed SIMD). Alignment hints are always 4 bytes.
import type { Code } from './code.ts';
import { float32Bytes, float64Bytes, signed, unsigned } from './code.ts';

type Unary = (a: Code) => Code;
type Binary = (a: Code, b: Code) => Code;

const unary =
  (opcode: number): Unary =>
  (a) => [a, opcode];
const binary =
  (opcode: number): Binary =>
  (a, b) => [a, b, opcode];
const simd = (opcode: number): number[] => [0xfd, ...unsigned(opcode)];
const simdBytes = {
  load: simd(0),
  store: simd(11),
  constant: simd(12),
  shuffle: simd(13),
  load32Splat: simd(9),
  relaxedMadd: simd(0x105),
};
const simdUnary = (opcode: number): Unary => {
  const bytes = simd(opcode);
  return (a) => [a, bytes];
};
const simdBinary = (opcode: number): Binary => {
  const bytes = simd(opcode);
  return (a, b) => [a, b, bytes];
};

/** Alignment hint 2^2 and a constant byte offset (not negative) that is added to the address. */
const memoryArgument = (offset: number): number[] => [2, ...unsigned(offset)];

/** Addresses are i32 byte addresses. */
export const i32 = {
  const: (value: number): Code => [0x41, ...signed(value)],
  load: (address: Code, offset = 0): Code => [address, 0x28, memoryArgument(offset)],
  store: (address: Code, value: Code, offset = 0): Code => [address, value, 0x36, memoryArgument(offset)],
  eqz: unary(0x45),
  eq: binary(0x46),
  ne: binary(0x47),
  ltS: binary(0x48),
  ltU: binary(0x49),
  gtS: binary(0x4a),
  gtU: binary(0x4b),
  leS: binary(0x4c),
  leU: binary(0x4d),
  geS: binary(0x4e),
  geU: binary(0x4f),
  clz: unary(0x67),
  add: binary(0x6a),
  sub: binary(0x6b),
  mul: binary(0x6c),
  divS: binary(0x6d),
  divU: binary(0x6e),
  remS: binary(0x6f),
  remU: binary(0x70),
  and: binary(0x71),
  or: binary(0x72),
  xor: binary(0x73),
  shl: binary(0x74),
  shrS: binary(0x75),
  shrU: binary(0x76),
  rotl: binary(0x77),
  reinterpretF32: unary(0xbc),
  /** Saturates; NaN gives 0. */
  truncSatF32S: (a: Code): Code => [a, 0xfc, 0x00],
  truncSatF64S: (a: Code): Code => [a, 0xfc, 0x02],
};

export const f32 = {
  const: (value: number): Code => [0x43, ...float32Bytes(value)],
  load: (address: Code, offset = 0): Code => [address, 0x2a, memoryArgument(offset)],
  store: (address: Code, value: Code, offset = 0): Code => [address, value, 0x38, memoryArgument(offset)],
  eq: binary(0x5b),
  ne: binary(0x5c),
  lt: binary(0x5d),
  gt: binary(0x5e),
  le: binary(0x5f),
  ge: binary(0x60),
  abs: unary(0x8b),
  neg: unary(0x8c),
  ceil: unary(0x8d),
  floor: unary(0x8e),
  trunc: unary(0x8f),
  nearest: unary(0x90),
  sqrt: unary(0x91),
  add: binary(0x92),
  sub: binary(0x93),
  mul: binary(0x94),
  div: binary(0x95),
  min: binary(0x96),
  max: binary(0x97),
  copysign: binary(0x98),
  convertI32S: unary(0xb2),
  convertI32U: unary(0xb3),
  demoteF64: unary(0xb6),
  reinterpretI32: unary(0xbe),
};

export const f64 = {
  const: (value: number): Code => [0x44, ...float64Bytes(value)],
  load: (address: Code, offset = 0): Code => [address, 0x2b, memoryArgument(offset)],
  store: (address: Code, value: Code, offset = 0): Code => [address, value, 0x39, memoryArgument(offset)],
  add: binary(0xa0),
  sub: binary(0xa1),
  mul: binary(0xa2),
  div: binary(0xa3),
  /** Keep NaN. */
  min: binary(0xa4),
  max: binary(0xa5),
  convertI32S: unary(0xb7),
  promoteF32: unary(0xbb),
};

/** Bit patterns of 128 bits; comparison results are lanes of all ones or zeros. */
export const v128 = {
  load: (address: Code, offset = 0): Code => [address, simdBytes.load, memoryArgument(offset)],
  /** One 4-byte element into every lane. */
  load32Splat: (address: Code, offset = 0): Code => [address, simdBytes.load32Splat, memoryArgument(offset)],
  /** One 4-byte element into lane 0, zeros above. */
  load32Zero: (address: Code, offset = 0): Code => [address, simd(0x5c), memoryArgument(offset)],
  load64Zero: (address: Code, offset = 0): Code => [address, simd(0x5d), memoryArgument(offset)],
  /** Replaces one lane of `vector`. */
  load32Lane: (address: Code, vector: Code, lane: number, offset = 0): Code => [
    address,
    vector,
    simd(0x56),
    memoryArgument(offset),
    lane,
  ],
  store: (address: Code, value: Code, offset = 0): Code => [address, value, simdBytes.store, memoryArgument(offset)],
  store32Lane: (address: Code, value: Code, lane: number, offset = 0): Code => [
    address,
    value,
    simd(0x5a),
    memoryArgument(offset),
    lane,
  ],
  /** Two neighbouring elements: lanes 2·pair and 2·pair + 1. */
  store64Lane: (address: Code, value: Code, pair: number, offset = 0): Code => [
    address,
    value,
    simd(0x5b),
    memoryArgument(offset),
    pair,
  ],
  /** Lanes 0..3 pick from `a`, 4..7 from `b`. */
  shuffle32: (a: Code, b: Code, lanes: readonly [number, number, number, number]): Code => [
    a,
    b,
    simdBytes.shuffle,
    lanes.flatMap((lane) => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3]),
  ],
  not: simdUnary(0x4d),
  and: simdBinary(0x4e),
  /** a & ~b */
  andnot: simdBinary(0x4f),
  or: simdBinary(0x50),
  xor: simdBinary(0x51),
  /** mask ? a : b, bit by bit */
  bitselect: (a: Code, b: Code, mask: Code): Code => [a, b, mask, simd(0x52)],
  /** i32: 1 when any bit is set */
  anyTrue: simdUnary(0x53),
};

export const i32x4 = {
  const: (a: number, b: number, c: number, d: number): Code => [
    simdBytes.constant,
    [...new Uint8Array(new Int32Array([a, b, c, d]).buffer)],
  ],
  splatConst: (value: number): Code => i32x4.const(value, value, value, value),
  splat: simdUnary(17),
  extractLane: (a: Code, lane: number): Code => [a, simd(27), lane],
  replaceLane: (a: Code, lane: number, value: Code): Code => [a, value, simd(28), lane],
  eq: simdBinary(0x37),
  ne: simdBinary(0x38),
  ltS: simdBinary(0x39),
  ltU: simdBinary(0x3a),
  gtS: simdBinary(0x3b),
  gtU: simdBinary(0x3c),
  leS: simdBinary(0x3d),
  geS: simdBinary(0x3f),
  abs: simdUnary(0xa0),
  neg: simdUnary(0xa1),
  /** The shift count is one i32. */
  shl: simdBinary(0xab),
  shrS: simdBinary(0xac),
  shrU: simdBinary(0xad),
  add: simdBinary(0xae),
  sub: simdBinary(0xb1),
  mul: simdBinary(0xb5),
  minS: simdBinary(0xb6),
  maxS: simdBinary(0xb8),
  /** Saturates; NaN gives 0. */
  truncSatF32x4S: simdUnary(0xf8),
};

export const f32x4 = {
  const: (a: number, b: number, c: number, d: number): Code => [simdBytes.constant, [a, b, c, d].flatMap(float32Bytes)],
  splatConst: (value: number): Code => f32x4.const(value, value, value, value),
  splat: simdUnary(19),
  extractLane: (a: Code, lane: number): Code => [a, simd(31), lane],
  replaceLane: (a: Code, lane: number, value: Code): Code => [a, value, simd(32), lane],
  eq: simdBinary(0x41),
  ne: simdBinary(0x42),
  lt: simdBinary(0x43),
  gt: simdBinary(0x44),
  le: simdBinary(0x45),
  ge: simdBinary(0x46),
  ceil: simdUnary(0x67),
  floor: simdUnary(0x68),
  trunc: simdUnary(0x69),
  /** Halves to even. */
  nearest: simdUnary(0x6a),
  abs: simdUnary(0xe0),
  neg: simdUnary(0xe1),
  sqrt: simdUnary(0xe3),
  add: simdBinary(0xe4),
  sub: simdBinary(0xe5),
  mul: simdBinary(0xe6),
  div: simdBinary(0xe7),
  /** Keep NaN, and -0 < +0; about eight machine instructions on x86. */
  min: simdBinary(0xe8),
  max: simdBinary(0xe9),
  /** b < a ? b : a, one instruction. */
  pmin: simdBinary(0xea),
  /** a < b ? b : a, one instruction: pmax(x, 0) is ReLU and keeps NaN. */
  pmax: simdBinary(0xeb),
  convertI32x4S: simdUnary(0xfa),
  convertI32x4U: simdUnary(0xfb),
  /** a·b + c, fused or not as the machine likes: never in strict numerics. */
  relaxedMadd: (a: Code, b: Code, c: Code): Code => [a, b, c, simdBytes.relaxedMadd],
};

export const f64x2 = {
  splatConst: (value: number): Code => [
    simdBytes.constant,
    [...new Uint8Array(new Float64Array([value, value]).buffer)],
  ],
  /** The bits of one number in each lane: masks. */
  bits: (low: boolean, high: boolean): Code => [
    simdBytes.constant,
    [low, high].flatMap((on) => Array(8).fill(on ? 255 : 0)),
  ],
  splat: simdUnary(20),
  extractLane: (a: Code, lane: number): Code => [a, simd(33), lane],
  eq: simdBinary(0x47),
  ne: simdBinary(0x48),
  lt: simdBinary(0x49),
  gt: simdBinary(0x4a),
  le: simdBinary(0x4b),
  ge: simdBinary(0x4c),
  abs: simdUnary(0xec),
  neg: simdUnary(0xed),
  sqrt: simdUnary(0xef),
  add: simdBinary(0xf0),
  sub: simdBinary(0xf1),
  mul: simdBinary(0xf2),
  div: simdBinary(0xf3),
  /** b < a ? b : a */
  pmin: simdBinary(0xf6),
  /** a < b ? b : a */
  pmax: simdBinary(0xf7),
  /** Of lanes 0 and 1. */
  promoteLowF32x4: simdUnary(0x5f),
  /** Of lanes 0 and 1. */
  convertLowI32x4S: simdUnary(0xfe),
  /** To float32 lanes 0 and 1, zeros above. */
  demoteZero: simdUnary(0x5e),
};

/** The whole ranges move as with memmove. */
export function memoryCopy(to: Code, from: Code, bytes: Code): Code {
  return [to, from, bytes, 0xfc, 0x0a, 0x00, 0x00];
}

/** memory.fill: `bytes` bytes from `to` on, each the low byte of `byte`. */
export function memoryFill(to: Code, byte: Code, bytes: Code): Code {
  return [to, byte, bytes, 0xfc, 0x0b, 0x00];
}

/** address + bytes, and just the address for 0. */
export function plusBytes(address: Code, bytes: number): Code {
  return bytes === 0 ? address : i32.add(address, i32.const(bytes));
}
