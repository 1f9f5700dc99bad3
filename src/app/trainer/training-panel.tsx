// The Training tab: what is trained on and how (edits of the graph), and how it goes. The curves are handed in, so that the
// charts come only when there is something to draw.
import type { ReactNode } from 'react';
import { useSession } from '../state/context.tsx';
import { laterTexts } from '../ui/later-texts.ts';
import { DataSection } from './data-section.tsx';
import { OptimizationSection } from './optimization-section.tsx';
import { Progress } from './progress.tsx';
import styles from './training-panel.module.css';

export function TrainingPanel({ curves }: { readonly curves: ReactNode }) {
  const drawn = useSession((data) => data.curves.length > 0);
  return (
    <div className={styles['panel']}>
      <section className={styles['setup']} aria-label={laterTexts.training.setup}>
        <DataSection />
        <OptimizationSection />
      </section>
      <section className={styles['run']} aria-label={laterTexts.training.progress}>
        <Progress />
        <div className={styles['curves']}>
          {drawn ? curves : <p className={styles['empty']}>{laterTexts.training.noCurves}</p>}
        </div>
      </section>
    </div>
  );
}
