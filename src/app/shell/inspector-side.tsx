import { Suspense, useEffect, useRef } from 'react';
import { useView } from '../state/context.tsx';
import { LazyPanel } from './lazy-panel.tsx';
import { panels } from './panels.ts';

/** The right side of the page. While numbers are explained they share it with the inspector; then the focus goes back. */
export function InspectorSide() {
  const walking = useView((view) => view.walk !== null);
  const opener = useRef<Element | null>(null);
  // Before what has the focus is drawn over.
  if (!walking) opener.current = null;
  else opener.current ??= document.activeElement;
  useEffect(() => {
    if (!walking) return;
    const from = opener.current;
    return () => {
      void import('../inspector/explain/give-focus-back.ts').then(({ giveFocusBack }) => giveFocusBack(from));
    };
  }, [walking]);
  if (!walking) return <LazyPanel panel={panels.inspector} />;
  return (
    <Suspense fallback={<LazyPanel panel={panels.inspector} />}>
      <LazyPanel panel={panels.explain} />
    </Suspense>
  );
}
