// Which values are on screen: the engine is asked for these and no others.

import type { SummaryRequest } from '../../engine/protocol/views.ts';
import type { CompileReport } from '../../engine/protocol.ts';
import { numel } from '../../tensor/shape.ts';
import { arrivingGradient } from '../overlays/arriving-gradient.ts';
import { cellHeight, cellWidth } from '../overlays/thumb-atlas.ts';
import type { FlowEdge, FlowNode } from './flow-types.ts';
import { nodeValues } from './node-facts.ts';

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly transform: readonly [x: number, y: number, zoom: number];
}

/** Beyond the edge of the pane, so that what scrolls in is there already. */
const marginPx = 160;

/** Values and gradients of nodes and scalar wires within the frame. */
export function visibleValues(
  nodes: readonly FlowNode[],
  edges: readonly FlowEdge[],
  { width, height, transform: [x, y, zoom] }: Frame,
  report: CompileReport | null,
  example: number,
): readonly SummaryRequest[] {
  if (report === null) return [];
  const requests = new Map<string, SummaryRequest>();
  const want = (name: string, thumbnail: boolean): void => {
    const size = { width: cellWidth, height: cellHeight };
    if (!requests.get(name)?.thumbnail)
      requests.set(name, { name, example, ...(thumbnail ? { thumbnail: size } : {}) });
  };
  const seen = new Set<string>();
  for (const node of nodes) {
    const { geometry, model, path } = node.data;
    const left = node.position.x * zoom + x;
    const top = node.position.y * zoom + y;
    if (left > width + marginPx || top > height + marginPx) continue;
    if (left + geometry.width * zoom < -marginPx || top + geometry.height * zoom < -marginPx) continue;
    seen.add(node.id);
    const values = nodeValues(report, path, model);
    if (values === null) continue;
    const pictures = numel(values.shape) > 1;
    want(values.value, pictures);
    if (values.gradient !== null) want(values.gradient, pictures);
    if (values.filters !== null) want(values.filters, true);
  }
  for (const { source, target, data } of edges) {
    if (data === undefined || (!seen.has(source) && !seen.has(target))) continue;
    const known = report.values[data.value] ?? report.values[data.arrival];
    if (known === undefined || numel(known.shape) !== 1) continue;
    if (Object.hasOwn(report.values, data.value)) want(data.value, false);
    const gradient = arrivingGradient(report, data.arrival, data.value);
    if (gradient !== null) want(gradient, false);
  }
  return [...requests.values()];
}
