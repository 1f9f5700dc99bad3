// Where the canvas looks: remembered for each scope, and the whole graph where nothing is remembered.
import { useReactFlow, useStore, useStoreApi, type Viewport } from '@xyflow/react';
import { type RefObject, useEffect, useRef } from 'react';
import { useDocument, useSession, useView, useWorkbench } from '../state/context.tsx';
import { type ScopeStep, scopeKey } from '../state/view-store.ts';
import type { FlowEdge, FlowNode, FlowNote } from './flow-types.ts';
import { clearView } from './model/clear-view.ts';
import type { Box } from './model/node-geometry.ts';
import type { ScopeFlow } from './use-scope-flow.ts';

/** Small graphs are not blown up beyond their natural size. */
const largestFit = 1.15;
/** Where all time steps of a recurrence would be smaller than this, only some are shown first. */
const leastUnfolded = 0.4;
/** A net of thousands of nodes still fits. */
export const leastZoom = 0.01;

/** So long the panels may take to settle before the graph is fitted beside them. */
const settleMs = 150;

interface Camera {
  readonly props: { readonly onMoveEnd: (event: unknown, viewport: Viewport) => void };
  /** The view that was last fitted to the whole graph: as long as it stands, it follows the size of the pane. */
  readonly fitted: RefObject<Viewport | null>;
}

/** What stands on the canvas. */
type Drawn = readonly (FlowNode | FlowNote)[];

/**
 * @param nodes with the notes
 * @param panels changes when a panel that was loaded comes to lie over the graph, or gets another size
 */
export function useCamera(nodes: Drawn, { scope, arranging }: ScopeFlow, panels: number): Camera {
  const { look, view } = useWorkbench();
  const flow = useReactFlow<FlowNode | FlowNote, FlowEdge>();
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
    if (!ready || arranging || shown.current === wanted || shown.current === `${place} known`) return;
    const kept = view.getState().cameras[key];
    // An empty canvas stays where it is when the first node comes.
    const whole = kept || empty ? null : viewportOf(nodes, store.getState());
    const step = whole && whole.zoom < leastUnfolded ? aroundStep(nodes, view.getState().scope.at(-1)) : [];
    fitted.current = step.length > 0 ? null : whole;
    const first = step.length > 0 ? viewportOf(step, store.getState()) : whole;
    void flow.setViewport(first ?? kept ?? { x: 0, y: 0, zoom: 1 });
    shown.current = empty || kept ? `${place} known` : wanted;
  }, [ready, arranging, id, key, empty, known, nodes, flow, view, store]);
  // Inside an operator nodes grow by themselves once the engine has opened it.
  useRefit(nodes, fitted, scope?.readOnly === true, panels);
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

/** Of a recurrence that lies unfolded: the time step that was looked at, with its neighbours. */
function aroundStep(nodes: Drawn, at: ScopeStep | undefined): Drawn {
  if (at?.unfolded === undefined) return [];
  const time = at.time ?? 0;
  return nodes.filter(({ id }) => {
    const [, step] = /^\[(\d+)\]/.exec(id) ?? [];
    return step !== undefined && Math.abs(Number(step) - time) <= 1;
  });
}

/** A whole graph stays whole when the pane gets another size, or when something else lies over it. */
function useRefit(nodes: Drawn, fitted: RefObject<Viewport | null>, grows: boolean, panels: number): void {
  const flow = useReactFlow<FlowNode | FlowNote, FlowEdge>();
  const store = useStoreApi();
  const latest = useRef(nodes);
  latest.current = nodes;
  const size = useStore(({ width, height }) => `${width} ${height}`);
  const heights = grows ? nodes.map(({ height }) => height).join() : '';
  const covers = useView(
    ({ minimap, legend, canvasOverlay, inspectorOpen }) =>
      `${minimap} ${legend} ${canvasOverlay !== ''} ${inspectorOpen}`,
  );
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
  }, [size, covers, heights, panels]);
}

/** What of React Flow's state tells where the pane is. */
interface Pane {
  readonly width: number;
  readonly height: number;
  readonly domNode: HTMLElement | null;
}

/** The view in which all these nodes fit, beside what lies over the pane. */
export function viewportOf(nodes: Drawn, pane: Pane): Viewport {
  return clearView(nodes.map(boxOf), pane, coversOf(pane.domNode), { least: leastZoom, most: largestFit });
}

export function boxOf({ position, width = 0, height = 0 }: Drawn[number]): Box {
  return { ...position, width, height };
}

/** Legend, buttons, minimap and the like, as far as they are shown, and a side that lies over a small window; in pixels of the pane. */
function coversOf(pane: HTMLElement | null): readonly Box[] {
  if (pane === null) return [];
  const { left, top, right, bottom } = pane.getBoundingClientRect();
  const sides = [...document.querySelectorAll('aside')];
  const panels = [...pane.querySelectorAll('.react-flow__panel:not(.react-flow__attribution) > *')];
  return [...panels, ...sides].flatMap((element) => {
    const box = element.getBoundingClientRect();
    const [x, y] = [Math.max(box.left, left), Math.max(box.top, top)];
    const [width, height] = [Math.min(box.right, right) - x, Math.min(box.bottom, bottom) - y];
    return width > 1 && height > 1 ? [{ x: x - left, y: y - top, width, height }] : [];
  });
}
