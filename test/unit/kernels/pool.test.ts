import { describe, expect, it } from 'vitest';
import type { Pool2dGeometry } from '../../../src/program/kernel-spec.ts';
import { compare, generator, type Next, pick } from '../../support/random-specs.ts';

function randomGeometry(next: Next): Pool2dGeometry {
  const size = () => pick(next, [1, 2, 3, 5, 7, 8, 13, 16, 21]);
  const inSize = [size(), size()] as const;
  const kernel = [pick(next, [1, 2, 3, 5]), pick(next, [1, 2, 3, 5, 9])] as const;
  const stride = [pick(next, [1, 2, 3]), pick(next, [1, 1, 2, 2, 3, 4])] as const;
  const dilation = [pick(next, [1, 1, 2]), pick(next, [1, 1, 1, 2])] as const;
  const pad = () => pick(next, [0, 0, 1, 2]);
  const padding = [pad(), pad(), pad(), pad()] as const;
  const up = next() > 0.7; // round the output size up, so that windows may reach beyond the padding
  const out = (axis: 0 | 1) => {
    const room = inSize[axis] + padding[axis] + padding[axis + 2]! - dilation[axis] * (kernel[axis] - 1) - 1;
    return Math.max(0, (up ? Math.ceil(room / stride[axis]) : Math.floor(room / stride[axis])) + 1);
  };
  return {
    planes: pick(next, [1, 2, 5]),
    inSize,
    outSize: [out(0), out(1)],
    kernel,
    stride,
    padding: padding as Pool2dGeometry['padding'],
    dilation,
  };
}

const inCount = ({ planes, inSize: [h, w] }: Pool2dGeometry) => planes * h * w;
const outCount = ({ planes, outSize: [h, w] }: Pool2dGeometry) => planes * h * w;

/** Small integers, so that ties are many; now and then a NaN or an infinity. */
function ties(next: Next, count: number): Float32Array {
  return Float32Array.from({ length: count }, () =>
    next() > 0.97 ? pick(next, [NaN, Infinity, -Infinity]) : Math.floor(4 * next()),
  );
}

const rounds = Array.from({ length: 12 }, (_, series) => series);

describe('generated pooling', () => {
  it.each(rounds)('max_pool2d and its gradient are exact, series %i', (series) => {
    for (let round = 0; round < 20; round++) {
      const next = generator(40_000 + 100 * series + round);
      const geometry = randomGeometry(next);
      const where = JSON.stringify(geometry);
      const good = { error: 0, damaged: 0, splitsAgree: true };
      const x = ties(next, inCount(geometry));
      const out = outCount(geometry);
      expect(compare({ op: 'max_pool2d', geometry }, [x], [out, out], next, [false, true]), where).toEqual(good);
      const dy = Float32Array.from({ length: out }, () => Math.floor(8 * next()));
      const plane = geometry.inSize[0] * geometry.inSize[1];
      const indices = Int32Array.from({ length: out }, () => Math.floor(next() * (plane + 2)) - 1);
      const grad = compare({ op: 'max_pool2d_grad', geometry }, [dy, indices], [x.length], next);
      expect(grad, where).toEqual(good);
    }
  });

  it.each(rounds)('avg_pool2d both ways, series %i', (series) => {
    for (let round = 0; round < 20; round++) {
      const next = generator(50_000 + 100 * series + round);
      const geometry = randomGeometry(next);
      const where = JSON.stringify(geometry);
      for (const countIncludePad of [true, false]) {
        for (const direction of ['forward', 'backward'] as const) {
          const [from, to] = [inCount(geometry), outCount(geometry)];
          const [given, wanted] = direction === 'forward' ? [from, to] : [to, from];
          const input = Float32Array.from({ length: given }, () => 2 * next() - 1);
          const spec = { op: 'avg_pool2d', direction, geometry, countIncludePad } as const;
          const { error, damaged, splitsAgree } = compare(spec, [input], [wanted], next);
          expect({ damaged, splitsAgree }, where).toEqual({ damaged: 0, splitsAgree: true });
          expect(error, where).toBeLessThan(2e-6);
        }
      }
    }
  });
});
