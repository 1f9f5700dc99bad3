// Each pass on one small program: text in, text out. Length: one part a pass.
import { describe, expect, test } from 'vitest';
import { deadCode } from '../../../src/compiler/passes/dead-code.ts';
import { flushGradients } from '../../../src/compiler/passes/flush-gradients.ts';
import { fold } from '../../../src/compiler/passes/fold.ts';
import { foldBatchNorm } from '../../../src/compiler/passes/fold-batch-norm.ts';
import { forwardCopies } from '../../../src/compiler/passes/forward-copies.ts';
import { fuse } from '../../../src/compiler/passes/fuse.ts';
import { keepBefore } from '../../../src/compiler/passes/keep-before.ts';
import { layOutOnce } from '../../../src/compiler/passes/lay-out-once.ts';
import { order } from '../../../src/compiler/passes/order.ts';
import type { Pass } from '../../../src/compiler/passes/pass.ts';
import { recompute } from '../../../src/compiler/passes/recompute.ts';
import { share } from '../../../src/compiler/passes/share.ts';
import { winograd } from '../../../src/compiler/passes/winograd.ts';
import { pipeline, runPipeline } from '../../../src/compiler/pipeline.ts';
import { insertAxis, permuteAxes, type Ref } from '../../../src/program/access.ts';
import type { Line } from '../../../src/program/expression-builder.ts';
import { printProgram } from '../../../src/program/print.ts';
import type { Program } from '../../../src/program/program.ts';
import { verifyProgram } from '../../../src/program/verify.ts';
import { programOf } from '../../support/programs.ts';

function apply(pass: Pass, program: Program, numerics: 'fast' | 'strict' = 'fast'): Program {
  const after = pass.run(program, { keep: new Set(program.results), numerics, workspaceBytes: () => 0 });
  expect(verifyProgram(after)).toEqual([]);
  return after;
}

/** The pass's result as text, lines trimmed. */
function rewritten(pass: Pass, program: Program, numerics: 'fast' | 'strict' = 'fast'): string[] {
  return printProgram(apply(pass, program, numerics)).split('\n');
}

const textOf = (program: Program) => printProgram(program).split('\n');

describe('dead-code', () => {
  test('drops what nobody reads; keeps results and in-place updates', () => {
    const program = programOf(({ emit, feed, parameter, under, named, replace }) => {
      const x = feed('x.y', [4]);
      const w = parameter('w.value', [4]);
      under('a');
      const used = named(
        'a.y',
        emit.map([x], (e, v) => e.neg(v)),
      );
      named(
        'unused.y',
        emit.map([used], (e, v) => e.abs(v)),
      );
      const y = named(
        'b.y',
        emit.map([used], (e, v) => e.exp(v)),
      );
      replace(
        'next(w.value)',
        emit.map([w, used], (e, a, b) => e.sub(a, b)),
        w,
      );
      return [y];
    });
    expect(textOf(program)).toHaveLength(4);
    expect(rewritten(deadCode, program)).toEqual([
      'a.y[4] = elementwise 4 neg(x.y)(x.y)',
      'b.y[4] = elementwise 4 exp(a.y)(a.y)',
      'next(w.value)![4] = elementwise 4 (w.value − a.y)(w.value, a.y)',
    ]);
  });
});

describe('flush-gradients', () => {
  const program = programOf(({ emit, feed, under, named }) => {
    const [x, w, d] = [feed('x.y', [4, 8]), feed('w.y', [8, 3]), feed('grad(fc.y)', [4, 3])];
    under('fc');
    const y = named('fc.y', emit.gemm({ a: x, b: w }));
    under('fc', 'backward');
    const dx = named('grad(x.y)', emit.gemm({ a: d, b: permuteAxes(w, [1, 0]) }));
    const slope = named(
      'slope.y',
      emit.map([dx], (e, v) => e.neg(v)),
    );
    return [y, slope];
  });

  test('products of the backward phase store no denormal numbers; the forward phase keeps its bits', () => {
    expect(rewritten(flushGradients, program)).toEqual([
      'fc.y[4,3] = gemm 4×3×8(x.y, w.y)',
      'grad(x.y)[4,8] = gemm 4×8×3 then flush(Σ)(grad(fc.y), w.y)',
      'slope.y[4,8] = elementwise 4×8 neg(grad(x.y))(grad(x.y))',
    ]);
  });

  test('what is fused later comes behind', () => {
    expect(rewritten(fuse, apply(flushGradients, program))[1]).toBe(
      'slope.y[4,8] = gemm 4×8×3 then neg(flush(Σ))(grad(fc.y), w.y)',
    );
  });
});

