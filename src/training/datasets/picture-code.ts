// What drawing does to every pixel, as generated code on numbers in double: four or two pixels at a time, with the bits of plain
// loops, since nothing is fused and every operation rounds by itself. What is drawn, and at random, is the painters' business.

import { whileAtLeast } from '../../kernels/emit/iteration.ts';
import { keyFactor, randomLanes } from '../../kernels/emit/random-bits.ts';
import { createBlockPool } from '../../kernels/emit/vector-block.ts';
import type { Code, FunctionCode } from '../../kernels/encoder/code.ts';
import { forRange } from '../../kernels/encoder/control.ts';
import { defineFunction, type Local, locals } from '../../kernels/encoder/function.ts';
import { f64, f64x2, i32, i32x4, v128 } from '../../kernels/encoder/instructions.ts';

const bounded = (value: Code): Code => f64x2.pmax(f64x2.pmin(value, f64x2.splatConst(1)), f64x2.splatConst(0));

/** Standard deviation of a sum of four independent uniform bytes, and its mean. */
const bytesDeviation = 147.8;
const bytesMean = 510;
/** Index of the first random number that grain is made of. */
const firstGrain = 0x40000000;

/**
 * (values, out, count, key, strength): float32 `out` = values + strength · grain, bounded by 0 and 1. The grain of value i is the
 * sum of the four bytes of randomBits(key, firstGrain + i), standardised. `count` is a multiple of four.
 */
export function grainCode(): FunctionCode {
  return defineFunction('grain', ['i32', 'i32', 'i32', 'i32', 'f64'], (p, local) => {
    const [values, out, left, key, strength] = p;
    const [keys, offsets, index, strengths] = [local('v128'), local('v128'), local('v128'), local('v128')];
    const pool = createBlockPool(local, false);
    const b = pool.begin();
    const bits = b.hold(randomLanes(b, index.get, keys.get, offsets.get));
    const pairMask = b.bits(0xff00ff);
    const pairs = b.hold(i32x4.add(v128.and(bits, pairMask), v128.and(i32x4.shrU(bits, i32.const(8)), pairMask)));
    const sum = i32x4.add(v128.and(pairs, b.bits(0xffff)), i32x4.shrU(pairs, i32.const(16)));
    const centred = b.hold(i32x4.sub(sum, b.bits(bytesMean)));
    const two = (whole: Code, offset: number) => {
      const grain = f64x2.div(f64x2.convertLowI32x4S(whole), f64x2.splatConst(bytesDeviation));
      return f64x2.demoteZero(bounded(f64x2.add(v128.load(values.get, offset), f64x2.mul(strengths.get, grain))));
    };
    const upper = v128.shuffle32(centred, centred, [2, 3, 2, 3]);
    const four = v128.shuffle32(two(centred, 0), two(upper, 16), [0, 1, 4, 5]);
    const round = [
      b.statements(),
      v128.store(out.get, four),
      index.set(i32x4.add(index.get, b.bits(4))),
      values.set(i32.add(values.get, i32.const(32))),
      out.set(i32.add(out.get, i32.const(16))),
    ];
    return [
      keys.set(i32x4.splat(key.get)),
      offsets.set(i32x4.splat(i32.mul(key.get, i32.const(keyFactor)))),
      strengths.set(f64x2.splat(strength.get)),
      index.set(i32x4.const(firstGrain, firstGrain + 1, firstGrain + 2, firstGrain + 3)),
      pool.prologue(),
      whileAtLeast(left, 4, round),
    ];
  });
}

/** Bytes of a point of a stroke: x, y, radius. */
export const pointBytes = 24;

/**
 * (points, count, depths, margin): of a picture of `width` × `height`, width even, every depth becomes the largest of itself and, for
 * each of the `count` capsules from one point to the next, the capsule's radius less the distance where it passes nearest. Pixels
 * further than `margin` from a capsule may be left out.
 */
