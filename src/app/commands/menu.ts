import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const menuCommand: Command = {
  id: 'view.menu',
  title: texts.commands.menu,
  group: 'view',
  keys: ['Shift+F10', 'ContextMenu'],

  enabled: ({ canvas }) => canvas.current !== null,
  run: ({ look }) => look({ overlay: { kind: 'menu', at: null } }),
};
