import { useSession } from '../state/context.tsx';
import type { SessionData } from '../state/session-store.ts';
import { texts } from '../ui/texts.ts';
import styles from './top-bar.module.css';

/** What the engine is doing, or where the run stands. */
export function RunStatus() {
  const status = useSession(statusText);
  return (
    <span className={styles['status']} title={status}>
      {status}
    </span>
  );
}

/** One line on the state of affairs. */
function statusText(data: SessionData): string {
  const { run, training, report, session, replay } = data;
  if (replay !== null) return texts.status.underWay(replay.iteration, Math.round(100 * replay.share));
  switch (run.kind) {
    case 'starting':
      return run.again ? texts.status.restarting : texts.status.starting;
    case 'compiling':
      return texts.status.compiling;
    case 'gone':
      return texts.status.broken;
    case 'running':
    case 'ready':
      if (training && (training.status === 'running' || training.status === 'paused')) {
        return texts.status.training(
          Math.min(training.epoch + 1, training.epochs),
          training.epochs,
          training.iteration,
        );
      }
      if (report !== null && report.steps.length === 0)
        return data.problems.some(({ severity }) => severity === 'error') ? texts.status.broken : texts.status.empty;
      if (run.kind === 'ready' && !run.runnable) return texts.status.broken;
      if (session === null) return '';
      if (session.cursor === 0) return texts.status.atStart;
      return session.cursor >= session.stepCount
        ? texts.status.atEnd
        : texts.status.step(session.cursor, session.stepCount);
  }
}
