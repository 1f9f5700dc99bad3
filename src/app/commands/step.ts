import { StepForward } from 'lucide-react';
import { canStep } from '../state/session-store.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const stepCommand: Command = {
  id: 'run.step',
  title: texts.commands.step,
  group: 'run',
  keys: ['F10'],
  icon: StepForward,
  whileTyping: true,
  enabled: ({ session }) => canStep(session.getState()),
  run: ({ link }) => link.control({ kind: 'step' }),
};
