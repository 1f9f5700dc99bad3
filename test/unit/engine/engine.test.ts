import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createEngine } from '../../../src/engine/engine.ts';
import type { EngineEvent } from '../../../src/engine/protocol.ts';
import { readGraph } from '../../../src/graph/read-graph.ts';
import type { GraphFile } from '../../../src/graph/schema.ts';
import { optimizers } from '../../../src/operators/optimizers/registry.generated.ts';
import { operators } from '../../../src/operators/registry.generated.ts';

function engineWithEvents() {
  const events: EngineEvent[] = [];
  const engine = createEngine({ registry: { operators, optimizers }, emit: (event) => events.push(event) });
  return { engine, events };
}

function example(name: string): GraphFile {
  const { graph, diagnostics } = readGraph(
    readFileSync(new URL(`../../../examples/${name}.json`, import.meta.url), 'utf8'),
  );
  if (!graph) throw new Error(JSON.stringify(diagnostics));
  return graph;
}

async function number(engine: ReturnType<typeof createEngine>, name: string): Promise<number | string> {
  const [summary] = (await engine.summaries([{ name, example: 0 }], 'light')).summaries;
  return summary?.state === 'computed' ? (summary.elements?.[0] ?? Number.NaN) : (summary?.state ?? 'missing');
}

describe('f = (x + y) z', () => {
  it('steps forward and back through CS231n’s numbers', async () => {
    const { engine } = engineWithEvents();
    const report = await engine.open({ graph: example('xyz'), revision: 1 });
    expect(report.diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
    expect(report.steps.map((step) => `${step.phase} ${step.node}`)).toEqual([
      'forward q',
      'forward f',
      'backward f',
      'backward q',
    ]);
    expect(await number(engine, 'q.y')).toBe('pending');
    await engine.control({ kind: 'step' });
    expect(await number(engine, 'q.y')).toBe(3);
    expect(await number(engine, 'f.y')).toBe('pending');
    await engine.control({ kind: 'finish' });
    const names = ['q.y', 'f.y', 'grad(f.y)', 'grad(z.y)', 'grad(q.y)', 'grad(x.y)', 'grad(y.y)'];
    expect(await Promise.all(names.map((name) => number(engine, name)))).toEqual([3, -12, 1, 3, -4, -4, -4]);
    for (let i = 0; i < 4; i++) await engine.control({ kind: 'step_back' });
    expect(await number(engine, 'q.y')).toBe('pending');
    expect((await engine.control({ kind: 'step_back' })).cursor).toBe(0);
    await engine.control({ kind: 'finish' });
    await engine.setElements('x.y', [{ index: 0, value: 1 }]);
    expect(await Promise.all(names.map((name) => number(engine, name)))).toEqual([6, -24, 1, 6, -4, -4, -4]);
  });
});
