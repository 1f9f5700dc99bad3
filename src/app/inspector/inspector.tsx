// The right side: facts of the graph, of the one selected node, or what can be done with several.
import { useView } from '../state/context.tsx';
import { GraphFacts } from './graph-facts.tsx';
import styles from './inspector.module.css';
import { NodeInspector } from './node-inspector.tsx';
import { SeveralNodes } from './several-nodes.tsx';
import { useSelectedNode } from './use-selected.ts';

export function Inspector() {
  const selected = useSelectedNode();
  const count = useView((view) => view.selection.length);
  return (
    <div className={styles['inspector']}>
      {selected !== null ? (
        <NodeInspector key={selected.path} selected={selected} />
      ) : count > 1 ? (
        <SeveralNodes />
      ) : (
        <GraphFacts />
      )}
    </div>
  );
}
