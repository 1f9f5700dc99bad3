// The hot loop makes no arrays: neither running a plan nor feeding and iterating a training run.
import { afterEach, expect, test, vi } from 'vitest';
import { createDataShelf } from '../../../src/engine/data-shelf.ts';
import { createParkedTensors } from '../../../src/engine/numbers/parked-tensors.ts';
import { createProject } from '../../../src/engine/project.ts';
import { example, library, registry } from '../../support/graphs.ts';

afterEach(() => vi.unstubAllGlobals());

test.each(['lenet5', 'char-lstm', 'spirals'])('%s: an iteration of training makes no typed array', (name) => {
  const graph = example(name);
  const data = graph.training.data;
  const dataset = data ? createDataShelf().open(data, graph.seed).dataset : null;
  const project = createProject(graph, {
    registry,
    library,
    shared: false,
    expand: [],
    dataset,
    parked: createParkedTensors(),
    iteration: 0,
  });
  const ready = project.training();
  if ('diagnostics' in ready) throw new Error(JSON.stringify(ready.diagnostics));
  for (let i = 0; i < 3; i++) ready.run.iterate();
  let made = 0;
  for (const kind of [
    'Float32Array',
    'Float64Array',
    'Int32Array',
    'Uint8Array',
    'Uint32Array',
    'ArrayBuffer',
  ] as const) {
    const original = globalThis[kind] as unknown as new (...given: unknown[]) => object;
    const counting: typeof original = new Proxy(original, {
      construct(target, given, self): object {
        made++;
        return Reflect.construct(target, given, self === counting ? target : self) as object;
      },
    });
    vi.stubGlobal(kind, counting);
  }
  new Float32Array(1);
  expect(made).toBe(1);
  const before = ready.run.iteration;
  for (let i = 0; i < 3; i++) ready.run.iterate();
  expect([ready.run.iteration - before, made]).toEqual([3, 1]);
  expect(Number.isFinite(ready.run.loss)).toBe(true);
});
