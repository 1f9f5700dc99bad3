import { nodeKey, noteKey, type ScopeName } from '../document.ts';
import type { Draft } from '../edit.ts';
import { endpointNode } from '../endpoint.ts';
import { mapNodePath, mapTrainingNames, placesAlong } from '../references.ts';
import { disconnectAll } from './connect.ts';

/** Removes nodes with their wires; what the training set-up says of them goes too. Unknown ids are passed over. */
export function removeNodes(draft: Draft, scope: ScopeName, ids: Iterable<string>): void {
  const gone = new Set([...ids].filter((id) => draft.node(scope, id) !== undefined));
  if (gone.size === 0) return;
  const before = draft.document();
  const touching = draft
    .edges(scope)
    .filter(({ from, to }) => gone.has(endpointNode(from)) || gone.has(endpointNode(to)));
  disconnectAll(
    draft,
    scope,
    touching.map(({ to }) => to),
  );
  const training = mapTrainingNames(draft.training(), (name) =>
    mapNodePath(name, (path) => {
      const places = placesAlong(before, path) ?? [];
      return places.some((place) => place.scope === scope && gone.has(place.id)) ? undefined : path;
    }),
  );
  for (const id of gone) draft.remove(nodeKey(scope, id));
  draft.putTraining(training);
}

/** Those that are there; of others nothing is said. */
export function removeNotes(draft: Draft, scope: ScopeName, ids: Iterable<string>): void {
  for (const id of ids) draft.remove(noteKey(scope, id));
}
