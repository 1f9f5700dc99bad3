import { Rewind } from 'lucide-react';
import { canGoBack, canStep } from '../state/session-store.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const reverseContinueCommand: Command = {
  id: 'run.reverseContinue',
  title: texts.commands.reverseContinue,
  group: 'run',
  keys: ['Alt+F5'],
  icon: Rewind,
  whileTyping: true,
  enabled: ({ session }) => canStep(session.getState()) && canGoBack(session.getState()),
  run: ({ link }) => link.control({ kind: 'reverse_continue' }),
};
