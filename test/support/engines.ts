// Engines in process for tests, with what they said.
import { createEngine } from '../../src/engine/engine.ts';
import type { Summary } from '../../src/engine/protocol/views.ts';
import type { CompileReport, CurvePoint, EngineApi, EngineEvent, TrainState } from '../../src/engine/protocol.ts';
import type { GraphFile } from '../../src/graph/schema.ts';
import { formatDiagnostic } from '../../src/tensor/diagnostic.ts';
import { registry } from './graphs.ts';

export interface Bench {
  readonly engine: EngineApi;
  readonly events: EngineEvent[];
  /** All curve points reported so far. */
  points(): CurvePoint[];
  /** All numbers of a value; throws where there is none. */
  numbers(name: string): Promise<number[]>;
  /** State, or the first element where it is computed. */
  number(name: string): Promise<number | Summary['state']>;
  /** Waits until the condition holds for the last reported training state. */
  until(holds: (state: TrainState) => boolean): Promise<TrainState>;
}

export function bench(): Bench {
  const events: EngineEvent[] = [];
  const engine = createEngine({ registry, emit: (event) => events.push(event) });
  return {
    engine,
    events,
    points: () => events.flatMap((event) => (event.kind === 'training' ? event.points : [])),
    async numbers(name) {
      const read = await engine.read(name);
      if (!read) throw new Error(`no value ${name}`);
      return [...read.data];
    },
    async number(name) {
      const [summary] = (await engine.summaries([{ name, example: 0 }], 'light')).summaries;
      return summary?.state === 'computed' ? (summary.elements?.[0] ?? Number.NaN) : (summary?.state ?? 'unknown');
    },
    async until(holds) {
      for (;;) {
        const last = events.findLast((event) => event.kind === 'training');
        if (last && holds(last.state)) return last.state;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  };
}

/** Opens; throws where there are errors. */
export async function open(
  engine: EngineApi,
  graph: GraphFile,
  revision = 1,
  more: { expand?: readonly string[]; fresh?: boolean } = {},
): Promise<CompileReport> {
  const report = await engine.open({ graph, revision, ...more });
  const errors = report.diagnostics.filter((d) => d.severity === 'error');
  if (errors.length > 0) throw new Error(errors.map(formatDiagnostic).join('\n'));
  return report;
}
