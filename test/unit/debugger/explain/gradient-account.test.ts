// The factors of an account multiply to the measured ratio, on random networks; causes by hand.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gradientAccount } from '../../../../src/debugger/explain/gradient-account.ts';
import { runExplained } from '../../../support/explained-plan.ts';
import { compileGraph, type GraphSketch, graphOf } from '../../../support/graphs.ts';
import { graphFromMoves } from '../../../support/random-graph.ts';

const move = fc.record({ kind: fc.nat(40), from: fc.nat(6), other: fc.nat(9), size: fc.nat(9) });

function norm(numbers: ArrayLike<number>): number {
  return Math.sqrt(Array.from(numbers).reduce((sum, x) => sum + x * x, 0));
}

test('the factors multiply to ‖gradient‖ / ‖gradient at the start‖', () => {
  let [accounts, meetings] = [0, 0];
  fc.assert(
    fc.property(fc.array(move, { minLength: 3, maxLength: 12 }), move, (moves, setup) => {
      const { graph } = graphFromMoves(moves, setup);
      const { source, numbers } = runExplained(compileGraph(graph, { update: false }));
      for (const name of Object.keys(source.plan.names)) {
        const [, of] = /^grad\(([^()]*)\)$/.exec(name) ?? [];
        if (of === undefined || source.find(of) === undefined) continue;
        const account = gradientAccount(source, numbers, name);
        if (!account) continue;
        const own = norm(numbers.read(source.find(name) as number));
        const start = norm(numbers.read(source.find(account.start) as number));
        expect(Math.abs(account.norm - own)).toBeLessThanOrEqual(1e-12 * own);
        accounts++;
        meetings += account.factors.filter(({ kind }) => kind === 'meeting').length;
        if (own === 0) {
          expect(account.verdict).toBe('zero');
          if (account.factors.length > 0 && start > 0)
            expect(account.factors.some(({ factor }) => factor === 0)).toBe(true);
          continue;
        }
        expect(Math.abs(account.ratio * start - own)).toBeLessThanOrEqual(1e-12 * own);
        const product = account.factors.reduce((all, { factor }) => all * (factor ?? Number.NaN), 1);
        expect(Math.abs(product / (own / start) - 1)).toBeLessThan(1e-9);
        // One way without a gap: what comes out of a factor goes into the next.
        account.factors.slice(1).forEach((factor, i) => {
          expect(Math.abs(factor.fromNorm / (account.factors[i]?.toNorm ?? 0) - 1)).toBeLessThan(1e-12);
        });
        for (const { cause } of account.factors) expect(cause.text).not.toMatch(/undefined|NaN/);
      }
    }),
    { numRuns: 60, seed: 3 },
  );
  expect(accounts).toBeGreaterThan(300);
  expect(meetings).toBeGreaterThan(10);
});

describe('causes', () => {
  const ask = (sketch: GraphSketch, name: string, feeds: Readonly<Record<string, readonly number[]>>) => {
    const explained = runExplained(compileGraph(graphOf(sketch), { update: false }), new Map(Object.entries(feeds)));
    return gradientAccount(explained.source, explained.numbers, name);
  };
  const net = (op: string): GraphSketch => ({
    nodes: {
      x: ['input', {}, { shape: [4] }],
      bend: [op, { x: 'x.y' }],
      loss: ['sum', { x: 'bend.y' }],
    },
    training: { loss: 'loss.y' },
  });

  test('units that are off are counted', () => {
    const account = ask(net('relu'), 'grad(x.y)', { 'x.y': [-1, -2, -3, 4] });
    expect(account?.ratio).toBe(1);
    const relu = account?.factors.find(({ node }) => node === 'bend');
    expect(relu?.factor).toBeCloseTo(0.5, 12);
    expect(relu?.cause).toEqual({ kind: 'dead', text: '75 % of what arrives falls on units that are off' });
  });

  test('saturation is told from its slopes', () => {
    const account = ask(net('sigmoid'), 'grad(x.y)', { 'x.y': [20, -20, 18, -18] });
    const sigmoid = account?.factors.find(({ node }) => node === 'bend');
    expect(sigmoid?.cause.kind).toBe('saturated');
    expect(sigmoid?.cause.text).toContain('100 % of the elements');
    expect(account?.verdict).toBe('vanishing');
  });

  test('a mean shares out, and all dead is zero', () => {
    const mean = ask(
      { nodes: { x: ['input', {}, { shape: [4] }], loss: ['mean', { x: 'x.y' }] }, training: { loss: 'loss.y' } },
      'grad(x.y)',
      { 'x.y': [1, 2, 3, 4] },
    );
    expect(mean?.factors[0]?.cause).toEqual({
      kind: 'averaging',
      text: 'each result is shared out over 4 elements: they get 0.25 of it',
    });
    const dead = ask(net('relu'), 'grad(x.y)', { 'x.y': [-1, -2, -3, -4] });
    expect(dead).toMatchObject({ verdict: 'zero', norm: 0, ratio: 0 });
  });
});
