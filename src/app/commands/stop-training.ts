import { Square } from 'lucide-react';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const stopTrainingCommand: Command = {
  id: 'train.stop',
  title: texts.commands.stop,
  group: 'train',
  keys: [],
  icon: Square,

  enabled: ({ session }) => ['running', 'paused'].includes(session.getState().training?.status ?? ''),
  run: ({ link }) => link.train('stop'),
};
