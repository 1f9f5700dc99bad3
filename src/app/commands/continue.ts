import { Play } from 'lucide-react';
import { canStep } from '../state/session-store.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const continueCommand: Command = {
  id: 'run.continue',
  title: texts.commands.continue,
  group: 'run',
  keys: ['F5'],
  icon: Play,
  whileTyping: true,
  enabled: ({ session }) => canStep(session.getState()),
  run: ({ link, session }) =>
    session.getState().session?.stoppedTraining ? link.train('resume') : link.control({ kind: 'continue' }),
};