describe('fold', () => {
  const program = programOf(({ emit, feed, under, named }) => {
    const x = feed('x.y', [2]);
    under('c');
    const two = emit.constant([2], [1, 2]);
    const three = named(
      'three.y',
      emit.map([two, emit.constant([], [1])], (e, a, b) => e.add(a, b)),
    );
    const power = named(
      'power.y',
      emit.map([three], (e, a) => e.exp(a)),
    );
    const sum = named('sum.y', emit.reduce([three], { axes: [0], keepdim: true }));
    return [
      named(
        'y.y',
        emit.map([x, power, sum], (e, a, b, c) => e.add(e.mul(a, b), c)),
      ),
    ];
  });

  test('computes what is correctly rounded, and leaves the rest to the kernels', () => {
    const folded = apply(fold, program);
    expect(textOf(folded)).toEqual([
      'power.y[2] = elementwise 2 exp(three.y)(three.y)',
      'sum.y[1] = reduce 2 over 0 sum three.y(three.y)',
      'y.y[2] = elementwise 2 ((x.y · power.y) + sum.y)(x.y, power.y, sum.y)',
    ]);
    const three = folded.values.find((value) => value.name === 'three.y');
    expect([three?.kind, [...(three?.data ?? [])]]).toEqual(['constant', [2, 3]]);
  });

  test('a constant that float32 does not hold, or two roundings, are not folded', () => {
    const left = programOf(({ emit, under, named }) => {
      under('c');
      const one = emit.constant([], [1]);
      const third = named(
        'third.y',
        emit.map([one], (e, a) => e.mul(a, e.constant(0.1))),
      );
      const twice = named(
        'twice.y',
        emit.map([one], (e, a) => e.div(e.add(a, a), e.add(a, e.constant(2)))),
      );
      return [
        named(
          'y.y',
          emit.map([third, twice], (e, a, b) => e.add(a, b)),
        ),
      ];
    });
    expect(rewritten(fold, left)).toEqual(textOf(left));
  });
});

describe('forward-copies', () => {
  test('readers of a copy read the original; copies of what changes in place stay', () => {
    const program = programOf(({ emit, feed, parameter, under, named, replace }) => {
      const x = feed('x.y', [2, 3]);
      const w = parameter('w.value', [2, 3]);
      under('a');
      const y = named(
        'a.y',
        emit.map([x], (e, v) => e.neg(v)),
      );
      const copy = named('copy.y', emit.copy(y));
      const turned = named('turned.y', emit.copy(permuteAxes(y, [1, 0])));
      const old = named('old.y', emit.copy(w));
      replace(
        'next(w.value)',
        emit.map([w, copy], (e, a, b) => e.sub(a, b)),
        w,
      );
      return [
        named(
          'z.y',
          emit.map([copy, old], (e, a, b) => e.add(a, b)),
        ),
        turned,
      ];
    });
    const changed = apply(forwardCopies, program);
    expect(textOf(changed)).toEqual([
      'a.y[2,3] = elementwise 2×3 neg(x.y)(x.y)',
      'turned.y[3,2] = elementwise 3×2 a.y(a.y)',
      'old.y[2,3] = elementwise 2×3 w.value(w.value)',
      'next(w.value)![2,3] = elementwise 2×3 (w.value − a.y)(w.value, a.y)',
      'z.y[2,3] = elementwise 2×3 (a.y + old.y)(a.y, old.y)',
    ]);
    expect(changed.values[changed.aliases.get('copy.y') as number]?.name).toBe('a.y');
  });

  test('a copy that is a result answers to its name through the original', () => {
    const program = programOf(({ emit, feed, under, named }) => {
      under('a');
      const y = named(
        'a.y',
        emit.map([feed('x.y', [3])], (e, v) => e.neg(v)),
      );
      return [named('copy.y', emit.copy(y))];
    });
    const changed = apply(forwardCopies, program);
    expect(textOf(changed)).toEqual(['a.y[3] = elementwise 3 neg(x.y)(x.y)']);
    expect(changed.results).toEqual([changed.aliases.get('copy.y')]);
  });

  test('a long row of copies is followed in one go', () => {
    const program = programOf(({ emit, feed, under }) => {
      under('a');
      let y = emit.map([feed('x.y', [1])], (e, v) => e.neg(v));
      for (let i = 0; i < 20_000; i++) y = emit.copy(y);
      return [emit.map([y], (e, v) => e.exp(v))];
    });
    expect(rewritten(forwardCopies, program)).toHaveLength(2);
  });
});

