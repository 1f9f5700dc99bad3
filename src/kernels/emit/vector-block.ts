// Where vector code is built: constants that are loaded once at entry, statements in order, and locals for what is used more
// than once. Locals are taken again from the start for every block, so a block's results must be used before the next begins.
import type { Code } from '../encoder/code.ts';
import type { Local, NewLocal } from '../encoder/function.ts';
import { f32x4, i32x4 } from '../encoder/instructions.ts';

export interface VectorBlock {
  /** A float32 in every lane, from a local. */
  constant(value: number): Code;
  /** 32 bits in every lane, from a local. */
  bits(value: number): Code;
  /** Computes the value now and gives the local that holds it, to be used any number of times. */
  hold(value: Code): Code;
  /** Adds a statement. */
  run(statement: Code): void;
  /** a·b + c, fused where the kernel may. */
  madd(a: Code, b: Code, c: Code): Code;
}

/** Constants, temporaries and fusing that all blocks of one function share. */
export interface BlockPool {
  /** Starts a block; its statements so far are read with `statements`. */
  begin(): VectorBlock & { statements(): Code };
  /** Loads every constant that blocks begun so far asked for. To run before them. */
  prologue(): Code;
}

/** Blocks of one function share constants and locals. `fma`: multiply and add round once. */
export function createBlockPool(local: NewLocal, fma: boolean): BlockPool {
  const constants = new Map<number, { readonly local: Local; readonly value: Code }>();
  const temporaries: Local[] = [];
  const float = new Float32Array(1);
  const floatBits = new Int32Array(float.buffer);
  const bits = (value: number): Code => {
    const key = value | 0;
    if (key === 0) return i32x4.splatConst(0); // one xor: not worth a register
    const known = constants.get(key) ?? { local: local('v128'), value: i32x4.splatConst(key) };
    constants.set(key, known);
    return known.local.get;
  };
  return {
    begin() {
      const statements: Code[] = [];
      let used = 0;
      return {
        bits,
        constant(value) {
          float[0] = value;
          return bits(floatBits[0] as number);
        },
        hold(value) {
          const holder = temporaries[used] ?? local('v128');
          temporaries[used++] = holder;
          statements.push(holder.set(value));
          return holder.get;
        },
        run: (statement) => void statements.push(statement),
        madd: (a, b, c) => (fma ? f32x4.relaxedMadd(a, b, c) : f32x4.add(f32x4.mul(a, b), c)),
        statements: () => [...statements],
      };
    },
    prologue: () => [...constants.values()].map(({ local, value }) => local.set(value)),
  };
}
