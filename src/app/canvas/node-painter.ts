import type { FlowNode } from './flow-types.ts';

/** Where a node stands now, in pixels of the pane. */
export interface PlacedNode {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly z: number;
  readonly node: FlowNode;
}

/** What a part of the canvas that is loaded later draws with the pictures: over one node's, and over all when they stand. */
export interface NodePainter {
  over: ((context: CanvasRenderingContext2D, placed: PlacedNode, zoom: number) => void) | null;
  last: ((context: CanvasRenderingContext2D, placed: readonly PlacedNode[], zoom: number) => void) | null;
  redraw(): void;
}

export function createNodePainter(): NodePainter {
  return { over: null, last: null, redraw: () => undefined };
}
