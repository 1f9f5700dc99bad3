import { Copy } from 'lucide-react';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';

export const copyCommand: Command = {
  id: 'edit.copy',
  title: texts.commands.copy,
  group: 'edit',
  keys: ['Mod+C'],
  icon: Copy,

  enabled: ({ view, scope }) => view.getState().selection.length > 0 && scope()?.readOnly === false,
  run: async (workbench) => void (await (await import('./support/clipboard.ts')).copySelection(workbench)),
};
