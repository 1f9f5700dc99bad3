// What is selected, as the inspector needs it: the node in its scope, its place in the document and what the engine knows of it.
import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { NodeFacts } from '../../engine/protocol.ts';
import type { GraphNode } from '../../graph/schema.ts';
import { describeOperator, type OperatorDescription } from '../../operators/catalogue-details.ts';
import { useDocument, useSession, useView, useWorkbench } from '../state/context.tsx';
import { openScope, type ScopeGraph } from '../state/scope-graph.ts';
import { instancePath } from '../state/view-store.ts';

export interface SelectedNode {
  readonly node: GraphNode;
  /** undefined for blocks, recurrences and operators that are not known. */
  readonly entry: OperatorDescription | undefined;
  /** Scope that edits are made in: '' or the block's name. */
  readonly scope: string;
  readonly readOnly: boolean;
  /** Instance path: `rnn[3]/cell`. */
  readonly path: string;
  /** undefined until compiled, or when errors keep it from being known. */
  readonly facts: NodeFacts | undefined;
}

export function useScope(): ScopeGraph | null {
  const { expansions } = useWorkbench();
  const graph = useDocument((data) => data.graph);
  const steps = useView((view) => view.scope);
  const expanded = useStore(expansions.store);
  return useMemo(() => openScope(graph, steps, expanded), [graph, steps, expanded]);
}

/** The only selected node; null when there is none or several. */
export function useSelectedNode(): SelectedNode | null {
  const scope = useScope();
  const steps = useView((view) => view.scope);
  const id = useView((view) => (view.selection.length === 1 ? view.selection[0] : undefined));
  const path = id === undefined ? '' : instancePath(steps, id);
  const facts = useSession((data) => data.report?.nodes[path]);
  return useMemo(() => {
    const node = scope?.nodes.find((each) => each.id === id);
    if (scope === null || node === undefined) return null;
    return { node, entry: describeOperator(node.op), scope: scope.block ?? '', readOnly: scope.readOnly, path, facts };
  }, [scope, id, path, facts]);
}
