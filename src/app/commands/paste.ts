import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const pasteCommand: Command = {
  id: 'edit.paste',
  title: texts.commands.paste,
  group: 'edit',
  keys: ['Mod+V'],
  byEvent: true,
  enabled: ({ scope }) => scope()?.readOnly === false,
  run: async (workbench) => void (await (await import('./support/clipboard.ts')).pasteFromClipboard(workbench)),
};
