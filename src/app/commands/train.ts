import { GraduationCap } from 'lucide-react';
import { setTraining } from '../../graph/edits/set-training.ts';
import { hasFinished, isTraining } from '../state/session-store.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const trainCommand: Command = {
  id: 'train.start',
  title: texts.commands.train,
  group: 'train',
  keys: ['Mod+Enter'],
  icon: GraduationCap,
  whileTyping: true,
  enabled: ({ session }) =>
    session.getState().run.kind === 'ready' &&
    session.getState().report?.runnable === true &&
    session.getState().report?.loss !== null &&
    !isTraining(session.getState()),
  titleNow: ({ document, session }) =>
    hasFinished(session.getState())
      ? texts.commands.trainFurther(document.store.getState().graph.training.epochs)
      : texts.commands.train,
  run: async ({ document, edit, link, session }) => {
    const finished = hasFinished(session.getState());
    if (finished) {
      const { epochs } = document.store.getState().graph.training;
      edit(texts.commands.trainFurther(epochs), (draft) => setTraining(draft, { epochs: 2 * epochs }));
      await link.settled();
    }
    await link.train(finished || session.getState().training?.status === 'paused' ? 'resume' : 'start');
  },
};