describe('share', () => {
  test('computes equal kernels on equal inputs once; what is kept can be read under its own name', () => {
    const program = programOf(({ emit, feed, under, named }) => {
      const x = feed('x.y', [4]);
      under('a');
      const first = named(
        'first.y',
        emit.map([x], (e, v) => e.exp(v)),
      );
      const second = named(
        'second.y',
        emit.map([x], (e, v) => e.exp(v)),
      );
      const a = named(
        'a.y',
        emit.map([first], (e, v) => e.neg(v)),
      );
      const b = named(
        'b.y',
        emit.map([second], (e, v) => e.neg(v)),
      );
      const kept = named(
        'kept.y',
        emit.map([x], (e, v) => e.exp(v)),
      );
      return [
        named(
          'sum.y',
          emit.map([a, b], (e, u, v) => e.add(u, v)),
        ),
        kept,
      ];
    });
    const after = apply(share, program);
    expect(after.aliases.get('kept.y')).toBe(after.values.findIndex(({ name }) => name === 'first.y'));
    expect(after.results).toContain(after.aliases.get('kept.y'));
    expect(textOf(after)).toEqual([
      'first.y[4] = elementwise 4 exp(x.y)(x.y)',
      'a.y[4] = elementwise 4 neg(first.y)(first.y)',
      'sum.y[4] = elementwise 4 (a.y + a.y)(a.y, a.y)',
    ]);
  });

  test('masks of two nodes are different streams, and updates are never shared', () => {
    const program = programOf(({ emit, parameter, under, replace }) => {
      const [w, v] = [parameter('w.value', [4]), parameter('v.value', [4])];
      under('one');
      const first = emit.bernoulli([4], 0.5);
      under('another');
      const second = emit.bernoulli([4], 0.5);
      replace(
        'next(w.value)',
        emit.map([first], (_, x) => x),
        w,
      );
      replace(
        'next(v.value)',
        emit.map([first], (_, x) => x),
        v,
      );
      return [second];
    });
    expect(rewritten(share, program)).toEqual(textOf(program));
  });
});

