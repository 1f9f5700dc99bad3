// Where the canvas looks: remembered for each scope, and the whole graph where nothing is remembered.
import { useReactFlow, useStore, useStoreApi, type Viewport } from '@xyflow/react';
import { type RefObject, useEffect, useRef } from 'react';
import { useDocument, useSession, useView, useWorkbench } from '../state/context.tsx';
import { scopeKey } from '../state/view-store.ts';
import type { FlowEdge, FlowNode } from './flow-types.ts';
import { clearView } from './model/clear-view.ts';
import type { Box } from './model/node-geometry.ts';

/** Small graphs are not blown up beyond their natural size. */
const largestFit = 1.15;
/** A net of thousands of nodes still fits. */
export const leastZoom = 0.01;

/** So long the panels may take to settle before the graph is fitted beside them. */
const settleMs = 150;

interface Camera {
  readonly props: { readonly onMoveEnd: (event: unknown, viewport: Viewport) => void };
  /** The view that was last fitted to the whole graph: as long as it stands, it follows the size of the pane. */
  readonly fitted: RefObject<Viewport | null>;
}

/** @param explained whether the legend, which comes with the first picture, is there by now */
export function useCamera(nodes: readonly FlowNode[], explained: boolean): Camera {
  const { look, view } = useWorkbench();
  const flow = useReactFlow<FlowNode, FlowEdge>();
  const key = useView((state) => scopeKey(state.scope));
  const id = useDocument((data) => data.id);
  const ready = useStore((state) => state.panZoom !== null && state.width > 0 && state.height > 0);
  const store = useStoreApi();
  // Nodes grow when the engine tells their shapes: the first view is fitted twice, unless a hand was quicker.
  const known = useSession((session) => session.report !== null);
  const shown = useRef('');
  const fitted = useRef<Viewport | null>(null);
  const empty = nodes.length === 0;
  useEffect(() => {
    const place = `${id} ${key}`;
    const wanted = `${place} ${known ? 'known' : 'drawn'}`;
    if (!ready || shown.current === wanted || shown.current === `${place} known`) return;
    const kept = view.getState().cameras[key];
    // An empty canvas stays where it is when the first node comes.
    fitted.current = kept || empty ? null : viewportOf(nodes, store.getState());
    void flow.setViewport(fitted.current ?? kept ?? { x: 0, y: 0, zoom: 1 });
    shown.current = empty || kept ? `${place} known` : wanted;
  }, [ready, id, key, empty, known, nodes, flow, view, store]);
  useRefit(nodes, fitted, explained);
  return {
    fitted,
    props: {
      onMoveEnd: (event, { x, y, zoom }) => {
        // Only what a hand did is remembered.
        if (event === null) return;
        shown.current = `${id} ${key} known`;
        look({ cameras: { ...view.getState().cameras, [key]: { x, y, zoom } } });
      },
    },
  };
}

/** A whole graph stays whole when the pane gets another size, or when something else lies over it. */
function useRefit(nodes: readonly FlowNode[], fitted: RefObject<Viewport | null>, explained: boolean): void {
  const flow = useReactFlow<FlowNode, FlowEdge>();
  const store = useStoreApi();
  const latest = useRef(nodes);
  latest.current = nodes;
  const size = useStore(({ width, height }) => `${width} ${height}`);
  const covers = useView(({ minimap, legend, canvasOverlay }) => `${minimap} ${legend} ${canvasOverlay !== ''}`);
  // biome-ignore lint/correctness/useExhaustiveDependencies: when one of these changes
  useEffect(() => {
    const timer = setTimeout(() => {
      const { transform, width } = store.getState();
      const [x, y, zoom] = transform;
      const last = fitted.current;
      const stands = last !== null && Math.hypot(last.x - x, last.y - y) < 1 && Math.abs(last.zoom / zoom - 1) < 0.001;
      if (!stands || width === 0 || latest.current.length === 0) return;
      fitted.current = viewportOf(latest.current, store.getState());
      void flow.setViewport(fitted.current);
    }, settleMs);
    return () => clearTimeout(timer);
  }, [size, covers, explained]);
}

/** What of React Flow's state tells where the pane is. */
interface Pane {
  readonly width: number;
  readonly height: number;
  readonly domNode: HTMLElement | null;
}

/** The view in which all these nodes fit, beside what lies over the pane. */
export function viewportOf(nodes: readonly FlowNode[], pane: Pane): Viewport {
  return clearView(nodes.map(boxOf), pane, coversOf(pane.domNode), { least: leastZoom, most: largestFit });
}

export function boxOf({ position, data: { geometry } }: FlowNode): Box {
  return { ...position, width: geometry.width, height: geometry.height };
}

/** Legend, buttons, minimap and the like, as far as they are shown, in pixels of the pane. */
function coversOf(pane: HTMLElement | null): readonly Box[] {
  if (pane === null) return [];
  const { left, top } = pane.getBoundingClientRect();
  return [...pane.querySelectorAll('.react-flow__panel:not(.react-flow__attribution) > *')].flatMap((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return width > 0 && height > 0 ? [{ x: x - left, y: y - top, width, height }] : [];
  });
}
