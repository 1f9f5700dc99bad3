// What stands beside the list of steps: breakpoints from the start; watches, log and history are loaded when first shown.
import { lazy, Suspense } from 'react';
import { useView, useWorkbench } from '../state/context.tsx';
import { texts } from '../ui/texts.ts';
import { BreakpointList } from './breakpoints/breakpoint-list.tsx';
import styles from './debugger-panel.module.css';
import { Segments } from './segments.tsx';

const Watches = lazy(async () => ({ default: (await import('./watches/watches-view.tsx')).WatchesView }));
const Log = lazy(async () => ({ default: (await import('./watches/log-view.tsx')).LogView }));
const History = lazy(async () => ({ default: (await import('./history/history-view.tsx')).HistoryView }));

export function DebuggerSide() {
  const { look } = useWorkbench();
  const side = useView((view) => view.debuggerSide);
  return (
    <div className={styles['side']}>
      <div className={styles['sides']}>
        <Segments
          label={texts.debugger.side}
          titles={texts.debugger.sides}
          value={side}
          onChange={(next) => look({ debuggerSide: next })}
        />
      </div>
      <Suspense fallback={<p className={styles['empty']}>{texts.ui.loading}</p>}>
        {side === 'breakpoints' && <BreakpointList />}
        {side === 'watches' && <Watches />}
        {side === 'log' && <Log />}
        {side === 'history' && <History />}
      </Suspense>
    </div>
  );
}
