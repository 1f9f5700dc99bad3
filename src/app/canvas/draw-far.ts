// What the canvas draws at times: the graph from afar (rectangles in the colours of their families, straight wires, rings for the
// selected and the current node) and a saliency map over the picture of its input. Loaded with the first of them.
import { drawSaliency } from '../overlays/saliency.ts';
import { type SessionData, trueSaliency } from '../state/session-store.ts';
import type { FarStyle } from './far-style.ts';
import type { FlowEdge, FlowNode } from './flow-types.ts';
import { nodeValues } from './node-facts.ts';
import type { PlacedNode } from './node-painter.ts';

/** Draws wires and nodes; pictures come on top of it. */
export function drawFar(
  context: CanvasRenderingContext2D,
  nodes: readonly FlowNode[],
  edges: readonly FlowEdge[],
  [x, y, zoom]: readonly [number, number, number],
  style: FarStyle,
  current: string | undefined,
): void {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  context.strokeStyle = style.wire;
  context.lineWidth = Math.max(0.5, 1.5 * zoom);
  context.beginPath();
  for (const { source, target } of edges) {
    const from = byId.get(source);
    const to = byId.get(target);
    if (from === undefined || to === undefined) continue;
    context.moveTo((from.position.x + from.data.geometry.width) * zoom + x, middleOf(from) * zoom + y);
    context.lineTo(to.position.x * zoom + x, middleOf(to) * zoom + y);
  }
  context.stroke();
  for (const node of nodes) {
    const { geometry, model, messages, path } = node.data;
    const left = node.position.x * zoom + x;
    const top = node.position.y * zoom + y;
    const [width, height] = [geometry.width * zoom, geometry.height * zoom];
    context.fillStyle = style.surface;
    context.fillRect(left, top, width, height);
    context.fillStyle = style.families[model.family] ?? style.line;
    context.fillRect(left, top, Math.max(2, width * 0.06), height);
    const ring = path === current ? style.ink : node.selected ? style.accent : messages ? style.error : style.line;
    const strong = path === current || node.selected || messages;
    context.setLineDash(messages && path !== current ? [3, 2] : []);
    context.strokeStyle = ring;
    context.lineWidth = strong ? 2 : 0.5;
    context.strokeRect(left, top, width, height);
    if (height < 26) continue;
    context.fillStyle = style.ink;
    context.font = `600 ${Math.min(13, Math.max(7, 22 * zoom))}px system-ui, sans-serif`;
    context.fillText(model.title, left + width * 0.1, top + Math.min(16, height * 0.18), width * 0.86);
  }
  context.setLineDash([]);
}

function middleOf(node: FlowNode): number {
  return node.position.y + node.data.geometry.height / 2;
}

/** The map of this example, on the node that it is a map of. */
export function drawSaliencyOn(
  context: CanvasRenderingContext2D,
  session: SessionData,
  example: number,
  { node, x, y }: PlacedNode,
  zoom: number,
): void {
  const saliency = trueSaliency(session, example);
  const { model, geometry, path } = node.data;
  const slot = geometry.slots[0];
  if (saliency === null || slot === undefined) return;
  if (nodeValues(session.report, path, model)?.value !== saliency.input) return;
  drawSaliency(context, saliency.picture, {
    x: x + (slot.x + 1) * zoom,
    y: y + (slot.y + 1) * zoom,
    width: (slot.width - 2) * zoom,
    height: (slot.height - 2) * zoom,
  });
}
