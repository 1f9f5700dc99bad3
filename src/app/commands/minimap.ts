import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const minimapCommand: Command = {
  id: 'view.minimap',
  title: texts.commands.minimap,
  group: 'view',
  keys: [],
  checked: ({ view }) => view.getState().minimap,
  enabled: () => true,
  run: ({ view, look }) => look({ minimap: !view.getState().minimap }),
};
