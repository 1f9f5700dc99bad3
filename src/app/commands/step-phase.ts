import { canStep } from '../state/session-store.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const stepPhaseCommand: Command = {
  id: 'run.stepPhase',
  title: texts.commands.stepPhase,
  group: 'run',
  keys: ['Mod+F11'],
  whileTyping: true,
  enabled: ({ session }) => canStep(session.getState()),
  run: ({ link }) => link.control({ kind: 'step', by: 'phase' }),
};
