import { StepBack } from 'lucide-react';
import { canStep } from '../state/session-store.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const stepBackCommand: Command = {
  id: 'run.stepBack',
  title: texts.commands.stepBack,
  group: 'run',
  keys: ['Alt+F10'],
  icon: StepBack,
  whileTyping: true,
  enabled: ({ session }) => canStep(session.getState()) && (session.getState().session?.cursor ?? 0) > 0,
  run: ({ link }) => link.control({ kind: 'step_back' }),
};
