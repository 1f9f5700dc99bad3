// The corner where messages appear. What draws one is loaded with the first.
import { lazy, Suspense } from 'react';
import { useStore } from 'zustand';
import { useWorkbench } from '../state/context.tsx';
import { texts } from '../ui/texts.ts';
import styles from './toasts.module.css';

const Toast = lazy(async () => ({ default: (await import('./toast.tsx')).Toast }));

export function Toasts() {
  const { notices } = useWorkbench();
  const list = useStore(notices.store, (state) => state.list);
  return (
    <section className={styles['stack']} aria-label={texts.problems.info} aria-live="polite">
      <Suspense fallback={null}>
        {list.map((notice) => (
          <Toast key={notice.id} notice={notice} />
        ))}
      </Suspense>
    </section>
  );
}
