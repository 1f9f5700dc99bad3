// A graph that stands with a recorded history: the debugger's plan and training's in one memory, fed with seeded numbers that
// differ from iteration to iteration.

import type { Machine } from '../../src/debugger/timeline/machine.ts';
import { createTimeline, type Timeline } from '../../src/debugger/timeline/timeline.ts';
import type { GraphFile } from '../../src/graph/schema.ts';
import { createStepper, type Stepper } from '../../src/runtime/stepper.ts';
import { type BoundPlan, createWorkspace } from '../../src/runtime/workspace.ts';
import { createRandom } from '../../src/tensor/random.ts';
import { library, planOf } from './graphs.ts';

export interface StandingTimeline {
  readonly timeline: Timeline;
  readonly machine: Machine;
  readonly stepper: Stepper;
  readonly stepCount: number;
  /** One iteration by training's plan, from where the stepper stands. */
  train(): void;
  /** Everything that can be read at this place, by name: bits. */
  read(): Record<string, readonly number[]>;
}

function makeMachine(graph: GraphFile): Machine {
  const workspace = createWorkspace([planOf(graph), planOf(graph, { retain: [], gradients: 'training' })], { library });
  workspace.initialize(graph.seed);
  const [debug, train] = workspace.plans as readonly [BoundPlan, BoundPlan];
  const fill = (bound: BoundPlan, name: string, iteration: number): void => {
    const view = bound.read(name);
    const random = createRandom(iteration, name);
    for (let i = 0; i < view.length; i++) view[i] = view instanceof Int32Array ? random.integer(2) : random.normal();
  };
  // Inputs with a value of the graph hold what is written to them.
  const fixed = debug.plan.values.flatMap(({ kind, name, data }) =>
    kind === 'feed' && data !== undefined ? [name] : [],
  );
  return {
    workspace,
    debug,
    train,
    variants: { stepping: '', training: '' },
    other: () => null,
    iterationsPerEpoch: 3,
    held: new Map(fixed.map((name) => [name, debug.read(name).slice()])),
    heldWritten: false,
    prepare(iteration, bound) {
      bound.read('iteration')[0] = iteration;
      bound.read('lr')[0] = 0.1 / (1 + iteration);
      for (const name of bound.plan.feeds) if (!fixed.includes(name)) fill(bound, name, iteration);
    },
  };
}

export function standTimeline(graph: GraphFile): StandingTimeline {
  const timeline = createTimeline('');
  const machine = makeMachine(graph);
  timeline.attach(machine, 0);
  const stepper = createStepper(machine.debug, timeline.keeper);
  stepper.reset(0);
  const { plan } = machine.debug;
  return {
    timeline,
    machine,
    stepper,
    stepCount: plan.steps.length,
    train() {
      if (stepper.settledIteration > stepper.iteration) stepper.nextIteration();
      stepper.suspend();
      timeline.train(stepper.iteration);
      stepper.reset(stepper.iteration + 1);
    },
    read() {
      const values = plan.values.flatMap(({ name, kind }, index) =>
        stepper.isComputed(index) || kind === 'parameter' ? [[name, bits(machine.debug.view(index))] as const] : [],
      );
      return Object.fromEntries(values);
    },
  };
}

function bits(view: Float32Array | Int32Array): readonly number[] {
  return [...new Int32Array(view.buffer, view.byteOffset, view.length)];
}
