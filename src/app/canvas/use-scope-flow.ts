// The document's scope as React Flow's nodes and edges. Objects stay the same while nothing about them changed, so that only
// what changed is drawn again.
import { Position } from '@xyflow/react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { parameterPath } from '../../language/value-name.ts';
import { useDocument, useSession, useView, useWorkbench } from '../state/context.tsx';
import { openScope, type ScopeGraph } from '../state/scope-graph.ts';
import { instancePath } from '../state/view-store.ts';
import { edgeId, type FlowEdge, type FlowNode, type Positions } from './flow-types.ts';
import { foldedPorts, nodeGeometry } from './model/node-geometry.ts';
import { type NodeModel, scopeModels, topologicalOrder } from './model/node-model.ts';
import { bodyOf, waitsText } from './node-facts.ts';

export interface ScopeFlow {
  readonly scope: ScopeGraph | null;
  readonly models: ReadonlyMap<string, NodeModel>;
  /** In topological order, which is the order of the Tab key. */
  readonly nodes: FlowNode[];
  readonly edges: FlowEdge[];
  /** Nodes without places are about to come. */
  readonly arranging: boolean;
}

/** What finds places, loaded with the first graph that has none. */
type Layout = typeof import('./arrange/layered-positions.ts');

const portSize = 11;

/** @param moved positions while nodes are being dragged or arranged, before they are in the document */
export function useScopeFlow(moved: Positions | null): ScopeFlow {
  const { expansions } = useWorkbench();
  const graph = useDocument((data) => data.graph);
  const steps = useView((view) => view.scope);
  const selection = useView((view) => view.selection);
  const selectedEdges = useView((view) => view.selectedEdges);
  const report = useSession((session) => session.report);
  const problems = useSession((session) => session.problems);
  const faults = useDocument((data) => data.faults);
  const expanded = useStore(expansions.store);
  const scope = useMemo(() => openScope(graph, steps, expanded), [graph, steps, expanded]);
  const list = useMemo(() => (scope === null ? [] : scopeModels(scope, graph)), [scope, graph]);
  const models = useMemo(() => new Map(list.map((model) => [model.id, model])), [list]);
  const order = useMemo(
    () =>
      topologicalOrder(
        list.map(({ id }) => id),
        scope?.edges ?? [],
      ),
    [list, scope],
  );
  const known = useRef(new Map<string, FlowNode>());
  const knownEdges = useRef(new Map<string, FlowEdge>());

  const failing = useMemo(
    () =>
      new Set(
        [...problems, ...faults]
          .filter(({ severity, at }) => severity !== 'info' && at.path)
          .map(({ at }) => parameterPath(at.path as string)),
      ),
    [problems, faults],
  );

  // A file without positions is arranged as it opens; a hand or the arranger then gives them places that are kept.
  const placed = useMemo(() => list.every((model) => model.placed), [list]);
  const [layout, setLayout] = useState<Layout | null>(null);
  const arranging = !placed && layout === null;
  useEffect(() => {
    if (arranging) void import('./arrange/layered-positions.ts').then(setLayout);
  }, [arranging]);
  const arranged = useMemo(() => {
    if (placed || layout === null) return null;
    const sized = list.map((model) => {
      const body = bodyOf(report, instancePath(steps, model.id), model);
      return { id: model.id, data: { geometry: nodeGeometry(model, body, false, false) } };
    });
    const wires = (scope?.edges ?? []).map((edge) => ({ source: split(edge.from)[0], target: split(edge.to)[0] }));
    return (scope?.window ? layout.unfoldedPositions : layout.layeredPositions)(sized, wires);
  }, [list, placed, layout, report, steps, scope]);

  const nodes = useMemo(() => {
    if (arranging) return [];
    const next = new Map<string, FlowNode>();
    for (const id of order) {
      const model = models.get(id) as NodeModel;
      const path = instancePath(steps, id);
      const body = bodyOf(report, path, model);
      const [x, y] = moved?.[id] ?? arranged?.[id] ?? model.position;
      const messages = failing.has(parameterPath(path)) || waitsText(report, path) !== null;
      const before = known.current.get(id);
      const selected = selection.includes(id);
      const fresh =
        before === undefined ||
        !sameModel(before.data.model, model) ||
        before.data.body !== body ||
        before.data.path !== path ||
        before.data.messages !== messages ||
        (before.data.open !== selected && foldedPorts(model).length > 0);
      const data = fresh
        ? {
            model,
            geometry: nodeGeometry(model, body, messages, selected),
            body,
            path,
            readOnly: scope?.readOnly ?? true,
            messages,
            open: selected,
          }
        : before.data;
      if (!fresh && before.selected === selected && before.position.x === x && before.position.y === y) {
        next.set(id, before);
        continue;
      }
      const { width, height, ports } = data.geometry;
      next.set(id, {
        id,
        type: 'op',
        position: { x, y },
        data,
        selected,
        width,
        height,
        measured: { width, height },
        handles: ports.map((port) => ({
          id: port.name,
          type: port.side === 'input' ? 'target' : 'source',
          position: port.side === 'input' ? Position.Left : Position.Right,
          x: port.x - portSize / 2,
          y: port.y - portSize / 2,
          width: portSize,
          height: portSize,
        })),
        draggable: scope?.readOnly !== true,
        ariaLabel: `${model.title} ${model.name}`,
      });
    }
    known.current = next;
    return [...next.values()];
  }, [arranging, order, models, steps, report, moved, arranged, failing, selection, scope]);

  const edges = useMemo(() => {
    const next = new Map<string, FlowEdge>();
    for (const edge of (arranging ? null : scope?.edges) ?? []) {
      const id = edgeId(edge);
      const [source, sourceHandle] = split(edge.from);
      const [target, targetHandle] = split(edge.to);
      // A port that is gone (an operator was changed) keeps its wire in the document, where Problems tells of it.
      if (!hasPort(models.get(source)?.outputs, sourceHandle) || !hasPort(models.get(target)?.inputs, targetHandle))
        continue;
      const facts = report?.nodes[instancePath(steps, source)];
      const value = facts?.outputs[sourceHandle] ?? arrivalName(steps, source, sourceHandle);
      const arrival = arrivalName(steps, target, targetHandle);
      const selected = selectedEdges.includes(id);
      const before = knownEdges.current.get(id);
      next.set(
        id,
        before?.selected === selected && before.data?.value === value && before.data.arrival === arrival
          ? before
          : { id, type: 'wire', source, sourceHandle, target, targetHandle, selected, data: { value, arrival } },
      );
    }
    knownEdges.current = next;
    return [...next.values()];
  }, [arranging, scope, models, report, steps, selectedEdges]);

  return { scope, models, nodes, edges, arranging };
}

/** The value at a port by the port's own name; inside a block the border's ports are the block's own. */
function arrivalName(steps: Parameters<typeof instancePath>[0], node: string, port: string): string {
  if (node !== 'in' && node !== 'out') return `${instancePath(steps, node)}.${port}`;
  const around = steps.slice(0, -1);
  const last = steps.at(-1);
  return last === undefined ? `${node}.${port}` : `${instancePath(around, last.node)}.${port}`;
}

function split(end: string): readonly [node: string, port: string] {
  const dot = end.lastIndexOf('.');
  return [end.slice(0, dot), end.slice(dot + 1)];
}

function hasPort(ports: NodeModel['inputs'] | undefined, name: string): boolean {
  return ports?.some((port) => port.name === name) ?? false;
}

function sameModel(a: NodeModel, b: NodeModel): boolean {
  return a === b || JSON.stringify({ ...a, position: 0 }) === JSON.stringify({ ...b, position: 0 });
}
