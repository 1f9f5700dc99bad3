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

  enabled: ({ session }) => isTraining(session.getState()),
  run: ({ link }) => link.train('pause'),
};
