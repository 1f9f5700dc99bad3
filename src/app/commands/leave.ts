import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const leaveCommand: Command = {
  id: 'view.leave',
  title: texts.commands.leave,
  group: 'view',
  keys: ['Escape'],

  enabled: ({ view }) =>
    view.getState().overlay === null && (view.getState().scope.length > 0 || view.getState().selection.length > 0),
  run: ({ view, leave, look }) => {
    if (view.getState().scope.length > 0) leave();
    else look({ selection: [], selectedEdges: [] });
  },
};
