// Lookups in the generated catalogue: what drawing a graph needs of operators, without their code. The rest: catalogue-details.
import { type CatalogueEntry, catalogue } from './catalogue.generated.ts';

/** The operator called `id`, or undefined; safe for any text a file may hold. */
export function findOperator(id: string): CatalogueEntry | undefined {
  return Object.hasOwn(catalogue, id) ? (catalogue as Readonly<Record<string, CatalogueEntry>>)[id] : undefined;
}

/** Every operator, by id. */
export function allOperators(): readonly CatalogueEntry[] {
  return Object.values(catalogue);
}
