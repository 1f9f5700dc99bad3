// Gradients too small to matter: products of the backward phase store 0 below 1e-30, so that nobody ever computes with denormal
// numbers. Truth: float64 sums of the plain references, without any flush.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runReference } from '../../../src/kernels/reference/reference.ts';
import type { Conv2dSpec } from '../../../src/program/kernel-spec.ts';
import { createRandom } from '../../../src/tensor/random.ts';
import { bind, graphOf, planOf, run } from '../../support/graphs.ts';

const least = 1e-30;

interface Setup {
  readonly batch: number;
  readonly channels: readonly [number, number];
  readonly size: readonly [number, number];
  readonly kernel: number;
  readonly stride: number;
  readonly groups: number;
  readonly seed: number;
}

/** ±10^u, u spread evenly between the exponents. */
function powers(view: ArrayLike<number> & { [index: number]: number }, seed: number, low: number, high: number): void {
  const random = createRandom(seed, 'powers');
  for (let i = 0; i < view.length; i++) {
    const power = Number(`1e${Math.round(low + (high - low) * random.uniform())}`);
    view[i] = random.integer(2) === 0 ? power : -power;
  }
}

/** Gradients of a convolution from random tiny ones of its output, in a plan as training has it. */
function gradients({ batch, channels, size, kernel, stride, groups, seed }: Setup, retain: 'all' | readonly string[]) {
  const graph = graphOf({
    nodes: {
      x: ['input', {}, { shape: [batch, groups * channels[0], ...size] }],
      conv: [
        'conv2d',
        { x: 'x.y' },
        {
          out_channels: groups * channels[1],
          kernel_size: [kernel, kernel],
          padding: [1, 1],
          stride: [stride, stride],
          groups,
        },
      ],
    },
  });
  const plan = planOf(graph, {
    retain,
    gradients: { seeds: [{ value: 'conv.y', from: 'feed' }], towards: ['conv.weight', 'x.y'] },
  });
  const { bound } = bind(plan);
  powers(bound.read('x.y'), seed, -8, 0);
  powers(bound.read('conv.weight'), seed + 1, -8, 0);
  powers(bound.read('grad(conv.y)'), seed + 2, -38, -24);
  const [x, w, dy] = ['x.y', 'conv.weight', 'grad(conv.y)'].map((name) => bound.read(name).slice()) as Float32Array[];
  run(bound);
  return { plan, bound, operands: { x, w, dy } as { x: Float32Array; w: Float32Array; dy: Float32Array } };
}

function checkFlushed(setup: Setup, retain: 'all' | readonly string[]): { zeros: number; algorithms: string[] } {
  const { plan, bound, operands } = gradients(setup, retain);
  const algorithms: string[] = [];
  let zeros = 0;
  for (const [direction, name, other] of [
    ['weight_grad', 'grad(conv.weight)', operands.x],
    ['input_grad', 'grad(x.y)', operands.w],
  ] as const) {
    const spec = plan.kernels.find((each): each is Conv2dSpec => each.op === 'conv2d' && each.direction === direction);
    if (!spec) throw new Error(`no ${direction}`);
    algorithms.push(spec.algorithm ?? 'direct');
    const got = bound.read(name);
    const inputs = direction === 'weight_grad' ? [other, operands.dy] : [operands.dy, other];
    const plain: Conv2dSpec = { op: 'conv2d', direction, geometry: spec.geometry, epilogue: null };
    const [truth, sizes] = [new Float64Array(got.length), new Float64Array(got.length)];
    runReference(plain, inputs, [truth]);
    runReference(
      plain,
      inputs.map((each) => each.map(Math.abs)),
      [sizes],
    );
    for (const [i, value] of got.entries()) {
      if (value === 0) zeros++;
      else expect(Math.abs(value)).toBeGreaterThanOrEqual(least);
      expect(Math.abs(value - (truth[i] as number))).toBeLessThan(least * 1.01 + 1e-4 * Math.max(...sizes));
    }
  }
  return { zeros, algorithms };
}

const names = ['grad(conv.weight)', 'grad(x.y)'];

describe('gradients of convolutions', () => {
  test('never are denormal numbers, and stay what they are where they matter', () => {
    let zeros = 0;
    fc.assert(
      fc.property(
        fc.record({
          batch: fc.integer({ min: 1, max: 3 }),
          channels: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 9 })),
          size: fc.tuple(fc.integer({ min: 3, max: 9 }), fc.integer({ min: 3, max: 9 })),
          kernel: fc.constantFrom(1, 2, 3),
          stride: fc.constantFrom(1, 1, 2),
          groups: fc.constantFrom(1, 1, 2),
          seed: fc.nat(1000),
        }),
        (setup) => {
          zeros += checkFlushed(setup, names).zeros;
        },
      ),
      { numRuns: 40, seed: 3 },
    );
    expect(zeros).toBeGreaterThan(100);
  });

  test('in several runs of images, by Winograd’s form, and where everything is kept', () => {
    const many = { batch: 5, channels: [3, 4], size: [20, 30], kernel: 3, stride: 1, groups: 1, seed: 1 } as const;
    expect(checkFlushed(many, names).algorithms).toEqual(['direct', 'direct']);
    const winograd = { ...many, batch: 2, channels: [16, 16], size: [16, 16] } as const;
    expect(checkFlushed(winograd, names).algorithms).toEqual(['winograd', 'winograd']);
    expect(checkFlushed(winograd, 'all').algorithms).toEqual(['winograd', 'winograd']);
  });

  test.each([3, 16])('what is not a number stays visible, %i channels', (channels) => {
    const { bound } = gradients(
      { batch: 1, channels: [channels, channels], size: [16, 16], kernel: 3, stride: 1, groups: 1, seed: 2 },
      'all',
    );
    bound.read('grad(conv.y)')[5] = Number.NaN;
    run(bound);
    expect(bound.read('grad(conv.weight)').some(Number.isNaN)).toBe(true);
  });
});
