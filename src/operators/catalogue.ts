// Lookups in the generated catalogue: what drawing a graph needs of operators, without their code. The rest: catalogue-details.
import { type CatalogueFacts, catalogue, type OpId } from './catalogue.generated.ts';

export interface CatalogueEntry extends CatalogueFacts {
  readonly id: OpId;
}

const entries: readonly CatalogueEntry[] = (Object.keys(catalogue) as OpId[]).map((id) => ({ id, ...catalogue[id] }));
const byId: ReadonlyMap<string, CatalogueEntry> = new Map(entries.map((entry) => [entry.id, entry]));

/** The operator called `id`, or undefined; safe for any text a file may hold. */
export function findOperator(id: string): CatalogueEntry | undefined {
  return byId.get(id);
}

/** Every operator, by id. */
export function allOperators(): readonly CatalogueEntry[] {
  return entries;
}
