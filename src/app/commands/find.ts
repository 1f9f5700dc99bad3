import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const findCommand: Command = {
  id: 'view.find',
  title: texts.commands.find,
  group: 'view',
  keys: ['Mod+F'],
  whileTyping: true,
  enabled: ({ scope }) => (scope()?.nodes.length ?? 0) > 0,
  run: ({ look }) => look({ overlay: { kind: 'find' } }),
};
