import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const leaveCommand: Command = {
  id: 'view.leave',
  title: texts.commands.leave,
  group: 'view',
  keys: ['Escape'],

  enabled: ({ view }) => {
    const { overlay, walk, scope, selection } = view.getState();
    return overlay === null && (walk !== null || scope.length > 0 || selection.length > 0);
  },
  run: ({ view, leave, look, endWalk }) => {
    if (view.getState().walk !== null) endWalk();
    else if (view.getState().scope.length > 0) leave();
    else look({ selection: [], selectedEdges: [] });
  },
};
