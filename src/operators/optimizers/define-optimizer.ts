// The contract of an optimiser: its update is program code, so it is planned, stepped and inspected like the rest. Most step
// every parameter by itself; those that need sums over all parameters step them together.
import type { z } from 'zod';
import type { Ref } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import type { Initializer } from '../../program/initializer.ts';
import type { Shape } from '../../tensor/shape.ts';

export interface SlotSpec {
  readonly shape: Shape;
  readonly init: Initializer;
}

type Named<T> = Readonly<Record<string, T>>;

interface OptimizerFacts<S extends z.ZodObject> {
  /** `sgd`, `momentum`, `adam`: `optimizer.kind` in the graph file. */
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly formula: string;
  readonly source: string;
  /** torch.optim's names; `lr` is not among them: it is a value that the host may change. */
  readonly options: S;
  readonly defaultLr: number;
}

interface SeparateDefinition<S extends z.ZodObject> extends OptimizerFacts<S> {
  readonly fullBatch?: never;
  /** Per parameter. */
  slots(options: z.output<S>, shape: Shape): Named<SlotSpec>;
  /** Once per iteration, for all parameters: step counts, bias corrections. */
  shared(options: z.output<S>): Named<SlotSpec>;
  /** New values of `shared`. */
  prepare(context: { emit: Emitter; shared: Named<Ref>; options: z.output<S> }): Named<Ref>;
  /** One parameter's step; every result replaces its predecessor in place. `shared` holds the new values. */
  update(context: {
    emit: Emitter;
    parameter: Ref;
    gradient: Ref;
    lr: Ref;
    slots: Named<Ref>;
    shared: Named<Ref>;
    options: z.output<S>;
  }): { readonly parameter: Ref; readonly slots: Named<Ref> };
}

interface JointDefinition<S extends z.ZodObject> extends OptimizerFacts<S> {
  /** Compares losses of different iterations: every iteration must see the same examples. */
  readonly fullBatch: true;
  /** `count`: elements of all trained parameters together. */
  shared(options: z.output<S>, count: number): Named<SlotSpec>;
  /** The step of all parameters; every result replaces its predecessor in place. */
  updateAll(context: {
    emit: Emitter;
    parameters: readonly Ref[];
    /** In the order of the parameters. */
    gradients: readonly Ref[];
    /** The number that is minimised, at these parameters. */
    loss: Ref;
    lr: Ref;
    shared: Named<Ref>;
    options: z.output<S>;
  }): {
    readonly shared: Named<Ref>;
    /** New value of the parameter at `index`; asked for once each, in order. */
    parameter(index: number): Ref;
  };
}

export type SeparateOptimizer = SeparateDefinition<z.ZodObject>;
export type JointOptimizer = JointDefinition<z.ZodObject>;
export type Optimizer = SeparateOptimizer | JointOptimizer;

/** Gives `update` the types of its own options; what comes out is the same record. */
export function defineOptimizer<S extends z.ZodObject>(
  definition: SeparateDefinition<S> | JointDefinition<S>,
): Optimizer {
  return definition as unknown as Optimizer;
}
