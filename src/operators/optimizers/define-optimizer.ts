// The contract of an optimiser: its update is program code, so it is planned, stepped and inspected like the rest.
import type { z } from 'zod';
import type { Ref } from '../../program/access.ts';
import type { Emitter } from '../../program/emitter.ts';
import type { Initializer } from '../../program/initializer.ts';
import type { Shape } from '../../tensor/shape.ts';

export interface SlotSpec {
  readonly shape: Shape;
  readonly init: Initializer;
}

export interface OptimizerDefinition<S extends z.ZodObject> {
  /** `sgd`, `momentum`, `adam`: `optimizer.kind` in the graph file. */
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly formula: string;
  readonly source: string;
  /** torch.optim's names; `lr` is not among them: it is a value that the host may change. */
  readonly options: S;
  readonly defaultLr: number;
  /** Per parameter. */
  slots(options: z.output<S>, shape: Shape): Readonly<Record<string, SlotSpec>>;
  /** Once per iteration, for all parameters: step counts, bias corrections. */
  shared(options: z.output<S>): Readonly<Record<string, SlotSpec>>;
  /** New values of `shared`. */
  prepare(context: {
    emit: Emitter;
    shared: Readonly<Record<string, Ref>>;
    options: z.output<S>;
  }): Readonly<Record<string, Ref>>;
  /** One parameter's step; every result replaces its predecessor in place. `shared` holds the new values. */
  update(context: {
    emit: Emitter;
    parameter: Ref;
    gradient: Ref;
    lr: Ref;
    slots: Readonly<Record<string, Ref>>;
    shared: Readonly<Record<string, Ref>>;
    options: z.output<S>;
  }): { readonly parameter: Ref; readonly slots: Readonly<Record<string, Ref>> };
}

export type Optimizer = OptimizerDefinition<z.ZodObject>;

export function defineOptimizer<S extends z.ZodObject>(definition: OptimizerDefinition<S>): Optimizer {
  return definition as unknown as Optimizer;
}
