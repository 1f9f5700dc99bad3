import { canStep } from '../state/session-store.ts';
import { instancePath } from '../state/view-store.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const runToCommand: Command = {
  id: 'run.runTo',
  title: texts.commands.runTo,
  group: 'run',
  keys: ['Mod+F10'],

  enabled: ({ session, view }) => canStep(session.getState()) && view.getState().selection.length === 1,
  run: ({ link, view }) => {
    const { scope, selection } = view.getState();
    return link.control({ kind: 'run_to_node', path: instancePath(scope, selection[0] as string) });
  },
};
