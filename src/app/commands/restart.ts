import { RotateCcw } from 'lucide-react';
import { canStep } from '../state/session-store.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const restartCommand: Command = {
  id: 'run.restart',
  title: texts.commands.restart,
  group: 'run',
  keys: ['Mod+Shift+F5'],
  icon: RotateCcw,
  whileTyping: true,
  enabled: ({ session }) => canStep(session.getState()) && (session.getState().session?.cursor ?? 0) > 0,
  run: ({ link }) => link.control({ kind: 'restart' }),
};
