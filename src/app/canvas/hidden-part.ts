// Whether a node is seen whole, and how far the view must move for it to stand in the middle. What lies over the pane (the side
// on small windows, the minimap, a legend) is found where it stands, whoever put it there.
import type { FlowNode } from './flow-types.ts';

/** So finely the pane is searched for what lies over its sides. */
const probePx = 12;

interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** By how much the view must move, in pixels of the window; 0, 0 where all of the node is seen. */
export function hiddenPart(
  { position, data: { geometry } }: FlowNode,
  pane: HTMLElement,
  [x, y, zoom]: readonly [number, number, number],
): { readonly x: number; readonly y: number } {
  const bounds = pane.getBoundingClientRect();
  const left = bounds.left + position.x * zoom + x;
  const top = bounds.top + position.y * zoom + y;
  const node = { left, top, right: left + geometry.width * zoom, bottom: top + geometry.height * zoom };
  if (isFree(node, bounds, pane)) return { x: 0, y: 0 };
  const free = freePart(bounds, pane);
  return {
    x: Math.round((free.left + free.right - node.left - node.right) / 2),
    y: Math.round((free.top + free.bottom - node.top - node.bottom) / 2),
  };
}

function isFree(node: Rectangle, bounds: Rectangle, pane: HTMLElement): boolean {
  if (node.left < bounds.left || node.right > bounds.right || node.top < bounds.top || node.bottom > bounds.bottom)
    return false;
  const inset = Math.min(8, (node.right - node.left) / 4, (node.bottom - node.top) / 4);
  const xs = [node.left + inset, (node.left + node.right) / 2, node.right - inset];
  const ys = [node.top + inset, (node.top + node.bottom) / 2, node.bottom - inset];
  return xs.every((x) => ys.every((y) => sees(pane, x, y)));
}

/** Whether the pane itself, and no panel on it, stands at a point of the window. */
function sees(pane: HTMLElement, x: number, y: number): boolean {
  const there = document.elementFromPoint(x, y);
  return there !== null && pane.contains(there) && there.closest('.react-flow__panel') === null;
}

/** The pane without what lies over its sides, as it is along its middle. */
function freePart(bounds: Rectangle, pane: HTMLElement): Rectangle {
  const [x, y] = [(bounds.left + bounds.right) / 2, (bounds.top + bounds.bottom) / 2];
  let { left, right, top, bottom } = bounds;
  while (right - probePx > x && !sees(pane, right - 1, y)) right -= probePx;
  while (left + probePx < x && !sees(pane, left + 1, y)) left += probePx;
  while (bottom - probePx > y && !sees(pane, x, bottom - 1)) bottom -= probePx;
  while (top + probePx < y && !sees(pane, x, top + 1)) top += probePx;
  return { left, right, top, bottom };
}
