import { walkBetween } from '../state/walk.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const walkBackCommand: Command = {
  id: 'view.walkBack',
  title: texts.commands.walkBack,
  group: 'view',
  keys: ['Alt+ArrowLeft'],
  enabled: ({ view }) => (view.getState().walk?.at ?? 0) > 0,
  run: ({ view, look }) => {
    const { walk } = view.getState();
    if (walk !== null) look({ walk: walkBetween(walk, walk.at - 1) });
  },
};
