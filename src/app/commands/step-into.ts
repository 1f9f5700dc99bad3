import { ArrowDownToDot } from 'lucide-react';
import { canStep, nextStep } from '../state/session-store.ts';
import { instancePath } from '../state/view-store.ts';
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
  run: async (workbench) => {
    const next = nextStep(workbench.session.getState());
    if (next === undefined) return;
    const inside = instancePath(workbench.view.getState().scope, '');
    // A step deeper down, or elsewhere: go where it is. On this level: open the operator, if it opens.
    if (
      inside === ''
        ? next.node.includes('/')
        : !next.node.startsWith(inside) || next.node.slice(inside.length).includes('/')
    ) {
      await workbench.reveal(next.node);
    } else {
      await workbench.enter(next.node.slice(inside.length));
    }
  },
};
