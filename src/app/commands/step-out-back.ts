import { canGoBack, canStep, lastStep } from '../state/session-store.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

/** Back to before the block or time step that the last step lies inside. */
export const stepOutBackCommand: Command = {
  id: 'run.stepOutBack',
  title: texts.commands.stepOutBack,
  group: 'run',
  keys: ['Alt+Shift+F11'],
  whileTyping: true,
  enabled: ({ session }) => canStep(session.getState()) && canGoBack(session.getState()),
  run: ({ link, session }) => {
    const node = lastStep(session.getState())?.node ?? '';
    const around = node.slice(0, Math.max(0, node.lastIndexOf('/')));
    return link.control({ kind: 'step_back', ...(around === '' ? {} : { over: around }) });
  },
};
