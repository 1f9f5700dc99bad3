import { Copy } from 'lucide-react';
import { texts } from '../ui/texts.ts';
import type { Command } from './command.ts';
import { copySelection } from './support/clipboard.ts';

export const copyCommand: Command = {
  id: 'edit.copy',
  title: texts.commands.copy,
  group: 'edit',
  keys: ['Mod+C'],
  icon: Copy,

  enabled: ({ view, scope }) => view.getState().selection.length > 0 && scope()?.readOnly === false,
  run: async (workbench) => void (await copySelection(workbench)),
};
