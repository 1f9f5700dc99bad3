// An engine of a few lines that answers as told and notes what it was asked, to test what the page does around it.

import type { EngineClient } from '../../../../src/app/state/engine-port.ts';
import type {
  CompileReport,
  EngineApi,
  EngineEvent,
  OpenRequest,
  SessionState,
  StepFacts,
} from '../../../../src/engine/protocol.ts';

export interface FakeEngine {
  readonly createClient: () => EngineClient;
  /** What was called, in order: `open 3`, `run_to 4`, `summaries a.y`. */
  readonly calls: string[];
  /** Opened graphs, in order. */
  readonly opened: OpenRequest[];
  /** How many clients have been made. */
  clients: number;
  /** Steps of every report. */
  steps: readonly StepFacts[];
  runnable: boolean;
  /** What is told of training before the answer to a command of it comes. */
  trainingTells: EngineEvent | null;
  /** Answers to `open` wait until this is resolved. */
  gate: Promise<void>;
  /** Answers to `setBreakpoints` wait until this is resolved. */
  breakpointGate: Promise<void>;
  emit(event: EngineEvent): void;
  crash(): void;
}

export function createFakeEngine(): FakeEngine {
  let events = new Set<(event: EngineEvent) => void>();
  let crashes = new Set<(reason: string) => void>();
  let revision = 0;
  let cursor = 0;
  const state = (stoppedBy: SessionState['stoppedBy']): SessionState => ({
    revision,
    cursor,
    stepCount: fake.steps.length,
    iteration: 0,
    stoppedBy,
    changed: [],
    loss: null,
    sampled: [],
  });
  const api: Partial<EngineApi> = {
    async open(request) {
      fake.calls.push(`open ${request.revision}`);
      fake.opened.push(request);
      await fake.gate;
      revision = request.revision;
      cursor = 0;
      return reportOf(request, fake.steps, fake.runnable);
    },
    async control(command) {
      fake.calls.push(command.kind === 'run_to' ? `run_to ${command.step}` : command.kind);
      cursor = command.kind === 'run_to' ? command.step : command.kind === 'restart' ? 0 : cursor + 1;
      return state('step');
    },
    async train(command) {
      fake.calls.push(`train ${command}`);
      if (fake.trainingTells !== null) fake.emit(fake.trainingTells);
      return {
        revision,
        order: 1,
        status: 'paused',
        epoch: 0,
        epochs: 1,
        iteration: 0,
        iterationsPerEpoch: 1,
        loss: null,
        metrics: {},
        examplesPerSecond: 0,
        diagnostics: [],
      };
    },
    async reset() {
      fake.calls.push('reset');
      return state('start');
    },
    async setBreakpoints(list) {
      await fake.breakpointGate;
      return list.map(({ path, phase }) => ({ id: `${path}.${phase}`, faults: [], cursors: [], count: 0 }));
    },
    async summaries(requests) {
      fake.calls.push(`summaries ${requests.map(({ name }) => name).join(' ')}`);
      const summaries = requests.map(({ name }) => ({
        name,
        shape: [],
        dtype: 'float32' as const,
        state: 'computed' as const,
        min: cursor,
        mean: cursor,
        max: cursor,
        std: 0,
        zeros: 0,
        nonFinite: 0,
      }));
      return { revision, summaries };
    },
    dataSources: async () => [],
  };
  const fake: FakeEngine = {
    calls: [],
    opened: [],
    clients: 0,
    steps: [],
    runnable: true,
    trainingTells: null,
    gate: Promise.resolve(),
    breakpointGate: Promise.resolve(),
    createClient() {
      fake.clients++;
      events = new Set();
      crashes = new Set();
      return {
        api: api as EngineApi,
        onEvent: (listener) => {
          events.add(listener);
          return () => events.delete(listener);
        },
        onCrash: (listener) => {
          crashes.add(listener);
          return () => crashes.delete(listener);
        },
        dispose: () => undefined,
        crashForTest: () => fake.crash(),
      };
    },
    emit(event) {
      for (const listener of events) listener(event);
    },
    crash() {
      for (const listener of [...crashes]) listener('killed');
    },
  };
  return fake;
}

/** Steps of a run: `f` forward, `b` backward, `u` update, each of the node that follows. */
export function stepsOf(...texts: readonly string[]): readonly StepFacts[] {
  const phases = { f: 'forward', b: 'backward', u: 'update' } as const;
  return texts.map((text) => {
    const [phase, node] = text.split(' ') as [keyof typeof phases, string];
    return { node, phase: phases[phase], role: 'node', label: node, writes: [] };
  });
}

function reportOf(request: OpenRequest, steps: readonly StepFacts[], runnable: boolean): CompileReport {
  return {
    revision: request.revision,
    diagnostics: [],
    runnable,
    nodes: {},
    values: {},
    steps,
    loss: null,
    untrainable: [],
    parameterCount: 0,
    compileMs: 1,
  };
}
