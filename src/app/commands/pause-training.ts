import { Pause } from 'lucide-react';
import { isTraining } from '../state/session-store.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const pauseTrainingCommand: Command = {
  id: 'train.pause',
  title: texts.commands.pause,
  group: 'train',
  keys: [],
  icon: Pause,

  /** A command that takes long, too. */
  enabled: ({ session }) => isTraining(session.getState()) || session.getState().replay !== null,
  run: ({ link, session }) => (isTraining(session.getState()) ? link.train('pause') : link.stay()),
};
