// The Debugger tab: controls, the strip of all steps, their list with the cursor, and the breakpoints.
import { StepForward } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { CommandButton } from '../commands/command-button.tsx';
import { continueCommand } from '../commands/continue.ts';
import { finishCommand } from '../commands/finish.ts';
import { restartCommand } from '../commands/restart.ts';
import { reverseContinueCommand } from '../commands/reverse-continue.ts';
import { stepCommand } from '../commands/step.ts';
import { stepBackCommand } from '../commands/step-back.ts';
import { stepIntoCommand } from '../commands/step-into.ts';
import { stepOutCommand } from '../commands/step-out.ts';
import { useSession } from '../state/context.tsx';
import { isStale } from '../state/session-store.ts';
import { cx } from '../ui/cx.ts';
import { formatExact } from '../ui/format.ts';
import { texts } from '../ui/texts.ts';
import styles from './debugger-panel.module.css';
import { DebuggerSide } from './debugger-side.tsx';
import { StepList } from './steps/step-list.tsx';
import { StepStrip } from './steps/step-strip.tsx';

const controls = [
  restartCommand,
  reverseContinueCommand,
  stepBackCommand,
  stepCommand,
  stepIntoCommand,
  stepOutCommand,
  continueCommand,
  finishCommand,
];

const ReplayProgress = lazy(async () => ({ default: (await import('./history/replay-progress.tsx')).ReplayProgress }));

export function DebuggerPanel() {
  const stale = useSession(isStale);
  const steps = useSession((data) => data.report?.steps.length ?? 0);
  return (
    <div className={cx(styles['panel'], stale && styles['stale'])}>
      <div className={styles['bar']}>
        <span className={styles['controls']} role="toolbar" aria-label={texts.debugger.controls}>
          {controls.map((command) => (
            <CommandButton key={command.id} command={command} look={command === stepCommand ? 'primary' : 'quiet'} />
          ))}
        </span>
        <Replay />
        <StepStrip />
        <State />
      </div>
      {steps === 0 ? (
        <p className={styles['empty']}>
          <StepForward size={20} aria-hidden />
          {texts.debugger.empty}
        </p>
      ) : (
        <div className={styles['columns']}>
          <StepList />
          <DebuggerSide />
        </div>
      )}
    </div>
  );
}

/** A command that is on its way through a long history. */
function Replay() {
  const replaying = useSession((data) => data.replay !== null);
  return replaying ? (
    <Suspense>
      <ReplayProgress />
    </Suspense>
  ) : null;
}

/** Iteration, position and loss. */
function State() {
  const session = useSession((data) => data.session);
  const report = useSession((data) => data.report);
  if (session === null || report === null || report.steps.length === 0) return null;
  const { cursor, stepCount, iteration, loss, stoppedBy } = session;
  return (
    <dl className={styles['state']}>
      <dt>{texts.debugger.position}</dt>
      <dd title={texts.status.stopped[stoppedBy]}>
        {cursor} / {stepCount}
      </dd>
      <dt>{texts.debugger.iteration}</dt>
      <dd>{iteration}</dd>
      {report.loss !== null && (
        <>
          <dt title={report.loss}>{texts.debugger.loss}</dt>
          <dd className={styles['loss']}>{loss === null ? '–' : formatExact(loss)}</dd>
        </>
      )}
    </dl>
  );
}
