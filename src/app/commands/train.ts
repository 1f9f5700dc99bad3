import { GraduationCap } from 'lucide-react';
import { setTraining } from '../../graph/edits/set-training.ts';
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
  run: async ({ document, edit, link, look, session }) => {
    const { training } = session.getState();
    const finished = training !== null && hasFinished(session.getState());
    if (finished) {
      const { epochs } = document.store.getState().graph.training;
      // More may be done than are wanted by now.
      const done = Math.max(epochs, Math.ceil(training.iteration / (training.iterationsPerEpoch || 1)));
      edit(texts.commands.trainFurther(epochs), (draft) => setTraining(draft, { epochs: done + epochs }));
      await link.settled();
    }
    await link.train(finished || training?.status === 'paused' ? 'resume' : 'start');
    // Why it does not start is told there.
    if (session.getState().training?.status === 'failed') look({ dockOpen: true, dockTab: 'training' });
  },
};
