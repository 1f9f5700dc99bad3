// When so many nodes are in view that drawing each as a document element would stutter, the canvas draws them itself.

export interface Placed {
  readonly position: { readonly x: number; readonly y: number };
  readonly data: { readonly geometry: { readonly width: number; readonly height: number } };
}

/** In view at most this many are elements; fewer by the slack bring the elements back, so that the view does not flicker. */
const most = 120;
const slack = 20;

/** Whether to draw from afar, given what is done now. */
export function wantsFarView(
  nodes: readonly Placed[],
  width: number,
  height: number,
  transform: readonly [number, number, number],
  far: boolean,
): boolean {
  if (nodes.length <= most - slack) return false;
  const limit = far ? most - slack : most;
  let count = 0;
  for (const node of nodes) {
    if (isInFrame(node, width, height, transform) && ++count > limit) return true;
  }
  return false;
}

/** Whether any part of a node is within the pane. */
export function isInFrame(
  { position, data: { geometry } }: Placed,
  width: number,
  height: number,
  [x, y, zoom]: readonly [number, number, number],
): boolean {
  const left = position.x * zoom + x;
  const top = position.y * zoom + y;
  return left < width && top < height && left + geometry.width * zoom > 0 && top + geometry.height * zoom > 0;
}

/** The topmost node at a point of the canvas, or undefined. */
export function nodeAt<N extends Placed>(nodes: readonly N[], x: number, y: number): N | undefined {
  return nodes.findLast(
    ({ position, data: { geometry } }) =>
      x >= position.x && y >= position.y && x <= position.x + geometry.width && y <= position.y + geometry.height,
  );
}
