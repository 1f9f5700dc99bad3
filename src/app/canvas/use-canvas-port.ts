// Registers the canvas with the workbench, so that commands can fit, zoom, arrange and ask where something new should go.
import { useReactFlow, useStoreApi, type Viewport } from '@xyflow/react';
import { type RefObject, useEffect, useRef } from 'react';
import { moveNodes } from '../../graph/edits/move.ts';
import { useWorkbench } from '../state/context.tsx';
import { texts } from '../ui/texts.ts';
import { animatePositions } from './arrange/animate-positions.ts';
import type { FlowEdge, FlowNode, FlowNote, Positions } from './flow-types.ts';
import { freePlace } from './model/free-place.ts';
import { viewportOf } from './use-camera.ts';
import type { ScopeFlow } from './use-scope-flow.ts';

const moveMs = 220;

/**
 * @param drawn the scope's nodes with its notes
 * @param pointer where the mouse is over the pane, in canvas pixels; null when it is elsewhere
 * @param fitted told of the view that fits the whole graph (use-camera.ts)
 */
export function useCanvasPort(
  flow: ScopeFlow,
  drawn: readonly (FlowNode | FlowNote)[],
  setMoved: (positions: Positions | null) => void,
  pointer: RefObject<readonly [number, number] | null>,
  fitted: RefObject<Viewport | null>,
): void {
  const workbench = useWorkbench();
  const react = useReactFlow<FlowNode | FlowNote, FlowEdge>();
  const store = useStoreApi();
  const latest = useRef({ ...flow, drawn });
  latest.current = { ...flow, drawn };
  useEffect(() => {
    const duration = (): number => (matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : moveMs);
    const show = (nodes: readonly (FlowNode | FlowNote)[]): void => {
      if (nodes.length === 0) return;
      const viewport = viewportOf(nodes, store.getState());
      fitted.current = nodes === latest.current.drawn ? viewport : null;
      void react.setViewport(viewport, { duration: duration() });
    };
    workbench.canvas.current = {
      fit: () => show(latest.current.drawn),
      zoomTo: (ids) => {
        // What was just revealed is on the canvas with the next frame, or once it is arranged.
        const zoom = (): void => {
          if (latest.current.arranging) requestAnimationFrame(zoom);
          else show(latest.current.nodes.filter((node) => ids.includes(node.id)));
        };
        requestAnimationFrame(zoom);
      },
      show: (id) => {
        void import('./hidden-part.ts').then(({ hiddenPart }) =>
          requestAnimationFrame(() => {
            const { domNode, transform } = store.getState();
            const node = latest.current.nodes.find((each) => each.id === id);
            const by = node && domNode && hiddenPart(node, domNode, transform);
            if (!by || (by.x === 0 && by.y === 0)) return;
            const [x, y, zoom] = transform;
            void react.setViewport({ x: x + by.x, y: y + by.y, zoom }, { duration: duration() });
          }),
        );
      },
      async arrange() {
        const { nodes, edges, scope } = latest.current;
        if (scope === null || scope.readOnly || nodes.length === 0) return;
        const { arrange } = await import('./arrange/arrange.ts');
        const { positions, failed } = await arrange(nodes, edges);
        if (failed) workbench.notices.add({ kind: 'info', text: texts.canvas.layoutFailed });
        const from = Object.fromEntries(nodes.map(({ id, position }) => [id, [position.x, position.y] as const]));
        await animatePositions(from, positions, duration(), setMoved);
        workbench.edit(texts.edits.layout, (draft) => moveNodes(draft, scope.block ?? '', positions));
        setMoved(null);
        requestAnimationFrame(() => show(latest.current.drawn));
      },
      placeAt(x, y) {
        const place = react.screenToFlowPosition({ x, y });
        return [Math.round(place.x), Math.round(place.y)];
      },
      placeForNew() {
        if (pointer.current !== null) return pointer.current;
        const { width, height, transform } = store.getState();
        const middle = [(width / 2 - transform[0]) / transform[2], (height / 2 - transform[1]) / transform[2]] as const;
        return freePlace(middle, latest.current.nodes);
      },
    };
    return () => {
      workbench.canvas.current = null;
    };
  }, [workbench, react, store, setMoved, pointer, fitted]);
}
