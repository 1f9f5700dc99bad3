import { type ComponentType, lazy, Suspense } from 'react';
import type { DiffProps } from '../debugger/plan/passes-view.tsx';
import { PlanPanel } from '../debugger/plan/plan-panel.tsx';
import { texts } from '../ui/texts.ts';
import styles from './lazy-panel.module.css';

const DiffView = lazy(async () => ({ default: (await import('../code/diff-view.tsx')).DiffView }));

const Diff: ComponentType<DiffProps> = (props) => (
  <Suspense fallback={<p className={styles['note']}>{texts.ui.loading}</p>}>
    <DiffView {...props} />
  </Suspense>
);

/** The plan with its passes: the editor that compares texts is loaded when there are two to compare. */
export function PlanTab() {
  return <PlanPanel diff={Diff} />;
}
