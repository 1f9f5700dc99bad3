import { Suspense } from 'react';
import { useView } from '../state/context.tsx';
import { LazyPanel } from './lazy-panel.tsx';
import { panels } from './panels.ts';

/** The right side of the page. While numbers are explained they share it with the inspector. */
export function InspectorSide() {
  const walking = useView((view) => view.walk !== null);
  if (!walking) return <LazyPanel panel={panels.inspector} />;
  return (
    <Suspense fallback={<LazyPanel panel={panels.inspector} />}>
      <LazyPanel panel={panels.explain} />
    </Suspense>
  );
}
