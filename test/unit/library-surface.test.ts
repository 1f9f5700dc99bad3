// The library as a program uses it: a graph's text goes in, a plan comes out, travels as JSON, and runs elsewhere.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  compile,
  createKernelLibrary,
  createStepper,
  createWorkspace,
  operators,
  optimizers,
  type Plan,
  readGraph,
  writeGraph,
} from '../../src/index.ts';

const text = readFileSync(new URL('../../examples/xyz.json', import.meta.url), 'utf8');

test('f = (x + y) z: values and gradients, forwards and back again, from a plan that came as JSON', () => {
  const { graph, diagnostics } = readGraph(text);
  expect(diagnostics).toEqual([]);
  if (graph === null) throw new Error('the example does not open');
  expect(readGraph(writeGraph(graph)).graph).toEqual(graph);

  const library = createKernelLibrary();
  const { plan } = compile(
    graph,
    { operators, optimizers },
    { mode: 'train', retain: 'all', gradients: 'all', workspaceBytes: library.workspaceBytes },
  );
  const travelled = JSON.parse(JSON.stringify(plan)) as Plan;
  const workspace = createWorkspace([travelled], { library });
  workspace.initialize(graph.seed);
  const [bound] = workspace.plans;
  if (bound === undefined) throw new Error('no plan is bound');
  const feed = () => {
    for (const [name, value] of [
      ['x.y', -2],
      ['y.y', 5],
      ['z.y', -4],
    ] as const)
      bound.read(name)[0] = value;
  };
  const stepper = createStepper(workspace, bound);
  stepper.reset(0, feed);
  const steps = travelled.steps.length;
  expect(steps).toBeGreaterThan(2);
  for (let i = 0; i < steps; i++) expect(stepper.step()).toBe(true);

  const read = (name: string) => bound.read(name)[0];
  // q = x + y = 3, f = q z = −12; ∂f/∂q = z, ∂f/∂z = q, and addition hands its gradient on.
  expect(['q.y', 'f.y'].map(read)).toEqual([3, -12]);
  expect(['x.y', 'y.y', 'q.y', 'z.y'].map((name) => read(`grad(${name})`))).toEqual([-4, -4, -4, 3]);

  while (stepper.cursor > 0) expect(stepper.stepBack()).toBe(true);
  expect(bound.find('f.y') !== undefined && stepper.isComputed(bound.find('f.y') as number)).toBe(false);
});
