import { nodeWidth } from './node-geometry.ts';

interface Placed {
  readonly position: { readonly x: number; readonly y: number };
  readonly data: { readonly geometry: { readonly width: number; readonly height: number } };
}

const newHeight = 150;
const stepPx = 40;

/** The place nearest to a point (its middle) where a new node covers no other; whole pixels. */
export function freePlace([x, y]: readonly [number, number], nodes: readonly Placed[]): readonly [number, number] {
  const corner = [Math.round(x - nodeWidth / 2), Math.round(y - newHeight / 2)] as const;
  for (let ring = 0; ring < 40; ring++) {
    for (const [dx, dy] of ringOffsets(ring)) {
      const place = [corner[0] + dx * stepPx, corner[1] + dy * stepPx] as const;
      if (isFree(place, nodes)) return place;
    }
  }
  return corner;
}

/** Whether a new node with its corner there covers no other. */
export function isFree(place: readonly [number, number], nodes: readonly Placed[]): boolean {
  return nodes.every((node) => !covers(place, node));
}

/** Below first, then right, left, above. */
function ringOffsets(ring: number): readonly (readonly [number, number])[] {
  if (ring === 0) return [[0, 0]];
  return [
    [0, ring],
    [ring, 0],
    [ring, ring],
    [-ring, 0],
    [0, -ring],
    [-ring, ring],
    [ring, -ring],
    [-ring, -ring],
  ];
}

function covers([x, y]: readonly [number, number], { position, data: { geometry } }: Placed): boolean {
  const gap = 16;
  return (
    x < position.x + geometry.width + gap &&
    position.x < x + nodeWidth + gap &&
    y < position.y + geometry.height + gap &&
    position.y < y + newHeight + gap
  );
}
