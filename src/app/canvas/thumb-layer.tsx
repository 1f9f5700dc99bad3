// All pictures of all nodes on one canvas above them. Drawn in the same tick in which the view moves, so that pictures do not
// swim; new pictures wait for the next frame. A canvas a node would bring large graphs to a crawl.
import { useStoreApi } from '@xyflow/react';
import { useEffect, useLayoutEffect, useRef } from 'react';
import type { Pixels } from '../../engine/protocol/views.ts';
import { createThumbAtlas } from '../overlays/thumb-atlas.ts';
import { useTheme, useWorkbench } from '../state/context.tsx';
import { nextStep, type SessionData } from '../state/session-store.ts';
import styles from './canvas.module.css';
import { readFarStyle } from './far-style.ts';
import type { FlowEdge, FlowNode } from './flow-types.ts';
import { isInFrame } from './model/far-view.ts';
import { slotValues } from './node-facts.ts';
import type { NodePainter, PlacedNode } from './node-painter.ts';

interface ThumbLayerProps {
  readonly nodes: readonly FlowNode[];
  readonly edges: readonly FlowEdge[];
  /** Nodes and wires are drawn here, too. */
  readonly far: boolean;
  readonly painter: NodePainter;
}

export function ThumbLayer({ nodes, edges, far, painter }: ThumbLayerProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const flow = useStoreApi<FlowNode>();
  const theme = useTheme();
  const { session, view } = useWorkbench();
  const latest = useRef({ nodes, edges, far });
  const redraw = useRef<() => void>(() => undefined);
  useLayoutEffect(() => {
    latest.current = { nodes, edges, far };
    redraw.current();
  }, [nodes, edges, far]);
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element?.parentElement || !context) return;
    const style = readFarStyle(element.parentElement, theme);
    const atlas = createThumbAtlas();
    let frame = 0;
    let more: typeof import('./draw-far.ts') | null = null;
    let loading = false;

    const draw = (): void => {
      const { width, height, transform, nodeLookup } = flow.getState();
      const ratio = Math.min(devicePixelRatio, 2);
      if (element.width !== Math.round(width * ratio) || element.height !== Math.round(height * ratio)) {
        element.width = Math.round(width * ratio);
        element.height = Math.round(height * ratio);
      }
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, width, height);
      const now = latest.current;
      const data = session.getState();
      if ((now.far || data.saliency !== null) && !loading) void loadMore();
      const placed: PlacedNode[] = [];
      const place = (node: FlowNode, x: number, y: number, z: number): void => {
        if (!isInFrame({ position: { x, y }, data: node.data }, width, height, transform)) return;
        const [left, top, zoom] = transform;
        const { geometry } = node.data;
        placed.push({
          x: x * zoom + left,
          y: y * zoom + top,
          width: geometry.width * zoom,
          height: geometry.height * zoom,
          z,
          node,
        });
      };
      if (now.far) {
        for (const node of now.nodes) place(node, node.position.x, node.position.y, 0);
        const visible = placed.map(({ node }) => node);
        more?.drawFar(context, visible, now.edges, transform, style, nextStep(data)?.node);
      } else {
        for (const { internals } of nodeLookup.values()) {
          if (internals.userNode.type !== 'op') continue;
          place(internals.userNode, internals.positionAbsolute.x, internals.positionAbsolute.y, internals.z);
        }
      }
      for (const { node } of placed) {
        for (const name of slotValues(data.report, node.data)) {
          const pixels = name === null ? undefined : pictureOf(data, name);
          if (name !== null && pixels !== undefined) atlas.put(name, pixels);
        }
      }
      placed.forEach((each, order) => {
        if (each.node.data.geometry.slots.length === 0) return;
        context.save();
        if (!now.far) clipToSeen(context, each, placed, order);
        drawPictures(context, atlas, data, each, transform[2]);
        more?.drawSaliencyOn(context, data, view.getState().example, each, transform[2]);
        painter.over?.(context, each, transform[2]);
        context.restore();
      });
      painter.last?.(context, placed, transform[2]);
    };
    const drawSoon = (): void => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(draw);
    };
    const loadMore = async (): Promise<void> => {
      loading = true;
      more = await import('./draw-far.ts');
      drawSoon();
    };
    redraw.current = drawSoon;
    painter.redraw = drawSoon;
    const stops = [
      flow.subscribe((state, before) => {
        if (state.transform !== before.transform || state.nodes !== before.nodes) draw();
        else if (state.width !== before.width || state.height !== before.height) drawSoon();
      }),
      session.subscribe((state, before) => {
        const changed = state.summaries !== before.summaries || state.report !== before.report;
        const moved = latest.current.far && state.session !== before.session;
        if (changed || moved || state.saliency !== before.saliency) drawSoon();
      }),
    ];
    drawSoon();
    return () => {
      cancelAnimationFrame(frame);
      for (const stop of stops) stop();
    };
  }, [flow, session, view, theme, painter]);
  return <canvas ref={canvas} className={styles['thumbs']} tabIndex={-1} />;
}

/** Everything but what lies above this node. */
function clipToSeen(
  context: CanvasRenderingContext2D,
  placed: PlacedNode,
  all: readonly PlacedNode[],
  order: number,
): void {
  const covering = all.filter(
    (other, at) => (other.z > placed.z || (other.z === placed.z && at > order)) && overlaps(other, placed),
  );
  if (covering.length === 0) return;
  context.beginPath();
  context.rect(placed.x, placed.y, placed.width, placed.height);
  for (const { x, y, width, height } of covering) {
    context.moveTo(x, y);
    context.lineTo(x, y + height);
    context.lineTo(x + width, y + height);
    context.lineTo(x + width, y);
    context.closePath();
  }
  context.clip('evenodd');
}

function drawPictures(
  context: CanvasRenderingContext2D,
  atlas: ReturnType<typeof createThumbAtlas>,
  session: SessionData,
  { node, x, y }: PlacedNode,
  zoom: number,
): void {
  const names = slotValues(session.report, node.data);
  node.data.geometry.slots.forEach((slot, i) => {
    const name = names[i] ?? null;
    if (name === null || pictureOf(session, name) === undefined) return;
    atlas.draw(
      context,
      name,
      x + (slot.x + 1) * zoom,
      y + (slot.y + 1) * zoom,
      (slot.width - 2) * zoom,
      (slot.height - 2) * zoom,
    );
  });
}

function pictureOf(session: SessionData, name: string): Pixels | undefined {
  const summary = session.summaries[name];
  return summary?.state === 'computed' ? summary.thumbnail : undefined;
}

function overlaps(a: PlacedNode, b: PlacedNode): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
