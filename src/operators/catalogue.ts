// Lookups in the generated catalogue: what the page and the graph may know of operators, without their code.
import { type CatalogueEntry, catalogue, type OptimizerEntry, optimizerCatalogue } from './catalogue.generated.ts';

/** The operator called `id`, or undefined; safe for any text a file may hold. */
export function findOperator(id: string): CatalogueEntry | undefined {
  return Object.hasOwn(catalogue, id) ? (catalogue as Readonly<Record<string, CatalogueEntry>>)[id] : undefined;
}

/** Every operator, by id. */
export function allOperators(): readonly CatalogueEntry[] {
  return Object.values(catalogue);
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