export function strokeCode(width: number, height: number): FunctionCode {
  return defineFunction('stroke', ['i32', 'i32', 'i32', 'f64'], (p, local) => {
    const [point, left, depths, margin] = p;
    const number = () => local('f64');
    const [x0, y0, r0, x1, y1, r1] = [number(), number(), number(), number(), number(), number()];
    const [dx, dy, length2, reach] = [number(), number(), number(), number()];
    const vector = () => local('v128');
    const [x0s, r0s, dxs, dys, drs, lengths2] = [vector(), vector(), vector(), vector(), vector(), vector()];
    const [xs, px, py, alongY, t, ex, ey] = [vector(), vector(), vector(), vector(), vector(), vector(), vector()];
    const [x, y, startX, endX, endY, cell] = locals(local, 'i32', 6);

    const first = (a: Local, b: Local) =>
      i32.truncSatF64S(f64.max(f64.const(0), f64.sub(f64.min(a.get, b.get), reach.get)));
    const end = (a: Local, b: Local, size: number) =>
      i32.add(i32.truncSatF64S(f64.min(f64.const(size - 1), f64.add(f64.max(a.get, b.get), reach.get))), i32.const(1));
    const squared = ({ get }: Local) => f64x2.mul(get, get);
    const pair: Code = [
      px.set(f64x2.sub(xs.get, x0s.get)),
      t.set(bounded(f64x2.div(f64x2.add(f64x2.mul(px.get, dxs.get), alongY.get), lengths2.get))),
      ex.set(f64x2.sub(px.get, f64x2.mul(t.get, dxs.get))),
      ey.set(f64x2.sub(py.get, f64x2.mul(t.get, dys.get))),
      v128.store(
        cell.get,
        f64x2.pmax(
          v128.load(cell.get),
          f64x2.sub(f64x2.add(r0s.get, f64x2.mul(t.get, drs.get)), f64x2.sqrt(f64x2.add(squared(ex), squared(ey)))),
        ),
      ),
      xs.set(f64x2.add(xs.get, f64x2.splatConst(2))),
      cell.set(i32.add(cell.get, i32.const(16))),
    ];
    const row: Code = [
      py.set(f64x2.splat(f64.sub(f64.convertI32S(y.get), y0.get))),
      alongY.set(f64x2.mul(py.get, dys.get)),
      xs.set(f64x2.convertLowI32x4S(i32x4.add(i32x4.splat(startX.get), i32x4.const(0, 1, 0, 0)))),
      cell.set(i32.add(depths.get, i32.shl(i32.add(i32.mul(y.get, i32.const(width)), startX.get), i32.const(3)))),
      forRange(x, startX.get, endX.get, 2, pair),
    ];
    const capsule: Code = [
      x1.set(f64.load(point.get, pointBytes)),
      y1.set(f64.load(point.get, pointBytes + 8)),
      r1.set(f64.load(point.get, pointBytes + 16)),
      reach.set(f64.add(f64.max(r0.get, r1.get), margin.get)),
      // Two pixels at a time, and no pair lies in two rows.
      startX.set(i32.and(first(x0, x1), i32.const(-2))),
      endX.set(end(x0, x1, width)),
      endY.set(end(y0, y1, height)),
      dx.set(f64.sub(x1.get, x0.get)),
      dy.set(f64.sub(y1.get, y0.get)),
      length2.set(f64.add(f64.mul(dx.get, dx.get), f64.mul(dy.get, dy.get))),
      x0s.set(f64x2.splat(x0.get)),
      r0s.set(f64x2.splat(r0.get)),
      dxs.set(f64x2.splat(dx.get)),
      dys.set(f64x2.splat(dy.get)),
      drs.set(f64x2.splat(f64.sub(r1.get, r0.get))),
      // A point is a capsule of length 0, nearest at its start.
      lengths2.set(f64x2.splat(f64.max(length2.get, f64.const(Number.MIN_VALUE)))),
      forRange(y, first(y0, y1), endY.get, 1, row),
      x0.set(x1.get),
      y0.set(y1.get),
      r0.set(r1.get),
      point.set(i32.add(point.get, i32.const(pointBytes))),
    ];
    return [
      x0.set(f64.load(point.get)),
      y0.set(f64.load(point.get, 8)),
      r0.set(f64.load(point.get, 16)),
      whileAtLeast(left, 1, capsule),
    ];
  });
}

/** (depths, out, count, softness, ink): out = ink · float32(depth / softness + ½, bounded by 0 and 1). `count` is even. */
export function inkCode(): FunctionCode {
  return defineFunction('ink', ['i32', 'i32', 'i32', 'f64', 'f64'], (p, local) => {
    const [depths, out, left, softness, ink] = p;
    const [softs, inks] = [local('v128'), local('v128')];
    const cover = bounded(f64x2.add(f64x2.div(v128.load(depths.get), softs.get), f64x2.splatConst(0.5)));
    return [
      softs.set(f64x2.splat(softness.get)),
      inks.set(f64x2.splat(ink.get)),
      whileAtLeast(left, 2, [
        v128.store(out.get, f64x2.mul(inks.get, f64x2.promoteLowF32x4(f64x2.demoteZero(cover)))),
        depths.set(i32.add(depths.get, i32.const(16))),
        out.set(i32.add(out.get, i32.const(16))),
      ]),
    ];
  });
}

/**
 * (blend, cover, light, out, count, first, span, colour): out = back + cover · (colour · light − back) over the back first + blend · span:
 * one channel of a figure before its background. `count` is even.
 */
export function colourCode(): FunctionCode {
  return defineFunction('colour', ['i32', 'i32', 'i32', 'i32', 'i32', 'f64', 'f64', 'f64'], (p, local) => {
    const [blend, cover, light, out, left, first, span, colour] = p;
    const [firsts, spans, colours, back] = [local('v128'), local('v128'), local('v128'), local('v128')];
    const lit = f64x2.mul(colours.get, v128.load(light.get));
    return [
      firsts.set(f64x2.splat(first.get)),
      spans.set(f64x2.splat(span.get)),
      colours.set(f64x2.splat(colour.get)),
      whileAtLeast(left, 2, [
        back.set(f64x2.add(firsts.get, f64x2.mul(v128.load(blend.get), spans.get))),
        v128.store(out.get, f64x2.add(back.get, f64x2.mul(v128.load(cover.get), f64x2.sub(lit, back.get)))),
        [blend, cover, light, out].map((address) => address.set(i32.add(address.get, i32.const(16)))),
      ]),
    ];
  });
}
