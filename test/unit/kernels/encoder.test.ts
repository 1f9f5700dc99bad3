// The encoder of WebAssembly: numbers, modules, control flow and instructions, run by the engine. Length: one part a kind.
import { describe, expect, test } from 'vitest';
import { type FunctionCode, signed, unsigned } from '../../../src/kernels/encoder/code.ts';
import {
  block,
  branch,
  branchIf,
  call,
  doWhile,
  forRange,
  ifElse,
  ifValue,
  loop,
  select,
} from '../../../src/kernels/encoder/control.ts';
import { defineFunction } from '../../../src/kernels/encoder/function.ts';
import {
  f32,
  f32x4,
  f64,
  i32,
  i32x4,
  memoryCopy,
  memoryFill,
  plusBytes,
  v128,
} from '../../../src/kernels/encoder/instructions.ts';
import { moduleOf } from '../../../src/kernels/encoder/module.ts';

type Runnable = (...inputs: number[]) => void;

function run(
  code: FunctionCode,
  inputs: number[],
  memory = new WebAssembly.Memory({ initial: 1 }),
): WebAssembly.Memory {
  const module = new WebAssembly.Module(moduleOf([code], { shared: false }));
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  (instance.exports['0'] as Runnable)(...inputs);
  return memory;
}

describe('LEB128', () => {
  // Independent decoding, as in the specification's grammar.
  const decode = (bytes: number[], isSigned: boolean): number => {
    let result = 0n;
    let shift = 0n;
    for (const byte of bytes) {
      result |= BigInt(byte & 127) << shift;
      shift += 7n;
    }
    const last = bytes.at(-1) as number;
    if (isSigned && (last & 64) !== 0) result -= 1n << shift;
    return Number(result);
  };
  const edges = [0, 1, 63, 64, 127, 128, 8191, 8192, 16383, 16384, 2 ** 20, 2 ** 31 - 1];

  test('unsigned integers decode to themselves and are shortest', () => {
    for (const value of [...edges, 2 ** 31, 2 ** 32 - 1]) {
      expect(decode(unsigned(value), false)).toBe(value);
      expect(unsigned(value).length).toBe(Math.max(1, Math.ceil(Math.log2(value + 1) / 7)));
    }
  });

  test('signed integers decode to themselves', () => {
    for (const value of edges) {
      expect(decode(signed(value), true)).toBe(value);
      expect(decode(signed(-value - 1), true)).toBe(-value - 1);
    }
  });
});

describe('module', () => {
  const storeAt = (name: string, value: number) =>
    defineFunction(name, ['i32'], ([address]) => i32.store(address!.get, i32.const(value)));

  test('exports functions by position, imports the memory, names functions for traps', () => {
    const trap = defineFunction('divides by zero', [], (_, local) =>
      local('i32').set(i32.divS(i32.const(1), i32.const(0))),
    );
    const memory = new WebAssembly.Memory({ initial: 1 });
    const module = new WebAssembly.Module(moduleOf([storeAt('a', 11), storeAt('b', -22), trap], { shared: false }));
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    (exports['0'] as Runnable)(0);
    (exports['1'] as Runnable)(4);
    expect([...new Int32Array(memory.buffer, 0, 2)]).toEqual([11, -22]);
    expect(Object.keys(exports)).toEqual(['0', '1', '2']);
    const stack = (() => {
      try {
        (exports['2'] as Runnable)();
        return '';
      } catch (error) {
        return (error as Error).stack ?? '';
      }
    })();
    expect(stack).toContain('divides by zero');
  });

  test('imports a shared memory when asked', () => {
    const module = new WebAssembly.Module(moduleOf([storeAt('a', 5)], { shared: true }));
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true });
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    (exports['0'] as Runnable)(8);
    expect(new Int32Array(memory.buffer)[2]).toBe(5);
  });

  test('brings called functions along, each once, however deep', () => {
    const inner = defineFunction('inner', ['i32', 'i32'], ([address, value]) =>
      i32.store(address!.get, i32.add(i32.load(address!.get), value!.get)),
    );
    const middle = defineFunction('middle', ['i32'], ([address]) => [
      call(inner, address!.get, i32.const(3)),
      call(inner, address!.get, i32.const(4)),
    ]);
    const outer = defineFunction('outer', ['i32'], ([address]) => [
      call(middle, address!.get),
      call(inner, address!.get, i32.const(100)),
    ]);
    expect(new Int32Array(run(outer, [0]).buffer)[0]).toBe(107);
  });
});

