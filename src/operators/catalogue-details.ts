// Lookups in the larger half of the catalogue: attributes, help and optimisers. The page must not need it to draw a graph.

import type { CatalogueEntry } from './catalogue.ts';
import { findOperator } from './catalogue.ts';
import {
  type CatalogueDetails,
  catalogueDetails,
  type OptimizerEntry,
  optimizerCatalogue,
} from './catalogue-details.generated.ts';

/** All that is known of an operator without its code. */
export type OperatorDescription = CatalogueEntry & CatalogueDetails;

/** The operator called `id`, or undefined; safe for any text a file may hold. */
export function describeOperator(id: string): OperatorDescription | undefined {
  const entry = findOperator(id);
  return entry && { ...entry, ...catalogueDetails[entry.id] };
}

/** The optimiser called `id`, or undefined. */
export function findOptimizer(id: string): OptimizerEntry | undefined {
  return Object.hasOwn(optimizerCatalogue, id)
    ? (optimizerCatalogue as Readonly<Record<string, OptimizerEntry>>)[id]
    : undefined;
}

/** Every optimiser, by id. */
export function allOptimizers(): readonly OptimizerEntry[] {
  return Object.values(optimizerCatalogue);
}
