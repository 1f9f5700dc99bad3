// Where the canvas looks: remembered for each scope, and the whole graph where nothing is remembered.
import { getViewportForBounds, useReactFlow, useStore, useStoreApi, type Viewport } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import { useDocument, useSession, useView, useWorkbench } from '../state/context.tsx';
import { scopeKey } from '../state/view-store.ts';
import type { FlowEdge, FlowNode } from './flow-types.ts';

/** Room for the buttons at the corners. */
const fitPadding = { top: '28px', right: '28px', bottom: '62px', left: '28px' } as const;
/** Small graphs are not blown up beyond their natural size. */
const largestFit = 1.15;
/** A net of thousands of nodes still fits. */
export const leastZoom = 0.01;

export interface CameraProps {
  readonly onMoveEnd: (event: unknown, viewport: Viewport) => void;
}

export function useCamera(nodes: readonly FlowNode[]): CameraProps {
  const { look, view } = useWorkbench();
  const flow = useReactFlow<FlowNode, FlowEdge>();
  const key = useView((state) => scopeKey(state.scope));
  const id = useDocument((data) => data.id);
  const ready = useStore((state) => state.panZoom !== null && state.width > 0 && state.height > 0);
  const store = useStoreApi();
  // Nodes grow when the engine tells their shapes: the first view is fitted twice, unless a hand was quicker.
  const known = useSession((session) => session.report !== null);
  const shown = useRef('');
  const empty = nodes.length === 0;
  useEffect(() => {
    const place = `${id} ${key}`;
    const wanted = `${place} ${known ? 'known' : 'drawn'}`;
    if (!ready || shown.current === wanted || shown.current === `${place} known`) return;
    const kept = view.getState().cameras[key];
    const { width, height } = store.getState();
    // An empty canvas stays where it is when the first node comes.
    void flow.setViewport(kept ?? (empty ? { x: 0, y: 0, zoom: 1 } : viewportOf(nodes, width, height)));
    shown.current = empty || kept ? `${place} known` : wanted;
  }, [ready, id, key, empty, known, nodes, flow, view, store]);
  return {
    onMoveEnd: (event, { x, y, zoom }) => {
      // Only what a hand did is remembered.
      if (event === null) return;
      shown.current = `${id} ${key} known`;
      look({ cameras: { ...view.getState().cameras, [key]: { x, y, zoom } } });
    },
  };
}

/** The view in which all these nodes fit. */
export function viewportOf(nodes: readonly FlowNode[], width: number, height: number): Viewport {
  return getViewportForBounds(boundsOf(nodes), width, height, leastZoom, largestFit, fitPadding);
}

export function boundsOf(nodes: readonly FlowNode[]): { x: number; y: number; width: number; height: number } {
  const left = Math.min(...nodes.map((node) => node.position.x));
  const top = Math.min(...nodes.map((node) => node.position.y));
  const right = Math.max(...nodes.map((node) => node.position.x + node.data.geometry.width));
  const bottom = Math.max(...nodes.map((node) => node.position.y + node.data.geometry.height));
  // Room for breakpoints at the left and tags at the top.
  return { x: left - 24, y: top - 24, width: right - left + 48, height: bottom - top + 48 };
}
