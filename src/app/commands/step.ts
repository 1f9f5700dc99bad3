import { StepForward } from 'lucide-react';
import { canStep, nextStep } from '../state/session-store.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';
import { wholeNode } from './support/whole-node.ts';

export const stepCommand: Command = {
  id: 'run.step',
  title: texts.commands.step,
  group: 'run',
  keys: ['F10'],
  icon: StepForward,
  whileTyping: true,
  enabled: ({ session }) => canStep(session.getState()),
  run: ({ link, session, view }) => {
    const over = wholeNode(nextStep(session.getState())?.node, view.getState().scope);
    return link.control({ kind: 'step', ...(over === undefined ? {} : { over }) });
  },
};
