import { resolveTheme } from '../state/theme.ts';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const themeCommand: Command = {
  id: 'view.theme',
  title: texts.commands.theme.next,
  group: 'view',
  keys: ['Mod+Shift+D'],

  enabled: () => true,
  run: ({ view, look }) => look({ theme: resolveTheme(view.getState().theme) === 'dark' ? 'light' : 'dark' }),
};
