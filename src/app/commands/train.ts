import { GraduationCap } from 'lucide-react';
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
    !isTraining(session.getState()) &&
    !hasFinished(session.getState()),
  run: ({ link, session }) => link.train(session.getState().training?.status === 'paused' ? 'resume' : 'start'),
};
