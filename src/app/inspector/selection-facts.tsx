import { parameterPath } from '../../language/value-name.ts';
import { useView } from '../state/context.tsx';
import { GraphFacts } from './graph-facts.tsx';
import { NodeInspector } from './node-inspector.tsx';
import { SeveralNodes } from './several-nodes.tsx';
import { useSelectedNode } from './use-selected.ts';

/** Everything about the one selected node, or what can be done with several. */
export function SelectionFacts() {
  const selected = useSelectedNode();
  const count = useView((view) => view.selection.length);
  // From one time step to the next the same port stays in view.
  if (selected !== null) return <NodeInspector key={parameterPath(selected.path)} selected={selected} />;
  return count > 1 ? <SeveralNodes /> : <GraphFacts />;
}
