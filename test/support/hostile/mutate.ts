// Damage to files, drawn from a seed: cut off, flipped, spliced, with lengths blown up, nested deep, with hostile keys. The same
// seed and file give the same damage.
import { createRandom, type Random } from '../../../src/tensor/random.ts';

type Damage = (bytes: Uint8Array, random: Random, others: readonly Uint8Array[]) => Uint8Array;

const join = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
/** A position; often near the start, where headers are. */
const place = (length: number, random: Random): number =>
  random.integer(Math.max(1, random.integer(2) === 0 ? Math.min(length, 128) : length));

const truncate: Damage = (bytes, random) => bytes.slice(0, random.integer(bytes.length + 1));

const flip: Damage = (bytes, random) => {
  const out = bytes.slice();
  for (let n = 1 + random.integer(16); n > 0 && out.length > 0; n--) {
    const at = place(out.length, random);
    out[at] = (out[at] as number) ^ (1 << random.integer(8));
  }
  return out;
};

/** Moves, repeats or leaves out a stretch, or takes one from another file. */
const splice: Damage = (bytes, random, others) => {
  const source = random.integer(2) === 0 ? bytes : (others[random.integer(others.length)] as Uint8Array);
  const from = random.integer(source.length + 1);
  const stretch = source.subarray(from, from + random.integer(200));
  const at = random.integer(bytes.length + 1);
  return join(bytes.subarray(0, at), stretch, bytes.subarray(Math.min(bytes.length, at + random.integer(64))));
};

const huge: readonly (readonly number[])[] = [
  [0xff],
  [0x7f],
  [0xff, 0xff],
  [0xff, 0xff, 0xff, 0xff],
  [0xff, 0xff, 0xff, 0x7f],
  [0x7f, 0xff, 0xff, 0xff],
  [0x00, 0x00, 0x00, 0x80],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
  [0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00],
  // protocol buffers' varints: 2^63 and 2^32 − 1
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
  [0xff, 0xff, 0xff, 0xff, 0x0f],
];

/** Lengths, offsets and counts that promise far more than there is. */
const blowUp: Damage = (bytes, random) => {
  const out = bytes.slice();
  for (let n = 1 + random.integer(3); n > 0 && out.length > 0; n--) {
    const number = huge[random.integer(huge.length)] as readonly number[];
    const at = place(out.length, random);
    for (let i = 0; i < number.length && at + i < out.length; i++) out[at + i] = number[i] as number;
  }
  return out;
};

const numbers = [
  '99999999999999999999',
  '-1',
  '1e999',
  '-1e308',
  '0.5',
  '4294967296',
  '2147483648',
  '1000000000',
  'NaN',
  'null',
  '""',
  '[]',
  '0',
];

/** A number written in digits becomes another. */
const renumber: Damage = (bytes, random) => replaceText(bytes, random, /\d+(\.\d+)?/g, () => pick(numbers, random));

const keys = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  '\\u0000',
  '../../x',
  '💥',
  '\\ud800',
  'x'.repeat(70_000),
  '__metadata__',
];

/** A string in quotes becomes a hostile one. */
const rename: Damage = (bytes, random) =>
  replaceText(bytes, random, /(["'])[^"'\n]{0,80}\1/g, (found) => `${found[0]}${pick(keys, random)}${found[0]}`);

/** Brackets, thousands deep, somewhere. */
const nest: Damage = (bytes, random) => {
  const depth = 10 ** (1 + random.integer(4)) + random.integer(100);
  const [open, close] = pick(
    [
      ['[', ']'],
      ['{"a":', '}'],
      ['(', ')'],
      ['{', ''],
    ] as const,
    random,
  );
  const at = random.integer(bytes.length + 1);
  const balanced = random.integer(2) === 0;
  const text = Buffer.from(`${open.repeat(depth)}${balanced ? `1${close.repeat(depth)}` : ''}`);
  return join(bytes.subarray(0, at), text, bytes.subarray(at));
};

/** Noise that only begins like the file. */
const noise: Damage = (bytes, random) => {
  const out = Uint8Array.from({ length: random.integer(400) }, () => random.integer(256));
  return join(bytes.subarray(0, random.integer(24)), out);
};

const damages: readonly Damage[] = [truncate, flip, splice, blowUp, renumber, rename, nest, noise];

/** Damage after which a file still has the syntax of its format. */
export type Mutation = (bytes: Uint8Array, random: Random) => Uint8Array;

/** File `seed` of the series: one of `files`, damaged once, sometimes twice; with a mutation every other one stays well-formed. */
export function damaged(files: readonly Uint8Array[], seed: number, format: string, mutate?: Mutation): Uint8Array {
  const random = createRandom(seed, `hostile ${format}`);
  let bytes = files[random.integer(files.length)] as Uint8Array;
  if (mutate && random.integer(2) === 0) return mutate(bytes, random);
  // The kinds take turns, so that any run of seeds has them all.
  bytes = (damages[seed % damages.length] as Damage)(bytes, random, files);
  return random.integer(3) === 0 ? pick(damages, random)(bytes, random, files) : bytes;
}

function pick<T>(list: readonly T[], random: Random): T {
  return list[random.integer(list.length)] as T;
}

/** Replaces one to three matches; the file is text byte by byte, whatever it is. */
function replaceText(bytes: Uint8Array, random: Random, what: RegExp, by: (found: string) => string): Uint8Array {
  let text = Buffer.from(bytes).toString('latin1');
  for (let n = 1 + random.integer(3); n > 0; n--) {
    const matches = [...text.matchAll(what)];
    const match = matches[random.integer(Math.max(1, matches.length))];
    if (!match) break;
    const replacement = Buffer.from(by(match[0])).toString('latin1');
    text = text.slice(0, match.index) + replacement + text.slice(match.index + match[0].length);
  }
  return new Uint8Array(Buffer.from(text, 'latin1'));
}