describe('fuse', () => {
  test('a row of elementwise steps becomes one; a value read twice stays', () => {
    const program = programOf(({ emit, feed, under, named }) => {
      const [x, b] = [feed('x.y', [2, 3]), feed('b.y', [3])];
      under('a');
      const sum = named(
        'sum.y',
        emit.map([x, b], (e, u, v) => e.add(u, v)),
      );
      const active = named(
        'active.y',
        emit.map([sum], (e, v) => e.max(v, e.constant(0))),
      );
      const twice = named(
        'twice.y',
        emit.map([active], (e, v) => e.exp(v)),
      );
      const left = named(
        'left.y',
        emit.map([twice], (e, v) => e.neg(v)),
      );
      const right = named(
        'right.y',
        emit.map([twice], (e, v) => e.abs(v)),
      );
      return [left, right];
    });
    expect(rewritten(fuse, program)).toEqual([
      'twice.y[2,3] = elementwise 2×3 exp(max((x.y + b.y), 0))(x.y, b.y)',
      'left.y[2,3] = elementwise 2×3 neg(twice.y)(twice.y)',
      'right.y[2,3] = elementwise 2×3 abs(twice.y)(twice.y)',
    ]);
  });

  test('bias and activation move into the store of a product', () => {
    const program = programOf(({ emit, feed, under, named }) => {
      const [x, w, b] = [feed('x.y', [4, 8]), feed('w.y', [8, 3]), feed('b.y', [3])];
      under('fc');
      const product = named('product.y', emit.gemm({ a: x, b: w }));
      const sum = named(
        'sum.y',
        emit.map([product, b], (e, u, v) => e.add(u, v)),
      );
      return [
        named(
          'relu.y',
          emit.map([sum], (e, v) => e.max(v, e.constant(0))),
        ),
      ];
    });
    expect(rewritten(fuse, program)).toEqual(['relu.y[4,3] = gemm 4×3×8 then max((Σ + b.y), 0)(x.y, w.y, b.y)']);
  });

  test('sums take in what they read in fast numerics only, maxima in both', () => {
    const program = programOf(({ emit, feed, under, named }) => {
      const [x, t] = [feed('x.y', [4, 3]), feed('t.y', [4, 3])];
      under('loss');
      const off = named(
        'off.y',
        emit.map([x, t], (e, u, v) => e.sub(u, v)),
      );
      const size = named(
        'size.y',
        emit.map([x, t], (e, u, v) => e.abs(e.sub(u, v))),
      );
      return [
        named('sum.y', emit.reduce([off], { axes: [0, 1] })),
        named('most.y', emit.reduce([size], { axes: [1], by: 'max' })),
      ];
    });
    const most = 'most.y[4] = reduce 4×3 over 1 max abs((x.y − t.y))(x.y, t.y)';
    expect(rewritten(fuse, program)).toEqual(['sum.y[] = reduce 4×3 over 0,1 sum (x.y − t.y)(x.y, t.y)', most]);
    expect(rewritten(fuse, program, 'strict')).toEqual([
      'off.y[4,3] = elementwise 4×3 (x.y − t.y)(x.y, t.y)',
      'sum.y[] = reduce 4×3 over 0,1 sum off.y(off.y)',
      most,
    ]);
  });

  test('nothing moves across a phase, past an update of what it reads, or into a transposed reader', () => {
    const program = programOf(({ emit, feed, parameter, under, named, replace }) => {
      const x = feed('x.y', [2, 2]);
      const w = parameter('w.value', [2, 2]);
      under('a');
      const old = named(
        'old.y',
        emit.map([w], (e, v) => e.mul(v, v)),
      );
      const turned = named(
        'turned.y',
        emit.map([x], (e, v) => e.exp(v)),
      );
      replace(
        'next(w.value)',
        emit.map([w, x], (e, u, v) => e.add(u, v)),
        w,
      );
      const late = named(
        'late.y',
        emit.map([old], (e, v) => e.neg(v)),
      );
      const across = named(
        'across.y',
        emit.map([permuteAxes(turned, [1, 0])], (e, v) => e.neg(v)),
      );
      under('b', 'backward');
      return [
        named(
          'z.y',
          emit.map([late], (e, v) => e.abs(v)),
        ),
        across,
      ];
    });
    expect(rewritten(fuse, program)).toEqual(textOf(program));
  });

  test('what is kept is stored besides, on its way', () => {
    const row = (kept: (...values: readonly [Ref, Ref, Ref]) => readonly Ref[]) =>
      programOf(({ emit, feed, under, named }) => {
        under('a');
        const mid = named(
          'mid.y',
          emit.map([feed('x.y', [3])], (e, v) => e.neg(v)),
        );
        const next = named(
          'next.y',
          emit.map([mid], (e, v) => e.exp(v)),
        );
        const last = named(
          'last.y',
          emit.map([next], (e, v) => e.abs(v)),
        );
        return kept(mid, next, last);
      });
    expect(
      rewritten(
        fuse,
        row((mid, _, last) => [mid, last]),
      ),
    ).toEqual(['last.y[3], mid.y[3] = elementwise 3 abs(exp(neg(x.y))); neg(x.y)(x.y)']);
    expect(
      rewritten(
        fuse,
        row((...all) => all),
      ),
    ).toEqual(['last.y[3], next.y[3], mid.y[3] = elementwise 3 abs(exp(neg(x.y))); exp(neg(x.y)); neg(x.y)(x.y)']);
  });

  test('a product that is kept stores its sums and what becomes of them', () => {
    const layer = (kept: (sum: Ref, relu: Ref, scaled: Ref) => readonly Ref[]) =>
      programOf(({ emit, feed, under, named }) => {
        const [x, w, b] = [feed('x.y', [4, 8]), feed('w.y', [8, 3]), feed('b.y', [3])];
        under('fc');
        const sum = named(
          'fc.y',
          emit.gemm({ a: x, b: w, epilogue: { operands: [b], value: (e, u, v) => e.add(u, v) } }),
        );
        const relu = named(
          'relu.y',
          emit.map([sum], (e, v) => e.max(v, e.constant(0))),
        );
        return kept(
          sum,
          relu,
          named(
            'scaled.y',
            emit.map([relu], (e, v) => e.mul(v, v)),
          ),
        );
      });
    const relu = 'max((Σ + b.y), 0)';
    expect(
      rewritten(
        fuse,
        layer((sum, _, scaled) => [sum, scaled]),
      ),
    ).toEqual([`scaled.y[4,3], fc.y[4,3] = gemm 4×3×8 then (${relu} · ${relu}); (Σ + b.y)(x.y, w.y, b.y)`]);
    expect(
      rewritten(
        fuse,
        layer((...all) => all),
      ),
    ).toEqual([
      `scaled.y[4,3], fc.y[4,3], relu.y[4,3] = gemm 4×3×8 then (${relu} · ${relu}); (Σ + b.y); ${relu}(x.y, w.y, b.y)`,
    ]);
  });

  test('what is kept stays apart from a sum, and where others read it, too', () => {
    const program = programOf(({ emit, feed, under, named }) => {
      under('a');
      const mid = named(
        'mid.y',
        emit.map([feed('x.y', [3])], (e, v) => e.neg(v)),
      );
      const both = named(
        'both.y',
        emit.map([mid], (e, v) => e.exp(v)),
      );
      return [mid, both, named('sum.y', emit.reduce([both], { axes: [0] })), emit.reduce([mid], { axes: [0] })];
    });
    expect(rewritten(fuse, program)).toEqual(textOf(program));
  });
});

