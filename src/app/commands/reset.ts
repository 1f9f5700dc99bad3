import { Dices } from 'lucide-react';
import { canStep } from '../state/session-store.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const resetCommand: Command = {
  id: 'run.reset',
  title: texts.commands.reset,
  group: 'run',
  keys: [],
  icon: Dices,

  enabled: ({ session }) => canStep(session.getState()),
  run: ({ link }) => link.reset(),
};
