import { ArrowDownToDot } from 'lucide-react';
import { canStep } from '../state/session-store.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const stepIntoCommand: Command = {
  id: 'run.stepInto',
  title: texts.commands.stepInto,
  group: 'run',
  keys: ['F11'],
  icon: ArrowDownToDot,
  whileTyping: true,
  enabled: ({ session }) => canStep(session.getState()),
  run: async (workbench) => (await import('./support/step-into-node.ts')).stepIntoNode(workbench),
};
