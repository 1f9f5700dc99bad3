// Damage to protocol buffers that stay protocol buffers: fields replaced, moved, repeated and left out, lengths put right again,
// so that readers get past the wire format. Knows no schema: a field of bytes that reads as a message is taken for one.
import type { Random } from '../../../src/tensor/random.ts';

interface Field {
  number: number;
  /** 0 varint, 1 eight bytes, 2 bytes, 5 four bytes. */
  wire: number;
  varint: bigint;
  bytes: Uint8Array;
  message: Field[] | null;
}

const varints = [
  0n,
  1n,
  2n,
  7n,
  13n,
  99n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 53n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
];
const texts = ['', 'x', '__proto__', 'Conv', 'Loop', 'Reshape', 'Constant', 'ai.onnx.ml', 'N', '\0', 'y'.repeat(5000)];

/** One to four changes at random places. */
export function mutateProtobuf(bytes: Uint8Array, random: Random): Uint8Array {
  const root = parse(bytes);
  if (!root) return bytes;
  for (let n = 1 + random.integer(4); n > 0; n--) {
    const lists = listsOf(root);
    const list = lists[random.integer(lists.length)] as Field[];
    const other = lists[random.integer(lists.length)] as Field[];
    change(list, other, random);
  }
  return encode(root);
}

function change(list: Field[], other: Field[], random: Random): void {
  const at = random.integer(list.length);
  const field = list[at];
  const donor = other[random.integer(other.length)];
  if (!field || !donor) return;
  switch (random.integer(6)) {
    case 0:
      list.splice(at, 1);
      return;
    case 1:
      list.push(...Array.from({ length: 1 + random.integer(3) }, () => structuredClone(field)));
      return;
    case 2:
      list[at] = { ...structuredClone(donor), number: random.integer(2) === 0 ? field.number : donor.number };
      return;
    case 3:
      field.number = 1 + random.integer(25);
      return;
    default:
      if (field.wire === 0) field.varint = varints[random.integer(varints.length)] as bigint;
      else if (field.wire === 2 && field.message === null) {
        field.bytes =
          random.integer(2) === 0
            ? new TextEncoder().encode(texts[random.integer(texts.length)])
            : field.bytes.slice(0, random.integer(field.bytes.length + 1));
      } else if (field.message) field.message.reverse();
  }
}

function listsOf(root: Field[]): Field[][] {
  const lists = [root];
  for (const list of lists) for (const { message } of list) if (message && message.length > 0) lists.push(message);
  return lists;
}

function parse(bytes: Uint8Array): Field[] | null {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint | null => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) return null;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
    return null;
  };
  while (at < bytes.length) {
    const tag = varint();
    if (tag === null || tag >= 2n ** 32n) return null;
    const [number, wire] = [Number(tag >> 3n), Number(tag & 7n)];
    const field: Field = { number, wire, varint: 0n, bytes: new Uint8Array(0), message: null };
    if (number === 0) return null;
    if (wire === 0) {
      const value = varint();
      if (value === null) return null;
      field.varint = value;
    } else {
      const length = wire === 1 ? 8 : wire === 5 ? 4 : wire === 2 ? Number(varint() ?? -1n) : -1;
      if (length < 0 || at + length > bytes.length) return null;
      field.bytes = bytes.slice(at, at + length);
      at += length;
      if (wire === 2 && length > 1) field.message = parse(field.bytes);
    }
    fields.push(field);
  }
  return fields;
}

function encode(fields: readonly Field[]): Uint8Array {
  const parts: number[] = [];
  const put = (value: bigint): void => {
    let rest = value;
    for (; rest >= 128n; rest >>= 7n) parts.push(Number(rest & 127n) | 128);
    parts.push(Number(rest));
  };
  for (const { number, wire, varint, bytes, message } of fields) {
    put((BigInt(number) << 3n) | BigInt(wire));
    if (wire === 0) put(varint);
    else {
      const content = message ? encode(message) : bytes;
      if (wire === 2) put(BigInt(content.length));
      for (const byte of content) parts.push(byte);
    }
  }
  return Uint8Array.from(parts);
}
