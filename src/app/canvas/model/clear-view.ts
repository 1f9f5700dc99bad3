// The view in which a graph fits beside what lies over the canvas (legend, minimap, the overlay's panel, where one is inside). Of
// all ways to keep clear of it, left and right or above and below, the one that shows the graph largest.
import type { Box } from './node-geometry.ts';

interface Limits {
  readonly least: number;
  readonly most: number;
}

interface View {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

interface Margins {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Room at the edges of the pane, and around what lies over it. */
const edge = 28;
const gap = 10;

/**
 * @param nodes boxes of the nodes, in canvas pixels; at least one
 * @param pane its size, in pixels of the page
 * @param covers what lies over the pane, in its own pixels
 */
export function clearView(
  nodes: readonly Box[],
  pane: { readonly width: number; readonly height: number },
  covers: readonly Box[],
  limits: Limits,
): View {
  const bounds = boundsOf(nodes);
  let ways: readonly Margins[] = [{ left: edge, top: edge, right: edge, bottom: edge }];
  for (const cover of covers) ways = ways.flatMap((margins) => [margins, ...besides(margins, cover, pane)]);
  const views = ways.map((margins) => fitted(bounds, pane, margins, limits));
  const whole = views[0] as View;
  const clear = views
    .filter(({ zoom }) => zoom >= whole.zoom / 2)
    .sort((a, b) => b.zoom - a.zoom)
    .find((view) => !covers.some((cover) => nodes.some((node) => overlaps(node, cover, view))));
  // Where there is hardly room beside it, all of the pane is used.
  return clear ?? whole;
}

/** A little more than the nodes: breakpoints stand at the left, tags at the top. */
export function boundsOf(nodes: readonly Box[]): Box {
  let [left, top, right, bottom] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, -Infinity, -Infinity];
  for (const { x, y, width, height } of nodes) {
    [left, top] = [Math.min(left, x), Math.min(top, y)];
    [right, bottom] = [Math.max(right, x + width), Math.max(bottom, y + height)];
  }
  return { x: left - 24, y: top - 24, width: right - left + 48, height: bottom - top + 48 };
}

/** The two ways around a panel in a corner: the graph beside it, or above or below it. */
function besides(margins: Margins, { x, y, width, height }: Box, pane: { width: number; height: number }): Margins[] {
  const across =
    x + width / 2 < pane.width / 2
      ? { left: Math.max(margins.left, x + width + gap) }
      : { right: Math.max(margins.right, pane.width - x + gap) };
  const along =
    y + height / 2 < pane.height / 2
      ? { top: Math.max(margins.top, y + height + gap) }
      : { bottom: Math.max(margins.bottom, pane.height - y + gap) };
  return [
    { ...margins, ...across },
    { ...margins, ...along },
  ];
}

/** In the middle of what the margins leave. */
function fitted(
  bounds: Box,
  pane: { readonly width: number; readonly height: number },
  { left, top, right, bottom }: Margins,
  { least, most }: Limits,
): View {
  const [width, height] = [pane.width - left - right, pane.height - top - bottom];
  const zoom = Math.min(most, Math.max(least, Math.min(width / bounds.width, height / bounds.height)));
  return {
    x: left + (width - bounds.width * zoom) / 2 - bounds.x * zoom,
    y: top + (height - bounds.height * zoom) / 2 - bounds.y * zoom,
    zoom,
  };
}

/** Whether a node, in canvas pixels, lies under something on the pane. */
export function overlaps(node: Box, cover: Box, { x, y, zoom }: View): boolean {
  return (
    node.x * zoom + x < cover.x + cover.width &&
    cover.x < (node.x + node.width) * zoom + x &&
    node.y * zoom + y < cover.y + cover.height &&
    cover.y < (node.y + node.height) * zoom + y
  );
}
