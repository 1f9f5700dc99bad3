// The right side: facts of the graph, or what there is to know of the selection, which is loaded with the first one.
import { lazy, Suspense } from 'react';
import { useView } from '../state/context.tsx';
import { texts } from '../ui/texts.ts';
import { GraphFacts } from './graph-facts.tsx';
import styles from './inspector.module.css';

const SelectionFacts = lazy(async () => ({ default: (await import('./selection-facts.tsx')).SelectionFacts }));

export function Inspector() {
  const selects = useView((view) => view.selection.length > 0);
  return (
    <div className={styles['inspector']}>
      {selects ? (
        <Suspense fallback={<p className={styles['note']}>{texts.ui.loading}</p>}>
          <SelectionFacts />
        </Suspense>
      ) : (
        <GraphFacts />
      )}
    </div>
  );
}
