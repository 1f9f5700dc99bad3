import { ArrowUpFromDot } from 'lucide-react';
import { canStep } from '../state/session-store.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const stepOutCommand: Command = {
  id: 'run.stepOut',
  title: texts.commands.stepOut,
  group: 'run',
  keys: ['Shift+F11'],
  icon: ArrowUpFromDot,
  whileTyping: true,
  enabled: ({ session }) => canStep(session.getState()),
  run: ({ link }) => link.control({ kind: 'step_out' }),
};
