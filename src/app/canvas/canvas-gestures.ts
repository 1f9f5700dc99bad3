// What a hand does on the canvas, as edits: drag, select, connect, pull off, drop from the palette, drop onto a wire.
import {
  type Connection,
  type FinalConnectionState,
  type IsValidConnection,
  type OnEdgesChange,
  type OnNodesChange,
  useReactFlow,
} from '@xyflow/react';
import { type DragEvent, type MouseEvent as ReactMouseEvent, type RefObject, useMemo, useRef } from 'react';
import type { Draft } from '../../graph/edit.ts';
import { addNode } from '../../graph/edits/add-node.ts';
import { connect, disconnect } from '../../graph/edits/connect.ts';
import { insertOnWire, moveOntoWire } from '../../graph/edits/insert-on-wire.ts';
import { moveNodes, moveNote } from '../../graph/edits/move.ts';
import { connectionRules } from '../../graph/validate.ts';
import { useWorkbench } from '../state/context.tsx';
import { carriesNewNode, droppedNode } from '../ui/drag-new-node.ts';
import { texts } from '../ui/texts.ts';
import { type FlowEdge, type FlowNode, type FlowNote, noteOfFlowId, type Positions } from './flow-types.ts';
import { nodeAt } from './model/far-view.ts';
import { freePlace } from './model/free-place.ts';
import { nodeWidth, rows } from './model/node-geometry.ts';
import type { ConnectingStore } from './parts/connecting.ts';
import type { ScopeFlow } from './use-scope-flow.ts';

export interface CanvasGestures {
  /** Handlers for React Flow. */
  readonly flow: Partial<Parameters<typeof import('@xyflow/react').ReactFlow<FlowNode | FlowNote, FlowEdge>>[0]>;
  readonly dropTarget: {
    readonly onDragOver: (event: DragEvent) => void;
    readonly onDrop: (event: DragEvent) => void;
    readonly onPointerMove: (event: React.PointerEvent) => void;
    readonly onPointerLeave: () => void;
    readonly onDoubleClick: (event: ReactMouseEvent) => void;
  };
  /** Where the mouse is over the pane, in canvas pixels. */
  readonly pointer: RefObject<readonly [number, number] | null>;
}

