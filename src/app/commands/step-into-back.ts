import { canGoBack, canStep, lastStep } from '../state/session-store.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

/** One single step back, with what it stands inside opened. */
export const stepIntoBackCommand: Command = {
  id: 'run.stepIntoBack',
  title: texts.commands.stepIntoBack,
  group: 'run',
  keys: ['Alt+F11'],
  whileTyping: true,
  enabled: ({ session }) => canStep(session.getState()) && canGoBack(session.getState()),
  run: async ({ link, session, view, reveal }) => {
    const node = lastStep(session.getState())?.node;
    await link.control({ kind: 'step_back' });
    const { levelOf } = await import('./support/level-of.ts');
    if (node !== undefined && levelOf(node, view.getState().scope).where !== 'here') await reveal(node);
  },
};
