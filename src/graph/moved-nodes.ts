// Which nodes of a graph stand elsewhere in the graph that it was edited to: called otherwise, gone into a block, come out of one.
// What is known of a node (numbers, breakpoints) follows it by this. Told from the two graphs alone, so that undo and edits of the
// text count as well.
import { joinPath, parentPath, parsePath, printPath } from '../language/value-name.ts';
import { usesBlock } from './ports.ts';
import { sameJson } from './same-json.ts';
import type { GraphFile, GraphNode } from './schema.ts';

interface Place {
  readonly path: string;
  /** Path of the block that it stands in. */
  readonly parent: string;
  readonly node: GraphNode;
}

/** Where so much changes at once it is another graph. */
const mostPairs = 2_000_000;
/** Blocks within blocks can be too many to be followed, or to be compiled. */
const mostPlaces = 100_000;

/** Instance path before → after, without time steps, of all that moved. */
export function movedNodes(before: GraphFile, after: GraphFile): ReadonlyMap<string, string> {
  const [old, fresh] = [placesOf(before), placesOf(after)];
  const went = [...old.values()].filter(({ path }) => !fresh.has(path));
  const came = [...fresh.values()].filter(({ path }) => !old.has(path));
  const moved = new Map<string, string>();
  if (Math.max(old.size, fresh.size) > mostPlaces || went.length * came.length > mostPairs) return moved;
  const taken = new Set<Place>();
  const now = (path: string): string => moved.get(path) ?? path;

  /** Beside the same neighbours; in a block that was made of them; where the block stood that held it. */
  function place(from: Place, to: Place): 'beside' | 'elsewhere' | null {
    const around = now(from.parent);
    if (to.parent === around) return 'beside';
    const into = to.parent !== '' && !old.has(to.parent) && parentPath(to.parent) === around;
    const out = from.parent !== '' && !fresh.has(around) && to.parent === now(parentPath(from.parent));
    return into || out ? 'elsewhere' : null;
  }

  /** 0: another node. A new name leaves a node where it was, a new block leaves it its name. */
  function likeness(from: Place, to: Place): number {
    const where = from.node.op === to.node.op ? place(from, to) : null;
    if (where === null) return 0;
    const same = sameJson(essence(from.node), essence(to.node));
    const stays = from.node.position !== undefined && sameJson(from.node.position, to.node.position);
    const named = from.node.id === to.node.id;
    return (same ? 2 : 0) + ((where === 'beside' ? stays : named) ? 1 : 0);
  }

  // From the outside inwards, as what is inside a block follows the block; the likest first.
  const depths = [...new Set(went.map(depthOf))].sort((a, b) => a - b);
  for (const depth of depths) {
    const pairs = went
      .filter((from) => depthOf(from) === depth)
      .flatMap((from) => came.map((to) => ({ from, to, likeness: likeness(from, to) })))
      .filter(({ likeness }) => likeness > 0)
      .sort((a, b) => b.likeness - a.likeness);
    for (const { from, to } of pairs) {
      if (moved.has(from.path) || taken.has(to)) continue;
      moved.set(from.path, to.path);
      taken.add(to);
    }
  }
  return moved;
}

/** Every node at every place where it is used; no more than it takes to know that they are too many. */
function placesOf({ nodes, blocks }: GraphFile): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  const walk = (inside: readonly GraphNode[], parent: string): void => {
    for (const node of inside) {
      if (places.size > mostPlaces) return;
      const path = joinPath(parent, node.id);
      places.set(path, { path, parent, node });
      if (usesBlock(node) && node.block !== undefined && Object.hasOwn(blocks, node.block))
        walk(blocks[node.block]?.nodes ?? [], path);
    }
  };
  walk(nodes, '');
  return places;
}

function depthOf({ path }: Place): number {
  return path.split('/').length;
}

function essence({ id: _, position: __, title: ___, ...rest }: GraphNode): unknown {
  return rest;
}

/** An instance path, followed to where its node, or the node that it lies in, stands now; times stay where they were. */
export function followPath(path: string, moved: ReadonlyMap<string, string>): string {
  const segments = parsePath(path) ?? [];
  for (let depth = segments.length; depth > 0; depth--) {
    const to = moved.get(printPath(segments.slice(0, depth).map(({ id }) => ({ id }))));
    if (to === undefined) continue;
    const now = parsePath(to) ?? [];
    const timed = now.map((segment, i) => (now.length === depth ? { ...segments[i], ...segment } : segment));
    return printPath([...timed, ...segments.slice(depth)]);
  }
  return path;
}
