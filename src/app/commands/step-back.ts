import { StepBack } from 'lucide-react';
import { canGoBack, canStep, lastStep } from '../state/session-store.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';
import { wholeNode } from './support/whole-node.ts';

export const stepBackCommand: Command = {
  id: 'run.stepBack',
  title: texts.commands.stepBack,
  group: 'run',
  keys: ['Alt+F10'],
  icon: StepBack,
  whileTyping: true,
  enabled: ({ session }) => canStep(session.getState()) && canGoBack(session.getState()),
  run: ({ link, session, view }) => {
    const over = wholeNode(lastStep(session.getState())?.node, view.getState().scope);
    return link.control({ kind: 'step_back', ...(over === undefined ? {} : { over }) });
  },
};
