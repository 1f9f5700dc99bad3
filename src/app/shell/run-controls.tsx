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
import { isTraining } from '../state/session-store.ts';
import { texts } from '../ui/texts.ts';
import styles from './top-bar.module.css';

/** The debugger's buttons and training's. */
export function RunControls() {
  const training = useSession(isTraining);
  const underWay = useSession((data) => data.replay !== null);
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
      {training || underWay ? (
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
    </div>
  );
}