describe('keep-before', () => {
  const program = (read: boolean) =>
    programOf(({ emit, feed, parameter, under, named, replace }) => {
      const [x, w] = [feed('x.y', [2, 3]), parameter('w.value', [2, 3])];
      under('w');
      const before = named(
        'before(w.value)',
        emit.map([w], (_, v) => v),
      );
      const y = named(
        'y.y',
        emit.map(read ? [before, w] : [x, w], (e, u, v) => e.mul(u, v)),
      );
      under('w', 'update');
      replace(
        'next(w.value)',
        emit.map([w, x], (e, v, by) => e.sub(v, by)),
        w,
      );
      return [before, y];
    });

  test('what replaces a value stores what it was besides', () => {
    expect(rewritten(keepBefore, program(false))).toEqual([
      'y.y[2,3] = elementwise 2×3 (x.y · w.value)(x.y, w.value)',
      'next(w.value)![2,3], before(w.value)[2,3] = elementwise 2×3 (w.value − x.y); w.value(w.value, x.y)',
    ]);
  });

  test('a copy that is read stays where it is', () => {
    expect(rewritten(keepBefore, program(true))).toEqual(textOf(program(true)));
  });

  test('so does one of what is replaced out of order', () => {
    const turned = programOf(({ emit, parameter, under, named, replace }) => {
      const w = parameter('w.value', [3, 3]);
      under('w', 'update');
      const before = named(
        'before(w.value)',
        emit.map([w], (_, v) => v),
      );
      const other = named('other.y', emit.copy(permuteAxes(w, [1, 0])));
      replace(
        'next(w.value)',
        emit.map([other], (e, v) => e.neg(v)),
        w,
      );
      return [before];
    });
    expect(rewritten(keepBefore, turned)).toEqual(textOf(turned));
  });
});

