// Every breakpoint of the graph; the rows are loaded with the first.
import { Plus } from 'lucide-react';
import { lazy, Suspense } from 'react';
import type { Breakpoint } from '../../../engine/protocol/halts.ts';
import { useView, useWorkbench } from '../../state/context.tsx';
import { breakpointId, instancePath } from '../../state/view-store.ts';
import { Button } from '../../ui/button.tsx';
import { texts } from '../../ui/texts.ts';
import styles from './breakpoint-list.module.css';

const Rows = lazy(async () => ({ default: (await import('./breakpoint-rows.tsx')).BreakpointRows }));

const t = texts.debugger;

export function BreakpointList() {
  const { look, view } = useWorkbench();
  const breakpoints = useView((state) => state.breakpoints);
  const add = (): void => {
    const { scope, selection } = view.getState();
    const path = selection.length === 1 ? instancePath(scope, selection[0] as string) : '';
    const id = freshId(breakpoints);
    look({
      breakpoints: [...breakpoints, { id, path, phase: 'forward', enabled: true, condition: '' }],
      editedBreakpoint: id,
    });
  };
  return (
    <section className={styles['list']} aria-label={t.breakpoints}>
      <div className={styles['head']}>
        {breakpoints.length === 0 && <p className={styles['none']}>{t.noBreakpoints}</p>}
        <Button look="quiet" icon={Plus} onClick={add}>
          {t.addBreakpoint}
        </Button>
      </div>
      {breakpoints.length > 0 && (
        <Suspense fallback={null}>
          <Rows />
        </Suspense>
      )}
    </section>
  );
}

function freshId(breakpoints: readonly Breakpoint[]): string {
  for (let number = breakpoints.length + 1; ; number++) {
    const id = `b${number}`;
    if (!breakpoints.some((each) => breakpointId(each) === id)) return id;
  }
}
