// The register tile shared by matrix products and convolutions: rows × vectors of accumulators, to which one reduction step
// adds (one number of each row) × (one vector of each column group). Every accumulator adds its products in the order of the
// steps, so that results do not depend on the tile. Loops and addresses are the caller's.
import type { Code } from '../encoder/code.ts';
import type { Local, NewLocal } from '../encoder/function.ts';
import { f32x4, plusBytes, v128 } from '../encoder/instructions.ts';

/** acc + a·b: fused when allowed, else rounded twice. */
export function multiplyAdd(fma: boolean, a: Code, b: Code, accumulator: Code): Code {
  return fma ? f32x4.relaxedMadd(a, b, accumulator) : f32x4.add(accumulator, f32x4.mul(a, b));
}

/**
 * Most vectors beside `rows` numbers in the 15 vector registers of x86-64 engines. Engines without FMA here (V8 11, Safari)
 * move all loads of a step to its top and need one register for a product; those with it keep one number at a time.
 */
export function vectorsBeside(rows: number, fma: boolean): number {
  return Math.max(1, Math.min(6, Math.floor((fma ? 14 : 14 - rows) / (rows + 1))));
}

const zero = f32x4.splatConst(0);

export interface RegisterTile {
  /** accumulators[row][vector] */
  readonly accumulators: readonly (readonly Local[])[];
  clear(): Code;
  /** One reduction step; `a(row)` and `b(vector)` load a splat number and four neighbours. */
  step(a: (row: number) => Code, b: (vector: number) => Code): Code;
}

/** The registers of all tiles of one function: tiles of several sizes share them, because only one is live at a time. */
export type TileMaker = (rows: number, vectors: number) => RegisterTile;

/** Tiles of one function take their accumulators from the same locals. `fma`: products are added without rounding between. */
export function tileMaker(local: NewLocal, fma: boolean): TileMaker {
  const pool: Local[] = [];
  const take = (index: number): Local => {
    while (pool.length <= index) pool.push(local('v128'));
    return pool[index] as Local;
  };
  return (rows, vectors) => {
    const accumulators = Array.from({ length: rows }, (_, row) =>
      Array.from({ length: vectors }, (__, vector) => take(row * vectors + vector)),
    );
    const spare = rows * vectors;
    const multiply = (row: number, vector: number, a: Code, b: Code): Code => {
      const accumulator = accumulators[row]?.[vector] as Local;
      return accumulator.set(multiplyAdd(fma, a, b, accumulator.get));
    };
    const indices = (count: number) => Array.from({ length: count }, (_, index) => index);

    function step(a: (row: number) => Code, b: (vector: number) => Code): Code {
      if (rows <= 2) {
        // Few rows: hold the numbers, take one vector after the other.
        const numbers = indices(rows).map((row) => take(spare + row));
        const vectorHeld = take(spare + rows);
        return [
          numbers.map((number, row) => number.set(a(row))),
          indices(vectors).map((vector) => [
            vectorHeld.set(b(vector)),
            numbers.map((number, row) => multiply(row, vector, number.get, vectorHeld.get)),
          ]),
        ];
      }
      const held = indices(vectors).map((vector) => take(spare + vector));
      const number = take(spare + vectors);
      return [
        held.map((register, vector) => register.set(b(vector))),
        indices(rows).map((row) => [
          number.set(a(row)),
          held.map((register, vector) => multiply(row, vector, number.get, register.get)),
        ]),
      ];
    }

    return {
      accumulators,
      clear: () => accumulators.flat().map((register) => register.set(zero)),
      step,
    };
  };
}

/** Writes the first `lanes` numbers of a vector, neighbours in memory, and not a byte more. */
export function storeLanes(address: Code, value: Local, lanes: number, offset: number): Code {
  if (lanes >= 4) return v128.store(address, value.get, offset);
  if (lanes === 1) return v128.store32Lane(address, value.get, 0, offset);
  const pair = v128.store64Lane(address, value.get, 0, offset);
  return lanes === 2 ? pair : [pair, v128.store32Lane(address, value.get, 2, offset + 8)];
}

/** Writes the first `lanes` numbers `stepBytes` apart. */
export function storeStrided(address: Code, value: Local, lanes: number, offset: number, stepBytes: number): Code {
  if (stepBytes === 4) return storeLanes(address, value, lanes, offset);
  return Array.from({ length: lanes }, (_, lane) =>
    v128.store32Lane(address, value.get, lane, offset + lane * stepBytes),
  );
}

/** An address and a constant displacement as the memory instructions take them, whose own offsets cannot be negative. */
export function at(address: Code, offset: number): [Code, number] {
  return offset < 0 ? [plusBytes(address, offset), 0] : [address, offset];
}

/** Four numbers `stepBytes` apart; lanes from `lanes` on repeat the last, so that nothing beyond is touched. */
export function loadStrided(address: Code, offset: number, stepBytes: number, lanes: number): Code {
  if (stepBytes === 0) return v128.load32Splat(...at(address, offset));
  if (stepBytes === 4) return v128.load(...at(address, offset));
  return [1, 2, 3].reduce<Code>(
    (vector, lane) => {
      const [base, displacement] = at(address, offset + Math.min(lane, lanes - 1) * stepBytes);
      return v128.load32Lane(base, vector, lane, displacement);
    },
    v128.load32Splat(...at(address, offset)),
  );
}
