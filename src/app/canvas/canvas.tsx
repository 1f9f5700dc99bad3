// The canvas: React Flow fed from the document's scope, with everything a hand does on it turned into edits.
import '@xyflow/react/dist/base.css';
import {
  Background,
  BackgroundVariant,
  type EdgeTypes,
  type NodeProps,
  type NodeTypes,
  Panel,
  ReactFlow,
  ReactFlowProvider,
  SelectionMode,
  useStore,
} from '@xyflow/react';
import { lazy, Suspense, useMemo, useReducer, useRef, useState } from 'react';
import { useDocument, useSession, useTheme, useView, useWorkbench } from '../state/context.tsx';
import { isStale } from '../state/session-store.ts';
import { texts } from '../ui/texts.ts';
import { TypeAhead } from '../ui/type-ahead.tsx';
import styles from './canvas.module.css';
import { useCanvasGestures } from './canvas-gestures.ts';
import { useCanvasKeys } from './canvas-keys.ts';
import type { FlowEdge, FlowNode, FlowNote, Positions } from './flow-types.ts';
import { createNodePainter } from './node-painter.ts';
import { OpNode } from './op-node.tsx';
import { ConnectingContext, createConnectingStore } from './parts/connecting.ts';
import { ConnectionReason } from './parts/connection-reason.tsx';
import { EmptyHint } from './parts/empty-hint.tsx';
import { Overview } from './parts/overview.tsx';
import { ZoomButtons } from './parts/zoom-buttons.tsx';
import { leastZoom, useCamera } from './use-camera.ts';
import { useCanvasPort } from './use-canvas-port.ts';
import { useFarView } from './use-far-view.ts';
import { useNotes } from './use-notes.ts';
import { useScopeFlow } from './use-scope-flow.ts';
import { useVisibleValues } from './use-visible-values.ts';
import { Wire } from './wire.tsx';

const Breadcrumb = lazy(async () => ({ default: (await import('./parts/breadcrumb.tsx')).Breadcrumb }));
const AddSearch = lazy(async () => ({ default: (await import('./parts/add-search.tsx')).AddSearch }));
const ConnectList = lazy(async () => ({ default: (await import('./parts/connect-list.tsx')).ConnectList }));
const ContextMenu = lazy(async () => ({ default: (await import('./parts/context-menu.tsx')).ContextMenu }));
// The first graph has numbers and no pictures.
const ThumbLayer = lazy(async () => ({ default: (await import('./thumb-layer.tsx')).ThumbLayer }));
const Legends = lazy(async () => ({ default: (await import('./parts/legends.tsx')).Legends }));
const OverlayView = lazy(async () => ({ default: (await import('./parts/overlay-view.tsx')).OverlayView }));
const WalkMarks = lazy(async () => ({ default: (await import('./parts/walk-marks.tsx')).WalkMarks }));
const NoteNode = lazy(async () => ({ default: (await import('./note-node.tsx')).NoteNode }));
const nodeTypes: NodeTypes = { op: OpNode, note: Note };
const edgeTypes: EdgeTypes = { wire: Wire };
// Below this zoom nodes show names and pictures only, their names larger.
const nearestMid = 0.56;
// From afar React Flow has nothing to draw.
const none: never[] = Object.freeze([]) as unknown as never[];

export function Canvas() {
  return (
    <ReactFlowProvider>
      <Flow />
    </ReactFlowProvider>
  );
}

