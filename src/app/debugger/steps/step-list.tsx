// The steps of an iteration in order. The marked row runs next; a click, or Enter, runs to it, forwards or back.
import { type KeyboardEvent, memo, useCallback, useLayoutEffect, useRef, useState } from 'react';
import type { Breakpoint } from '../../../engine/protocol/halts.ts';
import type { CompileReport } from '../../../engine/protocol.ts';
import { parameterPath } from '../../../language/value-name.ts';
import { useSession, useView, useWorkbench } from '../../state/context.tsx';
import { dotOf, toggledBreakpoint } from '../../state/view-store.ts';
import { cx } from '../../ui/cx.ts';
import { PhaseMark } from '../../ui/phase-mark.tsx';
import { texts } from '../../ui/texts.ts';
import { WindowList } from '../../ui/window-list.tsx';
import styles from './step-list.module.css';

const rowHeight = 24;

export function StepList() {
  const workbench = useWorkbench();
  const report = useSession((data) => data.report);
  const cursor = useSession((data) => data.session?.cursor ?? 0);
  const steps = report?.steps ?? [];
  const box = useRef<HTMLElement>(null);
  /** The row that the keyboard is on, once it has moved there; a step takes it along. */
  const [moved, setMoved] = useState<{ readonly to: number; readonly cursor: number; readonly of: typeof report }>();
  if (moved !== undefined && (moved.cursor !== cursor || moved.of !== report)) setMoved(undefined);
  const focused = moved?.to ?? null;
  const active = focused ?? Math.min(cursor, steps.length - 1);

  // In the commit that makes the row: the next key may come before a later one, and is of the row that has the focus.
  useLayoutEffect(() => {
    if (focused !== null) box.current?.querySelector<HTMLElement>(`[data-step="${focused}"]`)?.focus();
  }, [focused]);

  const run = useCallback((index: number) => void workbench.link.control({ kind: 'run_to', step: index }), [workbench]);
  const toggle = useCallback(
    (index: number) => {
      const step = workbench.session.getState().report?.steps[index];
      if (step === undefined) return;
      const { breakpoints } = workbench.view.getState();
      const shared = breakpoints.find((each) => isAt(each, step.node, step.phase))?.path;
      workbench.look({ breakpoints: toggledBreakpoint(breakpoints, shared ?? step.node, step.phase) });
    },
    [workbench],
  );

  function onKey(event: KeyboardEvent): void {
    if (event.key === 'F9') {
      event.preventDefault();
      toggle(active);
      return;
    }
    const moves: Readonly<Record<string, number>> = {
      ArrowUp: -1,
      ArrowDown: 1,
      PageUp: -10,
      PageDown: 10,
      Home: -steps.length,
      End: steps.length,
    };
    const by = moves[event.key];
    if (by === undefined) return;
    event.preventDefault();
    setMoved({ to: Math.min(steps.length - 1, Math.max(0, active + by)), cursor, of: report });
  }

  return (
    <section className={styles['steps']} ref={box} onKeyDown={onKey} aria-label={texts.debugger.steps}>
      <WindowList count={steps.length} rowHeight={rowHeight} label={texts.debugger.steps} active={active}>
        {(index) => {
          const step = steps[index];
          return step === undefined ? null : (
            <StepRow
              index={index}
              step={step}
              state={index < cursor ? 'done' : index === cursor ? 'next' : 'pending'}
              reachable={index === active}
              values={report?.values}
              run={run}
              toggle={toggle}
            />
          );
        }}
      </WindowList>
    </section>
  );
}

interface StepRowProps {
  readonly index: number;
  readonly step: CompileReport['steps'][number];
  readonly state: 'done' | 'next' | 'pending';
  /** The one row that Tab reaches; arrows move on from there. */
  readonly reachable: boolean;
  readonly values: CompileReport['values'] | undefined;
  readonly run: (index: number) => void;
  readonly toggle: (index: number) => void;
}

const StepRow = memo(function StepRow({ index, step, state, reachable, values, run, toggle }: StepRowProps) {
  const { node, phase, label, writes } = step;
  const dot = useView(({ breakpoints }) => dotOf(breakpoints.filter((each) => isAt(each, node, phase))));
  const name = texts.debugger.breakpointAt(node, texts.phases[phase]);
  const shown = writes.slice(0, 3).map((name) => `${name} ${shapeText(values?.[name]?.shape)}`.trim());
  return (
    <div className={cx(styles['row'], styles[state])}>
      <button
        type="button"
        className={cx(styles['stop'], styles[dot])}
        aria-label={name}
        aria-pressed={dot === 'on'}
        title={`${name} (${dot === 'off' ? `${texts.canvas.breakpointOff}, ` : ''}F9)`}
        tabIndex={-1}
        onClick={() => toggle(index)}
      />
      <button
        type="button"
        className={styles['run']}
        data-step={index}
        tabIndex={reachable ? 0 : -1}
        title={texts.debugger.runHere}
        {...(state === 'next' ? { 'aria-current': 'step' as const } : {})}
        onClick={() => run(index)}
      >
        <span className={styles['number']}>{index + 1}</span>
        <i className={styles['dot']} role="img" aria-label={texts.debugger.states[state]} />
        <PhaseMark phase={phase} faint={state === 'pending'} />
        <span className={styles['node']}>{node}</span>
        <span className={styles['label']}>{label}</span>
        <span className={styles['writes']} title={writes.join(', ')}>
          {shown.join(', ')}
          {writes.length > 3 && ` +${writes.length - 3}`}
        </span>
      </button>
    </div>
  );
});

/** Of this node, or of all time steps that it is one of. */
function isAt(breakpoint: Breakpoint, node: string, phase: Breakpoint['phase']): boolean {
  return breakpoint.phase === phase && (breakpoint.path === node || breakpoint.path === parameterPath(node));
}

function shapeText(shape: readonly number[] | undefined): string {
  return shape === undefined || shape.length === 0 ? '' : shape.join('×');
}
