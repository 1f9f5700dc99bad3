// All pictures of all nodes on one canvas above them. Drawn in the same tick in which the view moves, so that pictures do not
// swim; new pictures wait for the next frame. A canvas a node would bring large graphs to a crawl.
import { useStoreApi } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import { drawSaliency } from '../overlays/saliency.ts';
import { cellHeight, cellWidth, createThumbAtlas } from '../overlays/thumb-atlas.ts';
import { useWorkbench } from '../state/context.tsx';
import { type SaliencyOnNode, type SessionData, trueSaliency } from '../state/session-store.ts';
import styles from './canvas.module.css';
import type { FlowNode } from './flow-types.ts';
import { nodeValues } from './node-facts.ts';

interface Placed {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly z: number;
  readonly node: FlowNode;
}

export function ThumbLayer() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const flow = useStoreApi<FlowNode>();
  const { session, view } = useWorkbench();
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context) return;
    const atlas = createThumbAtlas();
    let frame = 0;

    const draw = (): void => {
      const { width, height, transform, nodeLookup } = flow.getState();
      const ratio = Math.min(devicePixelRatio, 2);
      if (element.width !== Math.round(width * ratio) || element.height !== Math.round(height * ratio)) {
        element.width = Math.round(width * ratio);
        element.height = Math.round(height * ratio);
      }
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, width, height);
      const placed: Placed[] = [];
      for (const node of nodeLookup.values()) {
        const { x, y } = node.internals.positionAbsolute;
        const box = { x: x * transform[2] + transform[0], y: y * transform[2] + transform[1] };
        const size = {
          width: node.data.geometry.width * transform[2],
          height: node.data.geometry.height * transform[2],
        };
        if (box.x > width || box.y > height || box.x + size.width < 0 || box.y + size.height < 0) continue;
        placed.push({ ...box, ...size, z: node.internals.z, node: node.internals.userNode });
      }
      placed.forEach((each, order) => {
        drawNode(context, atlas, session.getState(), each, transform[2], placed, order);
        drawSaliencyOn(
          context,
          trueSaliency(session.getState(), view.getState().example),
          session.getState(),
          each,
          transform[2],
        );
      });
    };
    const drawSoon = (): void => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(draw);
    };
    const stops = [
      flow.subscribe((state, before) => {
        if (state.transform !== before.transform || state.nodes !== before.nodes) draw();
        else if (state.width !== before.width || state.height !== before.height) drawSoon();
      }),
      session.subscribe((state, before) => {
        if (
          state.summaries !== before.summaries ||
          state.report !== before.report ||
          state.saliency !== before.saliency
        )
          drawSoon();
      }),
    ];
    drawSoon();
    return () => {
      cancelAnimationFrame(frame);
      for (const stop of stops) stop();
    };
  }, [flow, session, view]);
  return <canvas ref={canvas} className={styles['thumbs']} tabIndex={-1} />;
}

function drawNode(
  context: CanvasRenderingContext2D,
  atlas: ReturnType<typeof createThumbAtlas>,
  session: SessionData,
  placed: Placed,
  zoom: number,
  all: readonly Placed[],
  order: number,
): void {
  const { model, geometry, path } = placed.node.data;
  if (geometry.slots.length === 0) return;
  const values = nodeValues(session.report, path, model);
  if (values === null) return;
  const covering = all.filter(
    (other, at) => (other.z > placed.z || (other.z === placed.z && at > order)) && overlaps(other, placed),
  );
  context.save();
  if (covering.length > 0) {
    // Everything but what lies above this node.
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
  const names = [values.value, values.gradient, values.filters];
  geometry.slots.forEach((slot, i) => {
    const name = names[i];
    const summary = name ? session.summaries[name] : undefined;
    if (!name || summary?.state !== 'computed' || summary.thumbnail === undefined) return;
    atlas.put(name, summary.thumbnail);
    atlas.draw(
      context,
      name,
      placed.x + (slot.x + 1) * zoom,
      placed.y + (slot.y + 1) * zoom,
      (slot.width - 2) * zoom,
      (slot.height - 2) * zoom,
    );
  });
  context.restore();
}

/** The map lies over the picture of the input that it is a map of. */
function drawSaliencyOn(
  context: CanvasRenderingContext2D,
  saliency: SaliencyOnNode | null,
  session: SessionData,
  { node, x, y }: Placed,
  zoom: number,
): void {
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

function overlaps(a: Placed, b: Placed): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** The size in which pictures are asked for. */
export const thumbnailSize = { width: cellWidth, height: cellHeight } as const;
