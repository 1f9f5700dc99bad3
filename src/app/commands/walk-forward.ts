import { walkBetween } from '../state/walk.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const walkForwardCommand: Command = {
  id: 'view.walkForward',
  title: texts.commands.walkForward,
  group: 'view',
  keys: ['Alt+ArrowRight'],
  enabled: ({ view }) => {
    const { walk } = view.getState();
    return walk !== null && walk.at < walk.places.length - 1;
  },
  run: ({ view, look }) => {
    const { walk } = view.getState();
    if (walk !== null) look({ walk: walkBetween(walk, walk.at + 1) });
  },
};