describe('fold-batch-norm', () => {
  /** A convolution, batch norm by running statistics, a rectifier; so many rows and columns. */
  const normed = (size: number) =>
    programOf(({ emit, feed, parameter, under, named }) => {
      const x = feed('x.y', [1, 2, size, size]);
      const w = parameter('conv.weight', [3, 2, 1, 1]);
      const channels = ['conv.bias', 'bn.mean', 'bn.invstd', 'bn.weight', 'bn.bias'].map((name) =>
        insertAxis(insertAxis(parameter(name, [3]), 1), 2),
      );
      under('conv');
      const geometry = {
        batch: 1,
        inChannels: 2,
        inSize: [size, size],
        outChannels: 3,
        outSize: [size, size],
        kernel: [1, 1],
        stride: [1, 1],
        padding: [0, 0, 0, 0],
        dilation: [1, 1],
        groups: 1,
      } as const;
      const y = emit.conv2d('forward', geometry, [x, w]);
      return [
        named(
          'relu.y',
          emit.map([y, ...channels], (e, ...lines) => {
            const [v, b, m, s, g, h] = lines as [Line, Line, Line, Line, Line, Line];
            return e.max(e.add(e.mul(e.mul(e.sub(e.add(v, b), m), s), g), h), e.constant(0));
          }),
        ),
      ];
    });
  const fused = (size: number) => apply(fuse, normed(size));

  test('few outputs: scale and shift are worked out once a channel', () => {
    expect(rewritten(foldBatchNorm, fused(1))).toEqual([
      'relu.y:scale[3], relu.y:shift[3] = elementwise 3 (bn.invstd · bn.weight); ((((conv.bias − bn.mean) · bn.invstd) · bn.weight) + bn.bias)(bn.invstd, bn.weight, conv.bias, bn.mean, bn.bias)',
      'relu.y[1,3,1,1] = conv2d forward 1×2×1×1 → 3×1×1, 1×1 stride 1,1 then max(((Σ · relu.y:scale) + relu.y:shift), 0)(x.y, conv.weight, relu.y:scale, relu.y:shift)',
    ]);
  });

  test('many outputs: the weights take the scale', () => {
    expect(rewritten(foldBatchNorm, fused(8)).slice(1)).toEqual([
      'relu.y:weight[3,2,1,1] = elementwise 3×2×1×1 (conv.weight · relu.y:scale)(conv.weight, relu.y:scale)',
      'relu.y[1,3,8,8] = conv2d forward 1×2×8×8 → 3×8×8, 1×1 stride 1,1 then max((Σ + relu.y:shift), 0)(x.y, relu.y:weight, relu.y:shift)',
    ]);
  });

  test('strict numerics keep their bits; a bias alone stays where it is', () => {
    expect(rewritten(foldBatchNorm, fused(8), 'strict')).toEqual(textOf(fused(8)));
    const biased = programOf(({ emit, feed, under, named }) => {
      const [x, w, b] = [feed('x.y', [4, 8]), feed('w.y', [8, 3]), feed('b.y', [3])];
      under('fc');
      const product = emit.gemm({ a: x, b: w });
      return [
        named(
          'fc.y',
          emit.map([product, b], (e, u, v) => e.add(u, v)),
        ),
      ];
    });
    const before = apply(fuse, biased);
    expect(rewritten(foldBatchNorm, before)).toEqual(textOf(before));
  });

  test('what is not alike over a channel, and what reads a number before its norm, is left alone', () => {
    const program = programOf(({ emit, feed, under, named }) => {
      const [x, w, s] = [feed('x.y', [4, 8]), feed('w.y', [8, 3]), feed('s.y', [4, 3])];
      const c = feed('c.y', [3]);
      under('fc');
      const product = emit.gemm({ a: x, b: w });
      return [
        named(
          'fc.y',
          emit.map([product, s, c], (e, u, v, k) => e.add(e.mul(e.add(e.mul(u, k), k), v), e.tanh(e.mul(u, k)))),
        ),
      ];
    });
    const before = apply(fuse, program);
    expect(rewritten(foldBatchNorm, before)).toEqual(textOf(before));
  });
});

describe('order', () => {
  test('of two branches the one whose large values are folded at once goes first', () => {
    const program = programOf(({ emit, feed, parameter, under, named, replace }) => {
      const x = feed('x.y', [1]);
      const w = parameter('w.value', [1]);
      under('wide');
      const draw = (name: string, row: number) =>
        named(
          name,
          emit.map([x, emit.constant([64], new Array(64).fill(row))], (e, u, v) => e.mul(u, v)),
        );
      const [a, b] = [draw('a.y', 1), draw('b.y', 2)];
      const [p, q] = [named('p.y', emit.reduce([a], { axes: [0] })), named('q.y', emit.reduce([b], { axes: [0] }))];
      replace(
        'next(w.value)',
        emit.map([w, p, q], (e, u, v, s) => e.add(u, e.add(v, s))),
        w,
      );
      return [];
    });
    const names = (text: readonly string[]) => text.map((line) => line.slice(0, line.indexOf(' =')));
    expect(names(textOf(program))).toEqual(['a.y[64]', 'b.y[64]', 'p.y[]', 'q.y[]', 'next(w.value)![1]']);
    expect(names(rewritten(order, program))).toEqual(['a.y[64]', 'p.y[]', 'b.y[64]', 'q.y[]', 'next(w.value)![1]']);
  });

  test('where nothing is gained, nothing moves', () => {
    const program = programOf(({ emit, feed, under }) => {
      under('a');
      const first = emit.map([feed('x.y', [8])], (e, v) => e.exp(v));
      const second = emit.map([feed('z.y', [8])], (e, v) => e.neg(v));
      return [emit.map([second, first], (e, u, v) => e.add(u, v))];
    });
    expect(rewritten(order, program)).toEqual(textOf(program));
  });
});

