import { lazy } from 'react';
import { TrainingPanel } from '../trainer/training-panel.tsx';
import { LazyPanel } from './lazy-panel.tsx';

const Curves = lazy(async () => ({ default: (await import('../charts/training-curves.tsx')).TrainingCurves }));

/** The trainer with its curves: the charts are loaded when there is something to draw. */
export function TrainingTab() {
  return <TrainingPanel curves={<LazyPanel panel={Curves} />} />;
}