describe('control flow', () => {
  const counting = (from: number, to: number, step: number, fixed: boolean) =>
    defineFunction('count', ['i32', 'i32', 'i32'], ([address, start, end], local) => {
      const counter = local('i32');
      const bump = i32.store(address!.get, i32.add(i32.load(address!.get), i32.const(1)));
      return fixed ? forRange(counter, from, to, step, bump) : forRange(counter, start!.get, end!.get, step, bump);
    });

  test('forRange makes as many rounds as a for statement, with fixed and with computed ends', () => {
    for (const [from, to, step] of [
      [0, 0, 1],
      [5, 2, 1],
      [0, 1, 4],
      [0, 9, 4],
      [-3, 8, 2],
      [0, 8, 4],
    ] as const) {
      let rounds = 0;
      for (let i = from; i < to; i += step) rounds++;
      for (const fixed of [true, false]) {
        expect(new Int32Array(run(counting(from, to, step, fixed), [0, from, to]).buffer)[0]).toBe(rounds);
      }
    }
  });

  test('blocks, loops, branches, both kinds of if, select and do-while', () => {
    const code = defineFunction('mix', ['i32'], ([n], local) => {
      const i = local('i32');
      return [
        block([branchIf(0, i32.eqz(n!.get)), i32.store(i32.const(0), i32.const(1))]),
        loop([i.set(i32.add(i.get, i32.const(1))), branchIf(0, i32.ltS(i.get, n!.get))]),
        i32.store(i32.const(4), i.get),
        ifElse(
          i32.gtS(n!.get, i32.const(2)),
          i32.store(i32.const(8), i32.const(7)),
          i32.store(i32.const(8), i32.const(9)),
        ),
        i32.store(i32.const(12), ifValue('i32', n!.get, i32.const(20), i32.const(30))),
        i32.store(i32.const(16), select(n!.get, i32.const(20), i32.const(30))),
        doWhile(i.set(i32.sub(i.get, i32.const(2))), i32.gtS(i.get, i32.const(0))),
        i32.store(i32.const(20), i.get),
        block([branch(0), i32.store(i32.const(20), i32.const(99))]),
      ];
    });
    expect([...new Int32Array(run(code, [5]).buffer, 0, 6)]).toEqual([1, 5, 7, 20, 20, -1]);
    expect([...new Int32Array(run(code, [0]).buffer, 0, 6)]).toEqual([0, 1, 9, 30, 30, -1]);
  });
});