describe('recompute', () => {
  const program = (size: number) =>
    programOf(({ emit, feed, parameter, under, named }) => {
      const [x, w] = [feed('x.y', [size, 32]), parameter('w.value', [32, 32])];
      under('fc');
      const y = named('fc.y', emit.gemm({ a: x, b: w }));
      under('relu');
      const z = named(
        'relu.y',
        emit.map([y], (e, v) => e.max(v, e.constant(0))),
      );
      under('out');
      const out = named('out.y', emit.gemm({ a: z, b: w }));
      under('top');
      const top = named(
        'top.y',
        emit.map([out], (e, v) => e.exp(v)),
      );
      under('top', 'backward');
      const d = named(
        'grad(out.y)',
        emit.map([out, top], (e, u, v) => e.mul(u, v)),
      );
      under('out', 'backward');
      const dw = named('grad(w.value)', emit.gemm({ a: permuteAxes(z, [1, 0]), b: d }));
      under('relu', 'backward');
      const dy = named(
        'grad(fc.y)',
        emit.map([d, y], (e, u, v) => e.mul(u, e.gt(v, e.constant(0)))),
      );
      return [dw, dy];
    });

  test('an activation that lies idle at the peak is computed again, from what is kept for others', () => {
    expect(rewritten(recompute, program(64))).toEqual([
      'fc.y[64,32] = gemm 64×32×32(x.y, w.value)',
      'relu.y[64,32] = elementwise 64×32 max(fc.y, 0)(fc.y)',
      'out.y[64,32] = gemm 64×32×32(relu.y, w.value)',
      'top.y[64,32] = elementwise 64×32 exp(out.y)(out.y)',
      'grad(out.y)[64,32] = elementwise 64×32 (out.y · top.y)(out.y, top.y)',
      'relu.y:again[64,32] = elementwise 64×32 max(fc.y, 0)(fc.y)',
      'grad(w.value)[32,32] = gemm 32×32×64(relu.y:again, grad(out.y))',
      'grad(fc.y)[64,32] = elementwise 64×32 (grad(out.y) · (fc.y > 0))(grad(out.y), fc.y)',
    ]);
  });

  test('small values, and those whose givers nobody needs any more, are kept', () => {
    expect(rewritten(recompute, program(4))).toEqual(textOf(program(4)));
    const alone = programOf(({ emit, feed, under, named }) => {
      const x = feed('x.y', [64, 64]);
      under('a');
      const y = emit.map([x], (e, v) => e.exp(v));
      const z = named(
        'z.y',
        emit.map([y], (e, v) => e.neg(v)),
      );
      under('a', 'backward');
      return [
        named(
          'grad(x.y)',
          emit.map([z], (e, v) => e.abs(v)),
        ),
      ];
    });
    expect(rewritten(recompute, alone)).toEqual(textOf(alone));
  });
});

describe('lay-out-once', () => {
  const steps = (count: number, columns: number) =>
    programOf(({ emit, feed, parameter, under, named, replace }) => {
      const w = parameter('w.value', [columns, 16]);
      const states = Array.from({ length: count }, (_, t) => feed(`x${t}.y`, [2, 16]));
      const sums = states.map((x, t) => {
        under(`step${t}`);
        return named(`step${t}.y`, emit.gemm({ a: x, b: permuteAxes(w, [1, 0]) }));
      });
      under('end');
      replace(
        'next(w.value)',
        emit.map([w], (e, v) => e.neg(v)),
        w,
      );
      return sums;
    });

  test('a factor that many products turn around is turned around once', () => {
    const text = rewritten(layOutOnce, steps(4, 20));
    expect(text.length).toBe(6);
    expect(text[0]).toMatch(/^w\.value:fours\d+\[5,16,4\] = elementwise 5×16×4 w\.value\(w\.value\)$/);
    for (const t of [0, 1, 2, 3])
      expect(text[1 + t]).toMatch(
        new RegExp(`^step${t}\\.y\\[2,20\\] = gemm 2×20×16\\(x${t}\\.y, w\\.value:fours\\d+\\)$`),
      );
  });

  test('a few products, and columns that do not come in fours, do it themselves', () => {
    for (const program of [steps(3, 20), steps(4, 18)]) expect(rewritten(layOutOnce, program)).toEqual(textOf(program));
  });
});

