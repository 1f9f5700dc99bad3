import { ArrowUpFromDot } from 'lucide-react';
import { canStep, nextStep } from '../state/session-store.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const stepOutCommand: Command = {
  id: 'run.stepOut',
  title: texts.commands.stepOut,
  group: 'run',
  keys: ['Shift+F11'],
  icon: ArrowUpFromDot,
  whileTyping: true,
  enabled: ({ session }) => canStep(session.getState()),
  run: async ({ link, session, view, reveal }) => {
    await link.control({ kind: 'step_out' });
    // Out of what is looked at: the canvas goes along.
    const { levelOf } = await import('./support/level-of.ts');
    const next = nextStep(session.getState());
    if (next !== undefined && levelOf(next.node, view.getState().scope).where === 'elsewhere') await reveal(next.node);
  },
};