describe('instructions', () => {
  /** Stores each i32 (or f32, by reinterpretation) result in turn. */
  const evaluate = (
    values: { f32?: number[]; i32?: number[] },
    store: 'f32' | 'i32' | 'v128',
    expressions: ReturnType<typeof i32.const>[],
  ) => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    if (values.f32) new Float32Array(memory.buffer).set(values.f32);
    if (values.i32) new Int32Array(memory.buffer).set(values.i32, 64);
    const size = store === 'v128' ? 16 : 4;
    const write = { f32: f32.store, i32: i32.store, v128: v128.store }[store];
    const code = defineFunction('evaluate', [], () =>
      expressions.map((value, index) => write(i32.const(4096), value, index * size)),
    );
    run(code, [], memory);
    return memory;
  };
  const float = (memory: WebAssembly.Memory, count: number) => [...new Float32Array(memory.buffer, 4096, count)];
  const int = (memory: WebAssembly.Memory, count: number) => [...new Int32Array(memory.buffer, 4096, count)];

  test('i32', () => {
    const [a, b] = [i32.const(-100), i32.const(7)];
    const results: [ReturnType<typeof i32.const>, number][] = [
      [i32.add(a, b), -93],
      [i32.sub(a, b), -107],
      [i32.mul(a, b), -700],
      [i32.divS(a, b), -14],
      [i32.divU(a, b), Math.floor((2 ** 32 - 100) / 7)],
      [i32.remS(a, b), -2],
      [i32.remU(a, b), (2 ** 32 - 100) % 7],
      [i32.and(a, b), -100 & 7],
      [i32.or(a, b), -100 | 7],
      [i32.xor(a, b), -100 ^ 7],
      [i32.shl(a, b), -100 << 7],
      [i32.shrS(a, b), -100 >> 7],
      [i32.shrU(a, b), -100 >>> 7],
      [i32.rotl(i32.const(0x80000001), i32.const(1)), 3],
      [i32.eq(a, b), 0],
      [i32.ne(a, b), 1],
      [i32.ltS(a, b), 1],
      [i32.ltU(a, b), 0],
      [i32.gtS(a, b), 0],
      [i32.gtU(a, b), 1],
      [i32.leS(b, b), 1],
      [i32.leU(a, b), 0],
      [i32.geS(b, b), 1],
      [i32.geU(b, a), 0],
      [i32.eqz(a), 0],
      [i32.clz(b), 29],
      [i32.reinterpretF32(f32.const(1)), 0x3f800000],
      [i32.truncSatF32S(f32.const(-2.9)), -2],
      [i32.truncSatF32S(f32.const(Number.NaN)), 0],
      [plusBytes(b, 0), 7],
      [plusBytes(b, 8), 15],
    ];
    expect(
      int(
        evaluate(
          {},
          'i32',
          results.map(([code]) => code),
        ),
        results.length,
      ),
    ).toEqual(results.map(([, value]) => value));
  });

  test('f32 and f64', () => {
    const [a, b] = [f32.const(-2.5), f32.const(4)];
    const results: [ReturnType<typeof i32.const>, number][] = [
      [f32.add(a, b), 1.5],
      [f32.sub(a, b), -6.5],
      [f32.mul(a, b), -10],
      [f32.div(a, b), -0.625],
      [f32.min(a, b), -2.5],
      [f32.max(a, b), 4],
      [f32.abs(a), 2.5],
      [f32.neg(a), 2.5],
      [f32.ceil(a), -2],
      [f32.floor(a), -3],
      [f32.trunc(a), -2],
      [f32.nearest(a), -2],
      [f32.sqrt(b), 2],
      [f32.copysign(b, a), -4],
      [f32.convertI32S(i32.const(-1)), -1],
      [f32.convertI32U(i32.const(-1)), 2 ** 32],
      [f32.reinterpretI32(i32.const(0x40400000)), 3],
      [
        f32.demoteF64(
          f64.div(f64.add(f64.const(1), f64.mul(f64.promoteF32(b), f64.const(2))), f64.sub(f64.const(1), f64.const(3))),
        ),
        -4.5,
      ],
      [f32.load(i32.const(0), 4), 0.5],
    ];
    expect(
      float(
        evaluate(
          { f32: [0.25, 0.5] },
          'f32',
          results.map(([code]) => code),
        ),
        results.length,
      ),
    ).toEqual(results.map(([, value]) => value));
    const comparisons = [f32.eq, f32.ne, f32.lt, f32.gt, f32.le, f32.ge].map((compare) => compare(a, b));
    expect(int(evaluate({}, 'i32', comparisons), 6)).toEqual([0, 1, 1, 0, 1, 0]);
  });

  test('v128: loads, lanes, shuffles, bits', () => {
    const a = v128.load(i32.const(0));
    const b = v128.load(i32.const(0), 16);
    const results: [ReturnType<typeof i32.const>, number[]][] = [
      [a, [1, 2, 3, 4]],
      [b, [5, 6, 7, 8]],
      [v128.load32Splat(i32.const(4)), [2, 2, 2, 2]],
      [v128.load32Zero(i32.const(4)), [2, 0, 0, 0]],
      [v128.load64Zero(i32.const(4)), [2, 3, 0, 0]],
      [v128.load32Lane(i32.const(0), a, 2, 28), [1, 2, 8, 4]],
      [v128.shuffle32(a, b, [0, 4, 3, 7]), [1, 5, 4, 8]],
      [f32x4.splat(f32.const(9)), [9, 9, 9, 9]],
      [f32x4.replaceLane(a, 1, f32x4.extractLane(b, 3)), [1, 8, 3, 4]],
      [v128.bitselect(a, b, f32x4.lt(a, f32x4.splatConst(2.5))), [1, 2, 7, 8]],
      [v128.and(a, i32x4.const(-1, 0, -1, 0)), [1, 0, 3, 0]],
      [v128.andnot(a, i32x4.const(-1, 0, -1, 0)), [0, 2, 0, 4]],
      [v128.or(v128.xor(a, a), b), [5, 6, 7, 8]],
      [v128.and(a, v128.not(i32x4.splatConst(0))), [1, 2, 3, 4]],
    ];
    expect(
      float(
        evaluate(
          { f32: [1, 2, 3, 4, 5, 6, 7, 8] },
          'v128',
          results.map(([code]) => code),
        ),
        results.length * 4,
      ),
    ).toEqual(results.flatMap(([, value]) => value));
  });

  test('f32x4 and i32x4 arithmetic, NaN rules of pmin and pmax', () => {
    const NaN_ = Number.NaN;
    const a = v128.load(i32.const(0));
    const b = v128.load(i32.const(16));
    const [x, y] = [
      [-2.5, 9, 0.25, 3],
      [4, 2, -1, 3],
    ];
    const lanes = (f: (p: number, q: number) => number) => x.map((p, lane) => Math.fround(f(p, y[lane] as number)));
    const mask = (f: (p: number, q: number) => boolean) => lanes((p, q) => (f(p, q) ? 1 : 0));
    const one = f32x4.splatConst(1);
    const floats: [ReturnType<typeof i32.const>, number[]][] = [
      [f32x4.add(a, b), lanes((p, q) => p + q)],
      [f32x4.sub(a, b), lanes((p, q) => p - q)],
      [f32x4.mul(a, b), lanes((p, q) => p * q)],
      [f32x4.div(a, b), lanes((p, q) => p / q)],
      [f32x4.min(a, b), lanes(Math.min)],
      [f32x4.max(a, b), lanes(Math.max)],
      [f32x4.pmin(a, b), lanes(Math.min)],
      [f32x4.pmax(a, b), lanes(Math.max)],
      [f32x4.pmax(f32x4.splatConst(NaN_), one), [NaN_, NaN_, NaN_, NaN_]],
      [f32x4.pmin(f32x4.splatConst(NaN_), one), [NaN_, NaN_, NaN_, NaN_]],
      [f32x4.abs(a), lanes(Math.abs)],
      [f32x4.neg(a), lanes((p) => -p)],
      [f32x4.sqrt(f32x4.abs(a)), lanes((p) => Math.sqrt(Math.abs(p)))],
      [f32x4.floor(a), lanes(Math.floor)],
      [f32x4.ceil(a), lanes(Math.ceil)],
      [f32x4.trunc(a), lanes(Math.trunc)],
      [f32x4.nearest(a), [-2, 9, 0, 3]],
      [v128.and(f32x4.eq(a, b), one), mask((p, q) => p === q)],
      [v128.and(f32x4.ne(a, b), one), mask((p, q) => p !== q)],
      [v128.and(f32x4.lt(a, b), one), mask((p, q) => p < q)],
      [v128.and(f32x4.gt(a, b), one), mask((p, q) => p > q)],
      [v128.and(f32x4.le(a, b), one), mask((p, q) => p <= q)],
      [v128.and(f32x4.ge(a, b), one), mask((p, q) => p >= q)],
      [f32x4.convertI32x4S(i32x4.truncSatF32x4S(a)), lanes(Math.trunc)],
      [f32x4.convertI32x4U(i32x4.splatConst(-1)), [2 ** 32, 2 ** 32, 2 ** 32, 2 ** 32]],
    ];
    const memory = evaluate(
      { f32: [...x, ...y] },
      'v128',
      floats.map(([code]) => code),
    );
    expect(float(memory, floats.length * 4)).toEqual(floats.flatMap(([, value]) => value));

    const p = i32x4.const(-8, 3, 5, 7);
    const q = i32x4.const(2, 3, -1, 9);
    const two = i32.const(2);
    const ints: [ReturnType<typeof i32.const>, number[]][] = [
      [i32x4.add(p, q), [-6, 6, 4, 16]],
      [i32x4.sub(p, q), [-10, 0, 6, -2]],
      [i32x4.mul(p, q), [-16, 9, -5, 63]],
      [i32x4.neg(p), [8, -3, -5, -7]],
      [i32x4.abs(p), [8, 3, 5, 7]],
      [i32x4.shl(p, two), [-32, 12, 20, 28]],
      [i32x4.shrS(p, two), [-2, 0, 1, 1]],
      [i32x4.shrU(p, two), [-8 >>> 2, 0, 1, 1]],
      [i32x4.minS(p, q), [-8, 3, -1, 7]],
      [i32x4.maxS(p, q), [2, 3, 5, 9]],
      [i32x4.eq(p, q), [0, -1, 0, 0]],
      [i32x4.ne(p, q), [-1, 0, -1, -1]],
      [i32x4.ltS(p, q), [-1, 0, 0, -1]],
      [i32x4.ltU(p, q), [0, 0, -1, -1]],
      [i32x4.gtS(p, q), [0, 0, -1, 0]],
      [i32x4.gtU(p, q), [-1, 0, 0, 0]],
      [i32x4.leS(p, q), [-1, -1, 0, -1]],
      [i32x4.geS(p, q), [0, -1, -1, 0]],
      [i32x4.splat(i32x4.extractLane(p, 2)), [5, 5, 5, 5]],
      [i32x4.replaceLane(p, 3, two), [-8, 3, 5, 2]],
      [i32x4.splat(v128.anyTrue(i32x4.splatConst(0))), [0, 0, 0, 0]],
    ];
    expect(
      int(
        evaluate(
          {},
          'v128',
          ints.map(([code]) => code),
        ),
        ints.length * 4,
      ),
    ).toEqual(ints.flatMap(([, value]) => value));
  });

  test('lane stores, scalar loads and bulk memory write exactly what they say', () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    new Float32Array(memory.buffer).set([1, 2, 3, 4]);
    const a = v128.load(i32.const(0));
    const code = defineFunction('stores', [], () => [
      memoryFill(i32.const(64), i32.const(0xff), i32.const(64)),
      v128.store32Lane(i32.const(64), a, 2),
      v128.store64Lane(i32.const(64), a, 1, 8),
      memoryCopy(i32.const(96), i32.const(4), i32.const(8)),
      f64.store(i32.const(112), f64.load(i32.const(0))),
      i32.store(i32.const(120), i32.load(i32.const(0), 12)),
    ]);
    run(code, [], memory);
    const expected = new Uint8Array(64).fill(0xff);
    new Float32Array(expected.buffer).set([3], 0);
    new Float32Array(expected.buffer).set([3, 4], 2);
    new Float32Array(expected.buffer).set([2, 3], 8);
    new Float32Array(expected.buffer).set([1, 2], 12);
    new Float32Array(expected.buffer).set([4], 14);
    expect([...new Uint8Array(memory.buffer, 64, 64)]).toEqual([...expected]);
  });

  test('relaxed multiply-add has its specified opcode', () => {
    const code = defineFunction('madd', [], (_, local) => local('v128').set(f32x4.relaxedMadd(a0, a0, a0)));
    const bytes = [...moduleOf([code], { shared: false })].join();
    expect(bytes).toContain([0xfd, 0x85, 0x02].join());
  });
});

const a0 = v128.load(i32.const(0));
