import { blockOf } from '../../graph/document.ts';
import { useDocument } from '../state/context.tsx';
import { texts } from '../ui/texts.ts';
import { AttributeSection } from './attribute-section.tsx';
import { BlockSection } from './block-section.tsx';
import { FixedValue } from './fixed-value.tsx';
import styles from './inspector.module.css';
import { NodeHead } from './node-head.tsx';
import { ParameterSection } from './parameter-section.tsx';
import type { SelectedNode } from './use-selected.ts';
import { ValueSection } from './value-section.tsx';

/** Everything about one node. */
export function NodeInspector({ selected }: { readonly selected: SelectedNode }) {
  const { node, entry } = selected;
  const block = useDocument((data) => (node.block === undefined ? undefined : blockOf(data.document, node.block)));
  return (
    <>
      <NodeHead selected={selected} />
      {selected.readOnly && <p className={styles['note']}>{texts.canvas.readOnly}</p>}
      {entry && <AttributeSection selected={selected} entry={entry} />}
      {block && <BlockSection selected={selected} block={block} />}
      {entry?.traits.source === 'feed' && <FixedValue selected={selected} />}
      <ValueSection selected={selected} />
      <ParameterSection selected={selected} />
    </>
  );
}
