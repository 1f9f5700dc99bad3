import type { Training } from './schema.ts';

/** The set-up of a graph that says nothing about it: the defaults of `trainingSchema`, without loading zod. */
export function defaultTraining(): Training {
  return {
    metrics: [],
    epochs: 10,
    batch: 32,
    numerics: 'fast',
    optimizer: { kind: 'sgd' },
    schedule: { kind: 'constant' },
  };
}
