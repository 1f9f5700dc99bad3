import { CommandButton } from '../commands/command-button.tsx';
import { continueCommand } from '../commands/continue.ts';
import { pauseTrainingCommand } from '../commands/pause-training.ts';
import { restartCommand } from '../commands/restart.ts';
import { reverseContinueCommand } from '../commands/reverse-continue.ts';
import { stepCommand } from '../commands/step.ts';
import { stepBackCommand } from '../commands/step-back.ts';
import { stepIntoCommand } from '../commands/step-into.ts';
import { stepOutCommand } from '../commands/step-out.ts';
import { stopTrainingCommand } from '../commands/stop-training.ts';
import { trainCommand } from '../commands/train.ts';
import { useSession } from '../state/context.tsx';
import { isTraining, type SessionData } from '../state/session-store.ts';
import { texts } from '../ui/texts.ts';
import styles from './top-bar.module.css';

/** The debugger's buttons and training's, with what the engine is doing. */
export function RunControls() {
  const status = useSession(statusText);
  const training = useSession(isTraining);
  const paused = useSession((data) => data.training?.status === 'paused');
  return (
    <div className={styles['run']} role="toolbar" aria-label={texts.shell.runControls}>
      <CommandButton command={restartCommand} />
      <CommandButton command={reverseContinueCommand} />
      <CommandButton command={stepBackCommand} />
      <CommandButton command={stepCommand} look="primary" text={texts.commands.step} />
      <CommandButton command={continueCommand} />
      <CommandButton command={stepIntoCommand} />
      <CommandButton command={stepOutCommand} />
      {training ? (
        <CommandButton
          command={pauseTrainingCommand}
          look="plain"
          text={texts.commands.pause}
          className={styles['train']}
        />
      ) : (
        <CommandButton command={trainCommand} look="plain" text={texts.commands.train} className={styles['train']} />
      )}
      {(training || paused) && <CommandButton command={stopTrainingCommand} />}
      <span className={styles['status']}>{status}</span>
    </div>
  );
}

/** One line on the state of affairs. */
export function statusText(data: SessionData): string {
  const { run, training, report, session } = data;
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
        return texts.status.training(training.epoch, training.epochs, training.iteration);
      }
      if (run.kind === 'ready' && !run.runnable) {
        return report !== null && Object.keys(report.nodes).length === 0 ? texts.status.empty : texts.status.broken;
      }
      if (session === null) return '';
      if (session.cursor === 0) return texts.status.atStart;
      return session.cursor >= session.stepCount
        ? texts.status.atEnd
        : texts.status.step(session.cursor, session.stepCount);
  }
}
