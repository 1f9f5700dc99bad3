import { canGoBack, canStep } from '../state/session-store.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const stepPhaseBackCommand: Command = {
  id: 'run.stepPhaseBack',
  title: texts.commands.stepPhaseBack,
  group: 'run',
  keys: ['Mod+Alt+F11'],
  whileTyping: true,
  enabled: ({ session }) => canStep(session.getState()) && canGoBack(session.getState()),
  run: ({ link }) => link.control({ kind: 'step_back', by: 'phase' }),
};
