import { GraduationCap } from 'lucide-react';
import { canStep, hasFinished } from '../state/session-store.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const trainCommand: Command = {
  id: 'train.start',
  title: texts.commands.train,
  group: 'train',
  keys: ['Mod+Enter'],
  icon: GraduationCap,
  whileTyping: true,
  enabled: ({ session }) => canStep(session.getState()) && session.getState().report?.loss !== null,
  titleNow: ({ document, session }) =>
    hasFinished(session.getState())
      ? texts.commands.trainFurther(document.store.getState().graph.training.epochs)
      : texts.commands.train,
  run: async (workbench) => {
    const { link, look, session } = workbench;
    const { training } = session.getState();
    const finished = hasFinished(session.getState());
    if (finished) await (await import('./support/more-epochs.ts')).moreEpochs(workbench);
    await link.train(finished || training?.status === 'paused' ? 'resume' : 'start');
    // Why it does not start is told there.
    if (session.getState().training?.status === 'failed') look({ dockOpen: true, dockTab: 'training' });
  },
};
