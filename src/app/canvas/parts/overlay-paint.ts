// Paints an overlay's readings: a ring and a label at every node, the wires in their colour and strength. Colours come from the
// scale; what is worth a look bears a sign as well, so that nothing is told by colour alone.
import { getBezierPath, getSmoothStepPath, Position } from '@xyflow/react';
import type { Theme } from '../../../engine/protocol/views.ts';
import { createColorMap, nonFiniteColor } from '../../../tensor/color-map.ts';
import type { CanvasOverlay, Reading, Readings } from '../../overlays/canvas-overlay.ts';
import { scaleColor } from '../../overlays/scales.ts';
import type { FlowEdge, FlowNode } from '../flow-types.ts';

export type Range = readonly [low: number, high: number];

/** Both ends of the scale: as the overlay says, or those of what is read. null where nothing finite is. */
export function rangeOf(overlay: CanvasOverlay, { nodes, wires }: Readings): Range | null {
  if (overlay.range) return overlay.range;
  const values = [...nodes.values(), ...wires.values()]
    .map(({ value }) => value)
    .filter((value) => Number.isFinite(value) && (!overlay.logarithmic || value > 0));
  if (values.length === 0) return null;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (overlay.scale === 'diverging') {
    const most = Math.max(Math.abs(low), Math.abs(high));
    return [-most, most];
  }
  return overlay.logarithmic ? [low, high] : [Math.min(0, low), high];
}

/** Place on the scale, 0…1; null for what is no number. */
export function placeOf(overlay: CanvasOverlay, value: number, range: Range | null): number | null {
  if (Number.isNaN(value) || range === null) return null;
  const [low, high] = range;
  if (overlay.logarithmic) {
    if (!(value > 0)) return 0;
    return high > low ? clamp((Math.log2(value) - Math.log2(low)) / (Math.log2(high) - Math.log2(low))) : 1;
  }
  return high > low ? clamp((value - low) / (high - low)) : 1;
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}

/** The low end of a scale recedes into the surface: what is measured keeps a visible colour. */
export function leastOf({ scale }: CanvasOverlay): number {
  return scale === 'sequential' ? 0.18 : 0;
}

interface Scene {
  readonly overlay: CanvasOverlay;
  readonly readings: Readings;
  readonly range: Range | null;
  readonly nodes: readonly FlowNode[];
  readonly edges: readonly FlowEdge[];
  readonly theme: Theme;
  /** Where a node stands now, on the canvas. */
  place(node: FlowNode): { readonly x: number; readonly y: number };
}

const portReach = 5.5;

/**
 * Paints in canvas coordinates; the contexts are scaled by `zoom`.
 * @param context above the nodes: wires and labels
 * @param under below them: rings, so that they cover neither the tag of a node nor one that lies over it
 */
