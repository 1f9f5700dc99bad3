import { canStep } from '../state/session-store.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const stepIterationCommand: Command = {
  id: 'run.stepIteration',
  title: texts.commands.stepIteration,
  group: 'run',
  keys: ['Mod+Shift+F10'],
  whileTyping: true,
  enabled: ({ session }) => canStep(session.getState()),
  run: ({ link }) => link.control({ kind: 'step', by: 'iteration' }),
};
