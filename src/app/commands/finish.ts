import { FastForward } from 'lucide-react';
import { canStep } from '../state/session-store.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const finishCommand: Command = {
  id: 'run.finish',
  title: texts.commands.finish,
  group: 'run',
  keys: ['Shift+F5'],
  icon: FastForward,
  whileTyping: true,
  enabled: ({ session }) => canStep(session.getState()),
  run: ({ link }) => link.control({ kind: 'finish' }),
};