function Flow() {
  const [moved, setMoved] = useState<Positions | null>(null);
  const connecting = useMemo(createConnectingStore, []);
  const flow = useScopeFlow(moved);
  const theme = useTheme();
  const minimap = useView((view) => view.minimap);
  const inside = useView((view) => view.scope.length > 0);
  const legend = useView((view) => view.legend);
  const overlay = useView((view) => view.overlay);
  const walking = useView((view) => view.walk !== null);
  const painter = useMemo(createNodePainter, []);
  const tinted = useView((view) => view.canvasOverlay !== '');
  // `ready` once what is drawn has been compiled and run: what tests and scripts wait for.
  const run = useSession((session) => (session.report === null || isStale(session) ? 'stale' : session.run.kind));
  const notes = useNotes(flow, moved);
  const drawn = useMemo(() => (notes.length === 0 ? flow.nodes : [...notes, ...flow.nodes]), [notes, flow.nodes]);
  // Panels that are loaded when they are needed lie over the graph from then on.
  const [panels, tellPanel] = useReducer((count: number) => count + 1, 0);
  const camera = useCamera(drawn, flow, panels);
  const far = useFarView(flow.nodes);
  const near = useStore((state) => state.transform[2] >= nearestMid);
  const gestures = useCanvasGestures(flow, setMoved, connecting, far);
  const keys = useCanvasKeys(flow);
  useCanvasPort(flow, drawn, setMoved, gestures.pointer, camera.fitted);
  useVisibleValues(flow);
  // Until the worker has read the first graph there is nothing to say.
  const begun = useDocument((data) => data.version > 0);
  const { look } = useWorkbench();
  const typed = useRef('');
  const readOnly = flow.scope?.readOnly ?? true;
  const pictured = flow.nodes.some((node) => node.data.geometry.slots.length > 0);
  return (
    <ConnectingContext value={connecting}>
      <div className={styles['canvas']} data-zoom={near ? 'near' : 'mid'} {...gestures.dropTarget} {...keys}>
        <ReactFlow<FlowNode | FlowNote, FlowEdge>
          nodes={far ? none : drawn}
          edges={far ? none : flow.edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          colorMode={theme}
          data-run={run}
          data-far={far}
          minZoom={leastZoom}
          maxZoom={3}
          onlyRenderVisibleElements={flow.nodes.length > 60}
          selectionMode={SelectionMode.Partial}
          selectionKeyCode="Shift"
          multiSelectionKeyCode={['Control', 'Meta', 'Shift']}
          panActivationKeyCode="Space"
          deleteKeyCode={null}
          disableKeyboardA11y
          edgesFocusable={false}
          nodesConnectable={!readOnly}
          zoomOnDoubleClick={false}
          elevateNodesOnSelect
          attributionPosition="bottom-center"
          connectionRadius={26}
          nodeDragThreshold={2}
          {...camera.props}
          {...gestures.flow}
        >
          <Background variant={BackgroundVariant.Dots} gap={24} size={1.4} color="var(--line-strong)" />
          {(pictured || far || walking) && (
            <Suspense fallback={null}>
              <ThumbLayer nodes={flow.nodes} edges={flow.edges} far={far} painter={painter} />
            </Suspense>
          )}
          {walking && (
            <Suspense fallback={null}>
              <WalkMarks nodes={flow.nodes} painter={painter} />
            </Suspense>
          )}
          {tinted && (
            <Suspense fallback={null}>
              <OverlayView nodes={flow.nodes} edges={flow.edges} far={far} onShow={tellPanel} />
            </Suspense>
          )}
          {minimap && drawn.length > 0 && (
            <Panel position="bottom-right">
              <Overview nodes={drawn} theme={theme} />
            </Panel>
          )}
          <Panel position="top-left">
            {inside && (
              <Suspense fallback={null}>
                <Breadcrumb readOnly={readOnly} {...(flow.scope?.window ? { window: flow.scope.window } : {})} />
              </Suspense>
            )}
          </Panel>
          <Panel position="bottom-left" className={styles['corner'] ?? ''}>
            {legend && pictured && (
              <Suspense fallback={null}>
                <Legends nodes={flow.nodes} theme={theme} onShow={tellPanel} />
              </Suspense>
            )}
            <ZoomButtons />
          </Panel>
          <ConnectionReason />
          {overlay?.kind === 'menu' && (
            <Suspense fallback={null}>
              <ContextMenu key={String(overlay.at)} at={overlay.at} flow={flow} />
            </Suspense>
          )}
          {(overlay?.kind === 'add' || overlay?.kind === 'connect') && (
            <Suspense
              fallback={
                <TypeAhead label={texts.commands.addNode} typed={typed} onClose={() => look({ overlay: null })} />
              }
            >
              {overlay.kind === 'add' ? (
                <AddSearch overlay={overlay} flow={flow} typed={typed} />
              ) : (
                <ConnectList node={overlay.node} flow={flow} typed={typed} />
              )}
            </Suspense>
          )}
        </ReactFlow>
        {begun && drawn.length === 0 && !flow.arranging && <EmptyHint />}
      </div>
    </ConnectingContext>
  );
}

/** Notes are drawn by what is loaded with the first; one that was just made is written in from its first key. */
function Note(props: NodeProps<FlowNote>) {
  const typed = useRef('');
  const writing = useView(({ overlay }) => overlay?.kind === 'note' && overlay.id === props.data.note.id);
  const endAtOnce = (): void => {
    typed.current += '\x1b';
  };
  return (
    <Suspense fallback={writing && <TypeAhead label={texts.commands.addNote} typed={typed} onClose={endAtOnce} />}>
      <NoteNode {...props} typed={typed} />
    </Suspense>
  );
}
