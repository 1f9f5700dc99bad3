import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const fitCommand: Command = {
  id: 'view.fit',
  title: texts.commands.fit,
  group: 'view',
  keys: ['Shift+1', 'Mod+0'],

  enabled: ({ canvas }) => canvas.current !== null,
  run: ({ canvas }) => canvas.current?.fit(),
};