describe('winograd', () => {
  const convolution = (channels: number, size: number, kernel: number, stride = 1) =>
    programOf(({ emit, feed, parameter, under, named }) => {
      const x = feed('x.y', [1, channels, size, size]);
      const w = parameter('w.value', [channels, channels, kernel, kernel]);
      under('conv');
      const outSize = [
        Math.floor((size + 1 - kernel) / stride) + 1,
        Math.floor((size + 1 - kernel) / stride) + 1,
      ] as const;
      const geometry = {
        batch: 1,
        inChannels: channels,
        inSize: [size, size],
        outChannels: channels,
        outSize,
        kernel: [kernel, kernel],
        stride: [stride, stride],
        padding: [1, 1, 0, 0],
        dilation: [1, 1],
        groups: 1,
      } as const;
      return [named('conv.y', emit.conv2d('forward', geometry, [x, w]))];
    });

  test('takes 3×3 convolutions of stride 1 with enough channels and tiles', () => {
    expect(rewritten(winograd, convolution(16, 18, 3))).toEqual([
      'conv.y[1,16,17,17] = conv2d forward 1×16×18×18 → 16×17×17, 3×3 stride 1,1 by winograd(x.y, w.value)',
    ]);
    for (const program of [
      convolution(12, 18, 3),
      convolution(16, 10, 3),
      convolution(16, 18, 5),
      convolution(16, 33, 3, 2),
    ])
      expect(rewritten(winograd, program)).toEqual(textOf(program));
  });

  test('leaves strict numerics alone, because it rounds otherwise', () => {
    const program = convolution(16, 18, 3);
    expect(rewritten(winograd, program, 'strict')).toEqual(textOf(program));
  });
});

describe('the pipeline', () => {
  const program = programOf(({ emit, feed, under, named }) => {
    under('a');
    const y = named(
      'a.y',
      emit.map([feed('x.y', [3])], (e, v) => e.neg(v)),
    );
    return [
      named(
        'y.y',
        emit.map([emit.copy(y)], (e, v) => e.exp(v)),
      ),
    ];
  });

  test('tells what every pass did, in order, and leaves out what is off', () => {
    const seen: string[] = [];
    const result = runPipeline(program, {
      off: ['share'],
      keepSteps: false,
      numerics: 'fast',
      trace: ({ pass, before: was, after: is }) =>
        seen.push(`${pass} ${was.instructions.length}→${is.instructions.length}`),
    });
    expect(seen).toEqual([
      'dead-code 3→3',
      'flush-gradients 3→3',
      'fold 3→3',
      'forward-copies 3→2',
      'fuse 2→1',
      'keep-before 1→1',
      'fold-batch-norm 1→1',
      'lay-out-once 1→1',
      'dead-code 1→1',
      'winograd 1→1',
      'order 1→1',
    ]);
    expect(textOf(result)).toEqual(['y.y[3] = elementwise 3 exp(neg(x.y))(x.y)']);
  });

  test('keeps the debugger’s steps as they are where everything is kept', () => {
    const result = runPipeline(program, { off: [], keepSteps: true, numerics: 'fast' });
    expect(textOf(result)).toEqual(textOf(program));
    expect(pipeline.filter((pass) => !pass.mergesSteps).map((pass) => pass.name)).toEqual([
      'dead-code',
      'flush-gradients',
      'dead-code',
      'winograd',
    ]);
  });

  test('stops with the faults when a program is broken', () => {
    const broken = { ...program, instructions: program.instructions.slice(1) };
    expect(() => runPipeline(broken, { off: [], keepSteps: false, numerics: 'fast' })).toThrow(
      /lowering.*a\.y before it is defined/,
    );
  });
});
