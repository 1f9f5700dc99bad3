// What the training set-up calls nodes: value names of loss, metrics, bindings and patterns. Edits that rename, move or remove
// nodes carry these along.
import { parsePath, parseValueName, printPath, printValueName } from '../language/value-name.ts';
import { blockOf, type GraphDocument, nodeOf, type ScopeName } from './document.ts';
import { usesBlock } from './ports.ts';
import type { GraphNode, Training } from './schema.ts';

/** Where a node stands and how it is called there. */
export interface NodePlace {
  readonly scope: ScopeName;
  readonly id: string;
}

/** Follows an instance path (`block1/conv1`, `rnn[3]/cell`) through the blocks; undefined where it leaves the document. */
export function resolvePath(document: GraphDocument, path: string): NodePlace | undefined {
  return placesAlong(document, path)?.at(-1);
}

/** The places of all segments of a path, outermost first. */
export function placesAlong(document: GraphDocument, path: string): readonly NodePlace[] | undefined {
  const places: NodePlace[] = [];
  let scope: ScopeName | undefined = '';
  for (const { id } of parsePath(path) ?? []) {
    const node: GraphNode | undefined = scope === undefined ? undefined : nodeOf(document, scope, id);
    if (scope === undefined || node === undefined) return undefined;
    places.push({ scope, id });
    const inside: string | undefined = usesBlock(node) ? node.block : undefined;
    scope = inside !== undefined && blockOf(document, inside) !== undefined ? inside : undefined;
  }
  return places.length === 0 ? undefined : places;
}

/** Maps every value name of a training set-up; what becomes undefined is dropped. */
export function mapTrainingNames(training: Training, map: (name: string) => string | undefined): Training {
  const { loss, data, penalty, ...rest } = training;
  const mappedLoss = loss === undefined ? undefined : map(loss);
  const bind = Object.entries(data?.bind ?? {}).flatMap(([name, field]) => {
    const mapped = map(name);
    return mapped === undefined ? [] : [[mapped, field] as const];
  });
  const metrics = training.metrics.flatMap((metric) => {
    const scores = map(metric.scores);
    const target = map(metric.target);
    return scores === undefined || target === undefined ? [] : [{ ...metric, scores, target }];
  });
  const on = penalty?.on.flatMap((pattern) => (pattern.includes('*') ? [pattern] : (map(pattern) ?? [])));
  return {
    ...rest,
    metrics,
    ...(mappedLoss === undefined ? {} : { loss: mappedLoss }),
    ...(data === undefined ? {} : { data: { ...data, bind: Object.fromEntries(bind) } }),
    ...(penalty === undefined || on === undefined ? {} : { penalty: { ...penalty, on } }),
  };
}

/** Maps the node path inside a value name, a bare node name included; undefined drops it, anything unreadable stays. */
export function mapNodePath(name: string, map: (path: string) => string | undefined): string | undefined {
  const parsed = parseValueName(name);
  if (parsed.ok) {
    const node = map(parsed.value.node);
    return node === undefined ? undefined : printValueName({ ...parsed.value, node });
  }
  return parsePath(name) === null ? name : map(name);
}

/** A path whose segment for one place is called otherwise; the path itself where that place is not on it. */
export function renameInPath(document: GraphDocument, path: string, place: NodePlace, id: string): string {
  const places = placesAlong(document, path);
  const segments = parsePath(path);
  if (places === undefined || segments === null) return path;
  return printPath(
    segments.map((segment, index) => {
      const here = places[index];
      return here?.scope === place.scope && here.id === place.id ? { ...segment, id } : segment;
    }),
  );
}
