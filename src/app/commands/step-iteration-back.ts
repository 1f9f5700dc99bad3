import { canGoBack, canStep } from '../state/session-store.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const stepIterationBackCommand: Command = {
  id: 'run.stepIterationBack',
  title: texts.commands.stepIterationBack,
  group: 'run',
  keys: ['Mod+Alt+Shift+F10'],
  whileTyping: true,
  enabled: ({ session }) => canStep(session.getState()) && canGoBack(session.getState()),
  run: ({ link }) => link.control({ kind: 'step_back', by: 'iteration' }),
};
