// Laws over random small graphs: whatever the passes and the memory planner do, the numbers stay, bit for bit in strict
// numerics; and the plain references agree with the generated kernels.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pipeline } from '../../../src/compiler/pipeline.ts';
import type { Plan } from '../../../src/program/plan.ts';
import { interpretPlan } from '../../../src/runtime/interpret.ts';
import { bind, compileGraph, type Numbers, planOf, relativeError, run } from '../../support/graphs.ts';
import { feedsFor, type RandomGraph, randomGraph } from '../../support/random-graph.ts';

const runs = { numRuns: 40, seed: 20 };
const passes = [...new Set(pipeline.map((pass) => pass.name))];

/** What training leaves: names of parameters, running statistics and slots. */
function persistent(plan: Plan): string[] {
  return plan.values
    .filter(({ kind }) => kind === 'parameter' || kind === 'state' || kind === 'slot')
    .map(({ name }) => name);
}

function gradientNames(plan: Plan): string[] {
  return Object.keys(plan.names).filter(
    (name) => /^grad\([^()[\]]*\)$/.test(name) && persistent(plan).includes(name.slice(5, -1)),
  );
}

/** Bits of the named values after `iterations` iterations. */
function bitsOf(plan: Plan, names: readonly string[], iterations = 2): Record<string, number[]> {
  const { bound } = bind(plan);
  for (let i = 0; i < iterations; i++) {
    bound.read('lr')[0] = 0.05;
    bound.read('iteration')[0] = i;
    for (const [name, numbers] of Object.entries(feedsFor(plan))) bound.read(name).set(numbers);
    run(bound);
  }
  return Object.fromEntries(
    names.map((name) => {
      const view = bound.read(name);
      return [name, [...new Int32Array(view.buffer, view.byteOffset, view.length)]];
    }),
  );
}

function law(title: string, check: (graph: RandomGraph) => void, numRuns = runs.numRuns): void {
  test(title, { timeout: 120_000 }, () => {
    fc.assert(fc.property(randomGraph(), check), { ...runs, numRuns });
  });
}

const strict = { numerics: 'strict' } as const;
const training = { ...strict, gradients: 'training' } as const;

describe('random graphs', () => {
  law('compile without a word and cover what they should', ({ graph }) => {
    const { diagnostics, plan } = compileGraph(graph);
    expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
    expect(plan?.loss).not.toBeNull();
  });

  law('optimised = as lowered: loss, gradients, parameters, statistics and slots', ({ graph }) => {
    const probe = planOf(graph, { ...training, retain: [], off: passes });
    const names = [probe.loss as string, ...persistent(probe)];
    const plain = bitsOf(probe, names);
    expect(bitsOf(planOf(graph, { ...training, retain: [] }), names)).toEqual(plain);
    const gradients = gradientNames(planOf(graph, training));
    const all = [...names, ...gradients];
    const kept = bitsOf(planOf(graph, { ...training, retain: gradients, off: passes }), all);
    expect(bitsOf(planOf(graph, { ...training, retain: gradients }), all)).toEqual(kept);
    expect(kept).toMatchObject(plain);
  });

  law(
    'every pass may be left out alone',
    ({ graph }) => {
      const whole = planOf(graph, { ...training, retain: [] });
      const names = [whole.loss as string, ...persistent(whole)];
      const expected = bitsOf(whole, names, 1);
      for (const pass of passes) {
        expect(bitsOf(planOf(graph, { ...training, retain: [], off: [pass] }), names, 1), pass).toEqual(expected);
      }
    },
    20,
  );

  law('memory planned = everything kept', ({ graph }) => {
    const kept = planOf(graph, { ...strict, retain: 'all', gradients: 'all' });
    const planned = planOf(graph, { ...training, retain: [] });
    const names = [planned.loss as string, ...persistent(planned)];
    expect(bitsOf(planned, names)).toEqual(bitsOf(kept, names));
  });

  law(
    'whatever is retained, it and all else keep their bits; before(p) is p as the iteration found it',
    ({ graph }) => {
      const kept = planOf(graph, { ...strict, retain: 'all', gradients: 'all' });
      const computed = kept.values.filter(
        ({ kind, region, name }) => kind === 'computed' && region === 'scratch' && !name.includes(':'),
      );
      const trained = persistent(kept).filter(
        (name) => kept.names[`next(${name})`] !== undefined && !name.includes('('),
      );
      const left = bitsOf(kept, trained, 1);
      for (const every of [1, 2, 3]) {
        const chosen = computed.filter((_, i) => i % every === 0).map(({ name }) => name);
        const before = trained.map((name) => `before(${name})`);
        const plan = planOf(graph, { ...strict, gradients: 'all', retain: [...chosen, ...before] });
        const names = [...chosen, ...persistent(kept)];
        expect(bitsOf(plan, names)).toEqual(bitsOf(kept, names));
        const found = bitsOf(plan, before);
        for (const name of trained) expect(found[`before(${name})`], name).toEqual(left[name]);
      }
    },
  );

  law('generated kernels = plain references', ({ graph }) => {
    // Without the update: optimisers divide by the size of a gradient that may be zero but for rounding.
    const plan = planOf(graph, { ...strict, update: false });
    const feeds = feedsFor(plan);
    const { bound } = bind(plan, feeds);
    const oracle = interpretPlan(plan, { precision: 'float32', set: new Map(Object.entries(feeds)) });
    run(bound);
    oracle.run();
    for (const name of Object.keys(plan.names)) {
      if (name.includes(':')) continue;
      const off = relativeError(bound.read(name), oracle.read(name) as Numbers, 1e-2);
      expect(off, name).toBeLessThan(1e-3);
    }
  });

  law(
    'a plan runs from its JSON alone',
    ({ graph }) => {
      const plan = planOf(graph, { ...training, retain: [] });
      const names = [plan.loss as string, ...persistent(plan)];
      const copy = JSON.parse(JSON.stringify(plan)) as Plan;
      expect(bitsOf(copy, names)).toEqual(bitsOf(plan, names));
    },
    20,
  );

  law(
    'the same graph gives the same plan, byte for byte',
    ({ sketch, graph }) => {
      for (const options of [{ retain: [] }, { retain: 'all' as const }]) {
        const text = JSON.stringify(planOf(graph, options));
        expect(JSON.stringify(planOf(structuredClone(graph), options))).toBe(text);
      }
      expect(Object.keys(sketch.nodes).length).toBeGreaterThan(3);
    },
    20,
  );
});