export function paintOverlay(
  context: CanvasRenderingContext2D,
  under: CanvasRenderingContext2D,
  scene: Scene,
  zoom: number,
  far: boolean,
): void {
  const { overlay, readings, range, theme } = scene;
  const table = createColorMap(overlay.scale, theme);
  const least = leastOf(overlay);
  const color = ({ value }: Reading): Tint => {
    const place = placeOf(overlay, value, range);
    const css = place === null ? `rgb(${nonFiniteColor.join(' ')})` : scaleColor(table, least + place * (1 - least));
    return { css, ink: place === null ? '#ffffff' : inkOn(css) };
  };
  const byId = new Map(scene.nodes.map((node) => [node.id, node]));
  const labels: (() => void)[] = [];
  for (const edge of scene.edges) {
    const reading = readings.wires.get(edge.data?.arrival ?? '');
    const [source, target] = [byId.get(edge.source), byId.get(edge.target)];
    if (reading === undefined || source === undefined || target === undefined) continue;
    const tint = color(reading);
    const place = placeOf(overlay, reading.value, range) ?? 1;
    const from = end(scene, source, edge.sourceHandle, 'output');
    const to = end(scene, target, edge.targetHandle, 'input');
    const ends = {
      sourceX: from.x + portReach,
      sourceY: from.y,
      targetX: to.x - portReach,
      targetY: to.y,
      sourcePosition: Position.Right,
      targetPosition: Position.Left,
    };
    const [path, x, y] =
      ends.targetX < ends.sourceX ? getSmoothStepPath({ ...ends, borderRadius: 14, offset: 22 }) : getBezierPath(ends);
    context.strokeStyle = tint.css;
    context.lineWidth = (1.5 + 6 * place) / Math.min(1, Math.max(0.35, zoom));
    context.setLineDash(reading.warning ? [8, 5] : []);
    context.stroke(new Path2D(path));
    context.setLineDash([]);
    if (zoom >= 0.35) labels.push(() => label(context, reading, tint, x, y - 2, 'middle', zoom));
  }
  for (const node of scene.nodes) {
    const reading = readings.nodes.get(node.data.path);
    if (reading === undefined) continue;
    const { x, y } = scene.place(node);
    const { width, height } = node.data.geometry;
    const tint = color(reading);
    if (far) {
      context.fillStyle = tint.css;
      context.fillRect(x, y, width, height);
      if (height * zoom >= 14)
        labels.push(() => label(context, reading, tint, x + width / 2, y + height / 2, 'middle', zoom));
      continue;
    }
    under.strokeStyle = tint.css;
    under.lineWidth = 6;
    under.setLineDash(reading.warning ? [10, 5] : []);
    under.beginPath();
    under.roundRect(x - 5, y - 5, width + 10, height + 10, 11);
    under.stroke();
    labels.push(() => label(context, reading, tint, x + width - 6, y + height + 6, 'end', zoom));
  }
  for (const draw of labels) draw();
}

interface Tint {
  readonly css: string;
  readonly ink: string;
}

function end(scene: Scene, node: FlowNode, handle: string | null | undefined, side: 'input' | 'output') {
  const { x, y } = scene.place(node);
  const port = node.data.geometry.ports.find((each) => each.name === handle && each.side === side);
  return { x: x + (port?.x ?? 0), y: y + (port?.y ?? 0) };
}

/** A pill with the number, and a triangle before it where it is worth a look. */
function label(
  context: CanvasRenderingContext2D,
  { text: whole, short = whole, warning }: Reading,
  { css, ink }: Tint,
  x: number,
  y: number,
  align: 'middle' | 'end',
  zoom: number,
): void {
  const text = zoom < 0.75 ? short : whole;
  const size = Math.max(11.5, 9 / zoom);
  context.font = `600 ${size}px ui-monospace, Menlo, Consolas, monospace`;
  const sign = warning ? size + 2 : 0;
  const width = context.measureText(text).width + sign + size;
  const height = size * 1.5;
  const left = align === 'end' ? x - width : x - width / 2;
  context.fillStyle = css;
  context.strokeStyle = ink;
  context.lineWidth = 0.75;
  context.beginPath();
  context.roundRect(left, y - height / 2, width, height, height / 3);
  context.fill();
  context.stroke();
  context.fillStyle = ink;
  if (warning) {
    const [l, m] = [left + size / 2, y];
    context.beginPath();
    context.moveTo(l, m + size * 0.4);
    context.lineTo(l + size * 0.45, m - size * 0.42);
    context.lineTo(l + size * 0.9, m + size * 0.4);
    context.closePath();
    context.fill();
  }
  context.textBaseline = 'middle';
  context.fillText(text, left + size / 2 + sign, y + size * 0.06);
  context.textBaseline = 'alphabetic';
}

/** Black or white, whichever reads better: at least 4.5 : 1 on any colour. */
function inkOn(css: string): string {
  const [red = 0, green = 0, blue = 0] = (css.match(/\d+/g) ?? []).map((part) => {
    const share = Number(part) / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? '#000000' : '#ffffff';
}
