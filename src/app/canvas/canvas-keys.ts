// The canvas by keyboard: Tab goes through the nodes in the order in which they compute, arrows move them, Enter opens.
import { useReactFlow, useStoreApi } from '@xyflow/react';
import { type FocusEvent, type KeyboardEvent, useMemo, useRef } from 'react';
import { moveNodes } from '../../graph/edits/move.ts';
import { useWorkbench } from '../state/context.tsx';
import { texts } from '../ui/texts.ts';
import type { FlowEdge, FlowNode } from './flow-types.ts';
import type { ScopeFlow } from './use-scope-flow.ts';

const stepPx = 10;
const bigStepPx = 50;

export interface CanvasKeys {
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onFocus: (event: FocusEvent) => void;
}

export function useCanvasKeys(flow: ScopeFlow): CanvasKeys {
  const workbench = useWorkbench();
  const react = useReactFlow<FlowNode, FlowEdge>();
  const store = useStoreApi();
  const latest = useRef(flow);
  latest.current = flow;
  return useMemo(() => {
    const { view, edit, look, enter } = workbench;
    return {
      onFocus: ({ target }) => {
        const id = nodeOf(target);
        if (id === null || !target.matches(':focus-visible')) return;
        look({ selection: [id], selectedEdges: [] });
        const node = latest.current.nodes.find((each) => each.id === id);
        if (node && !isInView(node, store.getState())) {
          const { width, height } = node.data.geometry;
          void react.setCenter(node.position.x + width / 2, node.position.y + height / 2, { zoom: react.getZoom() });
        }
      },
      onKeyDown: (event) => {
        const focused = nodeOf(event.target);
        if (focused === null || event.ctrlKey || event.metaKey || event.altKey) return;
        const { selection } = view.getState();
        // What was selected since (found, say) counts, not what has the focus from before.
        const id = selection.includes(focused) ? focused : (selection[0] ?? focused);
        if (event.key === 'Enter') {
          event.preventDefault();
          if (latest.current.models.get(id)?.opens) void enter(id);
          else look({ inspectorOpen: true, selection: [id] });
          return;
        }
        const by = arrows[event.key];
        const scope = latest.current.scope;
        if (by === undefined || scope === null || scope.readOnly) return;
        event.preventDefault();
        const size = event.shiftKey ? bigStepPx : stepPx;
        const moving = latest.current.nodes.filter((node) => selection.includes(node.id) || node.id === id);
        const positions = Object.fromEntries(
          moving.map((node) => [node.id, [node.position.x + by[0] * size, node.position.y + by[1] * size] as const]),
        );
        edit(texts.edits.move, (draft) => moveNodes(draft, scope.block ?? '', positions), `arrows ${selection.join()}`);
      },
    };
  }, [workbench, react, store]);
}

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The node whose own frame (not a control in it) has the focus. */
function nodeOf(target: EventTarget): string | null {
  return target instanceof HTMLElement && target.classList.contains('react-flow__node')
    ? (target.dataset['id'] ?? null)
    : null;
}

function isInView(
  { position, data: { geometry } }: FlowNode,
  { width, height, transform: [x, y, zoom] }: { width: number; height: number; transform: [number, number, number] },
): boolean {
  const left = position.x * zoom + x;
  const top = position.y * zoom + y;
  return left >= 0 && top >= 0 && left + geometry.width * zoom <= width && top + geometry.height * zoom <= height;
}