export function useCanvasGestures(
  flow: ScopeFlow,
  setMoved: (positions: Positions | null) => void,
  connecting: ConnectingStore,
  far: boolean,
): CanvasGestures {
  const workbench = useWorkbench();
  const react = useReactFlow<FlowNode, FlowEdge>();
  const pointer = useRef<readonly [number, number] | null>(null);
  const latest = useRef(flow);
  latest.current = flow;
  const isFar = useRef(far);
  isFar.current = far;

  return useMemo(() => {
    const { document, view, edit, look, enter } = workbench;
    const block = (): string => latest.current.scope?.block ?? '';
    const place = (event: { readonly clientX: number; readonly clientY: number }): readonly [number, number] => {
      const { x, y } = react.screenToFlowPosition({ x: event.clientX, y: event.clientY });
      return [Math.round(x), Math.round(y)];
    };
    const rules = () => connectionRules(document.store.getState().document, block());

    const onNodesChange: OnNodesChange<FlowNode | FlowNote> = (changes) => {
      const selected = new Set(view.getState().selection);
      const notes = new Set(view.getState().selectedNotes);
      let changed = false;
      const positions: Record<string, readonly [number, number]> = {};
      for (const change of changes) {
        if (change.type === 'select') {
          changed = true;
          const note = noteOfFlowId(change.id);
          const [set, id] = note === undefined ? [selected, change.id] : [notes, note];
          if (change.selected) set.add(id);
          else set.delete(id);
        } else if (change.type === 'position' && change.position) {
          positions[change.id] = [change.position.x, change.position.y];
        }
      }
      if (changed) look({ selection: [...selected], selectedNotes: [...notes] });
      if (Object.keys(positions).length > 0) setMoved(positions);
    };

    const onEdgesChange: OnEdgesChange<FlowEdge> = (changes) => {
      const selected = new Set(view.getState().selectedEdges);
      for (const change of changes) {
        if (change.type !== 'select') continue;
        if (change.selected) selected.add(change.id);
        else selected.delete(change.id);
      }
      look({ selectedEdges: [...selected] });
    };

    const dropPositions = (nodes: readonly (FlowNode | FlowNote)[]): Positions =>
      Object.fromEntries(nodes.map(({ id, position }) => [id, [position.x, position.y] as const]));
    const moveAll = (draft: Draft, nodes: readonly (FlowNode | FlowNote)[]): void => {
      moveNodes(draft, block(), dropPositions(nodes.filter(({ type }) => type !== 'note')));
      for (const { id, position } of nodes) {
        const note = noteOfFlowId(id);
        if (note !== undefined) moveNote(draft, block(), note, [position.x, position.y]);
      }
    };

    const isValidConnection: IsValidConnection<FlowEdge> = ({ source, sourceHandle, target, targetHandle }) => {
      const verdict = connecting.getState().now?.verdict;
      if (!sourceHandle || !targetHandle) return false;
      if (verdict === undefined)
        return rules().canConnect(`${source}.${sourceHandle}`, `${target}.${targetHandle}`) === true;
      const from = connecting.getState().now?.from;
      return from?.side === 'output' ? verdict(target, targetHandle) === true : verdict(source, sourceHandle) === true;
    };

    const onConnect = ({ source, sourceHandle, target, targetHandle }: Connection): void => {
      if (!sourceHandle || !targetHandle) return;
      edit(texts.edits.connect, (draft) =>
        connect(draft, block(), `${source}.${sourceHandle}`, `${target}.${targetHandle}`),
      );
    };

    const dropOnWire = (node: FlowNode, event: { readonly clientX: number; readonly clientY: number }): boolean => {
      const wire = wireAt(event);
      const target = latest.current.edges.find((each) => each.id === wire);
      if (target === undefined || target.source === node.id || target.target === node.id) return false;
      const positions = dropPositions([node]);
      return edit(texts.edits.insert(node.data.model.title), (draft) => {
        moveNodes(draft, block(), positions);
        return moveOntoWire(draft, block(), `${target.target}.${target.targetHandle}`, node.id);
      });
    };

    return {
      pointer,
      flow: {
        onNodesChange,
        onEdgesChange,
        isValidConnection,
        onConnect,
        onNodeDragStop: (event, node, nodes) => {
          if (!(nodes.length === 1 && node.type === 'op' && 'clientX' in event && dropOnWire(node, event))) {
            edit(texts.edits.move, (draft) => moveAll(draft, nodes));
          }
          setMoved(null);
        },
        onSelectionDragStop: (_, nodes) => {
          edit(texts.edits.move, (draft) => moveAll(draft, nodes));
          setMoved(null);
        },
        onNodeContextMenu: (event, { id }) => {
          if (isField(event.target)) return;
          event.preventDefault();
          const note = noteOfFlowId(id);
          const { selection, selectedNotes } = view.getState();
          const chosen = note === undefined ? selection.includes(id) : selectedNotes.includes(note);
          const only = note === undefined ? { selection: [id] } : { selection: [], selectedNotes: [note] };
          look({
            ...(chosen ? {} : { selectedEdges: [], ...only }),
            overlay: { kind: 'menu', at: [event.clientX, event.clientY] },
          });
        },
        onEdgeContextMenu: (event, { id }) => {
          event.preventDefault();
          look({ selection: [], selectedEdges: [id], overlay: { kind: 'menu', at: [event.clientX, event.clientY] } });
        },
        onSelectionContextMenu: (event) => {
          event.preventDefault();
          look({ overlay: { kind: 'menu', at: [event.clientX, event.clientY] } });
        },
        onPaneContextMenu: (event) => {
          event.preventDefault();
          const hit = isFar.current ? nodeAt(latest.current.nodes, ...place(event)) : undefined;
          look({
            selection: hit ? [hit.id] : [],
            selectedEdges: [],
            overlay: { kind: 'menu', at: [event.clientX, event.clientY] },
          });
        },
        onNodeDoubleClick: (event, node) => {
          const note = noteOfFlowId(node.id);
          if (node.type === 'note') {
            if (note !== undefined && !node.data.readOnly) look({ overlay: { kind: 'note', id: note } });
            return;
          }
          if (event.target instanceof HTMLElement && event.target.closest('input, button')) return;
          if (node.data.model.opens) void enter(node.id);
          else look({ inspectorOpen: true });
        },
        onConnectStart: (_, { nodeId, handleId, handleType }) => {
          if (nodeId === null || handleId === null) return;
          const { canConnect } = rules();
          const own = `${nodeId}.${handleId}`;
          const side = handleType === 'source' ? 'output' : 'input';
          connecting.setState({
            now: {
              from: { node: nodeId, port: handleId, side },
              verdict: (node, port) =>
                side === 'output' ? canConnect(own, `${node}.${port}`) : canConnect(`${node}.${port}`, own),
            },
          });
        },
        onConnectEnd: (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
          const from = connecting.getState().now?.from;
          connecting.setState({ now: null });
          const overPane = event.target instanceof Element && event.target.classList.contains('react-flow__pane');
          if (from === undefined || state.toHandle !== null || !overPane) return;
          look({
            overlay: {
              kind: 'add',
              at: place('changedTouches' in event ? (event.changedTouches[0] as Touch) : event),
              from,
            },
          });
        },
        edgesReconnectable: latest.current.scope?.readOnly !== true,
        reconnectRadius: 12,
        onReconnect: (old, { source, sourceHandle, target, targetHandle }) => {
          if (!sourceHandle || !targetHandle) return;
          edit(texts.edits.connect, (draft) => {
            disconnect(draft, block(), `${old.target}.${old.targetHandle}`);
            connect(draft, block(), `${source}.${sourceHandle}`, `${target}.${targetHandle}`);
          });
        },
        onReconnectEnd: (_, old, __, { isValid, toHandle }) => {
          connecting.setState({ now: null });
          if (isValid !== true && toHandle === null) {
            edit(texts.edits.disconnect, (draft) => disconnect(draft, block(), `${old.target}.${old.targetHandle}`));
          }
        },
        onPaneClick: (event) => {
          if (view.getState().overlay !== null) look({ overlay: null });
          if (!isFar.current) return;
          const hit = nodeAt(latest.current.nodes, ...place(event));
          if (hit) look({ selection: [hit.id], selectedEdges: [] });
        },
      },
      dropTarget: {
        onDragOver: (event) => {
          if (!carriesNewNode(event.dataTransfer) || latest.current.scope?.readOnly !== false) return;
          event.preventDefault();
          event.dataTransfer.dropEffect = 'copy';
        },
        onDrop: (event) => {
          const node = carriesNewNode(event.dataTransfer) ? droppedNode(event.dataTransfer) : null;
          if (node === null || latest.current.scope?.readOnly !== false) return;
          event.preventDefault();
          const [x, y] = place(event);
          const { nodes } = latest.current;
          // On another node it would hide it.
          const position =
            nodeAt(nodes, x, y) === undefined
              ? ([x - nodeWidth / 2, y - rows.header / 2] as const)
              : freePlace([x, y], nodes);
          const wire = latest.current.edges.find((each) => each.id === wireAt(event));
          const id = edit(texts.edits.add(node.op), (draft) => {
            const inserted =
              wire && insertOnWire(draft, block(), `${wire.target}.${wire.targetHandle}`, { ...node, position });
            return inserted ?? addNode(draft, block(), { ...node, position });
          });
          look({ selection: [id], selectedEdges: [] });
        },
        onPointerMove: (event) => {
          const overPane = event.target instanceof Element && event.target.classList.contains('react-flow__pane');
          pointer.current = overPane ? place(event) : null;
        },
        onPointerLeave: () => {
          pointer.current = null;
        },
        onDoubleClick: (event) => {
          const overPane = event.target instanceof Element && event.target.classList.contains('react-flow__pane');
          const hit = overPane && isFar.current ? nodeAt(latest.current.nodes, ...place(event)) : undefined;
          if (hit) workbench.canvas.current?.zoomTo([hit.id]);
          else if (overPane && latest.current.scope?.readOnly === false)
            look({ overlay: { kind: 'add', at: place(event) } });
        },
      },
    };
  }, [workbench, react, setMoved, connecting]);
}

/** A field has a menu of its own. */
function isField(target: EventTarget): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea') !== null;
}

/** The id of the wire under a point of the screen. */
function wireAt({ clientX, clientY }: { readonly clientX: number; readonly clientY: number }): string | undefined {
  for (const element of globalThis.document.elementsFromPoint(clientX, clientY)) {
    const edge = element.closest('.react-flow__edge');
    if (edge instanceof Element) return edge.getAttribute('data-id') ?? undefined;
  }
  return undefined;
}
